"""A log through the engine."""

from __future__ import annotations

import pytest
from hypothesis import given

from escalate import EscalationPolicy, Path, SLAPolicy, Status, Target, load_policy
from escalate.core.events import PathViolated
from escalate.offline import Case, Log, Mapping, Row, read, replay
from escalate.offline.figures import measure
from escalate.offline.following import follow_case
from escalate.offline.replaying import first_promise
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


@given(logs.csv_rows())
def test_the_engine_s_moves_are_the_log_s(rows: list[logs.CsvRow]) -> None:
    """What the engine journals as moves is what the figures read off the rows."""
    log = logs.read_rows(rows)
    counted = measure(log)["moves"].value
    by_engine = replay(log, EscalationPolicy("desk", log.tiers)).moves
    flat = {(a, b): n for a, row in counted.items() for b, n in row.items() if n}
    assert by_engine == flat


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
    figures = measure(log, tiers=policy.tier_names, within=promise.within, calendar=promise.hours)
    flat = {(a, b): n for a, row in figures["moves"].value.items() for b, n in row.items() if n}
    assert result.moves == flat
    assert {tier: t.times for tier, t in result.started_elsewhere.items()} == {
        "2nd": 704,
        "3rd": 148,
    }
    held = {(path.source, path.target) for path in policy.paths}
    for each in log.cases[:500]:
        for _, event in follow_case(each, policy):
            if isinstance(event, PathViolated) and event.why == "path":
                assert (event.source, event.target) not in held
