"""A busy desk for laws: small policies that promise and do a lot, and lives in which a lot happens.

Each policy here has paths, targets and rules that interact, and each life is a row of deeds that mostly
can be done, so that a hundred examples meet what is rare. What conditions mean is written out once more
in :data:`HOLDS`, so that a law can judge a ticket without the library's own conditions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
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


@st.composite
def busy_policies(draw: st.DrawFn, **fixed: Any) -> EscalationPolicy:
    """Policies of three tiers in three calendars; *fixed* are fields that the law needs to be so."""
    ways = [Path(*way, **draw(st.sampled_from(_EXTRAS))) for way in WAYS]
    parts: dict[str, Any] = {
        "paths": ways,
        "sla": SLAPolicy(draw(st.lists(busy_targets(), min_size=2, max_size=5))),
        "rules": draw(st.lists(busy_rules(), max_size=4, unique_by=lambda rule: rule.name)),
        "max_bounces": draw(st.integers(1, 3)),
        "max_automatic": draw(st.sampled_from([1, 2, 3, 16])),
        "on_exhausted": draw(st.sampled_from([None, "lead"])),
        "reopen_within": draw(st.sampled_from([None, "6m"])),
        "on_reopen": draw(st.sampled_from(["resume", "resume", "new_cycle", "frozen"])),
        "permissions": draw(st.sampled_from([(), (Permission("Hold", ["lead"]),)])),
    }
    return EscalationPolicy(
        "busy",
        [
            Tier("N1", calendar="day"),
            Tier("N2", calendar="night"),
            Tier("N3", calendar="always"),
        ],
        request_types=[RequestType("login", "N1", checklist=map(Check, CHECKS))],
        receivers=[Receiver("lead", calendar="day"), Receiver("manager", calendar="always")],
        fallback="manager",
        calendars=SHIFTS,
        **parts | fixed,
    )


_OTHERS: Final = ("first_response", "update")
_ON_RESOLUTION: Final[dict[str, tuple[tuple[str, ...], str | None]]] = {
    "high": ((), 'priority >= "high"'),
    "upstairs": (("N2",), None),
    "usual": ((), None),
}


@st.composite
def busy_targets(draw: st.DrawFn, role: str | None = None) -> Target:
    """Targets of a few open minutes, with steps; *role* makes one of three that share a clock."""
    clock = draw(st.sampled_from(["ownership", "resolution", "resolution", *_OTHERS]))
    tiers = draw(st.sampled_from([(), (), ("N1",), ("N2", "N3")]))
    condition = draw(st.sampled_from([None, None, *CONDITIONS[1:]]))
    if role is not None:
        clock, (tiers, condition) = "resolution", _ON_RESOLUTION[role]
    return Target(
        clock,
        f"{draw(st.integers(1, 8))}m",
        tiers=tiers,
        when=condition,
        default=not tiers and condition is None,
        calendar=draw(st.sampled_from(["day", "night", "always"])),
        steps=draw(st.lists(busy_steps(tiers), max_size=2)),
        on_change=draw(st.sampled_from(["keep_start", "keep_start", "carry_fraction", "restart"])),
        pause_while=draw(st.sampled_from([None, None, frozenset({Status.PENDING})])),
        reassign=draw(st.booleans()),
    )


def busy_steps(tiers: tuple[str, ...] = ()) -> st.SearchStrategy[Step]:
    """Steps before, at and after the due instant, with and without a condition."""
    return st.builds(
        lambda at, when, doing: Step(at, when=when, **doing),
        st.sampled_from(["25%", "50%", "100%", "150%", "20s before", "1m after"]),
        st.sampled_from([None, *CONDITIONS]),
        st.sampled_from([doing for doing in _DOINGS if _leads_somewhere(doing, tiers)]),
    )


def _leads_somewhere(doing: Mapping[str, Any], tiers: tuple[str, ...]) -> bool:
    """Whether a move can be made in one of *tiers*: a policy whose step never can is refused."""
    return all(
        any((tier, doing[key], key.removesuffix("_to")) in WAYS for tier in tiers or TIERS)
        for key in doing
        if key.endswith("_to")
    )


def busy_rules() -> st.SearchStrategy[Rule]:
    """Rules that wait for what happens often."""
    return st.builds(
        lambda name, on, when, at, times, rest, doing: Rule(
            name,
            on=on,
            when=when,
            at=at if _leads_somewhere(doing, at) else (),
            times=times,
            cooldown=rest,
            after="3m" if on == "idle" else None,
            **doing,
        ),
        st.sampled_from(["r1", "r2", "r3", "r4"]),
        st.sampled_from(
            [
                "outage",
                "outage",
                "idle",
                "customer_replied",
                "entered",
                "priority_changed",
                "opened",
            ]
        ),
        st.sampled_from([None, None, *CONDITIONS]),
        st.sampled_from([(), (), ("N1",), ("N2",)]),
        st.sampled_from([1, 1, 2, 3]),
        st.sampled_from([None, None, "2m"]),
        st.sampled_from(_DOINGS),
    )


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
