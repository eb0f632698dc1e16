"""A busy desk for laws: small policies that promise and do a lot, and lives in which a lot happens.

Each policy here has paths, targets and rules that interact, and each life is a row of deeds that mostly
can be done, so that a hundred examples meet what is rare. What conditions mean is written out once more
in :data:`HOLDS`, so that a law can judge a ticket without the library's own conditions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, get_args

import attrs
from hypothesis import strategies as st

from escalate import Actor, EscalationPolicy, Path, SLAPolicy, Status, Step, Target, Tier
from escalate.core import commands as c
from escalate.core import events as e
from escalate.core import evolve
from escalate.core import facts as f
from escalate.core.model import Attempt, Handoff, Ticket, Verdict
from escalate.core.protocol import Check, Permission, Receiver, RequestType
from escalate.core.rules import Rule
from escalate.testing import START, Shifts, Stride
from escalate.testing.walks import Aim

TIERS: Final = ("N1", "N2", "N3")
CHECKS: Final = ("password_verified", "network_ok")
ANN: Final = Actor("ann")
EVE: Final = Actor("eve", roles={"lead"})
BOB: Final = Actor("bob", roles={"lead", "manager"})
SHIFTS: Final = {"day": Shifts(4, 2), "night": Shifts(3, 3)}

HOLDS: Final[dict[Any, Callable[[Ticket], bool]]] = {
    None: lambda _: True,
    'priority >= "high"': lambda ticket: ticket.priority in ("high", "urgent"),
    'priority == "low"': lambda ticket: ticket.priority == "low",
    '"vip" in tags': lambda ticket: "vip" in ticket.tags,
    '"vip" not in tags': lambda ticket: "vip" not in ticket.tags,
    'priority == "normal"': lambda ticket: ticket.priority == "normal",
    "moves >= 1": lambda ticket: ticket.moves >= 1,
    "reopens == 0": lambda ticket: ticket.reopens == 0,
    "fields.size > 3": lambda ticket: (ticket.fields.get("size") or 0) > 3,
    'status in ("pending", "on_hold")': lambda ticket: ticket.status in ("pending", "on_hold"),
}
CONDITIONS: Final = tuple(HOLDS)
WAYS: Final = (
    ("N1", "N2", "escalate"),
    ("N1", "N3", "escalate"),
    ("N2", "N3", "escalate"),
    ("N2", "N1", "return"),
    ("N3", "N2", "return"),
    ("N3", "N1", "return"),
    ("N2", "N1", "transfer"),
    ("N3", "N2", "transfer"),
    ("N1", "N3", "transfer"),
)
_PLAIN: Final[dict[str, Any]] = {}
_EXTRAS: Final = (
    *[_PLAIN] * 6,
    *({"when": when} for when in CONDITIONS[1:5]),
    {"requires": ("summary",)},
    {"requires": ("tried", "ask")},
    {"approval": "lead"},
    {"by": ("lead",)},
)
_DOINGS: Final[tuple[dict[str, Any], ...]] = (
    {"notify": "lead"},
    {"notify": "manager"},
    {"tag": "vip"},
    {"set_priority": "high"},
    {"set_priority": "low", "escalate_to": "N3"},
    {"invite": "N2"},
    {"classify": True},
    {"notify": "lead", "escalate_to": "N2"},
    {"escalate_to": "N3"},
    {"return_to": "N1"},
    {"transfer_to": "N1"},
)


def _leads_somewhere(doing: Mapping[str, Any], tiers: tuple[str, ...]) -> bool:
    """Whether a move can be made in one of *tiers*: a policy whose step never can is refused."""
    return all(
        any((tier, doing[key], key.removesuffix("_to")) in WAYS for tier in tiers or TIERS)
        for key in doing
        if key.endswith("_to")
    )


def _pick(number: int, *wheels: Sequence[Any]) -> list[Any]:
    """One of each of *wheels*, so that two numbers have little in common.

    What a policy is made of is made once, by number: to draw it piece by piece would take longer than
    all that happens to a ticket under it.
    """
    found = []
    for wheel in wheels:
        number = (number * 6364136223846793005 + 1442695040888963407) % 2**64
        found.append(wheel[(number >> 33) % len(wheel)])
    return found


def _paths(number: int) -> tuple[Path, ...]:
    extras = _pick(number, *[_EXTRAS] * len(WAYS))
    return tuple(Path(*way, **extra) for way, extra in zip(WAYS, extras, strict=True))


def _step(number: int, tiers: tuple[str, ...]) -> Step:
    at, when, doing = _pick(
        number,
        ["25%", "50%", "100%", "150%", "20s before", "1m after"],
        [None, None, *CONDITIONS],
        [doing for doing in _DOINGS if _leads_somewhere(doing, tiers)],
    )
    return Step(at, when=when, **doing)


_ROLES: Final[dict[str, tuple[tuple[str, ...], str | None]]] = {
    "high": ((), 'priority >= "high"'),
    "upstairs": (("N2",), None),
    "usual": ((), None),
}


def _target(number: int, role: str | None = None) -> Target:
    clock, tiers, condition, minutes, calendar, steps, on_change, pauses, reassign = _pick(
        number,
        ["ownership", "resolution", "resolution", "first_response", "update"],
        [(), (), ("N1",), ("N2", "N3")],
        [None, None, *CONDITIONS[1:]],
        range(1, 9),
        ["day", "night", "always"],
        range(3),
        ["keep_start", "keep_start", "carry_fraction", "restart"],
        [None, None, frozenset({Status.PENDING})],
        [False, True],
    )
    if role is not None:
        clock, (tiers, condition) = "resolution", _ROLES[role]
    return Target(
        clock,
        f"{minutes}m",
        tiers=tiers,
        when=condition,
        default=not tiers and condition is None,
        calendar=calendar,
        steps=[_step(number + 1000 * place, tiers) for place in range(steps)],
        on_change=on_change,
        pause_while=pauses,
        reassign=reassign,
    )


def _rule(number: int) -> Rule:
    name, on, when, at, times, rest, doing = _pick(
        number,
        ["r1", "r2", "r3", "r4"],
        ["outage", "outage", "idle", "customer_replied", "entered", "priority_changed", "opened"],
        [None, None, *CONDITIONS],
        [(), (), ("N1",), ("N2",)],
        [1, 1, 2, 3],
        [None, None, "2m"],
        _DOINGS,
    )
    return Rule(
        name,
        on=on,
        when=when,
        at=at if _leads_somewhere(doing, at) else (),
        times=times,
        cooldown=rest,
        after="3m" if on == "idle" else None,
        **doing,
    )


_PATHS: Final = [_paths(number) for number in range(60)]
_TARGETS: Final = [_target(number) for number in range(300)]
_RULES: Final = [_rule(number) for number in range(200)]
_ON_RESOLUTION: Final = [[_target(number, role) for number in range(60)] for role in _ROLES]


@st.composite
def busy_policies(draw: st.DrawFn, **fixed: Any) -> EscalationPolicy:
    """Policies of three tiers in three calendars; *fixed* are fields that the law needs to be so."""
    targets = st.lists(st.sampled_from(_TARGETS), min_size=2, max_size=5)
    rules = st.lists(st.sampled_from(_RULES), max_size=4, unique_by=lambda rule: rule.name)
    bounces, moves, told, within, mode, permissions = _pick(
        draw(st.integers(0, 99)),
        [1, 2, 3],
        [1, 2, 3, 16],
        [None, "lead"],
        [None, "6m"],
        ["resume", "resume", "new_cycle", "frozen"],
        [(), (Permission("Hold", ["lead"]),)],
    )
    parts: dict[str, Any] = {
        "paths": draw(st.sampled_from(_PATHS)),
        "sla": SLAPolicy(draw(targets)),
        "rules": draw(rules),
        "max_bounces": bounces,
        "max_automatic": moves,
        "on_exhausted": told,
        "reopen_within": within,
        "on_reopen": mode,
        "permissions": permissions,
    }
    return EscalationPolicy("busy", **_SAME | parts | fixed)


_SAME: Final[dict[str, Any]] = {
    "tiers": [
        Tier("N1", calendar="day"),
        Tier("N2", calendar="night"),
        Tier("N3", calendar="always"),
    ],
    "request_types": [RequestType("login", "N1", checklist=map(Check, CHECKS))],
    "receivers": [Receiver("lead", calendar="day"), Receiver("manager", calendar="always")],
    "fallback": "manager",
    "calendars": SHIFTS,
}


@st.composite
def changing_policies(draw: st.DrawFn) -> EscalationPolicy:
    """Policies in which a running clock often comes to count on another target."""
    targets = [draw(st.sampled_from(some)) for some in _ON_RESOLUTION]
    ways = [Path(*way) for way in WAYS]
    return EscalationPolicy("changing", paths=ways, sla=SLAPolicy(targets), **_SAME)


TOLD: Final = Handoff(
    summary="the printer", tried=[Attempt("power", worked=False)], hypothesis="toner", ask="look"
)
MOVES: Final[tuple[c.Command, ...]] = (
    c.Escalate(by=ANN),
    c.Escalate("N2", handoff=TOLD, by=EVE, override="in a hurry"),
    c.Escalate("N3", handoff=TOLD, reason="stuck", by=EVE),
    c.Escalate("N3", by=BOB, override="in a hurry"),
    c.Return(by=ANN),
    c.Return(to="N1", by=EVE),
    c.Return(handoff=TOLD, reason="not ours", by=EVE),
    c.Transfer("N1", handoff=TOLD, by=EVE, override="in a hurry"),
    c.Transfer("N3", reason="vendor", by=ANN),
    c.Transfer("N2", by=BOB),
)
TALK: Final[tuple[c.Command, ...]] = (
    c.Reply("hi", by=ANN),
    c.Reply("hi", then="wait", by=EVE),
    c.Reply("hi", then="resolve", by=ANN),
    c.Reply("beep", bot=True),
    c.CustomerReply("hello"),
    c.CustomerReply("hello"),
    c.CustomerReply("away", automatic=True),
    c.Note("aside", by=ANN),
)
STATUS: Final[tuple[c.Command, ...]] = (
    c.Take(by=ANN),
    c.Take(by=EVE),
    c.Wait(by=ANN),
    c.Hold(by=EVE),
    c.Hold(by=ANN),
    c.Resume(by=ANN),
    c.Resume(by=EVE),
    c.Resolve(by=ANN),
    c.Resolve(by=EVE),
    c.Reopen(by=ANN),
    c.Reopen(by=EVE),
    c.Close(by=ANN),
)
CHANGES: Final[tuple[c.Command, ...]] = (
    *(c.SetPriority(name, by=ANN) for name in ("low", "high", "urgent", "normal")),
    c.SetField("size", 5, by=ANN),
    c.SetField("size", 2, by=ANN),
    c.Tag("vip", by=ANN),
    c.Untag("vip", by=ANN),
    c.Assign("bob", by=ANN),
    c.Assign(None, by=ANN),
    c.SetRequestType("login", by=ANN),
    *(c.ReachMilestone(name, by=ANN) for name in CHECKS),
    c.RecordAttempt("reset", worked=False, by=ANN),
    c.RecordAttempt("reset", worked=True, by=EVE),
    c.Signal("outage", by=Actor("watch", "bot")),
    c.Signal("outage", by=Actor("watch", "bot")),
    c.Classify(Verdict("N2", 0.9)),
    c.Classify(Verdict("N3", 0.79)),
    c.Classify(Verdict("N2")),
)
REQUESTS: Final[tuple[c.Command, ...]] = (
    c.Invite("N2", by=ANN),
    c.Accept(by=ANN),
    c.Accept("N2", by=EVE),
    *(c.Approve(number, by=who) for number in range(2, 8) for who in (ANN, EVE)),
    c.Decline(3, by=EVE),
    c.Promise("resolution", START + timedelta(minutes=9), by=ANN),
    c.Promise("ownership", START + timedelta(minutes=30), by=ANN),
)
COMMANDS: Final = (*MOVES, *MOVES, *TALK, *STATUS, *CHANGES, *REQUESTS)
SEEN: Final[tuple[f.Fact, ...]] = (
    *(f.StatusIs(status) for status in Status),
    *(f.TierIs(tier) for tier in (*TIERS, "elsewhere")),
    *(f.PriorityIs(name) for name in ("low", "high")),
    f.AssigneeIs("ann"),
    f.AssigneeIs(None),
    f.FieldIs("size", 5),
    f.TagsAre(["vip"]),
    f.TagsAre([]),
    f.ReceiverMissing("lead"),
    f.Seen(status="open", tier="N2", priority="high"),
    f.Seen(status="resolved", tier="N3", assignee="eve"),
    *(f.Did(command) for command in MOVES if getattr(command, "to", None)),
    *(f.Did(command) for command in (*TALK, *STATUS)),
)


def busy_lives(
    deeds: Iterable[c.Command | f.Fact] = COMMANDS, most: int = 14, least: int = 5
) -> st.SearchStrategy[list[Stride]]:
    """Lives of *least* to *most* strides; one in three aims at a timer."""
    aims = st.sampled_from(["later"] * 6 + [*get_args(Aim)[1:]])
    stride = st.builds(Stride, st.sampled_from(list(deeds)), aims, st.sampled_from([0, 1, 1, 2, 5]))
    return st.lists(stride, min_size=least, max_size=most)


@attrs.frozen
class Moment:
    """One event of a life, between the ticket before it and the ticket after it."""

    before: Ticket
    event: Any
    after: Ticket


def moments(journal: Iterable[e.Event]) -> Iterator[Moment]:
    """Yield each event after the opening, with the ticket around it."""
    ticket: Ticket | None = None
    for event in journal:
        after = evolve(ticket, event)
        if ticket is not None:
            yield Moment(ticket, event, after)
        ticket = after


MINUTE: Final = 60_000_000
EVERYTHING: Final = (*COMMANDS, *SEEN)
AUTOMATIC: Final = ("rule", "system")
EDGES: Final = {
    "take": ({"new"}, "open"),
    "wait": ({"new", "open"}, "pending"),
    "hold": ({"new", "open", "pending"}, "on_hold"),
    "resume": ({"pending", "on_hold"}, "open"),
    "resolve": ({"new", "open", "pending", "on_hold"}, "resolved"),
    "reopen": ({"resolved"}, "open"),
    "close": ({"resolved"}, "closed"),
    "cancel": ({"new", "open", "pending", "on_hold", "resolved"}, "closed"),
}
DONE: Final = ("resolved", "closed")
VERBS: Final[dict[str, Any]] = {
    "take": c.Take,
    "wait": c.Wait,
    "hold": c.Hold,
    "resume": c.Resume,
    "resolve": c.Resolve,
    "reopen": c.Reopen,
    "close": c.Close,
    "cancel": c.Cancel,
}
APPROVED: Final = [Path(*way, approval="lead" if way[2] == "escalate" else None) for way in WAYS]
ASKING: Final = (
    *[c.Escalate("N2", by=who) for who in (EVE, BOB)] * 3,
    *[c.Escalate(by=who, reason="stuck") for who in (ANN, EVE)] * 2,
    *(c.Approve(number, by=who) for number in (2, 3, 4, 5) for who in (ANN, EVE, BOB)),
    *(c.Return(to="N1", by=EVE), c.Decline(3, by=EVE), c.Signal("outage", by=ANN)),
)
REQUIRING: Final = [
    Path(*way, requires=("summary",) if way[1] == "N2" else ("tried", "ask")) for way in WAYS
]


OPEN_WAYS: Final = [Path(*way) for way in WAYS]
BACK_AND_FORTH: Final = (*[c.Return(by=ANN)] * 6, *MOVES, c.Escalate(by=ANN), c.Escalate(by=ANN))
PLAIN: Final = EscalationPolicy(
    "plain",
    TIERS,
    [Path(*way) for way in WAYS if way != ("N1", "N3", "escalate")],
    max_bounces=2,
)


def ways_of(policy: EscalationPolicy, event: Any) -> list[Path]:
    """Return the declared paths along which the move *event* can have gone."""
    leg = event.source, event.target, event.kind
    return [path for path in policy.paths if (path.source, path.target, path.kind) == leg]
