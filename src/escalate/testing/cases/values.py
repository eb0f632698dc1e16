"""A case and what is expected in it, as values; reading one is in :mod:`escalate.testing.cases.reading`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import attrs

from escalate.core.commands import Command, Open
from escalate.core.facts import Fact
from escalate.policies.tables import Place
from escalate.testing.cases.times import Time

NONE: Final = "none"
"""How a case says that a clock has no due instant, or that there is no such clock."""


@attrs.frozen(kw_only=True)
class ExpectedClock:
    """What is expected of one clock; what is left out is not looked at.

    Attributes:
        due: When it is due, or ``"none"``; a day of the week is the first one after its cycle began.
        state: running, paused, met or cancelled; ``"none"`` if the ticket should have no such clock.
        breached: Whether it breached, whatever happened afterwards.
        breached_at: When it did.
        target: The name of the target that applies, or ``"none"``.
        used: Open time used, such as ``"4h"``.
        cycle: Which time it runs, from 1.
    """

    due: Any = None  # a Time, or "none"
    state: str | None = None
    breached: bool | None = None
    breached_at: Time | None = None
    target: str | None = None
    used: str | None = None
    cycle: int | None = None


@attrs.frozen(kw_only=True)
class ExpectedNotice:
    """A notice that somebody should have been sent.

    Attributes:
        receiver: Who.
        at: When; a day of the week is the first one after the notice before.
        about: What about: the name of a rule, a target and its step, or a word.
        deliver: When it goes out, if that is not at once.
    """

    receiver: str
    at: Time | None = None
    about: str | None = None
    deliver: Time | None = None


@attrs.frozen(kw_only=True)
class ExpectedHandoff:
    """What is expected of the last handoff; what is left out is not looked at.

    Attributes:
        source: The tier that handed over; ``from`` in a file.
        automatic: Whether a rule or a step did it.
        overridden: Whether it went with checks left, for a reason.
        accepted: Whether the tier that owns the ticket has accepted it.
        reason: The reason code.
        given: The fields that were filled, in any order.
        missing: The fields that the path requires and nobody filled, in any order.
        checks_left: The checks that nobody has gone through, in any order.
        tried: What was tried, in any order.
    """

    source: str | None = None
    automatic: bool | None = None
    overridden: bool | None = None
    accepted: bool | None = None
    reason: str | None = None
    given: tuple[str, ...] | None = None
    missing: tuple[str, ...] | None = None
    checks_left: tuple[str, ...] | None = None
    tried: tuple[str, ...] | None = None


@attrs.frozen(kw_only=True)
class Expected:
    """What is expected of a ticket at some instant; what is left out is not looked at.

    Attributes:
        refused: The code of the refusal that the command should meet. Without it, it must be accepted.
        tier: Likewise ``status``, ``priority``, ``request_type``.
        assignee: Who works on it; ``"nobody"`` for none.
        tags: All its tags, in any order; likewise ``milestones``, ``invited`` (tiers) and ``approvals``
            (receivers whose approval is waited for).
        fields: The values of some of its fields.
        moves: How often it changed tiers; likewise ``bounces`` and ``reopens``.
        clocks: What is expected of clocks, by name.
        handoff: What is expected of the last handoff.
        notices: All notices so far, in order, and no others.
        rules: The rules that fired so far, in order, and no others.
        journal: Words for events that should have happened, in this order; others may lie between.
    """

    refused: str | None = None
    tier: str | None = None
    status: str | None = None
    priority: str | None = None
    request_type: str | None = None
    assignee: str | None = None
    tags: tuple[str, ...] | None = None
    milestones: tuple[str, ...] | None = None
    invited: tuple[str, ...] | None = None
    approvals: tuple[str, ...] | None = None
    fields: Mapping[str, Any] | None = None
    moves: int | None = None
    bounces: int | None = None
    reopens: int | None = None
    clocks: Mapping[str, ExpectedClock] | None = None
    handoff: ExpectedHandoff | None = None
    notices: tuple[ExpectedNotice, ...] | None = None
    rules: tuple[str, ...] | None = None
    journal: tuple[str, ...] | None = None


@attrs.frozen(kw_only=True)
class CaseStep:
    """One thing that happens in a case, one look at it, or both.

    Attributes:
        at: When; none means at the instant of the step before.
        deed: What somebody does; none for a mere look.
        verb: How the case calls it; empty for a look.
        promised: The date that a promise makes.
        expect: What is expected then, after the deed.
        place: Where it was written.
    """

    at: Time | None
    deed: Command | Fact | None
    verb: str = ""
    promised: Time | None = None
    expect: Expected | None = None
    place: Place = attrs.field(eq=False, repr=False)


@attrs.frozen(kw_only=True)
class Case:
    """What happens to one ticket, and what should come of it.

    Attributes:
        name: What it shows, as a sentence.
        opening: The command that opens the ticket.
        opened: When.
        steps: What happens then.
        until: When the case ends; none means with its last step.
        expect: What is expected at the end.
        timezone: The zone of its instants; none means that of the policy's hours.
        week: The date from which ``opened`` looks for its day of the week.
        place: Where it was written.
    """

    name: str
    opening: Open
    opened: Time
    steps: tuple[CaseStep, ...] = ()
    until: Time | None = None
    expect: Expected | None = None
    timezone: str | None = None
    week: date
    place: Place = attrs.field(eq=False, repr=False)

    def __str__(self) -> str:
        return self.name
