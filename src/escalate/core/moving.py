"""Which way a ticket may move, and the event of a move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from escalate.core import events
from escalate.core.events import Moved, MoveKind
from escalate.core.model import Actor, Draft
from escalate.errors import BouncesExhausted, PathNotAllowed, StatusNotAllowed

if TYPE_CHECKING:
    from escalate.core.policy import EscalationPolicy, Path

MOVES: Final[dict[MoveKind, type[Moved]]] = {
    "escalate": events.Escalated,
    "return": events.Returned,
    "transfer": events.Transferred,
}


def ways(draft: Draft, policy: EscalationPolicy, kind: MoveKind) -> list[Path]:
    """Return the paths of that *kind* that leave the ticket's tier, in declared order."""
    leaving = policy.compiled.paths_from.get(draft.tier, ())
    return [path for path in leaving if path.kind == kind]


def allowed_path(draft: Draft, policy: EscalationPolicy, kind: MoveKind, to: str | None) -> Path:
    """Return the path that a move of *kind* takes; without *to*, the one it takes by itself.

    Raises:
        StatusNotAllowed: The ticket is resolved or closed.
        PathNotAllowed: No such path leaves the ticket's tier.
        BouncesExhausted: It would go back once more than the policy lets it.
    """
    if draft.status.is_done:
        raise StatusNotAllowed(
            draft.id, kind, draft.status, ("reopen",) if draft.status == "resolved" else ()
        )
    open_ways = ways(draft, policy, kind)
    wanted = to
    if wanted is None and kind == "return" and draft.senders:
        wanted = draft.senders[-1]
    for path in open_ways:
        if wanted is None or path.target == wanted:
            _check_bounces(draft, policy, path)
            return path
    targets = tuple(path.target for path in open_ways)
    raise PathNotAllowed(draft.id, draft.tier, wanted or f"({kind})", targets)


def _check_bounces(draft: Draft, policy: EscalationPolicy, path: Path) -> None:
    goes_back = path.kind == "return" or (path.kind == "transfer" and path.target in draft.left)
    if goes_back and draft.bounces >= policy.max_bounces:
        raise BouncesExhausted(draft.id, path.target, draft.bounces)


def move_event(draft: Draft, kind: MoveKind, target: str, at_us: int, by: Actor) -> Moved:
    """Return the event that moves *draft* to *target*."""
    bounce = kind != "return" and target in draft.left
    return MOVES[kind](draft.tier, target, bounce, at_us=at_us, by=by)
