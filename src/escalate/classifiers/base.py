"""The contract of a classifier. What a desk does with its answer, and with its failing, is the desk's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

import attrs

from escalate.core.model import ABSTAIN, Draft, Ticket, Tier, Verdict
from escalate.errors import BadInput


class TicketText(Ticket):
    """A ticket together with what its customer wrote, for classifiers to read.

    Attributes:
        text: The subject and every message of the customer, oldest first, a blank line between two.
    """

    __slots__ = ("text",)
    text: str

    def __init__(self, ticket: Ticket, text: str) -> None:
        for field in attrs.fields(Draft):
            object.__setattr__(self, field.name, getattr(ticket, field.name))
        object.__setattr__(self, "text", text)


@runtime_checkable
class Classifier(Protocol):
    """Suggests one of *tiers* for any ticket, an empty text included, or abstains.

    It gives the same ticket the same verdict, unless it declares otherwise.
    """

    @property
    def name(self) -> str:
        """How journals call it."""
        ...

    @property
    def version(self) -> str:
        """Changes when its verdicts may."""
        ...

    def classify(self, ticket: TicketText, tiers: Sequence[Tier]) -> Verdict:
        """Return where *ticket* belongs; *tiers* are the policy's, lowest first."""
        ...


@attrs.frozen
class FunctionClassifier:
    """A plain function of a ticket as a classifier: it returns a tier's name, a verdict, or none."""

    function: Callable[[TicketText], str | Verdict | None]
    name: str
    version: str = ""

    def classify(self, ticket: TicketText, tiers: Sequence[Tier]) -> Verdict:
        """Return what the function says."""
        said = self.function(ticket)
        if isinstance(said, Verdict):
            return said
        return ABSTAIN("no opinion") if said is None else Verdict(said)


def as_classifier(thing: object) -> Classifier:
    """Return *thing* itself if it is a classifier, else the function that it is as one.

    Raises:
        BadInput: It is neither.

    >>> as_classifier(lambda ticket: "N2" if "vpn" in ticket.text else None).name
    '<lambda>'
    """
    if isinstance(thing, Classifier):
        return thing
    if callable(thing):
        return FunctionClassifier(thing, getattr(thing, "__name__", type(thing).__name__))
    wanted = "an object with name, version and classify, or a function of a ticket"
    raise BadInput("classifier", thing, wanted)
