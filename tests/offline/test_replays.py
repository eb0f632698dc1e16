"""What a replay tells, computed a second time from the journals with plain code."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from statistics import mean

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate import EscalationPolicy, SLAPolicy, Step, Target, WorkCalendar, load_policy
from escalate.core import events as e
from escalate.offline import compare, read, replay, shards, split
from escalate.offline.figures import Share
from escalate.offline.following import follow_case
from escalate.offline.gathering import gather
from escalate.offline.replays.deeds import ELSEWHERE, FINISHED, NEVER, SAME
from escalate.offline.replays.gathering import ReplayGatherer
from tests.core import busy_desk
from tests.offline import logs
from tests.offline.test_replaying import ADVISING, HOUR, POLICY, case

OFFICE = attrs.evolve(
    ADVISING,
    calendars={"office": WorkCalendar("Europe/Berlin", {"mon-fri": ["09:00-17:00"]})},
    sla=SLAPolicy(
        [
            Target(
                "ownership",
                "3h",
                when='priority == "urgent"',
                steps=[Step("50%", notify="lead"), Step("1h after", return_to="N1")],
            ),
            Target("ownership", "7h", tiers=["N1", "N2"], steps=[Step("75%", notify="lead")]),
            Target("resolution", "12h", default=True, on_change="restart"),
            Target("update", "4h", default=True, steps=[Step("2h before", notify="lead")]),
        ]
    ),
)
POLICIES = st.sampled_from([POLICY, ADVISING, OFFICE]) | busy_desk.busy_policies()


def told(log, policy):  # noqa: C901, PLR0912  one plain loop, so that it shares nothing
    """Every cycle of every case, from its journal: where it was decided, how, when, and what was reached."""
    found = []
    for each in log.cases:
        tier = priority = ""
        cycles = {}
        for _, event in follow_case(each, policy.advisory()):
            for _, clock in event.clocks:
                if clock.name == "idle":
                    continue
                cycle = cycles.setdefault((clock.name, clock.cycle), {"case": each.id, "steps": []})
                cycle["clock"] = clock
                if clock.ended_us is not None and "late" not in cycle:
                    cycle["where"] = (tier, priority)
                if isinstance(event, e.Breached):
                    cycle.update(late=clock, where=(tier, priority), target=event.target)
                if isinstance(event, e.StepReached) and event.held:
                    cycle["steps"].append((event.at_us, f"{event.target}: {event.step}"))
            if isinstance(event, e.Opened):
                tier, priority = event.tier, event.priority
            elif isinstance(event, e.Moved):
                tier = event.target
            elif isinstance(event, e.PrioritySet):
                priority = event.priority
        for cycle in cycles.values():
            clock = cycle["clock"]
            if "late" in cycle:
                cycle["verdict"], cycle["at"] = "breached", cycle["late"].breached_us
            elif clock.ended_us is None:
                cycle["verdict"], cycle["at"], cycle["where"] = "running", None, (tier, priority)
            else:
                cycle["verdict"], cycle["at"] = clock.state.value, clock.ended_us
            cycle.setdefault("target", clock.target or f"{clock.name}, no target")
            found.append(cycle)
    return found


def month(at_us):
    """The month of an instant, in UTC."""
    return "" if at_us is None else datetime.fromtimestamp(at_us / 1e6, UTC).strftime("%Y-%m")


@given(logs.csv_rows(ties=True), POLICIES)
def test_attainment_is_what_the_journals_say(rows, policy):
    """Per target, tier, priority and month: a cycle counts where it was decided, with its last word."""
    log = logs.read_rows(rows)
    result = replay(log, policy)
    expected = told(log, policy)
    assert result.decided == Counter(
        (one["target"], one["verdict"], *one["where"], month(one["at"])) for one in expected
    )
    kept = figures(result)["kept_by_tier"].value if result.cycles else {}
    for target, tiers in kept.items():
        for tier, share in tiers.items():
            mine = [o for o in expected if (o["target"], o["where"][0]) == (target, tier)]
            met, late = (sum(o["verdict"] == v for o in mine) for v in ("met", "breached"))
            assert share == Share(met, met + late)


@given(logs.csv_rows(), POLICIES)
def test_every_breach_has_its_row(rows, policy):
    """Which ticket and target, when it began, was due, broken and really ended, pauses and warning."""
    log = logs.read_rows(rows)
    breaches = replay(log, policy).breaches
    late = [one for one in told(log, policy) if "late" in one]
    assert [row.broken_us for row in breaches] == sorted(one["at"] for one in late)
    assert Counter(
        (
            row.case,
            row.clock,
            row.cycle,
            row.target,
            row.began_us,
            row.due_us,
            row.ended_us,
            row.warned_us,
            row.paused_us,
        )
        for row in breaches
    ) == Counter(
        (
            one["case"],
            one["late"].name,
            one["late"].cycle,
            one["target"],
            one["late"].started_us,
            one["late"].due_us,
            one["clock"].ended_us,
            min((at for at, _ in one["steps"] if at < one["at"]), default=None),
            sum((span.until_us or one["at"]) - span.since_us for span in one["late"].pauses),
        )
        for one in late
    )


@given(logs.csv_rows(), POLICIES)
def test_warnings_come_before_the_breach(rows, policy):
    """How many broken promises a step would have told of, how long before, and how often in vain."""
    log = logs.read_rows(rows)
    result = replay(log, policy)
    expected = told(log, policy)
    ahead, alarms = {}, {}
    for one in expected:
        for at, name in one["steps"]:
            if one["verdict"] != "breached" or at < one["at"]:
                alarms.setdefault(name, []).append(one["verdict"])
            if one["verdict"] == "breached" and at < one["at"]:
                ahead.setdefault(name, []).append((one["at"] - at) / HOUR)
    found = {figure.key: figure.value for figure in result.chapters[1].figures}
    if not alarms:
        assert not found
        return
    assert {name: spread.mean_hours for name, spread in found["ahead"].items()} == pytest.approx(
        {name: mean(hours) for name, hours in ahead.items()}
    )
    assert found["alarms"] == {
        name: Share(seen.count("breached"), seen.count("breached") + seen.count("met"))
        for name, seen in alarms.items()
    }


@given(logs.csv_rows(), POLICIES)
def test_deeds_are_held_against_what_people_did(rows, policy):
    """For each would-be move: the next move that people made, how much later, or that they never did."""
    log = logs.read_rows(rows)
    result = replay(log, policy)
    people, sooner, unsure, times = Counter(), Counter(), Counter(), Counter()
    for each in log.cases:
        journal = [event for _, event in follow_case(each, policy.advisory())]
        moved = False
        for place, event in enumerate(journal):
            if not isinstance(event, e.Advised):
                continue
            times[event.name] += 1
            unsure[event.name] += moved
            if event.move is None:
                continue
            moved = True
            after = [one for one in journal[place:] if isinstance(one, e.Moved)]
            words = [row.meaning for row in each.rows if row.meaning]
            if after and after[0].target == event.move[1]:
                people[event.name, SAME] += 1
                sooner[event.name] += after[0].at_us - event.at_us
            elif after:
                people[event.name, ELSEWHERE] += 1
            else:
                done = words and words[-1] in ("resolved", "closed")
                people[event.name, FINISHED if done else NEVER] += 1
    for advice in result.advised.values():
        assert advice.times == times[advice.name]
        assert advice.after_a_move == unsure[advice.name]
        assert sum(advice.sooner_us) == sooner[advice.name]
        for outcome in (SAME, ELSEWHERE, FINISHED, NEVER):
            assert advice.people[outcome] == people[advice.name, outcome]


def figures(result):
    """The figures of the first chapter."""
    return result.chapters[0].figures


def as_text(result):
    """A result as the bytes of its JSON, breaches or changes included."""
    rows = result.breaches if hasattr(result, "breaches") else result.changes
    return json.dumps([result.to_json(), [row._asdict() for row in rows]])


OTHER = attrs.evolve(
    ADVISING, sla=SLAPolicy([Target("ownership", "4h", default=True)]), on_reopen="new_cycle"
)


@pytest.fixture(scope="module")
def processes():
    """Two processes that begin with nothing of ours."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield pool


@given(rows=logs.csv_rows(ties=True), count=st.integers(1, 7), cut=st.booleans())
def test_any_number_of_shards_gives_the_same_bytes(rows, count, cut, tmp_path_factory):
    """Whether a log is in memory, in shards or in files of shards: the same result, byte for byte."""
    path = tmp_path_factory.mktemp("logs") / "log.csv"
    path.write_bytes(logs.as_csv(rows))
    log = read(path, mapping=logs.MAPPING)
    whole, both = as_text(replay(log, ADVISING)), as_text(compare(log, ADVISING, OTHER))
    if cut:
        with split(path, count, mapping=logs.MAPPING) as parts:
            assert as_text(replay(parts[::-1], ADVISING)) == whole
            assert as_text(compare(parts, ADVISING, OTHER)) == both
    else:
        parts = shards(path, count, mapping=logs.MAPPING)
        with ThreadPoolExecutor(3) as pool:
            assert as_text(replay(parts, ADVISING, executor=pool)) == whole
            assert as_text(compare(parts[::-1], ADVISING, OTHER, executor=pool)) == both


def test_other_processes_find_the_same_bytes(processes, tmp_path):
    """The policy travels with its calendar, every process compiles it, and the result is the same."""
    policy = load_policy("examples/replay/policy.toml")
    mapping = "examples/replay/mapping.toml"
    log = read("examples/replay/log.csv", mapping=mapping)
    path = "examples/replay/log.csv"
    other = attrs.evolve(policy, sla=SLAPolicy(policy.sla.targets[1:]))
    with split(path, 3, mapping=mapping, folder=tmp_path) as parts:
        assert as_text(replay(parts, policy, executor=processes)) == as_text(replay(log, policy))
        found = compare(parts, policy, other, executor=processes)
    assert as_text(found) == as_text(compare(log, policy, other))


def test_gathering_leaves_the_empty_one_empty():
    """What is gathered with can be used again."""
    empty = ReplayGatherer.under(ADVISING)
    log = case((0, "N1", "open"), (3, "N1", "open"))
    gather(log, empty)
    assert (empty.cases, empty.promises.cycles, list(empty.promises.breaches)) == (0, {}, [])


def test_a_story_tells_one_case():
    """Each event in words on the desk's own clock, with its clocks, and the pauses of what was broken."""
    rows = (0, "N1", "open"), (1, "N1", "pending"), (30, "N1", "open"), (50, "N2", "open")
    log = case(*rows)
    story = replay(log, ADVISING).story(log.cases[0])
    assert "17 under desk draft" in story
    assert "the promise 'ownership 2h in N1' is broken: running since" in story
    assert "1 day, 5:00:00 of pauses left out" in story
    assert "'ownership 2h in N1: 100%' would escalate it to N2, tell lead" in story
    assert "idle starts" not in story


def test_figures_that_a_policy_has_nothing_for_are_left_out():
    """A policy without targets and rules says why there are no promises, warnings and deeds."""
    log = case((0, "N1", "open"))
    result = replay(log, EscalationPolicy("desk", ["N1"]))
    left_out = {each.key for chapter in result.chapters for each in chapter.figures.left_out}
    assert {"kept", "warned", "deeds"} <= left_out
    assert all(each.definition for chapter in result.chapters for each in chapter.figures)


def test_what_still_runs_makes_the_share_doubtful():
    """Where many promises are undecided, the share says that the slowest are among them."""
    running = replay(case((0, "N1", "open"), (1, "N2", "open")), POLICY)
    assert "still ran" in figures(running)["kept"].doubt
    done = replay(case((0, "N1", "open"), (1, "N1", "resolved")), POLICY)
    assert not figures(done)["kept"].doubt


def test_a_case_is_followed_to_its_own_last_row(tmp_path):
    """What is due after a case's last row is running, although others go on; the definition says so."""
    log = tmp_path / "log.csv"
    log.write_text(
        "case_id,timestamp,tier,status\n"
        "1,2026-03-02T09:00Z,N1,open\n"
        "2,2026-03-02T09:00Z,N1,open\n"
        "2,2026-05-04T09:00Z,N1,resolved\n"
    )
    policy = EscalationPolicy(
        "owned", ["N1"], sla=SLAPolicy([Target("ownership", "2h", default=True)])
    )
    mapping = {
        "tier": "tier",
        "status": "status",
        "words": {"open": "open", "resolved": "resolved"},
    }
    verdicts = figures(replay(read(log, **mapping), policy))["verdicts"]
    assert verdicts.value["ownership 2h"]["running"] == 1
    assert "running at the case's last row" in verdicts.definition


def test_breaches_stand_at_their_hour_on_the_wall():
    """The heat map of a desk in Berlin is in its own hours."""
    log = case((0, "N1", "open"), (24 * 5, "N1", "open"))
    hours = figures(replay(log, OFFICE))["breaches_by_hour"]
    assert "Europe/Berlin" in hours.definition
    # Opened on Thursday 1970-01-01 at 01:00 there; 7 h from 09:00 are over at 16:00, and due at 16:00.
    assert hours.value["Thu"]["16"] == 1


def test_the_breaches_that_lasted_longest_come_first():
    """Those that never ended, the oldest first, then by how late they were done."""
    log = logs.read_rows(
        [
            ("never", logs.at(0), "In work", "desk a", "low"),
            ("never", logs.at(9), "In work", "desk a", "low"),
            ("late", logs.at(0), "In work", "desk a", "low"),
            ("late", logs.at(5), "In work", "product x", "low"),
            ("later", logs.at(0), "In work", "desk a", "low"),
            ("later", logs.at(8), "In work", "product x", "low"),
        ]
    )
    result = replay(log, POLICY)
    assert [row.case for row in result.longest(3)] == ["never", "later", "late"]
