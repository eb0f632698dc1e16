"""Personal data stays in the house: what a classifier elsewhere reads has it masked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from escalate.classifiers.base import TicketText, classify_many, verdict_of
from escalate.classifiers.wrappers.around import Around
from escalate.classifiers.wrappers.masking import mask
from escalate.core.model import Tier, Verdict, thaw
from escalate.core.sealing import FrozenDict


@attrs.frozen
class Redact(Around):
    """Gives the classifier inside a copy of the ticket in which personal data is masked.

    Masked are e-mail addresses, telephone, card and account numbers, CPF, CNPJ and IP addresses, in the
    text, in the fields, and in the host's keys of people; :func:`~escalate.classifiers.mask` says how they
    are told. Names of people and postal addresses are not. The ticket itself stays as it is.

    >>> from escalate.classifiers import ticket_of
    >>> def listening(ticket):
    ...     print(ticket.text)
    >>> _ = Redact(listening).classify(ticket_of("I am ana@example.com"), [Tier("N1")])
    I am [email]
    """

    called = "redact"

    def classify(self, ticket: TicketText, tiers: Sequence[Tier]) -> Verdict:
        """Return what the classifier inside says of the masked ticket."""
        return verdict_of(self.inner, masked(ticket), tiers)

    def classify_many(self, tickets: Sequence[TicketText], tiers: Sequence[Tier]) -> list[Verdict]:
        """Return the same for many tickets."""
        return classify_many(self.inner, [masked(ticket) for ticket in tickets], tiers)


def masked(ticket: TicketText) -> TicketText:
    """Return a copy of *ticket* in which personal data is masked."""
    copy = thaw(ticket)
    copy.requester = _masked(ticket.requester)
    copy.assignee = _masked(ticket.assignee)
    copy.tags = frozenset(mask(tag) for tag in ticket.tags)
    copy.fields = _masked(ticket.fields)
    return TicketText(copy, mask(ticket.text))  # type: ignore[arg-type]  # a draft has all that it reads


def _masked(value: Any) -> Any:
    match value:
        case str():
            return mask(value)
        case dict():
            return FrozenDict({_masked(name): _masked(each) for name, each in value.items()})
        case list() | tuple() | set() | frozenset():
            return type(value)(_masked(each) for each in value)
    return value
