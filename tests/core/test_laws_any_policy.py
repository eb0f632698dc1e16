"""The laws of the engine (SEMANTICS 5), for any policy and any life of a ticket."""

from __future__ import annotations

import pickle
from collections import Counter
from datetime import timedelta

from hypothesis import event as count
from hypothesis import given, settings
from hypothesis import strategies as st

from escalate.core import advance, events, fold, observe, step
from escalate.core.facts import Fact
from escalate.core.lifecycle import status_table
from escalate.core.policy import EscalationPolicy
from escalate.errors import Refused
from escalate.testing import RARITIES, START, Stride, rarities, walk
from escalate.testing.strategies import commands, facts, policies, strides, walks


@given(policies(), st.lists(strides(commands()), max_size=12))
def test_law_1_tickets_move_only_along_paths_and_edges(
    policy: EscalationPolicy, strides: list[Stride]
) -> None:
    """Whatever a desk asks for, every tier change is a declared path, every status change an edge."""
    paths = {(path.source, path.target, path.kind) for path in policy.paths}
    edges = {(source, target) for (source, _), target in status_table().items()}
    for event in walk(policy, strides).journal:
        assert not isinstance(event, events.PathViolated)
        if isinstance(event, events.Moved):
            assert (event.source, event.target, event.kind) in paths
        elif isinstance(event, events.StatusChanged) and event.source is not event.status:
            assert (event.source, event.status) in edges


@given(policies(), walks())
def test_law_2_a_ticket_is_the_fold_of_its_events(
    policy: EscalationPolicy, strides: list[Stride]
) -> None:
    """A journal alone gives the ticket back, without its policy."""
    result = walk(policy, strides)
    assert fold(None, result.journal) == result.ticket
    assert [event.seq for event in result.journal] == list(range(1, len(result.journal) + 1))


@given(policies(), walks())
def test_law_2_a_refused_command_leaves_the_ticket_untouched(
    policy: EscalationPolicy, strides: list[Stride]
) -> None:
    """What is refused changes nothing but what timers had due before it."""
    before = walk(policy, []).ticket
    for at, outcome in walk(policy, strides).outcomes:
        if outcome.refusal is not None:
            assert outcome.ticket == advance(before, policy, before=at).ticket
            assert outcome.refusal.fired == outcome.events
        assert outcome.ticket is not None
        before = outcome.ticket


@given(policies(), walks())
def test_law_3_when_you_look_does_not_matter(
    policy: EscalationPolicy, strides: list[Stride]
) -> None:
    """Any extra looks between the strides leave the same journal, the same ticket, the same refusals."""
    plain, looked = walk(policy, strides), walk(policy, strides, looking=True)
    for rarity in rarities(plain, policy):
        count(rarity)  # pytest --hypothesis-show-statistics says how often
    assert looked.journal == plain.journal
    assert looked.ticket == plain.ticket
    assert [str(each) for each in looked.refusals] == [str(each) for each in plain.refusals]


@given(policies(), walks())
def test_law_3_instants_never_run_back(policy: EscalationPolicy, strides: list[Stride]) -> None:
    """A journal is in order of time, timers included."""
    instants = [event.at_us for event in walk(policy, strides).journal]
    assert instants == sorted(instants)


@given(policies(), walks())
def test_law_5_time_adds_up(policy: EscalationPolicy, strides: list[Stride]) -> None:
    """For each cycle, open time used and open time paused make up the open time from start to end."""
    for event in walk(policy, strides).journal:
        for _, clock in event.clocks:
            if clock.ended_us is None:
                continue
            hours, since = policy.calendar(clock.calendar), clock.counted_us
            paused = sum(
                hours.elapsed_us(max(span.since_us, since), max(span.until_us or since, since))
                for span in clock.pauses
            )
            worked = hours.elapsed_us(since, clock.ended_us)
            assert clock.used_us - clock.carried_us + paused == worked


@given(policies(), walks())
def test_law_6_a_done_ticket_has_no_timers(policy: EscalationPolicy, strides: list[Stride]) -> None:
    """Nothing runs once a ticket is resolved or closed."""
    for _, outcome in walk(policy, strides).outcomes:
        ticket = outcome.ticket
        assert ticket is not None
        if ticket.status.is_done:
            assert ticket.due_us is None
            assert not any(clock.is_live for clock in ticket.clocks.values())


@given(policies(), walks())
def test_a_cycle_is_breached_exactly_if_it_used_more_than_promised(
    policy: EscalationPolicy, strides: list[Stride]
) -> None:
    """3.4: an act at the due instant is in time; 3.8: a breach stays when another target applies."""
    retargeted = set()
    for event in walk(policy, strides).journal:
        for change, clock in event.clocks:
            if change is events.Change.RETARGET:
                retargeted.add((clock.name, clock.cycle))
            if clock.ended_us is None or clock.within_us is None:
                continue
            over = clock.used_us > clock.within_us
            # A step or a rule may end a cycle at the very instant of its breach, which came first.
            by_itself = event.by.kind in ("rule", "system")
            if (clock.name, clock.cycle) in retargeted or by_itself:
                assert clock.breached or not over
            else:
                assert clock.breached == over


@given(policies(), st.lists(strides(facts()), max_size=12))
def test_law_8_what_was_seen_is_never_refused(
    policy: EscalationPolicy, strides: list[Stride]
) -> None:
    """A host's facts are followed whatever the policy says, and every breach of it is journalled."""
    result = walk(policy, strides)
    assert not result.refusals
    paths = {(path.source, path.target) for path in policy.paths}
    edges = {(source, target) for (source, _), target in status_table().items()}
    violated = {
        (event.source, event.target)
        for event in result.journal
        if isinstance(event, events.PathViolated)
    }
    for event in result.journal:
        if isinstance(event, events.Moved):
            assert (event.source, event.target) in paths | violated
        elif isinstance(event, events.StatusChanged) and event.source is not event.status:
            assert (event.source, event.status) in edges | violated


@given(policies(), walks())
def test_tickets_and_journals_pickle(policy: EscalationPolicy, strides: list[Stride]) -> None:
    """Tickets, events and refusals cross to another process and come back equal."""
    result = walk(policy, strides)
    assert pickle.loads(pickle.dumps(result.ticket)) == result.ticket  # noqa: S301 - our own bytes
    assert pickle.loads(pickle.dumps(result.journal)) == result.journal  # noqa: S301
    for refusal in result.refusals:
        again = pickle.loads(pickle.dumps(refusal))  # noqa: S301
        assert (str(again), again.code) == (str(refusal), refusal.code)


@given(policies(), st.one_of(commands(), facts()))
def test_an_instant_that_runs_back_counts_as_the_last_one(
    policy: EscalationPolicy, deed: object
) -> None:
    """A clock that was set back puts no event before the last one, and no claim puts one ahead."""
    ticket = walk(policy, []).ticket
    early = START - timedelta(hours=1)
    run = observe if isinstance(deed, Fact) else step
    outcome = run(ticket, deed, policy, now=early)  # type: ignore[arg-type]
    assert all(event.at == START for event in outcome.events)
    assert outcome.refusal is None or isinstance(outcome.refusal, Refused)


def test_the_laws_are_asked_in_rare_cases_too() -> None:
    """Each rare case comes up in at least one walk of twenty, or a law may never have been asked there."""
    seen: Counter[str] = Counter()

    @settings(max_examples=400, derandomize=True, database=None, deadline=None)
    @given(policies(), walks())
    def look(policy: EscalationPolicy, strides: list[Stride]) -> None:
        seen.update(["walks", *rarities(walk(policy, strides), policy)])

    look()
    shares = {rarity: seen[rarity] / seen["walks"] for rarity in RARITIES}
    assert not {rarity: share for rarity, share in shares.items() if share < 0.05}
