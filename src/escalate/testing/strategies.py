"""Hypothesis strategies for calendars, policies and walks, small enough that rare things coincide.

Needs the ``testing`` extra.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final, get_args

from hypothesis import strategies as st

from escalate.core import commands as c
from escalate.core import facts as f
from escalate.core.clockkinds import BUILT_IN, CustomClock
from escalate.core.model import Actor, Attempt, Handoff, MoveKind, Tier, Verdict
from escalate.core.policy import EscalationPolicy, Path
from escalate.core.protocol import Check, Permission, Receiver, RequestType
from escalate.core.rules import Rule
from escalate.core.sla import SLAPolicy, Step, Target
from escalate.core.status import Status
from escalate.testing.shifts import Shifts
from escalate.testing.walks import START, Aim, Stride

TIERS: Final = ("N1", "N2", "N3", "N4", "bot", "vendor")
PRIORITIES: Final = ("low", "normal", "high", "urgent")
AGENTS: Final = (
    None,
    Actor("ann"),
    Actor("bob", roles={"lead", "manager"}),
    Actor("eve", roles={"lead"}),
)
MILESTONES: Final = ("password_verified", "network_ok")
CONDITIONS: Final = (
    None,
    'priority >= "high"',
    'priority == "low"',
    '"vip" in tags',
    'fields.size > 3 or "vip" in tags',
    'reached("password_verified")',
    'attempts("reset") >= 2',
    "bounces < 1",
    "moves >= 1",
    "reopens == 0",
    'request_type == "login"',
    'assignee == "ann"',
    'status in ("pending", "on_hold")',
    "classification.confidence < 0.5",
)
TIMED: Final = (*CONDITIONS, 'age > "5m"', 'in_tier_for < "4m"')
WORDS: Final = (
    "opened",
    "classified",
    "milestone",
    "attempt_failed",
    "customer_replied",
    "human_requested",
    "reopened",
    "returned",
    "entered",
    "priority_changed",
    "field_changed",
    "outage",
)


def shifts() -> st.SearchStrategy[Shifts]:
    """Small calendars, one in three of which never closes."""
    return st.builds(Shifts, st.integers(1, 6), st.sampled_from([2, 5, 0]))


@st.composite
def policies(draw: st.DrawFn) -> EscalationPolicy:
    """Policies of 2 to 6 tiers in several calendars, with every kind of path, target, step and rule."""
    names = TIERS[: draw(st.integers(2, 6))]
    ways: list[Path] = [
        *draw(st.sampled_from(_BACKBONES)),
        *draw(st.lists(paths(names), max_size=6)),
    ]
    calendars = st.sampled_from(["day", "night", "always"])
    promised = draw(st.lists(targets(names, ways), max_size=4))
    promised += [*draw(_together()), *draw(_mover(ways))]
    return EscalationPolicy(
        "generated",
        [Tier(name, kind=_kind(name), calendar=draw(calendars)) for name in names],
        ways,
        sla=SLAPolicy(
            [
                *draw(st.lists(targets(names, ways), max_size=4)),
                *draw(_together()),
                *draw(_mover(ways)),
            ]
        ),
        rules=draw(st.lists(rules(names, ways), max_size=4, unique_by=lambda rule: rule.name)),
        request_types=[
            RequestType("login", draw(st.sampled_from(names)), checklist=map(Check, MILESTONES)),
            RequestType("other"),
        ],
        receivers=[Receiver("lead", calendar="day"), Receiver("manager", calendar="always")],
        fallback="manager",
        on_exhausted=draw(st.sampled_from([None, "lead"])),
        calendars={"day": draw(shifts()), "night": draw(shifts())},
        clocks=draw(st.lists(custom_clocks(), max_size=1)),
        permissions=draw(st.lists(st.just(Permission("Reopen", ["lead"])), max_size=1)),
        max_bounces=draw(st.integers(0, 3)),
        max_automatic=draw(st.sampled_from([16, 16, 16, 2, 1, 0])),
        reopen_within=draw(st.sampled_from([None, "6m"])),
        on_reopen=draw(st.sampled_from(["resume", "new_cycle", "frozen"])),
    )


_TO_AND_FRO: Final = (Path("N1", "N2"), Path("N2", "N1", "return"), Path("N2", "N1", "transfer"))
_BACKBONES: Final[tuple[tuple[Path, ...], ...]] = (
    _TO_AND_FRO,
    _TO_AND_FRO,
    (Path("N1", "N2"), Path("N2", "N1", "return")),
    (),
)


def _together() -> st.SearchStrategy[list[Target]]:
    """Two targets that meet: one of a clock that changes to the other, or two due at one instant."""
    return st.one_of(_changing(), _changing(), _changing(), _twins(), st.just([]))


def _changing() -> st.SearchStrategy[list[Target]]:
    """A short target that takes over from a long one as soon as a field, a tag or the tier changes."""
    modes = st.sampled_from(["keep_start", "keep_start", "carry_fraction", "restart"])
    return st.builds(
        lambda clock, when, short, long, mode: [
            Target(clock, f"{short}m", when=when, calendar="day", on_change=mode),
            Target(clock, f"{long}m", default=True, calendar="always", on_change=mode),
        ],
        st.sampled_from(["resolution", "requester_wait", "agent_work"]),
        st.sampled_from(
            ['priority >= "high"', 'priority >= "high"', '"vip" in tags', 'tier == "N2"']
        ),
        st.integers(1, 3),
        st.integers(8, 40),
        modes,
    )


def _twins() -> st.SearchStrategy[list[Target]]:
    return st.integers(1, 4).map(
        lambda minutes: [
            Target(clock, f"{minutes}m", default=True, calendar="always")
            for clock in ("first_response", "resolution")
        ]
    )


def _mover(ways: Sequence[Path]) -> st.SearchStrategy[list[Target]]:
    """A target of the first tier that moves its tickets on when it breaches."""
    if Path("N1", "N2") not in ways:
        return st.just([])
    step = Step("100%", escalate_to="N2")
    target = Target("ownership", "2m", tiers=["N1"], calendar="always", steps=[step])
    return st.sampled_from([[target], []])


def _kind(name: str) -> Any:
    return name if name in ("bot", "vendor") else "human"


@st.composite
def paths(draw: st.DrawFn, tiers: Sequence[str]) -> Path:
    """Paths of every kind between any two of *tiers*, most of them open to all."""
    source = draw(st.sampled_from(list(tiers)))
    target = draw(st.sampled_from([tier for tier in tiers if tier != source]))
    return Path(
        source,
        target,
        draw(st.sampled_from(get_args(MoveKind))),
        when=draw(_rarely(st.sampled_from(CONDITIONS[1:]), None)),
        requires=draw(_rarely(st.sampled_from([("summary",), ("tried", "hypothesis")]), ())),
        approval=draw(_rarely(st.sampled_from(["lead", "manager"]), None)),
        by=draw(_rarely(st.just(("lead",)), ())),
    )


@st.composite
def targets(draw: st.DrawFn, tiers: Sequence[str], ways: Sequence[Path]) -> Target:
    """Targets of a few open minutes on every clock, with steps, conditions and pauses of their own."""
    where = draw(st.lists(st.sampled_from(list(tiers)), unique=True, max_size=2))
    condition = draw(_rarely(st.sampled_from(CONDITIONS[1:]), None))
    waits = st.sets(st.sampled_from([Status.PENDING, Status.ON_HOLD]))
    clock = draw(st.sampled_from([*["ownership", "resolution"] * 3, *BUILT_IN]))
    return Target(
        clock,
        f"{draw(st.integers(1, 9))}m",
        tiers=where,
        when=condition,
        calendar=draw(st.sampled_from(["day", "night", "always"])),
        steps=draw(st.lists(steps(where or tiers, tiers, ways), max_size=3)),
        pause_while=draw(_rarely(waits, None)),
        on_change=draw(st.sampled_from(["keep_start", "keep_start", "carry_fraction", "restart"])),
        bots=draw(st.booleans()),
        reassign=draw(st.booleans()),
        default=not where and condition is None,
    )


def steps(
    where: Sequence[str], tiers: Sequence[str], ways: Sequence[Path]
) -> st.SearchStrategy[Step]:
    """Steps before, at and after the due instant."""
    at = st.sampled_from(["50%", "75%", "100%", "150%", "20s before", "1m after"])
    when = _rarely(st.sampled_from(TIMED[1:]), None)
    deliver = st.sampled_from(["now", "opening"])
    return st.builds(
        lambda at, doing, when, deliver: Step(at, when=when, deliver=deliver, **doing),
        at,
        doings(where, tiers, ways),
        when,
        deliver,
    )


@st.composite
def rules(draw: st.DrawFn, tiers: Sequence[str], ways: Sequence[Path]) -> Rule:
    """Rules that wait for every word, also for nothing to happen."""
    at = draw(st.lists(st.sampled_from(list(tiers)), unique=True, max_size=2))
    on = draw(st.sampled_from([*WORDS, "idle"]))
    after = f"{draw(st.integers(1, 9))}m" if on == "idle" else None
    return Rule(
        draw(st.sampled_from(["r1", "r2", "r3", "r4"])),
        on=on,
        at=at,
        after=after,
        when=draw(_rarely(st.sampled_from(TIMED[1:]), None)),
        times=draw(st.sampled_from([1, 1, 2])),
        cooldown=draw(_rarely(st.just("3m"), None)),
        **draw(doings(at or tiers, tiers, ways)),
    )


@st.composite
def doings(
    draw: st.DrawFn, where: Sequence[str], tiers: Sequence[str], ways: Sequence[Path]
) -> dict[str, Any]:
    """What a step or a rule does; one in two moves, if some path leads somewhere from there."""
    others: dict[str, st.SearchStrategy[Any]] = {
        "notify": st.sampled_from(["lead", "manager"]),
        "tag": st.sampled_from(["vip", "seen"]),
        "set_priority": st.sampled_from(PRIORITIES),
        "invite": st.sampled_from(list(tiers)),
        "ask_approval": st.just("lead"),
        "classify": st.just(True),
    }
    name = draw(st.sampled_from(["notify", "notify", *others]))
    doing = {name: draw(others[name])}
    open_ways = [way for way in ways if way.source in where]
    moves: bool = draw(st.sampled_from([True, True, False]))
    if open_ways and moves:
        way = draw(st.sampled_from(open_ways))
        doing[f"{way.kind}_to"] = way.target
    return doing


def custom_clocks() -> st.SearchStrategy[CustomClock]:
    """A clock of the policy's own, told by words and statuses."""
    return st.just(
        CustomClock(
            "callback",
            ["outage", "customer_replied"],
            stop=["replied"],
            pause=["on_hold"],
            resume=["open"],
            cancel=["returned"],
            reset=["priority_changed"],
        )
    )


def walks(max_size: int = 12) -> st.SearchStrategy[list[Stride]]:
    """Strides of every kind; one in three aims at a timer's own instant or its very neighbours.

    Some come in scenes of two or three that rarely come together by themselves: a pause and its end,
    resolving and reopening, a move and the way back, a fact that was so a while ago.
    """
    one = strides(st.one_of(commands(), facts())).map(lambda stride: [stride])
    scenes = st.one_of(one, *_scenes())
    return st.lists(scenes, min_size=min(3, max_size), max_size=max_size).map(
        lambda found: [stride for scene in found for stride in scene][:max_size]
    )


def _scenes() -> list[st.SearchStrategy[list[Stride]]]:
    lead = Actor("bob", roles={"lead", "manager"})
    told = Handoff(summary="said", tried=[Attempt("reset")], hypothesis="said", ask="said")
    up = c.Escalate(handoff=told, override="in a hurry", by=lead)
    changes = [c.SetPriority("urgent"), c.SetPriority("low"), c.Tag("vip"), c.Untag("vip")]
    return [
        _scene([c.Wait(), c.Hold()], [c.Resume(), c.CustomerReply("again")]),
        _scene([c.Wait()], [c.Resume()], [c.Hold()], [c.Resume()]),
        _scene([c.Resolve(by=lead)], [c.Reopen(by=lead), c.CustomerReply("again")]),
        _scene([up], [c.Return("not ours", by=lead), c.Transfer("N1", handoff=told)], [up]),
        _scene(changes, changes),
        _scene([c.SetPriority("low")], [c.Note()], [c.SetPriority("urgent")]),
        _scene([c.SetPriority("urgent")], [c.Tag("vip")], [up]),
        _scene([c.Note()], [_so_at(early) for early in range(6)]),
    ]


def _so_at(minutes: int) -> f.Fact:
    """Return a fact that was so soon after the ticket was opened, whenever it is seen."""
    return f.StatusIs(
        Status.PENDING if minutes % 2 else Status.OPEN,
        occurred_at=START + timedelta(minutes=minutes),
    )


def _scene(*acts: Sequence[c.Command | f.Fact]) -> st.SearchStrategy[list[Stride]]:
    """One of each of *acts*, in turn."""
    return st.tuples(*(strides(st.sampled_from(list(act))) for act in acts)).map(list)


def strides(deeds: st.SearchStrategy[Any]) -> st.SearchStrategy[Stride]:
    """One stride that does one of *deeds*."""
    aims = st.sampled_from(["later"] * 6 + [*get_args(Aim)[1:]])
    looks = st.lists(st.integers(0, 12), max_size=2).map(tuple)
    return st.builds(Stride, deeds, aims, st.integers(0, 12), looks)


def handoffs() -> st.SearchStrategy[Handoff]:
    """What people tell the next one, from nothing to everything."""
    tried = st.lists(
        st.builds(Attempt, st.sampled_from(["reset", "call"]), st.booleans()), max_size=2
    )
    words = st.sampled_from(["", "said"])
    return st.builds(Handoff, summary=words, tried=tried, hypothesis=words, ask=words)


def commands() -> st.SearchStrategy[c.Command]:
    """Every command about a ticket that exists, sensible or not."""
    return st.one_of(_moves(), _talk(), _changes(), _requests())


def _by() -> dict[str, Any]:
    return {
        "by": st.sampled_from(AGENTS),
        "id": _rarely(st.sampled_from(["c-1", "c-2", "c-3"]), None),
    }


def _moves() -> st.SearchStrategy[c.Command]:
    tier = st.sampled_from([*TIERS[:4], "nowhere"])
    told: dict[str, Any] = {
        "handoff": st.none() | handoffs(),
        "reason": st.sampled_from(["", "why"]),
    }
    override = {"override": _rarely(st.just("in a hurry"), None)}
    return st.one_of(
        st.builds(c.Escalate, st.none() | tier, **told, **override, **_by()),
        st.builds(c.Return, to=st.none() | tier, **told, **_by()),
        st.builds(c.Transfer, tier, **told, **override, **_by()),
    )


def _talk() -> st.SearchStrategy[c.Command]:
    then = st.sampled_from(["stay", "wait", "resolve"])
    return st.one_of(
        st.builds(c.Reply, st.just("hi"), then=then, bot=_rarely(st.just(True), False), **_by()),
        st.builds(c.CustomerReply, automatic=_rarely(st.just(True), False)),
        st.builds(c.Note, **_by()),
        st.builds(c.RequestHuman),
        st.builds(c.Rate, st.integers(1, 5)),
        st.builds(c.Feedback, st.just("r1"), **_by()),
    )


def _changes() -> st.SearchStrategy[c.Command]:
    verbs = [c.Take, c.Wait, c.Hold, c.Resume, c.Resolve, c.Reopen, c.Close]
    confidence = st.sampled_from([None, 0.2, 0.9])
    return st.one_of(
        st.sampled_from(verbs).flatmap(lambda kind: st.builds(kind, **_by())),
        st.builds(c.SetPriority, st.sampled_from([*PRIORITIES, "none"]), **_by()),
        st.builds(c.SetField, st.just("size"), st.sampled_from([None, 2, 5, "five"]), **_by()),
        st.builds(c.Tag, st.sampled_from(["vip", "other"]), **_by()),
        st.builds(c.Untag, st.just("vip"), **_by()),
        st.builds(c.Assign, st.sampled_from([None, "ann", "bob"]), **_by()),
        st.builds(c.SetRequestType, st.sampled_from(["login", "other", "none"]), **_by()),
        st.builds(c.ReachMilestone, st.sampled_from([*MILESTONES, "none"]), **_by()),
        st.builds(c.RecordAttempt, st.just("reset"), st.booleans(), **_by()),
        st.builds(
            c.Classify,
            st.builds(Verdict, st.sampled_from([None, *TIERS[:3]]), confidence),
        ),
        st.builds(c.Signal, st.just("outage"), **_by()),
        st.builds(c.Link, st.just("problem"), st.just("T-0"), **_by()),
        st.builds(c.Cancel, into=st.sampled_from([None, "T-0"]), **_by()),
    )


def _requests() -> st.SearchStrategy[c.Command]:
    number = st.integers(1, 9)
    later = st.integers(0, 40).map(lambda minutes: START + timedelta(minutes=minutes))
    clock = st.sampled_from(["ownership", "resolution"])
    return st.one_of(
        st.builds(c.Invite, st.sampled_from(TIERS[:3]), **_by()),
        st.builds(c.Accept, st.sampled_from(["handoff", "handoff", "N2"]), **_by()),
        st.builds(c.Approve, number, **_by()),
        st.builds(c.Decline, number, **_by()),
        st.builds(c.Withdraw, st.one_of(number, st.sampled_from(TIERS[:3])), **_by()),
        st.builds(c.Promise, clock, later, **_by()),
    )


def facts() -> st.SearchStrategy[f.Fact]:
    """Every fact, also those that contradict a policy, some of them seen late."""
    when = _rarely(st.integers(0, 30).map(lambda m: START + timedelta(minutes=m)), None)
    at: dict[str, Any] = {"occurred_at": when}
    done = commands().filter(
        lambda command: not isinstance(command, c.Escalate | c.Return) or bool(command.to)
    )
    tier = st.sampled_from([*TIERS[:4], "nowhere"])
    return st.one_of(
        st.builds(f.StatusIs, st.sampled_from(Status), **at),
        st.builds(f.TierIs, tier, **at),
        st.builds(f.PriorityIs, st.sampled_from(PRIORITIES), **at),
        st.builds(f.AssigneeIs, st.sampled_from([None, "ann"]), **at),
        st.builds(f.FieldIs, st.just("size"), st.sampled_from([None, 2, 5]), **at),
        st.builds(f.TagsAre, st.sets(st.sampled_from(["vip", "other"])), **at),
        st.builds(f.ReceiverMissing, st.sampled_from(["lead", "manager"]), **at),
        st.builds(f.Seen, status=st.sampled_from(Status), tier=tier, **at),
        st.builds(f.Did, done, **at),
    )


def _rarely(some: st.SearchStrategy[Any], usual: Any) -> st.SearchStrategy[Any]:
    """Return *usual* two times out of three."""
    return st.one_of(st.just(usual), st.just(usual), some)
