"""What an explanation says: in examples, and that it says what the engine does."""

from __future__ import annotations

import pickle
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from escalate import Actor, EscalationPolicy, Path, SLAPolicy, Target, Tier, WorkCalendar
from escalate.core import advance, observe, step
from escalate.core import commands as c
from escalate.core import events as e
from escalate.core import facts as f
from escalate.core.clocks import paused_us
from escalate.core.deciding.clockwork import terms_of
from escalate.core.explained import Choice, ExplainedClock, ExplainedRule, Explanation, tell
from escalate.core.explaining import explain
from escalate.core.lifecycle import verb_targets
from escalate.core.model import Handoff, Ticket, Verdict
from escalate.core.protocol import Permission, Receiver
from escalate.core.rules import Rule
from escalate.core.sla import Step
from escalate.errors import NaiveInstant, NotPermitted
from escalate.testing import START, Stride, walk
from escalate.testing.strategies import AGENTS, policies, walks

OFFICE = WorkCalendar("America/Sao_Paulo", {"mon-fri": ["09:00-12:00", "13:00-18:00"]})
POLICY = EscalationPolicy(
    "support",
    [Tier("N1", calendar="office"), Tier("N2", calendar="office"), Tier("N3", calendar="always")],
    [
        Path("N1", "N2", requires=["summary"]),
        Path("N1", "N3", when='priority == "urgent"', by=["lead"]),
        Path("N2", "N1", kind="return"),
        Path("N2", "N3", approval="boss"),
    ],
    sla=SLAPolicy(
        [
            Target(
                "resolution",
                "4h",
                when='priority == "urgent" and "vip" in tags',
                calendar="always",
                name="urgent",
            ),
            Target(
                "resolution",
                "8h",
                default=True,
                calendar="office",
                name="usual",
                steps=[Step("75%", notify="boss", escalate_to="N2")],
            ),
            Target("ownership", "6h", tiers=["N1"], name="mine"),
            Target("ownership", tiers=["N2"], days=2, name="theirs"),
            Target("ownership", "24h", default=True, name="any"),
        ]
    ),
    rules=[
        Rule("vip up", on="opened", at=["N1"], when='"vip" in tags', escalate_to="N2"),
        Rule("poked", on="poke", tag="poked", times=3, cooldown="10m"),
        Rule("poked up", on="poke", when='fields.region == "br"', escalate_to="N2"),
        Rule("poked on", on="poke", at=["N1"], escalate_to="N2"),
        Rule("upstairs", on="poke", at=["N2"], when="attempts('reset') > 1", notify="boss"),
        Rule("silence", on="idle", after="3d", when='status == "pending"', notify="boss"),
    ],
    receivers=[Receiver("boss", calendar="always")],
    fallback="boss",
    calendars={"office": OFFICE},
    permissions=[Permission("Resolve", ["lead"], at=["N1"])],
)
NOON: Final = START + timedelta(hours=3)  # 09:00 in Sao Paulo, as the office opens


def after(*asked: tuple[float, c.Command], tags: tuple[str, ...] = ()) -> Ticket:
    """The ticket after these commands, at hours after the office opened on Monday."""
    command = c.Open("T-1", tags=frozenset(tags))
    ticket = step(None, command, POLICY, now=NOON).ticket
    for hour, each in asked:
        outcome = step(ticket, each, POLICY, now=hours(hour))
        assert outcome.refusal is None, outcome.refusal
        ticket = outcome.ticket
    assert ticket is not None
    return ticket


def hours(number: float) -> datetime:
    """An instant so many hours after the office opened on Monday."""
    return NOON + timedelta(hours=number)


def explained(ticket: Ticket, hour: float = 1, by: Actor | None = None) -> Explanation:
    """The explanation of *ticket* so many hours after the office opened."""
    return explain(ticket, POLICY, now=hours(hour), by=by)


def clock_of(page: Explanation, name: str) -> ExplainedClock:
    """What it says of one clock."""
    return next(each for each in page.clocks if each.clock.name == name)


def rule_of(page: Explanation, name: str) -> ExplainedRule:
    """What it says of one rule."""
    return next(each for each in page.rules if each.name == name)


def choice_of(page: Explanation, what: str) -> Choice:
    """What it says of one choice."""
    return next(each for each in page.choices if each.what == what)


class TestClocks:
    def test_the_page_tells_a_deadline_in_the_desk_s_own_time(self) -> None:
        """An agent reads when it is due, what was promised, what is used up and what is left."""
        page = str(explained(after(), 2))
        assert "resolution: due Mon 2026-03-02 18:00 -03" in page
        assert "8h promised by 'usual', in the hours of office" in page
        assert "since Mon 2026-03-02 09:00 -03: 2h used, 6h left" in page

    def test_pauses_say_why_and_what_they_cost(self) -> None:
        """A wait over lunch moves the deadline by its open part only."""
        ticket = after((2, c.Wait()), (6, c.Resume()))
        (pause,) = clock_of(explained(ticket, 7), "resolution").pauses
        assert (pause.reason, pause.since, pause.until) == ("pending", hours(2), hours(6))
        assert str(pause.open) == "3h"
        line = (
            "pending from Mon 2026-03-02 11:00 -03 to Mon 2026-03-02 15:00 -03: 3h does not count"
        )
        assert line in str(explained(ticket, 7))

    def test_a_paused_clock_shows_what_remains(self) -> None:
        """3.3: it has no due instant and cannot breach; the pause lasts."""
        clock = clock_of(explained(after((2, c.Wait())), 3), "resolution")
        assert (clock.due_at, clock.fires_at, str(clock.left)) == (None, None, "6h")
        assert clock.pauses[0].until is None
        assert "resolution: paused" in str(explained(after((2, c.Wait())), 3))

    def test_a_late_clock_says_by_how_much(self) -> None:
        """Once it is over, what is left becomes what is too much."""
        ticket = after((2, c.Note()))
        clock = clock_of(explained(ticket, 25), "resolution")
        assert (clock.left, str(clock.over)) == (None, "1h")
        assert "breached at Tue 2026-03-03 09:00 -03" in str(explained(ticket, 25))

    def test_due_at_closing_breaches_at_the_next_opening(self) -> None:
        """3.4: people see the closing hour, and the timer the opening."""
        clock = clock_of(explained(after()), "resolution")
        assert (clock.due_at, clock.fires_at) == (hours(9), hours(24))

    def test_the_opening_hours_that_lead_there_are_told_when_asked(self) -> None:
        """A work calendar shows every window that counted, from the start of the present run."""
        clock = clock_of(explained(after((1, c.Wait()), (2, c.Resume())), 3), "resolution")
        assert clock.counted is not None
        assert clock.counted.due == clock.due_at
        assert [str(used.open) for used in clock.counted.windows] == ["1h", "5h", "1h"]

    def test_there_is_no_count_for_a_date_that_was_promised(self) -> None:
        """3.7: a negotiated date is nobody's arithmetic."""
        ticket = after((1, c.Promise("resolution", hours(40))))
        clock = clock_of(explained(ticket, 2), "resolution")
        assert (clock.due_at, clock.counted) == (hours(40), None)
        assert "a date was promised in place of 'usual'" in str(explained(ticket, 2))

    def test_working_days_say_both(self) -> None:
        """Days were promised, and the open time that they came to is shown with them."""
        ticket = after((1, c.Escalate("N2", handoff=a_handoff())))
        page = explained(ticket, 2)
        assert clock_of(page, "ownership").days == 2
        assert "2 working days, here 16h promised by 'theirs'" in str(page)

    def test_why_this_target_and_not_the_others(self) -> None:
        """The part of a condition that is false is named, with what the ticket has."""
        ticket = after(tags=("old",))
        (urgent,) = clock_of(explained(ticket), "resolution").others
        assert (urgent.name, urgent.standing) == ("urgent", "tried")
        assert urgent.why == (
            'it is for priority == "urgent" (priority is "normal")'
            ' and "vip" in tags (tags is "old")'
        )

    def test_only_the_false_part_is_named(self) -> None:
        """An agent is not told to look at what is as it should be."""
        ticket = after((1, c.SetPriority("urgent")))
        (urgent,) = clock_of(explained(ticket, 2), "resolution").others
        assert urgent.why == 'it is for "vip" in tags (tags is none)'

    def test_targets_of_other_tiers_and_later_ones(self) -> None:
        """The others of the clock are for other tiers, or were not needed any more."""
        others = clock_of(explained(after()), "ownership").others
        assert [(each.name, each.standing) for each in others] == [
            ("theirs", "elsewhere"),
            ("any", "not tried"),
        ]
        assert [each.why for each in others] == ["it is for N2", "'mine' comes first"]

    def test_what_fires_next_and_what_it_does(self) -> None:
        """The next step is named with its instant and its deeds, and so is what comes of it."""
        page = explained(after((1, c.Promise("ownership", hours(90)))))
        clock = clock_of(page, "resolution")
        assert clock.next is not None
        assert (clock.next.name, clock.next.at) == ("75%", hours(7))
        assert clock.next.does == "escalate to N2, notify boss"
        assert (page.next_at, page.next_events[0]) == (
            hours(7),
            advance(page.ticket, POLICY, before=hours(8)).events[0],
        )

    def test_timers_that_were_due_have_their_turn_first(self) -> None:
        """A ticket that was stored days ago is explained as it is today, and is left as it was."""
        ticket = after()
        before = pickle.dumps(ticket)
        page = explained(ticket, 23)
        assert page.ticket.tier == "N2"
        assert isinstance(page.caught_up[0], e.StepReached)
        assert "timers had their turn first: " in str(page)
        assert pickle.dumps(ticket) == before

    def test_an_earlier_instant_counts_as_the_last_event_s(self) -> None:
        """Nobody can be told about a time before what has happened."""
        page = explained(after((5, c.Note())), 2)
        assert page.at == hours(5)

    def test_the_instant_has_a_zone(self) -> None:
        """A naive instant is an error, also for a ticket without timers."""
        with pytest.raises(NaiveInstant):
            explain(after(), POLICY, now=datetime(2026, 3, 2, 9))  # noqa: DTZ001 - it is the case


class TestRules:
    def test_a_rule_for_other_tiers_says_so(self) -> None:
        """The first thing that is wrong is where the ticket is."""
        (tier, condition) = rule_of(explained(after()), "upstairs").against
        assert tier == "it is for N2, not for N1"
        assert condition == 'attempts("reset") > 1 (attempts("reset") is 0)'

    def test_a_rule_would_act(self) -> None:
        """What it would do is on the page."""
        page = explained(after())
        assert rule_of(page, "poked").would_act
        assert "'poked' on poke: would tag poked" in str(page)

    def test_a_rule_that_rests_says_until_when(self) -> None:
        """A cooldown is told as an instant."""
        ticket = after((1, c.SetField("region", "us")), (2, c.Signal("poke")))
        rule = rule_of(explained(ticket, 2.1), "poked")
        assert rule.fired == 0  # it has moved to N2, where a new stay began
        ticket = step(ticket, c.Signal("poke"), POLICY, now=hours(3)).ticket
        assert ticket is not None
        rule = rule_of(explained(ticket, 3.1), "poked")
        assert (rule.fired, rule.last_at) == (1, hours(3))
        assert rule.against == ("it rests until Mon 2026-03-02 12:10 -03",)
        assert rule_of(explained(ticket, 3 + 1 / 6), "poked").would_act

    def test_a_rule_that_has_fired_enough_says_so(self) -> None:
        """Once per stay is the default, and it is said."""
        ticket = after((1, c.Escalate("N2", handoff=a_handoff())))
        for hour in (2, 3, 4):
            ticket = step(ticket, c.Signal("poke"), POLICY, now=hours(hour)).ticket or ticket
        rule = rule_of(explained(ticket, 5), "poked")
        assert (rule.fired, rule.against) == (
            3,
            ("it fires 3 times at most in one stay in a tier",),
        )

    def test_only_the_first_of_several_movers_acts(self) -> None:
        """4.3: of the rules of one event that would move a ticket, the first does."""
        ticket = after((1, c.SetField("region", "br")))
        page = explained(ticket, 2)
        assert rule_of(page, "poked up").would_act
        assert rule_of(page, "poked on").against == ("'poked up' moves the ticket first",)

    def test_a_rule_that_cannot_move_does_not_act_and_says_why(self) -> None:
        """4.3: a rule acts whole or not at all, so the refusal of its move is its own."""
        ticket = after((1, c.Wait()), (2, c.Resolve(by=Actor(roles={"lead"}))))
        (why,) = rule_of(explained(ticket, 3), "poked on").against
        assert (
            why == "ticket 'T-1' is resolved, which does not allow to escalate; it allows: reopen"
        )

    def test_silence_is_told_as_an_instant(self) -> None:
        """4.3: a rule that waits for nothing to happen says when it is asked next."""
        rule = rule_of(explained(after((2, c.Note()))), "silence")
        assert rule.idle_until == hours(2) + timedelta(days=3)
        assert rule.against == ('status == "pending" (status is "new")',)

    def test_nothing_is_waited_for_on_a_done_ticket(self) -> None:
        """3.5: nothing runs after resolved, silence neither."""
        rule = rule_of(explained(after((1, c.Cancel())), 2), "silence")
        assert rule.idle_until is None
        assert rule.against[-1] == "nothing is waited for on a resolved or closed ticket"


class TestChoices:
    def test_every_verb_of_the_lifecycle_is_tried(self) -> None:
        """No verb is left out, and none is made up."""
        whats = [each.what for each in explained(after()).choices]
        assert set(verb_targets()) <= set(whats)

    def test_every_path_out_of_the_tier_is_tried(self) -> None:
        """An agent reads what each way wants of them."""
        page = explained(after())
        assert str(choice_of(page, "escalate to N2").refusal) == (
            "ticket 'T-1' goes to N2 with a handoff; fill in: summary"
        )
        assert str(choice_of(page, "escalate to N3").refusal) == (
            "ticket 'T-1' does not go from N1 to N3 now; "
            'that way is open when priority == "urgent"'
        )
        assert "return: no, ticket 'T-1' cannot go from N1" in str(page)

    def test_who_asks_matters(self) -> None:
        """1.11: permissions are those of the actor that was named."""
        page = explained(after(), by=Actor("ann"))
        assert isinstance(choice_of(page, "resolve").refusal, NotPermitted)
        assert "what ann may do\n" in str(page)
        lead = explained(after(), by=Actor("bob", roles={"lead"}))
        assert choice_of(lead, "resolve").allowed

    def test_an_approval_is_not_told_as_a_move(self) -> None:
        """1.9: what comes of asking is a request, and then there is one to approve."""
        ticket = after((1, c.Escalate("N2", handoff=a_handoff())))
        page = explained(ticket, 2)
        assert "escalate to N3: ask for the approval of boss" in str(page)
        asked = step(ticket, c.Escalate("N3"), POLICY, now=hours(2)).ticket
        assert asked is not None
        boss = Actor("eve", roles={"boss"})
        number = asked.requests[0].number
        page = explained(asked, 3, by=boss)
        assert choice_of(page, f"approve request {number}").allowed
        assert choice_of(page, "accept the handoff").allowed

    def test_invitations_can_be_accepted(self) -> None:
        """1.7: whoever was asked to help reads that they can."""
        page = explained(after((1, c.Invite("N3"))), 2)
        assert choice_of(page, "accept the invitation of N3").allowed

    def test_what_changes_nothing_says_so(self) -> None:
        """1.3: to wait while waiting is no mistake, and no event."""
        assert "  wait: changes nothing" in str(explained(after((1, c.Wait())), 2))

    def test_a_refusal_does_not_keep_the_engine_s_work_alive(self) -> None:
        """An explanation may be kept for long; it holds no frames."""
        refusal = choice_of(explained(after()), "close").refusal
        assert refusal is not None
        assert refusal.__traceback__ is None


class TestText:
    def test_what_a_customer_wrote_cannot_move_the_cursor(self) -> None:
        """Control characters, line ends and marks that turn text around are written out."""
        bad = "\x1b[2J\nrules\u202e"
        ticket = after((1, c.SetField("region", bad)))
        ticket = observe(ticket, f.AssigneeIs(bad), POLICY, now=hours(1)).ticket or ticket
        ticket = observe(ticket, f.TierIs(bad), POLICY, now=hours(1)).ticket or ticket
        page = explain(ticket, POLICY, now=hours(2), by=Actor(bad))
        assert all(letter.isprintable() or letter == "\n" for letter in str(page))
        assert "\\x1b[2J\\nrules\\u202e" in str(page)
        (why,) = rule_of(page, "poked up").against
        assert why.isprintable()

    def test_a_long_value_is_cut_short(self) -> None:
        """A page stays a page, whatever somebody put into a field."""
        page = explained(after((1, c.SetField("region", "x" * 10_000))), 2)
        assert max(map(len, str(page).splitlines())) < 400

    def test_a_python_function_is_named(self) -> None:
        """4.2: nobody can look into one, so its name has to do."""
        policy = POLICY.with_rule(Rule("odd", on="poke", when=is_odd, tag="odd"))
        page = explain(after(), policy, now=hours(1))
        (why,) = rule_of(page, "odd").against
        assert why.endswith(".is_odd, which said no")

    @pytest.mark.parametrize(
        ("when", "says"),
        [
            ("age > '2h'", 'age > "2h" (age is 1h)'),
            ("in_tier_for > '2h'", 'in_tier_for > "2h" (in_tier_for is 1h)'),
            ("assignee != none", "assignee != none (assignee is none)"),
            ("not moves == 0", "not moves == 0 (moves is 0)"),
            ("moves > 1 or bounces > 1", "moves > 1 or bounces > 1 (moves is 0, bounces is 0)"),
            (
                "classification.tier == 'N2'",
                'classification.tier == "N2" (classification.tier is none)',
            ),
            ("fields.n == true", "fields.n == true (fields.n is none)"),
        ],
    )
    def test_each_kind_of_value_is_shown_as_a_condition_writes_it(
        self, when: str, says: str
    ) -> None:
        """What the ticket has reads like what was asked for."""
        policy = POLICY.with_rule(Rule("odd", on="poke", when=when, tag="odd"))
        (why,) = rule_of(explain(after(), policy, now=hours(1)), "odd").against
        assert why == says

    def test_a_verdict_is_shown(self) -> None:
        """A classification that was too unsure is named with its confidence."""
        rule = Rule("sure", on="classified", when="classification.confidence > 0.9", tag="sure")
        ticket = after((1, c.Classify(Verdict("N2", 0.5))))
        page = explain(ticket, POLICY.with_rule(rule), now=hours(2))
        (why,) = rule_of(page, "sure").against
        assert why == "classification.confidence > 0.9 (classification.confidence is 0.5)"

    def test_an_advisory_policy_says_that_nothing_is_done(self) -> None:
        """5.11: whoever reads a page in shadow mode is told that it is one."""
        page = str(explain(after(), POLICY.advisory(), now=hours(1)))
        assert "the policy only advises: its rules and steps do nothing" in page

    def test_it_pickles(self) -> None:
        """A page can be made in one process and shown in another."""
        page = explained(after((1, c.Wait())), 2)
        assert str(pickle.loads(pickle.dumps(page))) == str(page)  # noqa: S301 - our own bytes


def is_odd(ticket: Any) -> bool:
    """No ticket is."""
    return ticket is None


def a_handoff() -> Handoff:
    """What the path to N2 wants."""
    return Handoff(summary="cannot log in")


def each_look(
    policy: EscalationPolicy, strides: list[Stride], minutes: int, by: Actor | None
) -> Explanation:
    """The explanation of where a walk ends, so many minutes later."""
    result = walk(policy, strides)
    return explain(result.ticket, policy, now=result.end + timedelta(minutes=minutes), by=by)


LATER: Final = st.integers(0, 20)
WHO: Final = st.sampled_from(AGENTS)


@given(policies(), walks(), LATER, WHO)
def test_every_ticket_can_be_explained(
    policy: EscalationPolicy, strides: list[Stride], minutes: int, by: Actor | None
) -> None:
    """Whatever its life was, the page is there and is text."""
    page = each_look(policy, strides, minutes, by)
    assert all(line.isprintable() for line in str(page).split("\n"))


@given(policies(), walks(), LATER, WHO)
def test_what_it_allows_is_accepted_and_what_it_refuses_is_refused(
    policy: EscalationPolicy, strides: list[Stride], minutes: int, by: Actor | None
) -> None:
    """Asked on the ticket as it was stored, the engine answers as the page said, word for word."""
    result = walk(policy, strides)
    page = each_look(policy, strides, minutes, by)
    for choice in page.choices:
        outcome = step(result.ticket, choice.command, policy, now=page.at)
        assert choice.allowed is (outcome.refusal is None)
        assert str(choice.refusal) == str(outcome.refusal)
        assert (*page.caught_up, *choice.events) == outcome.events


@given(policies(), walks(), LATER)
def test_the_clocks_it_shows_are_the_ticket_s(
    policy: EscalationPolicy, strides: list[Stride], minutes: int
) -> None:
    """Each clock that is not over is there with its own due instant, and its time adds up to it."""
    result = walk(policy, strides)
    page = each_look(policy, strides, minutes, None)
    ticket = advance(result.ticket, policy, before=page.at).ticket
    assert ticket is not None
    # The wait of idle rules is told with the rules.
    live = {
        each.name: each for each in ticket.clocks.values() if each.is_live and each.name != "idle"
    }
    assert {each.clock.name for each in page.clocks} == set(live)
    for each in page.clocks:
        clock = live[each.clock.name]
        assert each.due_at == clock.due_at
        if each.due_at is not None and each.left is not None and not clock.promised:
            due_us = each.hours.deadline_us(us(page.at), each.left.us) if each.left else None
            assert due_us in (None, clock.due_us)
        if clock.next_name == "breach":
            assert each.fires_at is not None
            assert us(each.fires_at) == clock.next_us
        paused = paused_us(clock, us(page.at), terms_of(policy.compiled, clock))
        counted = each.hours.elapsed_us(clock.counted_us, us(page.at))
        assert each.used.us + paused == clock.carried_us + counted


def us(at: datetime) -> int:
    """Microseconds since the epoch."""
    return (at - datetime.fromtimestamp(0, at.tzinfo)) // timedelta(microseconds=1)


@given(policies(), walks(), LATER)
def test_each_target_is_there_once(
    policy: EscalationPolicy, strides: list[Stride], minutes: int
) -> None:
    """The target that applies and the others are all that the policy has for the clock."""
    for each in each_look(policy, strides, minutes, None).clocks:
        name = each.clock.name.partition(":")[0]
        mine = [target.name for target in policy.sla.targets if target.clock == name]
        shown = [other.name for other in each.others]
        assert sorted([*shown, *([each.clock.target] if each.clock.target else [])]) == sorted(mine)


@given(policies(), walks(), LATER)
def test_what_it_says_comes_next_does(
    policy: EscalationPolicy, strides: list[Stride], minutes: int
) -> None:
    """Just after the instant it names, the engine does what it told, and nothing before."""
    page = each_look(policy, strides, minutes, None)
    assert (page.next_at is None) is (not page.next_events)
    if page.next_at is None:
        return
    assert advance(page.ticket, policy, before=page.next_at).events == ()
    assert {each.at for each in page.next_events} == {page.next_at}


@st.composite
def rules(draw: st.DrawFn, policy: EscalationPolicy) -> Rule:
    """A rule that waits to be poked, with conditions that often hold."""
    conditions = [
        None,
        'priority >= "high"',
        'status == "pending"',
        'tier == "N1" and moves < 2',
        "age > '9m' or bounces > 0",
    ]
    doing: dict[str, Any] = {"tag": "poked"}
    if policy.paths:
        path = draw(st.sampled_from(policy.paths))
        doing = draw(st.sampled_from([doing, {f"{path.kind}_to": path.target}]))
    return Rule(
        "poked",
        on="poke",
        when=draw(st.sampled_from(conditions)),
        times=draw(st.integers(1, 2)),
        cooldown=draw(st.sampled_from([None, "5m"])),
        **doing,
    )


POKE: Final = c.Signal("poke", by=Actor("host", "system"))


@given(policies(), st.data(), walks(), LATER)
def test_a_rule_acts_exactly_if_it_would(
    policy: EscalationPolicy, data: st.DataObject, strides: list[Stride], minutes: int
) -> None:
    """Poke the ticket, and the rule fires if the page said so, and does not if it gave reasons."""
    poked = policy.with_rule(data.draw(rules(policy)))
    strides = [each for stride in strides for each in (stride, Stride(POKE))]
    assume(len(strides) < 20)
    page = each_look(poked, strides, minutes, None)
    (rule,) = (each for each in page.rules if each.name == "poked")
    events = step(page.ticket, POKE, poked, now=page.at).events
    first = [each.rule for each in events if isinstance(each, e.RuleFired)][:1]
    assert first == (["poked"] if rule.would_act else [])


def test_an_event_without_words_of_its_own_is_called_by_its_name() -> None:
    """Whatever comes to be an event, a page can tell it."""
    assert tell(e.HandoffAccepted(at_us=0, by=Actor())) == "handoff accepted"
