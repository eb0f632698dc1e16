"""Cases: tables that say what becomes of tickets under one's own policy."""

from __future__ import annotations

import inspect
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar

import attrs
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from escalate import Actor, Handoff, Rule, Verdict
from escalate.core import commands as c
from escalate.core import step
from escalate.core.instants import as_instant
from escalate.core.model import Ticket
from escalate.errors import EscalateError, InvalidFile, SeveralProblems
from escalate.policies import load_policy
from escalate.policies.tables import Place
from escalate.testing import START, load_cases, policy_case, run_case, strategies
from escalate.testing.cases.reading import read_case
from escalate.testing.cases.times import Zone, read_time
from escalate.testing.cases.verbs import COMMANDS, in_words, read_deed

DESK = load_policy(
    {
        "name": "desk",
        "calendars": {
            "office": {"timezone": "Europe/Berlin", "hours": {"mon-fri": ["09:00-17:00"]}}
        },
        "tiers": [{"name": "N1"}, {"name": "N2"}],
        "paths": [
            {"from": "N1", "to": "N2", "approval": "lead", "when": 'priority == "urgent"'},
            {"from": "N1", "to": "N2", "requires": ["summary"]},
            {"from": "N2", "to": "N1", "kind": "return"},
        ],
        "targets": [
            {
                "clock": "ownership",
                "within": "4h",
                "default": True,
                "steps": [{"at": "75%", "notify": "lead"}],
            }
        ],
        "rules": [{"name": "person", "on": "human_requested", "notify": "lead", "tag": "asked"}],
        "request_types": [{"name": "login", "checklist": [{"milestone": "identity"}]}],
        "receivers": [{"name": "lead"}, {"name": "boss"}],
        "fallback": "boss",
    }
)


def case(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A case of a ticket that is opened on Monday, at nine."""
    return {"name": "it works", "opened": "Mon 09:00", "steps": list(steps), **more}


class TestTimes:
    """How instants are written."""

    FRIDAY = datetime(2026, 3, 6, 15, tzinfo=UTC)  # 16:00 in Berlin

    @pytest.mark.parametrize(
        ("text", "means"),
        [
            ("+2h", "2026-03-06T17:00+00:00"),
            ("+1d12h", "2026-03-08T03:00+00:00"),
            ("+2h open", "2026-03-09T09:00+00:00"),
            ("16:00", "2026-03-06T15:00+00:00"),
            ("09:00", "2026-03-07T08:00+00:00"),
            ("Fri 16:00", "2026-03-06T15:00+00:00"),
            ("Fri 15:59", "2026-03-13T14:59+00:00"),
            ("friday 15:59:30", "2026-03-13T14:59:30+00:00"),
            ("2026-12-24 16:00", "2026-12-24T15:00+00:00"),
            ("Thu 2026-12-24 16:00", "2026-12-24T15:00+00:00"),
            ("2026-12-24T16:00:00Z", "2026-12-24T16:00+00:00"),
            (datetime(2026, 12, 24, 16), "2026-12-24T15:00+00:00"),  # noqa: DTZ001 - as TOML reads it
        ],
    )
    def test_they_mean_what_a_reader_expects(self, text, means):
        """A day of the week is the next one; what has no date follows what came before."""
        found = read_time(text, Place("case")).instant(Zone.of(DESK), self.FRIDAY)
        assert found == datetime.fromisoformat(means)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "soon",
            "Mon",
            "Mon 9:00",
            "Mon 25:00",
            "+",
            "+2",
            "+2h opening",
            "Thu 2026-12-25 16:00",
            "2026-13-01 10:00",
            "Feb 09:00",
            5,
            None,
            "+1d open",
        ],
    )
    def test_what_is_none_says_what_would_be_one(self, text):
        """A mistake in a time names its place and shows how times are written."""
        with pytest.raises(InvalidFile, match="here: got"):
            read_time(text, Place("here"))

    def test_an_hour_that_clocks_skip_is_an_error(self):
        """On the night when clocks go forward, half past two does not come."""
        skipped = case(opened="2026-03-29 02:30")
        with pytest.raises(InvalidFile, match="exists in"):
            policy_case(DESK, skipped)

    def test_steps_do_not_run_backwards(self):
        """A step before the one above it is a slip, and says where it is."""
        early = case({"at": "2026-03-01 09:00", "do": "take"})
        with pytest.raises(InvalidFile, match=r"case: steps\[0\]\.at: got .* as the step before"):
            policy_case(DESK, early)

    def test_a_week_and_a_zone_of_ones_own(self):
        """Days of the week count from a date that the case names, in its zone."""
        run = policy_case(DESK, case(week=date(2026, 12, 21), timezone="Asia/Tokyo"))
        assert run.ticket.opened_at == datetime(2026, 12, 21, tzinfo=UTC)


class TestDeeds:
    """What can be done in a case."""

    def test_every_command_can_be_given(self):
        """Nothing that a desk can ask is missing."""
        given = inspect.getmembers(c, lambda it: inspect.isclass(it) and issubclass(it, c.Asked))
        names = {in_words(name) for name, _ in given} - {"asked"}
        assert names == set(COMMANDS) - {"receiver_missing"}

    @given(strategies.commands())
    def test_each_reads_as_it_was_written(self, command):
        """A file gives the very command that Python code would."""
        written = {"do": in_words(type(command).__name__), **_written(command)}
        (only,) = read_case(case(written), Place("case")).steps
        if isinstance(command, c.Promise):
            due = only.promised.instant(Zone.of(DESK), START)
            assert attrs.evolve(only.deed, at=due) == command
        else:
            assert only.deed == command

    @pytest.mark.parametrize(
        ("by", "who"),
        [
            ("ann", Actor("ann")),
            ("bot:helper", Actor("helper", "bot")),
            ("agent:eve (lead, manager)", Actor("eve", roles={"lead", "manager"})),
            ("eve (lead)", Actor("eve", roles={"lead"})),
            ({"id": "eve", "roles": ["lead"]}, Actor("eve", roles={"lead"})),
        ],
    )
    def test_who_does_it(self, by, who):
        """A name, a kind before it, roles after it."""
        assert read_deed("take", {"by": by}, Place("case")).by == who

    def test_an_approval_needs_no_number(self):
        """Approve and decline mean the request that is pending."""
        asks = {"do": "escalate", "by": "ann", "handoff": {"summary": "s"}}
        run = case(
            {"at": "+1h", **asks, "expect": {"approvals": ["lead"], "tier": "N1"}},
            {"do": "decline", "by": "eve (lead)", "reason": "no", "expect": {"approvals": []}},
            asks,
            {"at": "+1h", "do": "approve", "by": "eve (lead)", "expect": {"tier": "N2"}},
            {"do": "approve", "by": "eve (lead)", "expect": {"refused": "no-such-request"}},
            priority="urgent",
        )
        policy_case(DESK, run)

    def test_a_promise_has_a_date_of_the_case(self):
        """What is promised is written like any other time."""
        promise = {"do": "promise", "clock": "ownership", "due": "Fri 12:00"}
        policy_case(
            DESK, case({**promise, "expect": {"clocks": {"ownership": {"due": "Fri 12:00"}}}})
        )

    def test_a_receiver_who_is_not_there(self):
        """Who tests a fallback says that nobody stands behind a receiver."""
        run = case(
            {"at": "Mon 12:01", "do": "receiver_missing", "receiver": "lead"},
            expect={"notices": ["lead at Mon 12:00", "boss at Mon 12:01"]},
        )
        policy_case(DESK, run)


def _written(value: Any) -> Any:
    """*value* as a case writes it."""
    if isinstance(value, c.Command | Actor | Handoff | Verdict):
        fields = [field for field in attrs.fields(type(value)) if field.name != "scores"]
        found = {field.alias: _written(getattr(value, field.name)) for field in fields}
        if isinstance(value, c.Promise):
            found["due"] = as_instant(found.pop("at"))
        if isinstance(value, c.Assign) and value.agent is None:
            found["agent"] = "nobody"
        return {key: each for key, each in found.items() if each is not None}
    if isinstance(value, tuple | frozenset):
        return [attrs.asdict(each) if attrs.has(type(each)) else each for each in value]
    return value


@settings(max_examples=40)
@given(
    strategies.policies(), st.lists(st.tuples(st.integers(0, 9), strategies.commands()), max_size=5)
)
def test_a_case_is_what_the_engine_makes_of_it(policy, deeds):
    """A case adds nothing and leaves nothing out: its journal is that of the engine itself."""
    steps = [{"at": f"+{m}m", "do": in_words(type(d).__name__), **_written(d)} for m, d in deeds]
    written = {"name": "any", "opened": START, "steps": steps}
    try:
        run = run_case(policy, read_case(written, Place("case")))
    except InvalidFile:
        assume(False)  # it names a tier that the policy does not have
    ticket: Ticket | None = None
    journal, now = [], START
    for minutes, deed in [(0, c.Open("T-1")), *deeds]:
        now += timedelta(minutes=minutes)
        outcome = step(ticket, deed, policy, now=now)
        ticket, journal = outcome.ticket, [*journal, *outcome.events]
    assert run.journal == tuple(journal)
    assert run.ticket == ticket
    assert [m.refusal is None for m in run.moments] == [not m.wrong for m in run.moments]


class TestExpectations:
    """What a case can expect."""

    GOOD: ClassVar[dict[str, Any]] = {
        "tier": "N2",
        "status": "open",
        "priority": "high",
        "request_type": "login",
        "assignee": "nobody",
        "tags": ["asked", "vip"],
        "milestones": ["identity"],
        "invited": [],
        "approvals": [],
        "fields": {"size": 3},
        "moves": 1,
        "bounces": 0,
        "reopens": 0,
        "rules": ["person"],
        "journal": ["opened", "rule_fired", "escalated"],
        "notices": [
            "lead at Mon 10:00",
            {"receiver": "lead", "at": "Mon 15:00", "deliver": "Mon 15:00"},
        ],
        "handoff": {
            "from": "N1",
            "automatic": False,
            "overridden": False,
            "accepted": False,
            "reason": "",
            "given": ["summary", "tried"],
            "missing": [],
            "checks_left": [],
            "tried": ["reset"],
        },
        "clocks": {
            "ownership": {
                "due": "Mon 16:00",
                "state": "running",
                "breached": False,
                "target": "ownership 4h",
                "used": "3h10m",
                "cycle": 2,
            },
            "resolution": {"state": "none"},
        },
    }
    BAD: ClassVar[dict[str, Any]] = {
        "tier": "N1",
        "status": "new",
        "priority": "low",
        "assignee": "ann",
        "tags": ["vip"],
        "milestones": [],
        "invited": ["N1"],
        "approvals": ["lead"],
        "fields": {"size": 4},
        "moves": 2,
        "bounces": 1,
        "reopens": 1,
        "rules": [],
        "journal": ["escalated", "opened"],
        "refused": "path-not-allowed",
    }
    BAD_NOTICES = (
        [],
        ["lead"],
        ["lead", "boss"],
        ["lead", "lead at Mon 15:01"],
        ["lead", "lead", "lead"],
        ["lead", {"receiver": "lead", "about": "person"}],
        ["lead", {"receiver": "lead", "deliver": "Mon 15:30"}],
    )
    BAD_HANDOFF: ClassVar[dict[str, Any]] = {
        "from": "N2",
        "automatic": True,
        "overridden": True,
        "accepted": True,
        "reason": "why",
        "given": [],
        "missing": ["ask"],
        "checks_left": ["identity"],
        "tried": [],
    }
    BAD_CLOCK: ClassVar[dict[str, Any]] = {
        "due": "Mon 16:01",
        "state": "paused",
        "breached": True,
        "breached_at": "Mon 16:00",
        "target": "none",
        "used": "3h",
        "cycle": 1,
    }

    def life(self, expect: dict[str, Any]) -> Any:
        """A life in which much happens, and what is expected at its end."""
        handoff = {"summary": "s", "tried": ["reset"]}
        steps = [
            {"at": "+1h", "do": "take", "by": "ann"},
            {"do": "request_human"},
            {"do": "reach_milestone", "name": "identity"},
            {"at": "+2h", "do": "escalate", "by": "ann", "handoff": handoff},
            {"at": "Mon 15:10", "expect": expect},
        ]
        more = {"priority": "high", "request_type": "login", "tags": ["vip"], "fields": {"size": 3}}
        return run_case(DESK, read_case(case(*steps, **more), Place("case")))

    def test_all_that_is_so_can_be_expected(self):
        """Everything that a case can look at, as it is."""
        run = self.life(self.GOOD)
        assert run.passed, run.failure()

    @pytest.mark.parametrize(
        "expect",
        [
            *({key: value} for key, value in BAD.items()),
            *({"notices": notices} for notices in BAD_NOTICES),
            *({"handoff": {key: value}} for key, value in BAD_HANDOFF.items()),
            *({"clocks": {"ownership": {key: value}}} for key, value in BAD_CLOCK.items()),
            {"clocks": {"ownership": {"state": "none"}}},
            {"clocks": {"ownership": {"due": "none"}}},
            {"clocks": {"resolution": {"due": "Mon 16:00"}}},
        ],
        ids=str,
    )
    def test_whatever_is_otherwise_fails(self, expect):
        """No expectation passes unless it is so; the message names what was expected."""
        run = self.life(expect)
        assert not run.passed
        assert "expected" in run.failure()

    def test_a_refusal_that_nobody_expected_fails(self):
        """Commands must be accepted unless the case says which refusal they meet."""
        refused = case({"at": "+1h", "do": "return", "to": "N1"})
        with pytest.raises(
            AssertionError, match="refused as path-not-allowed: ticket 'T-1' cannot go"
        ):
            policy_case(DESK, refused)

    def test_an_opening_can_be_refused(self):
        """What is wrong with the opening itself can be expected too."""
        unknown = {"name": "no such tier", "opened": "Mon 09:00", "tier": "N9"}
        policy_case(DESK, {**unknown, "expect": {"refused": "unknown-word"}})
        with pytest.raises(InvalidFile, match="case: tier: got 'N9'"):
            policy_case(DESK, unknown)

    def test_the_message_tells_what_was_expected_what_came_and_why(self):
        """Who sees a failing case need not run anything else to understand it."""
        asks = case({"at": "Mon 12:30", "expect": {"tier": "N2"}}, name="N2 has it by noon")
        with pytest.raises(AssertionError) as wrong:
            policy_case(DESK, asks)
        said = str(wrong.value)
        for part in (
            "N2 has it by noon",
            "step 1, a look, Mon 2026-03-02 12:30 CET:",
            "tier: expected N2, got N1",
            "Mon 2026-03-02 12:00 CET: notify lead",
            "ownership: due Mon 2026-03-02 13:00 CET",
            "'person' on human_requested",
        ):
            assert part in said
        assert "may do" not in said

    def test_a_rule_that_could_not_move_says_so(self):
        """The story of a failing case tells of moves that the policy refused."""
        stuck = DESK.with_rule(Rule("up", on="customer_replied", escalate_to="N2", at=["N1"]))
        none = attrs.evolve(stuck, paths=[path for path in DESK.paths if path.approval])
        asks = case({"at": "+1h", "do": "customer_reply", "expect": {"tier": "N2"}})
        with pytest.raises(AssertionError, match="no move to N2, because of its condition"):
            policy_case(none, asks)


class TestFiles:
    """Files of cases."""

    def load(self, tmp_path, text):
        """Read *text* and run it."""
        path = tmp_path / "desk.cases.toml"
        path.write_text(text, encoding="utf-8")
        return [policy_case(DESK, each) for each in load_cases(path)]

    HEAD = '[[cases]]\nname = "n"\nopened = "Mon 09:00"\n'

    def test_the_first_mistake_of_each_case_is_told_at_once(self, tmp_path):
        """Somebody who got three cases wrong reads of all three, in the order of the file."""
        one, two = self.HEAD, self.HEAD.replace('"n"', '"m"')
        text = f"{one}priorty = 'high'\n{two}{two}{two}steps = [ {{ do = 'esclate' }} ]\n"
        with pytest.raises(SeveralProblems) as wrong:
            self.load(tmp_path, text)
        places = [problem.what.rpartition(" ")[2] for problem in wrong.value.problems]
        assert places == ["cases[0].priorty", "cases[2].name", "cases[3].steps[0].do"]

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "desk.cases.toml: cases: got [], wanted at least one"),
            ("cases = 3", "cases: got 3, wanted a list"),
            ('[[case]]\nname = "x"', "did you mean 'cases'"),
            ('[[cases]]\nname = "n"', "cases[0]: got ['name'], wanted also opened"),
            (HEAD + HEAD, "cases[1].name: got 'n', wanted a name for each case"),
            (
                "priorty = 'high'",
                "cases[0].priorty: got 'priorty', wanted a key known there; did you mean",
            ),
            (
                "priority = 'hihg'",
                "cases[0].priority: got 'hihg', wanted a priority that the policy has; did you",
            ),
            (
                "steps = [ { do = 'esclate' } ]",
                "cases[0].steps[0].do: got 'esclate', wanted something that can be",
            ),
            ("steps = [ { do = 'take', too = 'N2' } ]", "cases[0].steps[0].too"),
            ("steps = [ { do = 'escalate', to = 'n2' } ]", "cases[0].steps[0].to: got 'n2'"),
            (
                "steps = [ { do = 'escalate', handoff = { summry = 's' } } ]",
                "steps[0].handoff.summry",
            ),
            ("steps = [ { do = 'assign' } ]", "also agent"),
            (
                "steps = [ { do = 'rate', score = 'good' } ]",
                "score: got 'good', wanted a whole number",
            ),
            (
                "steps = [ { do = 'set_field', name = 'x', value = [1] } ]",
                "steps[0].value: got [1], wanted",
            ),
            ("steps = [ { do = 'reply', then = 'wiat' } ]", "steps[0].then: got 'wiat'"),
            (
                "steps = [ { do = 'signal', name = 'alram' } ]",
                "wanted a signal that the policy has",
            ),
            ("steps = [ { do = 'promise', clock = 'ownership' } ]", "also due"),
            ("steps = [ { do = 'take', by = 'robot:x' } ]", "steps[0].by: got 'robot:x'"),
            ("steps = [ { at = '+1h' } ]", "also do or expect"),
            ("steps = [ { at = 'noon', do = 'take' } ]", "cases[0].steps[0].at: got 'noon'"),
            ("expect = { teir = 'N1' }", "cases[0].expect.teir"),
            (
                "expect = { tier = 'N3' }",
                "cases[0].expect.tier: got 'N3', wanted a tier that the policy has",
            ),
            (
                "expect = { status = 'opne' }",
                "expect.status: got 'opne', wanted a status; did you mean 'open'",
            ),
            (
                "expect = { refused = 'nope' }",
                "expect.refused: got 'nope', wanted the code of a refusal",
            ),
            (
                "until = '+1h'\nexpect = { refused = 'path-not-allowed' }",
                "the step that is refused",
            ),
            (
                "expect = { clocks = { ownrship = { cycle = 1 } } }",
                "expect.clocks.ownrship: got 'ownrship'",
            ),
            (
                "expect = { clocks = { ownership = { stat = 'met' } } }",
                "expect.clocks.ownership.stat",
            ),
            ("expect = { clocks = { ownership = { state = 'meet' } } }", "did you mean 'met'"),
            (
                "expect = { clocks = { ownership = { target = 'x' } } }",
                "wanted a target that the policy has",
            ),
            (
                "expect = { clocks = { ownership = { used = '2d' } } }",
                "expect.clocks.ownership.used: got '2d'",
            ),
            (
                "expect = { notices = ['leed at Mon 10:00'] }",
                "expect.notices[0]: got 'leed', wanted a receiver",
            ),
            ("expect = { notices = ['lead at ten'] }", "expect.notices[0]: got 'ten'"),
            ("expect = { rules = ['persn'] }", "expect.rules[0]: got 'persn', wanted a rule"),
            (
                "expect = { journal = ['escalate'] }",
                "expect.journal[0]: got 'escalate', wanted the word for",
            ),
            ("expect = { handoff = { from = 'N3' } }", "expect.handoff.from"),
            ("timezone = 'Europe/Berln'", "Europe/Berlin"),
            ("week = 'Monday'", "cases[0].week: got 'Monday', wanted a date"),
        ],
        ids=str,
    )
    def test_a_mistake_is_told_with_its_place_and_what_would_work(self, tmp_path, text, message):
        """No key or word is ignored; the message leads to the line."""
        about_a_case = text and "cases" not in text
        with pytest.raises(EscalateError) as wrong:
            self.load(tmp_path, self.HEAD + text if about_a_case else text)
        assert message in str(wrong.value)

    def test_a_file_says_zone_and_week_for_all_its_cases(self, tmp_path):
        """What holds for every case is written once; a case may differ."""
        other = self.HEAD.replace('"n"', '"m"')
        text = f'timezone = "UTC"\nweek = 2026-12-07\n{self.HEAD}{other}week = 2026-12-14\n'
        first, second = self.load(tmp_path, text)
        assert first.ticket.opened_at == datetime(2026, 12, 7, 9, tzinfo=UTC)
        assert second.ticket.opened_at == datetime(2026, 12, 14, 9, tzinfo=UTC)

    def test_a_file_that_is_not_there(self, tmp_path):
        """One readable error, as everywhere."""
        with pytest.raises(InvalidFile, match="No such file"):
            load_cases(tmp_path / "none.toml")


def test_a_policy_whose_tickets_start_where_nothing_closes_counts_in_its_first_calendar():
    """A bot never closes; the desk behind it has the clock on the wall."""
    policy = load_policy(
        {
            "name": "bot first",
            "tiers": [{"name": "bot", "kind": "bot", "calendar": "always"}],
            "calendars": {
                "office": {"timezone": "Asia/Tokyo", "hours": {"mon-fri": ["09:00-17:00"]}}
            },
        }
    )
    assert str(Zone.of(policy).zone) == "Asia/Tokyo"
