"""Hypothesis strategies for calendars, policies and walks, small enough that rare things coincide.

Needs the ``testing`` extra.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, get_args

from hypothesis import strategies as st

from escalate.core import commands as c
from escalate.core import facts as f
from escalate.core.clockkinds import BUILT_IN
from escalate.core.model import Actor, MoveKind, Tier
from escalate.core.policy import EscalationPolicy, Path
from escalate.core.sla import SLAPolicy, Target
from escalate.core.status import Status
from escalate.testing.shifts import Shifts
from escalate.testing.walks import Aim, Stride

TIERS: Final = ("N1", "N2", "N3", "N4")
PRIORITIES: Final = ("low", "normal", "high", "urgent")
AGENTS: Final = (None, Actor("ann"), Actor("bob", roles={"lead"}))


def shifts() -> st.SearchStrategy[Shifts]:
    """Small calendars, one in three of which never closes."""
    return st.builds(Shifts, st.integers(1, 6), st.sampled_from([0, 2, 5]))


@st.composite
def policies(draw: st.DrawFn) -> EscalationPolicy:
    """Policies of 2 to 4 tiers with skips, returns, loops and short promises in several calendars."""
    names = TIERS[: draw(st.integers(2, 4))]
    calendars = st.sampled_from(["day", "night", "always"])
    return EscalationPolicy(
        "generated",
        [Tier(name, calendar=draw(calendars)) for name in names],
        draw(st.lists(paths(names), max_size=8, unique=True)),
        sla=SLAPolicy(draw(st.lists(targets(names), max_size=4))),
        calendars={"day": draw(shifts()), "night": draw(shifts())},
        max_bounces=draw(st.integers(0, 3)),
    )


def paths(tiers: Sequence[str]) -> st.SearchStrategy[Path]:
    """Paths of every kind between any two of *tiers*."""
    pairs = st.sampled_from([(a, b) for a in tiers for b in tiers if a != b])
    return st.builds(lambda ends, kind: Path(ends[0], ends[1], kind), pairs, _any_of(MoveKind))


@st.composite
def targets(draw: st.DrawFn, tiers: Sequence[str]) -> Target:
    """Targets of a few open minutes, some with pauses of their own, some for some tiers only."""
    where = draw(st.lists(st.sampled_from(list(tiers)), unique=True, max_size=2))
    waits = st.sets(st.sampled_from([Status.PENDING, Status.ON_HOLD]))
    return Target(
        draw(st.sampled_from(sorted(BUILT_IN))),
        f"{draw(st.integers(1, 9))}m",
        tiers=where,
        calendar=draw(st.sampled_from(["day", "night", "always"])),
        pause_while=draw(st.none() | waits),
        default=not where,
    )


def walks(max_size: int = 12) -> st.SearchStrategy[list[Stride]]:
    """Strides of every kind; one in three aims at a timer's own instant or its very neighbours."""
    return st.lists(strides(st.one_of(commands(), facts())), max_size=max_size)


def strides(deeds: st.SearchStrategy[Any]) -> st.SearchStrategy[Stride]:
    """One stride that does one of *deeds*."""
    aims = st.sampled_from(["later"] * 6 + [*get_args(Aim)[1:]])
    looks = st.lists(st.integers(0, 12), max_size=2).map(tuple)
    return st.builds(Stride, deeds, aims, st.integers(0, 12), looks)


def commands() -> st.SearchStrategy[c.Command]:
    """Every command about a ticket that exists, sensible or not."""
    tier = st.sampled_from([*TIERS, "nowhere"])
    by: dict[str, Any] = {"by": st.sampled_from(AGENTS)}
    return st.one_of(
        st.builds(c.Escalate, st.none() | tier, **by),
        st.builds(c.Return, st.none() | tier, **by),
        st.builds(c.Transfer, tier, **by),
        st.builds(
            c.Reply, then=st.sampled_from(["stay", "wait", "resolve"]), bot=st.booleans(), **by
        ),
        st.builds(c.CustomerReply, automatic=st.booleans()),
        st.builds(c.SetPriority, st.sampled_from([*PRIORITIES, "none"]), **by),
        st.builds(c.Assign, st.sampled_from([None, "ann", "bob"]), **by),
        st.sampled_from([c.Take, c.Wait, c.Hold, c.Resume, c.Resolve, c.Reopen, c.Close]).flatmap(
            lambda kind: st.builds(kind, **by)
        ),
        st.builds(c.Cancel, into=st.sampled_from([None, "T-0"]), **by),
    )


def facts() -> st.SearchStrategy[f.Fact]:
    """Every fact, also those that contradict a policy."""
    done = commands().filter(
        lambda command: not isinstance(command, c.Escalate | c.Return) or bool(command.to)
    )
    return st.one_of(
        st.builds(f.StatusIs, st.sampled_from(Status)),
        st.builds(f.TierIs, st.sampled_from([*TIERS, "nowhere"])),
        st.builds(f.PriorityIs, st.sampled_from(PRIORITIES)),
        st.builds(f.AssigneeIs, st.sampled_from([None, "ann"])),
        st.builds(f.Did, done),
    )


def _any_of(literal: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(get_args(literal))
