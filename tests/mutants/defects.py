"""The defects that the laws of the engine must catch, each with what a desk would see of it.

To add one: say what goes wrong, quote a short piece of the code that stands once in its file, write it
with the mistake, and name the law that must say no.
"""

from __future__ import annotations

from typing import Final

from tests.mutants.runner import Defect

LAWS: Final = "tests/core/test_laws_"

WHERE: Final = (
    Defect(
        name="a path is not checked",
        why="An agent sends a ticket from any tier along a path that only another tier has.",
        file="core/deciding/moving.py",
        old="leaving = tables.ways.get((draft.tier, kind), ())",
        new="leaving = sum((w for (_, k), w in tables.ways.items() if k == kind), ())",
        caught_by=(LAWS + "where.py::test_law_1_a_desk_does_what_its_lifecycle_and_paths_say",),
    ),
    Defect(
        name="a path's condition is ignored",
        why="The path for urgent tickets lets every ticket through.",
        file="core/deciding/moving.py",
        old="if way.when is None or way.when.holds(draft, at_us):",
        new="if way is not None:",
        caught_by=(LAWS + "where.py::test_law_1_a_move_takes_a_path_whose_condition_held",),
    ),
    Defect(
        name="a resolved ticket moves",
        why="A ticket that was answered turns up in another tier's queue.",
        file="core/deciding/moving.py",
        old="    if draft.status.is_done:\n        allowed",
        new="    if draft.status is Status.CLOSED:\n        allowed",
        caught_by=(LAWS + "where.py::test_law_1_a_desk_does_what_its_lifecycle_and_paths_say",),
    ),
    Defect(
        name="a closed ticket is reopened by a message",
        why="A thank-you note months later opens the old ticket instead of asking for a new one.",
        file="core/deciding/acts.py",
        old="return draft.status in (Status.PENDING, Status.RESOLVED)",
        new="return draft.status in (Status.PENDING, Status.RESOLVED, Status.CLOSED)",
        caught_by=(LAWS + "where.py::test_law_1_a_desk_does_what_its_lifecycle_and_paths_say",),
    ),
    Defect(
        name="a bounce is not counted",
        why="Two desks play ping-pong with a ticket and the limit never comes.",
        file="core/deciding/moving.py",
        old="bounces = draft.bounces + bounce\n",
        new="bounces = draft.bounces\n",
        caught_by=(LAWS + "where.py::test_law_1_every_ticket_counts_moves_bounces_and_reopens",),
    ),
    Defect(
        name="a return counts as a bounce",
        why="Sending a ticket back for one question uses up its bounces.",
        file="core/deciding/moving.py",
        old='bounce = kind != "return" and target in draft.left',
        new="bounce = target in draft.left",
        caught_by=(LAWS + "where.py::test_law_1_every_ticket_counts_moves_bounces_and_reopens",),
    ),
    Defect(
        name="a reopening is not counted",
        why="Tickets come back three times and the report says first contact resolution.",
        file="core/deciding/applying.py",
        old="    if event.source.is_done and not event.status.is_done:\n        draft.reopens += 1\n",
        new="",
        caught_by=(LAWS + "where.py::test_law_1_every_ticket_counts_moves_bounces_and_reopens",),
    ),
    Defect(
        name="the bounce limit comes one too late",
        why="A policy that allows two bounces allows three.",
        file="core/deciding/moving.py",
        old="draft.bounces >= tables.max_bounces",
        new="draft.bounces > tables.max_bounces",
        caught_by=(
            LAWS + "where.py::test_law_1_a_ticket_that_bounced_enough_goes_no_further_back",
        ),
    ),
    Defect(
        name="nobody is told of the last bounce",
        why="A ticket is stuck between two desks and its manager never hears of it.",
        file="core/deciding/ruling.py",
        old="if event.bounces == working.policy.max_bounces:",
        new="if event.bounces > working.policy.max_bounces:",
        caught_by=(LAWS + "where.py::test_law_1_who_is_told_that_a_ticket_bounced_too_often",),
    ),
    Defect(
        name="the assignee stays after a move",
        why="Second line finds its new tickets assigned to people of first line.",
        file="core/deciding/applying.py",
        old="    draft.assignee = None\n",
        new="",
        caught_by=(LAWS + "where.py::test_law_1_a_move_begins_afresh",),
    ),
    Defect(
        name="the tier that sent a ticket is forgotten",
        why="A return from third line goes to first line, which never sent it there.",
        file="core/deciding/applying.py",
        old="return senders[: senders.index(event.target)]",
        new="return senders[: senders.index(event.target) + 1]",
        caught_by=(LAWS + "where.py::test_law_1_a_desk_does_what_its_lifecycle_and_paths_say",),
    ),
    Defect(
        name="a return goes to whoever had the ticket first",
        why="Third line sends a ticket back and second line, which asked, never sees it.",
        file="core/deciding/moving.py",
        old="wanted = draft.senders[-1]",
        new="wanted = draft.senders[0]",
        caught_by=(LAWS + "where.py::test_law_1_a_return_goes_to_the_tier_that_sent_it",),
    ),
    Defect(
        name="a permission is ignored",
        why="Anybody may put tickets on hold although only leads should.",
        file="core/deciding/acts.py",
        old="if not permission.at or tier in permission.at:",
        new="if tier in permission.at:",
        caught_by=(LAWS + "handing_over.py::test_law_1_only_who_may_does",),
    ),
    Defect(
        name="a path's roles are ignored",
        why="The way to the vendor, which costs money, is open to everybody.",
        file="core/deciding/moving.py",
        old="    if path.by:\n",
        new="    if path.by and path.approval:\n",
        caught_by=(LAWS + "handing_over.py::test_law_1_only_who_may_does",),
    ),
    Defect(
        name="a required field of the handoff is not asked for",
        why="Second line gets tickets without a summary and asks the customer again.",
        file="core/deciding/moving.py",
        old="        if missing:\n",
        new="        if len(missing) > 1:\n",
        caught_by=(
            LAWS + "handing_over.py::test_law_9_a_person_hands_over_what_the_path_requires",
        ),
    ),
    Defect(
        name="checks that are left are ignored",
        why="Nobody verified the password owner, and the ticket went on all the same.",
        file="core/deciding/moving.py",
        old="        if not told.override:\n",
        new="        if len(left) > 1 and not told.override:\n",
        caught_by=(
            LAWS
            + "handing_over.py::test_law_9_nobody_hands_over_with_checks_left_without_saying_why",
        ),
    ),
    Defect(
        name="attempts of earlier tiers are dropped",
        why="Second line asks the customer to restart the router for the third time.",
        file="core/deciding/moving.py",
        old="(*draft.attempts, *told_now) if told_now else draft.attempts,",
        new="told_now or draft.attempts,",
        caught_by=(LAWS + "handing_over.py::test_law_9_no_move_loses_anything",),
    ),
    Defect(
        name="texts of earlier handoffs are dropped",
        why="What first line wrote is gone once second line hands the ticket on.",
        file="core/deciding/moving.py",
        old="(*before, *((draft.seq + 1, field) for field in texts)) if texts else before,",
        new="tuple((draft.seq + 1, field) for field in texts) if texts else before,",
        caught_by=(LAWS + "handing_over.py::test_law_9_no_move_loses_anything",),
    ),
    Defect(
        name="the asker approves",
        why="Whoever wants the expensive path approves it for themselves.",
        file="core/deciding/acts.py",
        old="    if by.id and by.id == request.asked_by:\n",
        new="    if by.id and by.id == request.receiver:\n",
        caught_by=(LAWS + "handing_over.py::test_law_9_nobody_approves_what_they_asked_for",),
    ),
    Defect(
        name="an approval is not waited for",
        why="A rule takes the path that a manager should have approved.",
        file="core/deciding/ruling.py",
        old="approval = deed.doing.ask_approval or path.approval",
        new="approval = deed.doing.ask_approval",
        caught_by=(LAWS + "handing_over.py::test_law_9_nobody_approves_what_they_asked_for",),
    ),
)

CLOCKS: Final = (
    Defect(
        name="a pause still counts",
        why="A ticket that waited for its customer over lunch is late for the lunch.",
        file="core/clocks.py",
        old="        clock.used_us += terms.hours.elapsed_us(clock.since_us, at_us)\n        clock.since",
        new="        clock.used_us += at_us - clock.since_us\n        clock.since",
        caught_by=(
            LAWS + "clocks.py::test_law_3_a_stopwatch_finds_the_same_instants_and_verdicts",
        ),
    ),
    Defect(
        name="a clock does not pause",
        why="A ticket that waits for its customer breaches over the weekend.",
        file="core/deciding/clockwork.py",
        old="if reason and clock.state is ClockState.RUNNING:",
        new="if reason and clock.state is ClockState.PAUSED:",
        caught_by=(
            LAWS + "clocks.py::test_law_3_a_stopwatch_finds_the_same_instants_and_verdicts",
        ),
    ),
    Defect(
        name="a timer is dated at the tick",
        why="A breach at 9:05 is journalled at 9:30 because that is when the job ran.",
        file="core/deciding/timers.py",
        old="_fire(working, _next(working, draft.due_us), draft.due_us)",
        new="_fire(working, _next(working, draft.due_us), before_us - 1)",
        caught_by=(
            LAWS + "clocks.py::test_law_3_at_a_busy_desk_too_it_does_not_matter_when_you_look",
        ),
    ),
    Defect(
        name="timers do not catch up before a command",
        why="Resolving a ticket that breached an hour ago makes it look as if it was in time.",
        file="core/engine.py",
        old="        catch_up(working, now_us)\n",
        new="        pass\n",
        caught_by=(
            LAWS + "clocks.py::test_law_3_at_a_busy_desk_too_it_does_not_matter_when_you_look",
        ),
    ),
    Defect(
        name="a timer fires at its very instant",
        why="An answer given on the stroke of the deadline counts as late.",
        file="core/deciding/timers.py",
        old="draft.due_us >= before_us",
        new="draft.due_us > before_us",
        caught_by=(
            LAWS + "clocks.py::test_law_3_a_stopwatch_finds_the_same_instants_and_verdicts",
        ),
    ),
    Defect(
        name="a breach is dated at closing",
        why="Time used up at five to closing breaches at closing, although work at opening is in time.",
        file="core/clocks.py",
        old="clock.next_us = terms.hours.next_open_us(due_us)",
        new="clock.next_us = due_us",
        caught_by=(
            LAWS + "clocks.py::test_law_3_a_stopwatch_finds_the_same_instants_and_verdicts",
        ),
    ),
    Defect(
        name="the 100 % step comes before the breach",
        why="The manager is told of a breach that the journal does not have yet.",
        file="core/clocks.py",
        old="[Entry(within_us, BREACH), *entries]",
        new="[*entries, Entry(within_us, BREACH)]",
        caught_by=(
            LAWS + "clocks.py::test_law_3_a_stopwatch_finds_the_same_instants_and_verdicts",
        ),
    ),
    Defect(
        name="two timers of one instant fire in the wrong order",
        why="Which of two breaches comes first depends on nothing that the policy says.",
        file="core/deciding/timers.py",
        old="return min(due, key=",
        new="return max(due, key=",
        caught_by=(
            LAWS + "clocks.py::test_law_3_a_stopwatch_finds_the_same_instants_and_verdicts",
        ),
    ),
    Defect(
        name="reopening revives what resolving did not end",
        why="A first response that was given in time runs again, and breaches, when a ticket reopens.",
        file="core/deciding/clockwork.py",
        old="if was.ended_by != Status.RESOLVED:",
        new="if was.ended_us is None:",
        caught_by=(
            LAWS + "clocks.py::test_law_3_a_stopwatch_finds_the_same_instants_and_verdicts",
        ),
    ),
    Defect(
        name="the resolved span counts after a reopening",
        why="A ticket that was resolved for a week and reopened is a week late.",
        file="core/clocks.py",
        old='    now.ended_us = None\n    now.ended_by = ""\n    now.since_us = at_us\n',
        new='    now.since_us = now.ended_us\n    now.ended_us = None\n    now.ended_by = ""\n',
        caught_by=(
            LAWS + "clocks.py::test_law_3_a_stopwatch_finds_the_same_instants_and_verdicts",
        ),
    ),
    Defect(
        name="an answer and a wait do not end ownership",
        why="A tier that has answered and waits for the customer is still on the hook.",
        file="core/deciding/clockwork.py",
        old="if clock.answered and self.draft.status is Status.PENDING:",
        new="if heard.replied and self.draft.status is Status.PENDING:",
        caught_by=(
            LAWS + "clocks.py::test_law_3_a_stopwatch_finds_the_same_instants_and_verdicts",
        ),
    ),
    Defect(
        name="resolving does not end the clocks",
        why="A resolved ticket breaches at night and wakes the manager on call.",
        file="core/deciding/clockwork.py",
        old="            if not self.before.is_done:\n",
        new="            if draft.status is Status.CLOSED and not self.before.is_done:\n",
        caught_by=(LAWS + "facts.py::test_law_6_a_done_ticket_of_a_busy_desk_has_no_timers",),
    ),
    Defect(
        name="a reminder is left on a closed ticket",
        why="The reminder for sleeping tickets goes out for tickets that are long closed.",
        file="core/deciding/clockwork.py",
        old="            if clock.ended_us is not None:\n                continue\n",
        new="            if clock.ended_us is not None or clock.name == IDLE:\n                continue\n",
        caught_by=(LAWS + "facts.py::test_law_6_a_done_ticket_of_a_busy_desk_has_no_timers",),
    ),
    Defect(
        name="the target is chosen before the move",
        why="Escalated tickets keep first line's promise until something else changes.",
        file="core/deciding/clockwork.py",
        old="        return pick(self.tables, self.draft, name, self.draft.tier, self.at_us)\n",
        new=(
            "        moved = isinstance(self.event, e.Moved)\n"
            "        tier = self.event.source if moved else self.draft.tier\n"
            "        return pick(self.tables, self.draft, name, tier, self.at_us)\n"
        ),
        caught_by=(
            LAWS + "clocks.py::test_law_3_the_target_that_applies_is_the_first_that_matches",
        ),
    ),
    Defect(
        name="the last target that matches applies",
        why="The promise for everybody beats the one for important customers.",
        file="core/compiled.py",
        old="for target in sorted(mine, key=lambda target: target.default):",
        new="for target in sorted(mine, key=lambda target: target.default)[::-1]:",
        caught_by=(
            LAWS + "clocks.py::test_law_3_the_target_that_applies_is_the_first_that_matches",
        ),
    ),
    Defect(
        name="a late breach on another target is forgotten",
        why="Raised to urgent three hours late, a ticket is shown as on time for ever.",
        file="core/deciding/working.py",
        old="                self.breach(current, at_us, on_change=True)\n",
        new="",
        caught_by=(LAWS + "clocks.py::test_law_3_what_another_target_makes_of_the_time_used",),
    ),
    Defect(
        name="another target forgets the pauses so far",
        why="A change of priority makes the days spent waiting for the customer count.",
        file="core/clocks.py",
        old="    return sum(\n        terms.hours.elapsed_us(\n            max(span.since_us",
        new="    return 0 * sum(\n        terms.hours.elapsed_us(\n            max(span.since_us",
        caught_by=(LAWS + "clocks.py::test_law_3_what_another_target_makes_of_the_time_used",),
    ),
    Defect(
        name="the share that was used is lost",
        why="Halfway through one promise, a ticket is at the very beginning of the next.",
        file="core/clocks.py",
        old="used_us * now.within_us // clock.within_us",
        new="0",
        caught_by=(LAWS + "clocks.py::test_law_3_what_another_target_makes_of_the_time_used",),
    ),
    Defect(
        name="of passed steps the lowest runs",
        why="A ticket that is raised late tells the agent, not the manager.",
        file="core/clocks.py",
        old="clock.fired = (*clock.fired, *passed[:-1])",
        new="clock.fired = (*clock.fired, *passed[1:])",
        caught_by=(
            LAWS
            + "clocks.py::test_law_3_of_the_steps_that_a_change_has_passed_only_the_highest_runs",
        ),
    ),
    Defect(
        name="all passed steps run",
        why="A ticket that is raised late sends every warning of the tighter promise at once.",
        file="core/clocks.py",
        old="clock.fired = (*clock.fired, *passed[:-1])",
        new="clock.fired = clock.fired",
        caught_by=(
            LAWS
            + "clocks.py::test_law_3_of_the_steps_that_a_change_has_passed_only_the_highest_runs",
        ),
    ),
    Defect(
        name="working days are calendar days",
        why="Two working days from Friday are due on Sunday, when nobody works.",
        file="core/clocks.py",
        old="due = self.dates.deadline_days(as_instant(start_us), self.days)",
        new="due = as_instant(start_us + self.days * 86_400_000_000)",
        caught_by=(
            LAWS
            + "clocks.py::test_law_3_a_promise_of_working_days_is_due_on_the_nth_day_that_has_hours",
        ),
    ),
    Defect(
        name="a step's condition is ignored",
        why="The page for important customers goes out for everybody.",
        file="core/deciding/working.py",
        old="held = deed.when is None or deed.when.holds(self.ticket, at_us)",
        new="held = True",
        caught_by=(LAWS + "clocks.py::test_law_3_a_step_acts_only_if_its_condition_holds",),
    ),
    Defect(
        name="a step acts though its condition does not hold",
        why="The journal says that the step passed without acting, and the manager was called.",
        file="core/deciding/timers.py",
        old="        if working.step_reached(clock, name, deed, at_us):\n            act_on_step",
        new=(
            "        working.step_reached(clock, name, deed, at_us)\n"
            "        if deed:\n"
            "            act_on_step"
        ),
        caught_by=(LAWS + "clocks.py::test_law_3_a_step_acts_only_if_its_condition_holds",),
    ),
    Defect(
        name="a pause forgets what has fired",
        why="Each time the customer answers, the 50 % warning goes out again.",
        file="core/clocks.py",
        old="    now.pauses = (*now.pauses, Pause(at_us, None, reason))\n",
        new="    now.pauses = (*now.pauses, Pause(at_us, None, reason))\n    now.fired = ()\n",
        caught_by=(
            LAWS + "clocks.py::test_law_3_a_stopwatch_finds_the_same_instants_and_verdicts",
        ),
    ),
)

RULES: Final = (
    Defect(
        name="a rule fires twice in a stay",
        why="The customer gets the same automatic message twice.",
        file="core/deciding/ruling.py",
        old="if fired.times >= deed.times:",
        new="if fired.times > deed.times:",
        caught_by=(
            LAWS + "rules.py::test_law_4_a_rule_fires_so_often_in_a_stay_and_rests_between",
        ),
    ),
    Defect(
        name="a rule does not rest",
        why="A rule with an hour's rest acts on every message.",
        file="core/deciding/ruling.py",
        old="at_us - fired.at_us < deed.cooldown_us",
        new="at_us - fired.at_us < 0",
        caught_by=(
            LAWS + "rules.py::test_law_4_a_rule_fires_so_often_in_a_stay_and_rests_between",
        ),
    ),
    Defect(
        name="rules are judged after earlier ones acted",
        why="A tag that one rule puts on sets off the next rule, or does not, by the order of lines.",
        file="core/deciding/ruling.py",
        old="        act_on_rule(working, deed, at_us, deed.on)\n",
        new=(
            "        if _matches(working.ticket, deed, at_us):\n"
            "            act_on_rule(working, deed, at_us, deed.on)\n"
        ),
        caught_by=(LAWS + "rules.py::test_law_4_rules_are_judged_together_and_act_in_turn",),
    ),
    Defect(
        name="rules act in the reverse order",
        why="The rule at the end of the file wins.",
        file="core/deciding/ruling.py",
        old="    for deed in candidates:",
        new="    for deed in candidates[::-1]:",
        caught_by=(LAWS + "rules.py::test_law_4_rules_are_judged_together_and_act_in_turn",),
    ),
    Defect(
        name="the first mover acts first",
        why="The other rules act in the next tier, on a ticket that they were not judged for.",
        file="core/deciding/ruling.py",
        old="acting.append(mover)",
        new="acting.insert(0, mover)",
        caught_by=(LAWS + "rules.py::test_law_4_rules_are_judged_together_and_act_in_turn",),
    ),
    Defect(
        name="every rule that moves moves",
        why="One event takes a ticket through three tiers.",
        file="core/deciding/ruling.py",
        old="if deed.doing.move is None:\n                acting",
        new="if deed.doing.move is None or mover is not None:\n                acting",
        caught_by=(LAWS + "rules.py::test_law_4_rules_are_judged_together_and_act_in_turn",),
    ),
    Defect(
        name="a rule acts in every tier",
        why="A rule that is meant for first line acts in third line.",
        file="core/deciding/ruling.py",
        old="if deed.at is not None and draft.tier not in deed.at:",
        new="if deed.at is not None and draft.tier in ():",
        caught_by=(
            LAWS + "rules.py::test_law_4_a_rule_fires_so_often_in_a_stay_and_rests_between",
        ),
    ),
    Defect(
        name="a notice counts as activity",
        why="The reminder puts itself off: a sleeping ticket is never passed on.",
        file="core/deciding/clockwork.py",
        old="_STIRRING: Final = (",
        new="_STIRRING: Final = (e.NotifyAsked, ",
        caught_by=(LAWS + "facts.py::test_law_6_telling_people_changes_nothing",),
    ),
    Defect(
        name="a notice takes the ticket",
        why="A ticket that its lead is told of looks as if the lead worked on it.",
        file="core/deciding/applying.py",
        old="    e.Tagged: _tagged,\n",
        new=(
            "    e.NotifyAsked: lambda draft, event: setattr(draft, 'assignee', event.receiver),\n"
            "    e.Tagged: _tagged,\n"
        ),
        caught_by=(LAWS + "facts.py::test_law_6_telling_people_changes_nothing",),
    ),
    Defect(
        name="automatic moves are not counted",
        why="Two rules bounce a ticket for ever.",
        file="core/deciding/applying.py",
        old="        draft.automatic += 1\n",
        new="        draft.automatic += 0\n",
        caught_by=(
            LAWS + "rules.py::test_law_7_a_person_must_act_between_so_many_automatic_moves",
        ),
    ),
    Defect(
        name="a person's act does not count",
        why="Rules stop for good after so many moves, whatever people do.",
        file="core/deciding/applying.py",
        old="type(event) not in _UPKEEP:\n            draft.automatic = 0\n",
        new="type(event) not in _UPKEEP:\n            pass\n",
        caught_by=(
            LAWS + "rules.py::test_law_7_a_person_must_act_between_so_many_automatic_moves",
        ),
    ),
    Defect(
        name="the limit of automatic moves is ignored",
        why="Two rules bounce a ticket until somebody pulls the plug.",
        file="core/deciding/ruling.py",
        old="if draft.automatic >= working.policy.max_automatic:",
        new="if draft.automatic >= 50 + working.policy.max_automatic:",
        caught_by=(
            LAWS + "rules.py::test_law_7_a_person_must_act_between_so_many_automatic_moves",
        ),
    ),
    Defect(
        name="a verdict places a ticket that somebody works on",
        why="While an agent writes an answer, the classifier takes the ticket away.",
        file="core/deciding/acts.py",
        old="untouched = draft.status is Status.NEW and draft.assignee is None and not draft.responded",
        new="untouched = True",
        caught_by=(LAWS + "rules.py::test_law_4_a_verdict_places_only_what_nobody_has_touched",),
    ),
    Defect(
        name="an unsure verdict places",
        why="Tickets start in third line because a classifier guessed.",
        file="core/deciding/acts.py",
        old="verdict.confidence >= policy.place_at",
        new="verdict.confidence >= policy.place_at / 2",
        caught_by=(LAWS + "rules.py::test_law_4_a_verdict_places_only_what_nobody_has_touched",),
    ),
)

JOURNAL: Final = (
    Defect(
        name="a refused move leaves a change behind",
        why="An escalation that was refused still takes the ticket from its agent.",
        file="core/deciding/acts.py",
        old="    path = open_path(draft, tables, kind, command.to, at_us)\n",
        new=(
            "    draft.assignee = None\n"
            "    path = open_path(draft, tables, kind, command.to, at_us)\n"
        ),
        caught_by=(LAWS + "journal.py::test_law_2_whatever_a_busy_desk_refuses_changes_nothing",),
    ),
    Defect(
        name="an approval is taken before it is checked",
        why="A request is used up by an approval that was refused.",
        file="core/deciding/acts.py",
        old="    if not working.trusted:\n        if by.id and by.id == request.asked_by:\n",
        new=(
            "    draft.requests = ()\n"
            "    if not working.trusted:\n"
            "        if by.id and by.id == request.asked_by:\n"
        ),
        caught_by=(LAWS + "journal.py::test_law_2_a_refused_approval_changes_nothing",),
    ),
    Defect(
        name="a change without an event",
        why="After a restart, when tickets are read from the journal, what was there before is gone.",
        file="core/deciding/acts.py",
        old="    working.emit(e.Noted(at_us=at_us, by=by)",
        new='    _draft.links = (("note", "seen"),)\n    working.emit(e.Noted(at_us=at_us, by=by)',
        caught_by=(LAWS + "journal.py::test_law_2_a_busy_ticket_is_the_fold_of_its_events",),
    ),
    Defect(
        name="reading a journal forgets the clocks",
        why="After a restart no ticket has a deadline.",
        file="core/deciding/applying.py",
        old="    draft = apply_act(draft, event)\n    apply_clocks(draft, event)\n",
        new="    draft = apply_act(draft, event)\n",
        caught_by=(LAWS + "journal.py::test_law_2_a_busy_ticket_is_the_fold_of_its_events",),
    ),
    Defect(
        name="what a host did is refused",
        why="The host moved the ticket, the library argues, and the two never agree again.",
        file="core/deciding/following.py",
        old="        by = command.by or by\n",
        new="        if why.violates == 'permission':\n            raise\n        by = command.by or by\n",
        caught_by=(
            LAWS + "facts.py::test_law_8_every_breach_of_the_policy_that_was_seen_is_journalled",
        ),
    ),
    Defect(
        name="a violation is followed in silence",
        why="Tickets skip tiers in the host, and no report ever says so.",
        file="core/deciding/following.py",
        old="    for why in reasons_against(draft, tables, kind, target, at_us):\n",
        new="    for why in ():\n",
        caught_by=(
            LAWS + "facts.py::test_law_8_every_breach_of_the_policy_that_was_seen_is_journalled",
        ),
    ),
    Defect(
        name="a late fact keeps its own place in time",
        why="A webhook that comes late puts an event before one that stands in the journal already.",
        file="core/deciding/working.py",
        old="if self.draft is not None and self.draft.changed_us > at_us:",
        new="if self.draft is not None and self.draft.changed_us < 0:",
        caught_by=(LAWS + "facts.py::test_law_10_a_late_fact_keeps_its_own_instant",),
    ),
    Defect(
        name="when a late fact was so is lost",
        why="A reply that came in time and was seen late cannot be told from a late reply.",
        file="core/deciding/working.py",
        old="self.said_us = None if at_us == claimed_us else claimed_us",
        new="self.said_us = None",
        caught_by=(LAWS + "facts.py::test_law_10_a_late_fact_keeps_its_own_instant",),
    ),
    Defect(
        name="a late fact leaves no mark on the verdict",
        why="A reply that came in time and was seen late is a breach, and no report doubts it.",
        file="core/deciding/working.py",
        old="marked = self._disputed() if self.contested and (event.touches or event.words) else ()",
        new="marked = ()",
        caught_by=(
            LAWS
            + "facts.py::test_law_10_a_verdict_that_a_late_fact_contradicts_stays_and_is_disputed",
        ),
    ),
    Defect(
        name="a command that is asked again acts again",
        why="A browser that sends twice escalates twice.",
        file="core/deciding/acts.py",
        old="if command.id is not None and command.id in draft.ids:",
        new="if command.id is not None and command.id in draft.ids[:-1]:",
        caught_by=(LAWS + "facts.py::test_law_4_a_command_that_was_seen_before_changes_nothing",),
    ),
    Defect(
        name="advice acts",
        why="A policy that was only to be watched in shadow mode moves real tickets.",
        file="core/deciding/ruling.py",
        old=(
            "    if not working.policy.acts:\n"
            "        _advise(working, deed, at_us, is_rule=True)\n"
            "        return\n"
        ),
        new=(
            "    if not working.policy.acts:\n        _advise(working, deed, at_us, is_rule=True)\n"
        ),
        caught_by=(LAWS + "facts.py::test_law_11_an_advisory_policy_does_nothing_by_itself",),
    ),
    Defect(
        name="advice places",
        why="In shadow mode a classifier's verdict changes where tickets are said to be.",
        file="core/deciding/acts.py",
        old="return policy.acts and untouched",
        new="return untouched",
        caught_by=(LAWS + "facts.py::test_law_11_an_advisory_policy_does_nothing_by_itself",),
    ),
    *(
        Defect(
            name=f"a shape leaves out {what}",
            why="A proof takes two tickets for one although the policy treats them differently.",
            file="core/shape.py",
            old=old,
            new=new,
            caught_by=(
                LAWS + "shape.py::test_law_13_in_every_short_life_equal_shapes_have_equal_futures",
            ),
        )
        for what, old, new in (
            ("whether the desk has answered", "        clock.answered,\n", ""),
            ("the time left", "(entry.name, entry.amount_us - used_us)", "entry.name"),
            ("how often a rule fired", "(name, fired.times,", "(name, 0,"),
            ("who sent the ticket", "        ticket.senders,\n", ""),
            ("the automatic moves", "        ticket.automatic,\n", ""),
            ("whether a handoff was accepted", "        ticket.accepted,\n", ""),
        )
    ),
)

EDITIONS: Final = (
    Defect(
        name="an edition that says the same counts anew",
        why="A change of one word in the policy moves the due dates of a thousand tickets.",
        file="core/deciding/rebasing.py",
        old="if self._alike(old, terms):",
        new="if base == IDLE:",
        caught_by=(LAWS + "rebasing.py::test_another_edition_that_says_the_same_changes_no_clock",),
    ),
    Defect(
        name="a change that is taken back forgets what was used",
        why="After the mistake was undone, every promise begins anew.",
        file="core/clocks.py",
        old="now.used_us = was.used_us + terms.hours.elapsed_us(since_us, at_us) - paused_us",
        new="now.used_us = was.used_us",
        caught_by=(
            LAWS
            + "rebasing.py::test_a_change_that_is_taken_back_at_once_leaves_no_trace_on_the_clocks",
        ),
    ),
    Defect(
        name="a ticket goes where it has no place",
        why="A ticket stands in a tier that nobody looks after.",
        file="core/deciding/rebasing.py",
        old="    check_place(draft, policy, tiers)\n    was",
        new="    was",
        caught_by=(
            LAWS + "rebasing.py::TestOneByOne::test_a_ticket_without_a_place_stays_as_it_is",
        ),
    ),
    Defect(
        name="the past of a ticket keeps the old names of tiers",
        why="A return finds no way back to the tier that sent the ticket.",
        file="core/deciding/applying.py",
        old="draft.senders = tuple(names.get(tier, tier) for tier in draft.senders)",
        new="draft.senders = draft.senders",
        caught_by=(
            LAWS
            + "rebasing.py::TestOneByOne::test_a_tier_that_is_called_otherwise_keeps_its_tickets",
        ),
    ),
)

DEFECTS: Final = (*WHERE, *CLOCKS, *RULES, *JOURNAL, *EDITIONS)
