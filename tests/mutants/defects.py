"""The defects that the laws of the engine must catch, one sentence each on what a desk would see."""

from __future__ import annotations

from typing import Final

from tests.mutants.runner import Defect

LAWS: Final = "tests/core/test_engine_laws.py::"
MORE: Final = "tests/core/test_engine_laws_more.py::"
SHAPE: Final = "tests/core/test_shape.py::"

DEFECTS: Final = (
    Defect(
        name="a pause still counts",
        why="A ticket that waited for its customer over lunch is late for the lunch.",
        file="core/clocks.py",
        old="now.state = ClockState.RUNNING\n    now.since_us = at_us\n    _schedule(now, terms)\n    return seal(now, Clock)\n\n\ndef end",
        new="now.state = ClockState.RUNNING\n    now.since_us = now.pauses[-1].since_us\n    _schedule(now, terms)\n    return seal(now, Clock)\n\n\ndef end",
        caught_by=(LAWS + "test_law_5_time_adds_up",),
    ),
    Defect(
        name="a timer is dated at the tick",
        why="A breach at 9:05 is journalled at 9:30 because that is when the job ran.",
        file="core/timers.py",
        old="_fire(working, _next(working, draft.due_us), draft.due_us)",
        new="_fire(working, _next(working, draft.due_us), before_us - 1)",
        caught_by=(LAWS + "test_law_3_when_you_look_does_not_matter",),
    ),
    Defect(
        name="a timer fires at its very instant",
        why="An answer given on the stroke of the deadline counts as late.",
        file="core/timers.py",
        old="draft.due_us >= before_us",
        new="draft.due_us > before_us",
        caught_by=(LAWS + "test_a_cycle_is_breached_exactly_if_it_used_more_than_promised",),
    ),
    Defect(
        name="a path is not checked",
        why="An agent sends a ticket from any tier along a path that only another tier has.",
        file="core/moving.py",
        old="leaving = policy.compiled.ways.get((draft.tier, kind), ())",
        new="leaving = tuple(w for (_, k), ws in policy.compiled.ways.items() if k == kind for w in ws)",
        caught_by=(LAWS + "test_law_1_tickets_move_only_along_paths_and_edges",),
    ),
    Defect(
        name="timers run on after resolving",
        why="A resolved ticket breaches at night and wakes the manager on call.",
        file="core/clockwork.py",
        old="            if not self.before.is_done:\n",
        new="            if not self.before.is_done and draft.status is Status.CLOSED:\n",
        caught_by=(LAWS + "test_law_6_a_done_ticket_has_no_timers",),
    ),
    Defect(
        name="a rule's idle timer is left on a closed ticket",
        why="The reminder for sleeping tickets goes out for tickets that are long closed.",
        file="core/clockwork.py",
        old="            if clock.ended_us is not None:\n                continue\n",
        new="            if clock.ended_us is not None or clock.name == IDLE:\n                continue\n",
        caught_by=(LAWS + "test_law_6_a_done_ticket_has_no_timers",),
    ),
    Defect(
        name="a late breach on another target is forgotten",
        why="Raised to urgent three hours late, a ticket is shown as on time for ever.",
        file="core/working.py",
        old="            if name == BREACH:\n                self.breach(current, at_us, on_change=True)\n                continue\n",
        new="            if name == BREACH:\n                continue\n",
        caught_by=(LAWS + "test_a_cycle_is_breached_exactly_if_it_used_more_than_promised",),
    ),
    Defect(
        name="another target forgets the pauses so far",
        why="A change of priority makes the days spent waiting for the customer count.",
        file="core/clocks.py",
        old="terms.hours.elapsed_us(clock.started_us, at_us) - paused_us(\n            clock, at_us, terms\n        )",
        new="terms.hours.elapsed_us(clock.started_us, at_us)",
        caught_by=(LAWS + "test_law_5_time_adds_up",),
    ),
    Defect(
        name="a refused move leaves a change behind",
        why="An escalation that was refused still takes the ticket from its agent.",
        file="core/acts.py",
        old="    path = open_path(draft, policy, kind, command.to, at_us)\n    told",
        new="    draft.assignee = None\n    path = open_path(draft, policy, kind, command.to, at_us)\n    told",
        caught_by=(LAWS + "test_law_2_a_refused_command_leaves_the_ticket_untouched",),
    ),
    Defect(
        name="a change without an event",
        why="After a restart, when tickets are read from the journal, marks are gone that were there before.",
        file="core/acts.py",
        old="    working.emit(e.Noted(at_us=at_us, by=by)",
        new="    _draft.links = (*_draft.links, ('note', 'seen'))\n    working.emit(e.Noted(at_us=at_us, by=by)",
        caught_by=(LAWS + "test_law_2_a_ticket_is_the_fold_of_its_events",),
    ),
    Defect(
        name="what a host did is refused",
        why="The host moved the ticket, the library argues, and the two never agree again.",
        file="core/following.py",
        old="    except NoTicket:\n        raise\n",
        new="    except (NoTicket, NotPermitted):\n        raise\n",
        caught_by=(LAWS + "test_law_8_what_was_seen_is_never_refused",),
    ),
    Defect(
        name="a violation is followed in silence",
        why="Tickets skip tiers in the host, and no report ever says so.",
        file="core/following.py",
        old="    for why in reasons_against(draft, policy, kind, target, at_us):\n        working.emit(",
        new="    for why in reasons_against(draft, policy, kind, target, at_us):\n        str(",
        caught_by=(LAWS + "test_law_8_what_was_seen_is_never_refused",),
    ),
    Defect(
        name="a late fact keeps its own place in time",
        why="A webhook that comes late puts an event before one that stands in the journal already.",
        file="core/working.py",
        old="return max(at_us, last_us)",
        new="return at_us",
        caught_by=(LAWS + "test_law_3_instants_never_run_back",),
    ),
    Defect(
        name="timers do not catch up before a command",
        why="Resolving a ticket that breached an hour ago makes it look as if it was in time.",
        file="core/engine.py",
        old="        catch_up(working, at_us)\n        at_us = working",
        new="        at_us = working",
        caught_by=(LAWS + "test_law_3_when_you_look_does_not_matter",),
    ),
    Defect(
        name="a bounce is not counted",
        why="Two desks play ping-pong with a ticket and the limit never comes.",
        file="core/applying.py",
        old="    draft.bounces += event.bounce\n",
        new="",
        caught_by=(MORE + "test_law_1_every_ticket_counts_moves_bounces_and_reopens",),
    ),
)
