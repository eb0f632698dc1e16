"""Which way a ticket may move, who may take it, and what is handed over on the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import attrs

from escalate.core import events
from escalate.core.compiled import Compiled
from escalate.core.events import Moved
from escalate.core.model import (
    HANDOFF_FIELDS,
    Actor,
    Draft,
    HandedOver,
    Handoff,
    MoveKind,
    OpenHandedOver,
    Request,
)
from escalate.core.policy import Path
from escalate.core.sealing import seal
from escalate.core.status import Status
from escalate.errors import (
    ApprovalMissing,
    BouncesExhausted,
    ChecksLeft,
    ConditionNotMet,
    HandoffIncomplete,
    NotPermitted,
    PathNotAllowed,
    Refused,
    StatusNotAllowed,
    UnknownWord,
)

MOVES: Final[dict[MoveKind, type[Moved]]] = {
    "escalate": events.Escalated,
    "return": events.Returned,
    "transfer": events.Transferred,
}


@attrs.frozen
class Told:
    """What comes with a move.

    Attributes:
        handoff: What the person filled in.
        reason: The reason in their own words.
        override: Why it goes although checks are left.
        automatic: Whether nobody told anything, since a rule or a timer moves.
    """

    handoff: Handoff = attrs.field(factory=Handoff)
    reason: str = ""
    override: str = ""
    automatic: bool = False

    def given(self, draft: Draft) -> tuple[str, ...]:
        """Return the fields of the handoff that are filled, the ticket's own record included."""
        if self is BY_ITSELF or self is NOTHING_TOLD:
            return ("tried",) if draft.attempts else ()
        return tuple(field for field in HANDOFF_FIELDS if self._has(field, draft))

    def _has(self, field: str, draft: Draft) -> bool:
        if field == "tried":
            return bool(self.handoff.tried or draft.attempts)
        if field == "reason":
            return bool(self.handoff.reason or self.reason)
        return bool(getattr(self.handoff, field))

    def texts(self) -> dict[str, str]:
        """Return the free texts, by field."""
        if self is BY_ITSELF or self is NOTHING_TOLD:
            return {}
        told = self.handoff
        fields = {"summary": told.summary, "hypothesis": told.hypothesis, "ask": told.ask}
        fields |= {"reason": self.reason, "override": self.override}
        return {name: text for name, text in fields.items() if text}


NOTHING_TOLD: Final = Told()
BY_ITSELF: Final = Told(automatic=True)


def open_path(draft: Draft, tables: Compiled, kind: MoveKind, to: str | None, at_us: int) -> Path:
    """Return the path that a move of *kind* takes; without *to*, the first that is open.

    A return without *to* goes to the tier that sent the ticket.

    Raises:
        StatusNotAllowed: The ticket is resolved or closed.
        PathNotAllowed: No such path leaves the ticket's tier.
        ConditionNotMet: Such paths are there, and the condition of none holds.
        BouncesExhausted: It would go back once more than the policy lets it.
    """
    if draft.status.is_done:
        allowed = ("reopen",) if draft.status is Status.RESOLVED else ()
        raise StatusNotAllowed(draft.id, kind, draft.status, allowed)
    leaving = tables.ways.get((draft.tier, kind), ())
    wanted = to
    if wanted is None and kind == "return" and draft.senders:
        wanted = draft.senders[-1]
    shut = []
    for way in leaving:
        path = way.path
        if wanted is None or path.target == wanted:
            if way.when is None or way.when.holds(draft, at_us):
                if kind != "escalate":
                    _check_bounces(draft, tables, path)
                return path
            shut.append(way)
    if not shut:
        targets = tuple(dict.fromkeys(way.path.target for way in leaving))
        raise PathNotAllowed(draft.id, draft.tier, wanted or f"any tier ({kind})", targets)
    conditions = tuple(str(way.when) for way in shut)
    raise ConditionNotMet(draft.id, draft.tier, shut[0].path.target, conditions)


def _check_bounces(draft: Draft, tables: Compiled, path: Path) -> None:
    goes_back = path.kind == "return" or (path.kind == "transfer" and path.target in draft.left)
    if goes_back and draft.bounces >= tables.max_bounces:
        raise BouncesExhausted(draft.id, path.target, draft.bounces)


def check_by_hand(
    draft: Draft,
    tables: Compiled,
    path: Path,
    by: Actor,
    told: Told,
) -> tuple[str, ...]:
    """Check what a person must have done before taking *path*; return the checks left all the same.

    Raises:
        NotPermitted: The path is for other roles, or the checks may be overridden by others only.
        ChecksLeft: Checks of the request type are left, and no reason to go without them is given.
        HandoffIncomplete: The path requires fields that are not filled.
        UnknownWord: The reason is not one of the policy's codes.
    """
    if path.by:
        require_role(by, path.by, f"take the path {path.source} > {path.target}")
    code = told.handoff.reason
    if code and tables.reasons and code not in tables.reasons:
        raise UnknownWord("reason", code, tables.reasons)
    left = checks_left(draft, tables)
    if left and path.kind != "return":
        if not told.override:
            raise ChecksLeft(draft.id, draft.tier, left)
        require_role(by, path.override_by, "hand over with checks left")
    if path.requires:
        given = told.given(draft)
        missing = tuple(field for field in path.requires if field not in given)
        if missing:
            raise HandoffIncomplete(draft.id, path.target, missing)
    return left


def require_role(by: Actor, roles: tuple[str, ...], what: str) -> None:
    """Check that *by* has one of *roles*, where any are named.

    Raises:
        NotPermitted: It has none of them.
    """
    if roles and not by.roles.intersection(roles):
        raise NotPermitted(by.id, what, roles, tuple(sorted(by.roles)))


def checks_left(draft: Draft, tables: Compiled) -> tuple[str, ...]:
    """Return the milestones to reach before a person may hand the ticket on from where it is."""
    protocol = tables.request_type(draft.request_type, draft.channel)
    if protocol is None or protocol.tier != draft.tier:
        return ()
    names = (check.milestone for check in protocol.checklist)
    return tuple(name for name in names if name not in draft.milestones)


def move_event(
    draft: Draft, kind: MoveKind, target: str, at_us: int, by: Actor, handoff: HandedOver
) -> Moved:
    """Return the event that moves *draft* to *target*."""
    bounce = kind != "return" and target in draft.left
    bounces = draft.bounces + bounce
    return MOVES[kind](draft.tier, target, bounce, handoff, bounces, at_us=at_us, by=by)


def handed_over(
    draft: Draft, told: Told, left: tuple[str, ...], requires: tuple[str, ...] = ()
) -> HandedOver:
    """Return what is handed over: what is told now, the checks *left*, and all that is on record."""
    given = told.given(draft)
    before = () if draft.handoff is None else draft.handoff.texts
    told_now = told.handoff.tried
    texts = told.texts()
    handoff = OpenHandedOver(
        draft.tier,
        told.handoff.reason,
        told.automatic,
        given,
        tuple(field for field in requires if field not in given) if requires else (),
        left,
        bool(left and told.override),
        (*draft.attempts, *told_now) if told_now else draft.attempts,
        draft.milestones,
        len(draft.messages),
        draft.promised,
        (*before, *((draft.seq + 1, field) for field in texts)) if texts else before,
    )
    return seal(handoff, HandedOver)


def brought_up_to_date(draft: Draft, tables: Compiled, request: Request) -> HandedOver:
    """Return what was to be handed over when *request* was asked, with what came on record since."""
    now = handed_over(draft, NOTHING_TOLD, checks_left(draft, tables))
    asked = request.handoff or now
    handoff = OpenHandedOver(**attrs.asdict(asked, recurse=False))
    handoff.tried = (*now.tried, *(each for each in asked.tried if each not in now.tried))
    handoff.texts = (*now.texts, *(each for each in asked.texts if each not in now.texts))
    handoff.milestones = now.milestones
    handoff.messages = now.messages
    handoff.checks_left = now.checks_left
    handoff.promised = now.promised
    return seal(handoff, HandedOver)


def reasons_against(
    draft: Draft, tables: Compiled, kind: MoveKind, target: str, at_us: int
) -> Iterator[Refused]:
    """Yield what speaks against a move that a host was seen to make, as far as its state can show."""
    try:
        path = open_path(draft, tables, kind, target, at_us)
    except Refused as why:
        yield why
    else:
        if path.approval is not None:
            yield ApprovalMissing(draft.id, target, path.approval)
