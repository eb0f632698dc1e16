"""Tickets made up for practice, and what the engine answers about each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any

import attrs

from escalate.cli.reasons import causes
from escalate.core import commands as c
from escalate.core import events as e
from escalate.core import step
from escalate.core.explained import Choice
from escalate.core.explained import tell as short
from escalate.core.explaining import explain
from escalate.core.model import HANDOFF_FIELDS, Actor, Attempt, Handoff, Ticket
from escalate.core.policy import EscalationPolicy
from escalate.errors import ChecksLeft, HandoffIncomplete
from escalate.offline.telling import tell

_YOU = "you"
NOTHING = "nothing"
NOWHERE = "nowhere"
NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
"""A Tuesday: what is asked here does not depend on the hour."""


@attrs.frozen
class Question:
    """Something that is asked about a ticket.

    Attributes:
        asks: The question.
        options: What can be answered.
        answer: What the engine says.
        why: Why, line by line.
    """

    asks: str
    options: tuple[str, ...]
    answer: str
    why: tuple[str, ...]


@attrs.frozen
class Exercise:
    """A ticket that was made up, and what is asked about it."""

    opening: c.Open
    questions: tuple[Question, ...]


def exercises(policy: EscalationPolicy, *, seed: int, count: int) -> Iterator[Exercise]:
    """Yield *count* tickets drawn from the words of *policy*; the same for the same *seed*."""
    dice = Random(seed)  # noqa: S311 - practice, not secrets
    for number in range(1, count + 1):
        opening = _opening(policy, dice, f"P-{number}")
        yield Exercise(opening, tuple(_questions(policy, opening)))


def _opening(policy: EscalationPolicy, dice: Random, name: str) -> c.Open:
    kinds = policy.request_types
    kind = dice.choice(kinds) if kinds and dice.random() < 0.8 else None
    known = policy.reads.constants
    tags = sorted(str(tag) for tag in known.get("tags", ()))
    fields = {
        field.removeprefix("fields."): dice.choice(sorted(values, key=repr))
        for field, values in sorted(known.items())
        if field.startswith("fields.") and values and dice.random() < 0.5
    }
    return c.Open(
        name,
        channel=dice.choice(kind.channels) if kind and kind.channels else None,
        priority=dice.choice(policy.priorities),
        request_type=kind.name if kind else None,
        tags=[tag for tag in tags if dice.random() < 0.3],
        fields=fields,
    )


def _questions(policy: EscalationPolicy, opening: c.Open) -> Iterator[Question]:
    trainee = Actor(_YOU, roles=_roles(policy))
    opened = step(None, attrs.evolve(opening, by=trainee), policy, now=NOW)
    ticket = opened.ticket
    if ticket is None:  # nobody may open it, so there is nothing to ask
        return
    yield Question(
        "Where does it go when it comes in?",
        policy.tier_names,
        ticket.tier,
        tuple(_why_there(policy, opening, opened.events)),
    )
    handing = c.Escalate(handoff=_full(policy), by=trainee)
    tried = step(ticket, handing, policy, now=NOW)
    left = tried.refusal.left if isinstance(tried.refusal, ChecksLeft) else ()
    if policy.milestones:
        yield _first_check(policy, ticket, left, str(tried.refusal or ""))
    happened: list[e.Event] = []
    for milestone in left:
        reached = step(ticket, c.ReachMilestone(milestone, by=trainee), policy, now=NOW)
        assert reached.ticket is not None  # it was opened above
        ticket, happened = reached.ticket, [*happened, *reached.events]
    moved = [tell(event) for event in happened if isinstance(event, e.Moved)]
    yield _next(policy, ticket, handing, moved)


def _roles(policy: EscalationPolicy) -> frozenset[str]:
    of_paths = (role for path in policy.paths for role in (*path.by, *path.override_by))
    return frozenset(of_paths).union(*(each.roles for each in policy.permissions))


def _full(policy: EscalationPolicy) -> Handoff:
    said: dict[str, Any] = dict.fromkeys(HANDOFF_FIELDS, "said")
    reason = policy.reasons[0] if policy.reasons else "said"
    return Handoff(**{**said, "tried": [Attempt("something")], "reason": reason})


def _why_there(
    policy: EscalationPolicy, opening: c.Open, events: tuple[e.Event, ...]
) -> Iterator[str]:
    kind = policy.compiled.request_type(opening.request_type, opening.channel)
    if kind is not None:
        yield f"{kind.name} requests belong to {kind.tier}"
    else:
        yield f"what says nothing else starts in {policy.entry_tier}"
    for event in events[1:]:
        yield tell(event)
        yield from (f"because {cause}" for cause in causes(event, policy))


def _first_check(
    policy: EscalationPolicy, ticket: Ticket, left: tuple[str, ...], refusal: str
) -> Question:
    asks = {check.milestone: check for kind in policy.request_types for check in kind.checklist}
    said = [f"{name}: {asks[name].ask} ({asks[name].who})" for name in left if asks[name].ask]
    none = f"a {ticket.request_type or 'request of no type'} has no check left in {ticket.tier}"
    return Question(
        "What do you check first, before it may be handed on?",
        (*policy.milestones, NOTHING),
        left[0] if left else NOTHING,
        (refusal, *said) if left else (none,),
    )


def _next(
    policy: EscalationPolicy, ticket: Ticket, handing: c.Escalate, moved: list[str]
) -> Question:
    before = f"With the checks done, {'; '.join(moved)}. " if moved else ""
    asks = f"{before}Nobody in {ticket.tier} can solve it, and everything is checked. Where does it go?"
    outcome = step(ticket, handing, policy, now=NOW)
    answer = next(filter(None, map(_leads_to, outcome.events)), NOWHERE)
    said = [str(outcome.refusal)] if outcome.refusal else [short(each) for each in outcome.events]
    page = explain(ticket, policy, now=NOW, by=handing.by)
    for choice in page.choices:
        if not isinstance(choice.command, c.Escalate | c.Transfer):
            continue
        if choice.command.to != answer:
            said.append(_other_way(choice, ticket, policy, answer))
        elif isinstance(choice.refusal, HandoffIncomplete):  # what is tried out hands nothing over
            said.append(f"{answer} must be told: {', '.join(choice.refusal.missing)}")
    rest = tuple(tier for tier in policy.tier_names if tier != ticket.tier)
    return Question(asks, (*rest, NOWHERE), answer, tuple(said))


def _other_way(choice: Choice, ticket: Ticket, policy: EscalationPolicy, answer: str) -> str:
    """Return what can be said of a way that is not the answer."""
    # Tried with all that could be asked for: what a path requires is no reason against it.
    tried = choice.command
    if isinstance(tried, c.Escalate | c.Transfer):
        tried = attrs.evolve(tried, handoff=_full(policy))
    refusal = step(ticket, tried, policy, now=NOW).refusal
    if refusal is not None:
        return f"{choice.what}: no, {refusal}"
    if isinstance(tried, c.Transfer):
        return f"{choice.what} is open too, for what belongs there and needs no more skill"
    return f"{choice.what} is open too; the policy names {answer} first"


def _leads_to(event: e.Event) -> str | None:
    """Return where *event*, brought about by whoever practises, moves the ticket, if only once approved."""
    if event.by.id != _YOU:
        return None
    return event.target if isinstance(event, e.Moved | e.ApprovalAsked) else None
