"""A log through the engine."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate import EscalationPolicy, Path, SLAPolicy, Status, Target, WorkTime, load_policy
from escalate.core import observe
from escalate.core.commands import Open
from escalate.core.events import Event, PathViolated, PrioritySet
from escalate.core.facts import Did, Seen
from escalate.core.protocol import Receiver
from escalate.core.rules import Rule
from escalate.core.sla import Step
from escalate.errors import InvalidMapping
from escalate.offline import Case, Log, Mapping, Row, read, replay
from escalate.offline.figures import measure
from escalate.offline.following import follow_case, journal_of
from escalate.offline.replaying import first_promise
from tests.core import busy_desk
from tests.offline import logs

HOUR = 3_600_000_000
POLICY = EscalationPolicy(
    "desk",
    ["N1", "N2", "N3"],
    [Path("N1", "N2"), Path("N2", "N3"), Path("N2", "N1", kind="return")],
    sla=SLAPolicy(
        [Target("ownership", "2h", tiers=["N1"]), Target("resolution", "9h", default=True)]
    ),
)


def case(*rows: tuple[int, str, str]) -> Log:
    """A log of one case, whose rows stand at so many hours."""
    made = tuple(Row(at * HOUR, tier, status, Status(status)) for at, tier, status in rows)
    return Log((Case("17", made),))


class TestReplay:
    def test_moves_follow_the_log(self) -> None:
        """5.8: what the policy lacks is followed and counted with an example."""
        result = replay(case((0, "N1", "open"), (1, "N3", "open"), (2, "N2", "open")), POLICY)
        assert result.moves == {("N1", "N3"): 1, ("N3", "N2"): 1}
        assert {key: (t.times, t.cases) for key, t in result.violations.items()} == {
            ("path", "N1", "N3"): (1, ["17"]),
            ("path", "N3", "N2"): (1, ["17"]),
        }

    def test_a_case_that_starts_higher_is_counted(self) -> None:
        """A case that begins in a later tier is no move, and is said so."""
        result = replay(case((0, "N2", "open")), POLICY)
        assert (result.moves, result.started_elsewhere["N2"].times) == ({}, 1)

    def test_promises_are_judged(self) -> None:
        """A case that leaves in time has kept its promise; one that stays too long has not."""
        kept = replay(case((0, "N1", "open"), (2, "N2", "open"), (9, "N2", "resolved")), POLICY)
        assert kept.cycles["ownership 2h in N1", "met"] == 1
        assert kept.cycles["resolution 9h", "met"] == 1
        late = replay(case((0, "N1", "open"), (3, "N2", "open"), (10, "N2", "open")), POLICY)
        assert late.cycles["ownership 2h in N1", "breached"] == 1
        assert late.cycles["resolution 9h", "breached"] == 1

    def test_a_reopening_withdraws_the_verdict(self) -> None:
        """3.5: a cycle counts once, with its last word."""
        rows = (0, "N1", "open"), (1, "N1", "resolved"), (8, "N1", "open"), (16, "N1", "resolved")
        assert replay(case(*rows), POLICY).cycles["resolution 9h", "met"] == 1

    def test_waiting_for_the_customer_does_not_count(self) -> None:
        """3.3: a long wait breaks no promise about resolving."""
        rows = (0, "N1", "open"), (1, "N1", "pending"), (90, "N1", "open"), (91, "N1", "resolved")
        assert replay(case(*rows), POLICY).cycles["resolution 9h", "met"] == 1

    def test_work_is_handed_over_before_it_is_finished(self) -> None:
        """A row that names another tier and a finished status is no move of a finished ticket."""
        result = replay(case((0, "N1", "open"), (1, "N2", "resolved")), POLICY)
        assert not result.violations

    def test_and_taken_up_again_before_it_is_handed_over(self) -> None:
        """A row that reopens a case in another tier is no move of a finished ticket either."""
        rows = (0, "N1", "open"), (1, "N1", "resolved"), (2, "N2", "open")
        assert not replay(case(*rows), POLICY).violations


ADVISING = EscalationPolicy(
    "desk",
    ["N1", "N2", "N3"],
    [Path("N1", "N2"), Path("N2", "N3"), Path("N2", "N1", kind="return")],
    sla=SLAPolicy(
        [
            Target(
                "ownership",
                "2h",
                tiers=["N1"],
                steps=[
                    Step("50%", notify="lead", when='priority == "urgent"'),
                    Step("100%", escalate_to="N2", notify="lead"),
                ],
            ),
            Target("resolution", "9h", default=True, steps=[Step("100%", tag="late")]),
        ]
    ),
    rules=[
        Rule("up", on="opened", at=["N1"], when='priority == "urgent"', escalate_to="N2"),
        Rule("silent", on="idle", after="10h", when='status == "pending"', notify=["lead", "boss"]),
    ],
    receivers=[Receiver("lead"), Receiver("boss")],
    fallback="boss",
)


class TestAdvised:
    def test_what_would_have_been_done_is_counted_and_not_done(self) -> None:
        """5.11: a step that would have moved the ticket is counted; the ticket stays where the log has it."""
        result = replay(case((0, "N1", "open"), (3, "N1", "open"), (4, "N1", "resolved")), ADVISING)
        advice = result.advised["step", "ownership 2h in N1: 100%"]
        assert (advice.times, advice.tickets, advice.cases) == (1, 1, ["17"])
        assert advice.does == "escalate to N2, notify lead"
        assert not result.moves

    def test_every_step_and_rule_is_listed_as_declared(self) -> None:
        """What would never have acted is there too, with nought: it may be what one looks for."""
        advised = replay(case((0, "N1", "open")), ADVISING).advised
        assert {key: advice.times for key, advice in advised.items()} == {
            ("step", "ownership 2h in N1: 50%"): 0,
            ("step", "ownership 2h in N1: 100%"): 0,
            ("step", "resolution 9h: 100%"): 0,
            ("rule", "up"): 0,
            ("rule", "silent"): 0,
        }
        assert list(advised)[-1] == ("rule", "silent")
        assert advised["rule", "silent"].does == "notify lead, notify boss"
        assert advised["step", "resolution 9h: 100%"].does == "tag late"

    def test_the_priority_of_the_log_is_seen(self) -> None:
        """A ticket that is opened urgent, or becomes so, is one for the rules and steps about that."""
        rows = Row(0, "N1", "", Status.OPEN, priority="urgent"), Row(HOUR, "N1", "", Status.OPEN)
        opened = replay(Log((Case("17", rows),)), ADVISING).advised
        assert opened["rule", "up"].times == 1
        rows = (
            Row(0, "N1", "", Status.OPEN),
            Row(HOUR // 2, "N1", "", Status.OPEN, priority="urgent"),
            Row(3 * HOUR, "N1", "", Status.OPEN, priority="low"),
        )
        became = replay(Log((Case("17", rows),)), ADVISING).advised
        assert became["rule", "up"].times == 0
        assert became["step", "ownership 2h in N1: 50%"].times == 1

    def test_a_row_that_says_nothing_of_the_priority_changes_none(self) -> None:
        """What a row leaves out is not known; it does not mean normal."""
        rows = Row(0, "N1", "", Status.OPEN, priority="urgent"), Row(HOUR, "N1", "", Status.OPEN)
        journal = [event for _, event in follow_case(Case("17", rows), ADVISING.advisory())]
        assert not [event for event in journal if isinstance(event, PrioritySet)]

    def test_a_priority_that_the_policy_lacks_is_refused(self) -> None:
        """A word that conditions cannot rank would fail them all in silence."""
        log = Log((Case("17", (Row(0, "N1", priority="P1"),)),))
        with pytest.raises(InvalidMapping, match="got 'P1', wanted a priority of the policy"):
            replay(log, ADVISING)

    def test_a_ticket_that_is_advised_twice_counts_once(self) -> None:
        """Times and tickets differ where one ticket has two cycles."""
        rows = [(0, "N1", "open"), (3, "N2", "open"), (4, "N1", "open"), (9, "N1", "open")]
        advice = replay(case(*rows), ADVISING).advised["step", "ownership 2h in N1: 100%"]
        assert (advice.times, advice.tickets, advice.cases) == (2, 1, ["17"])

    def test_a_broken_promise_counts_for_the_target_that_was_broken(self) -> None:
        """A clock that comes to other terms after its breach has broken the promise of the first."""
        rows = [(0, "N1", "open"), (3, "N1", "resolved"), (4, "N2", "resolved"), (5, "N1", "open")]
        cycles = replay(case(*rows), ADVISING).cycles
        assert cycles["ownership 2h in N1", "breached"] == 1
        assert ("ownership, no target", "breached") not in cycles

    def test_a_few_tickets_stand_as_examples(self) -> None:
        """The first five tickets are named; all are counted."""
        cases = tuple(Case(f"{i}", (Row(0, "N1"), Row(3 * HOUR, "N1"))) for i in range(7))
        advice = replay(Log(cases), ADVISING).advised["step", "ownership 2h in N1: 100%"]
        assert (advice.times, advice.tickets, advice.cases) == (7, 7, ["0", "1", "2", "3", "4"])

    def test_a_limit_that_is_reached_is_advised(self) -> None:
        """1.6: the arrival that reaches max_bounces would have told somebody."""
        rows = [(hour, "N1" if hour % 2 else "N2", "open") for hour in range(6)]
        policy = attrs.evolve(ADVISING, paths=[Path("N1", "N2"), Path("N2", "N1")], rules=[])
        advice = replay(case(*rows), policy).advised["limit", "max_bounces"]
        assert (advice.times, advice.does) == (1, "notify boss")


def flat_moves(log: Log) -> dict[tuple[str, str], int]:
    """The moves of *log* as the figures read them off its rows."""
    counted = measure(log)["moves"].value
    return {(a, b): n for a, row in counted.items() for b, n in row.items() if n}


@given(logs.csv_rows())
@pytest.mark.parametrize("policy", [None, ADVISING], ids=["bare", "advising"])
def test_the_engine_s_moves_are_the_log_s(
    policy: EscalationPolicy | None, rows: list[logs.CsvRow]
) -> None:
    """What the engine journals as moves is what the figures read off the rows, whatever rules say."""
    log = logs.read_rows(rows)
    assert replay(log, policy or EscalationPolicy("desk", log.tiers)).moves == flat_moves(log)


@given(logs.csv_rows())
def test_the_last_step_is_advised_as_often_as_its_promise_is_broken(
    rows: list[logs.CsvRow],
) -> None:
    """A step at 100 % goes with the breach: the two counts are one."""
    result = replay(logs.read_rows(rows), ADVISING)
    for target in ("ownership 2h in N1", "resolution 9h"):
        advice = result.advised["step", f"{target}: 100%"]
        assert advice.times == result.cycles.get((target, "breached"), 0)


def followed_row_by_row(each: Case, policy: EscalationPolicy) -> list[Event]:
    """The journal of a case of which every row is told to the engine, with or without news."""
    first = each.rows[0]
    opened = Did(Open(each.id, tier=first.tier, priority=first.priority))
    outcome = observe(None, opened, policy, now=first.at)
    journal = list(outcome.events)
    for row in each.rows:
        seen = Seen(status=row.meaning, tier=row.tier, priority=row.priority)
        outcome = observe(outcome.ticket, seen, policy, now=row.at)
        journal += outcome.events
    return journal


@given(logs.csv_rows(ties=True))
def test_rows_without_news_change_no_journal(rows: list[logs.CsvRow]) -> None:
    """5.3: replay leaves them out, and no timer is lost or dated otherwise, the last ones included."""
    advising = ADVISING.advisory()
    for each in logs.read_rows(rows).cases:
        journal = [event for _, event in follow_case(each, advising)]
        assert journal == followed_row_by_row(each, advising)


def silent(cases: tuple[Case, ...], after_us: int, waits: set[Status]) -> int:
    """How often nothing happened for so long while a case waited, at most once per stay in a line."""
    times = 0
    for each in cases:
        fired, since_us, before = False, each.rows[0].at_us, each.rows[0]
        for row in each.rows[1:]:
            if before.meaning in waits and row.at_us - since_us > after_us and not fired:
                times, fired = times + 1, True
            if (row.tier, row.meaning) != (before.tier, before.meaning):
                since_us = row.at_us
            fired = fired and row.tier == before.tier
            before = row
    return times


@given(logs.csv_rows())
def test_a_silent_pause_is_advised_once_in_each_stay(rows: list[logs.CsvRow]) -> None:
    """4.3: counted a second time, off the rows alone."""
    log = logs.read_rows(rows)
    expected = silent(log.cases, 10 * HOUR, {Status.PENDING})
    assert replay(log, ADVISING).advised["rule", "silent"].times == expected


@pytest.mark.shared_data
def test_the_incident_log_runs_through_the_engine(shared_data, request) -> None:
    """7,554 real incidents: every move of the log is a move of the engine, and nothing is refused."""
    examples = request.config.rootpath / "examples" / "volvo"
    policy = load_policy(examples / "policy.toml")
    log = read(
        shared_data / "volvo_incidents" / "volvo_incidents.csv.gz",
        mapping=Mapping.from_file(examples / "mapping.toml"),
    )
    result = replay(log, policy)
    promise = first_promise(policy)
    assert promise is not None
    assert result.moves == flat_moves(log)
    assert {tier: t.times for tier, t in result.started_elsewhere.items()} == {
        "2nd": 704,
        "3rd": 148,
    }
    waits = {Status.PENDING, Status.ON_HOLD}
    assert result.advised["rule", "silent pause"].times == silent(log.cases, 7 * 24 * HOUR, waits)
    for target in policy.sla.targets:
        advice = result.advised["step", f"{target.name}: 100%"]
        assert advice.times == result.cycles.get((target.name, "breached"), 0)
    held = {(path.source, path.target) for path in policy.paths}
    for each in log.cases[:500]:
        for _, event in follow_case(each, policy.advisory()):
            if isinstance(event, PathViolated) and event.why == "path":
                assert (event.source, event.target) not in held


def test_a_promise_to_some_is_no_promise_to_all():
    """The first line's promise is the target without a condition, wherever it stands in the file."""
    some = Target("ownership", "2h", when='priority == "urgent"')
    paths = [Path("N1", "N2")]
    for targets, within in (
        ([some, Target("ownership", "12h", default=True)], WorkTime.of(hours=12)),
        ([some], None),
    ):
        policy = EscalationPolicy("p", ["N1", "N2"], paths, sla=SLAPolicy(targets))
        promise = first_promise(policy)
        assert (promise.within if promise else None) == within


@given(logs.csv_rows(ties=True), st.none() | busy_desk.busy_policies())
def test_a_whole_life_at_once_is_the_same_journal(rows, policy) -> None:
    """5.3: a ticket that is frozen once, at the end, has the journal of one that is frozen at every row."""
    advising = (policy or ADVISING).advisory()
    for each in logs.read_rows(rows).cases:
        journal = tuple(event for _, event in follow_case(each, advising))
        assert journal_of(each, advising) == journal
