"""The protocol: which requests there are, which tier takes them, and what to check before handing on."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Literal

import attrs

from escalate.core.model import named, words
from escalate.errors import InvalidPolicy

Who = Literal["agent", "customer", "bot"]


@attrs.frozen
class Check:
    """Something to go through before a request may be handed on.

    Attributes:
        milestone: The name under which it counts as done.
        ask: What to ask or look at, in the words of the desk.
        who: Who does it: agent, customer or bot.
    """

    milestone: str = attrs.field(validator=named)
    ask: str = ""
    who: Who = attrs.field(
        default="agent", validator=attrs.validators.in_(("agent", "customer", "bot"))
    )


def _checks(values: Iterable[Check]) -> tuple[Check, ...]:
    return tuple(values)


@attrs.frozen
class RequestType:
    """A kind of request that customers make.

    Attributes:
        name: How tickets and conditions call it.
        tier: The tier that handles it; none means the policy's entry.
        channels: How it comes in; empty means any way. Of several of one name a ticket is of the one
            that names its channel, else of the one without channels, else of the first.
        checklist: What to go through before a person may hand it on from that tier.

    Raises:
        InvalidPolicy: A milestone stands in the checklist twice.
    """

    name: str = attrs.field(validator=named)
    tier: str | None = None
    channels: tuple[str, ...] = attrs.field(default=(), converter=words)
    checklist: tuple[Check, ...] = attrs.field(default=(), converter=_checks)

    def __attrs_post_init__(self) -> None:
        milestones = [check.milestone for check in self.checklist]
        if len(set(milestones)) < len(milestones):
            wanted = "each milestone once"
            raise InvalidPolicy(f"RequestType({self.name!r}).checklist", milestones, wanted)


@attrs.frozen
class Receiver:
    """Somebody who can be told: a role, a list, an on-call rota. Who that is, a directory knows.

    Attributes:
        name: How steps, rules and paths refer to it.
        calendar: The name of the hours in which it can be reached; none means the policy's only one.
    """

    name: str = attrs.field(validator=named)
    calendar: str | None = None


@attrs.frozen
class Permission:
    """Who may give a command, and where.

    Attributes:
        command: The name of the command, such as ``"Resolve"``.
        roles: The roles that may give it.
        at: The tiers in which that holds; empty means everywhere.

    Raises:
        InvalidPolicy: It names no role, so that nobody could ever give the command.
    """

    command: str = attrs.field(validator=named)
    roles: tuple[str, ...] = attrs.field(converter=words)
    at: tuple[str, ...] = attrs.field(default=(), converter=words)

    def __attrs_post_init__(self) -> None:
        if not self.roles:
            place = f"Permission({self.command!r}).roles"
            raise InvalidPolicy(place, self.roles, "at least one role")


@attrs.frozen
class Goal:
    """What a team wants to reach; reports hold what happened against it.

    Attributes:
        measure: The figure.
        at_least: The least that is good, or none.
        at_most: The most that is good, or none.
    """

    measure: str = attrs.field(validator=named)
    at_least: float | None = None
    at_most: float | None = None

    def __attrs_post_init__(self) -> None:
        got = (self.at_least, self.at_most)
        if (self.at_least is None) == (self.at_most is None):
            raise InvalidPolicy(
                f"Goal({self.measure!r})", got, "at_least or at_most, one of the two"
            )
        for bound in got:
            if bound is not None and not math.isfinite(bound):
                raise InvalidPolicy(f"Goal({self.measure!r})", bound, "a number that is finite")
