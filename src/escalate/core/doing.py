"""What a step or a rule does when its time has come. People write it; nothing is carried out here."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from escalate.core.model import MoveKind, words
from escalate.errors import InvalidPolicy


def some_words(value: str | Iterable[str] | None) -> tuple[str, ...]:
    """Return one word, several, or none, as a tuple."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else words(value)


@attrs.frozen(kw_only=True)
class Doing:
    """The deeds of a step or a rule: at most one move, and any of the others.

    Attributes:
        escalate_to: The tier to move to along an escalate path.
        return_to: The tier to move to along a return path.
        transfer_to: The tier to move to along a transfer path.
        invite: The tier to ask for help while ownership stays.
        notify: The receivers to tell.
        set_priority: The priority to give.
        tag: The tags to put on.
        ask_approval: The receiver to ask; with a move, the move waits for the approval.
        classify: Whether to ask the classifier again.
    """

    escalate_to: str | None = None
    return_to: str | None = None
    transfer_to: str | None = None
    invite: str | None = None
    notify: tuple[str, ...] = attrs.field(default=(), converter=some_words)
    set_priority: str | None = None
    tag: tuple[str, ...] = attrs.field(default=(), converter=some_words)
    ask_approval: str | None = None
    classify: bool = False

    @property
    def move(self) -> tuple[MoveKind, str] | None:
        """The move it makes, as (kind, tier), if it makes one."""
        kinds: tuple[tuple[MoveKind, str | None], ...] = (
            ("escalate", self.escalate_to),
            ("return", self.return_to),
            ("transfer", self.transfer_to),
        )
        return next(((kind, tier) for kind, tier in kinds if tier is not None), None)

    @property
    def tiers(self) -> tuple[str, ...]:
        """Every tier that it names."""
        named = (self.escalate_to, self.return_to, self.transfer_to, self.invite)
        return tuple(tier for tier in named if tier is not None)

    @property
    def receivers(self) -> tuple[str, ...]:
        """Every receiver that it names."""
        return (*self.notify, self.ask_approval) if self.ask_approval else self.notify

    def check(self, place: str) -> None:
        """Check that it does something, and moves to one tier at most.

        Raises:
            InvalidPolicy: It does nothing, or moves twice; *place* names it.
        """
        moves = [t for t in (self.escalate_to, self.return_to, self.transfer_to) if t is not None]
        if len(moves) > 1:
            raise InvalidPolicy(place, moves, "one move at most: escalate, return or transfer")
        others = (self.invite, self.notify, self.set_priority, self.tag, self.ask_approval)
        if not moves and not any(others) and not self.classify:
            raise InvalidPolicy(place, "nothing to do", 'a deed, e.g. notify = "tier_lead"')
