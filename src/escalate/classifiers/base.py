"""The contract of a classifier. What a desk does with its answer, and with its failing, is the desk's.

``name``, ``version`` and ``classify`` are all that is required. What else a classifier can do it declares
by having it, and the functions below read the declaration, with a default for whoever has none:

- ``classify_many(tickets, tiers)`` looks at many tickets at once; :func:`classify_many`.
- ``fit(tickets, labels)`` learns from the names of tiers and returns the classifier; :func:`can_fit`.
- ``save(path)`` and the classmethod ``load(path)`` keep it, in JSON or a documented binary form, never
  as a pickle; :func:`can_save`.
- ``cost``, what a ticket costs to look at, in a unit that the host picks; :func:`cost_of`.
- ``deterministic = False``: the same ticket may get another verdict; :func:`is_deterministic`.
- ``meaning``, what its confidence means: ``"probability"``, ``"score"``, ``"none"``; :func:`meaning_of`.

``classify`` and ``classify_many`` may be ``async def``. So ask by :func:`verdict_of`, which awaits, and
which lets no nonsense through.
"""

from __future__ import annotations

import inspect
import math
import threading
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from numbers import Real
from typing import Any, Final, Protocol, TypeVar, runtime_checkable

import attrs

from escalate.classifiers.verdicts import MEANINGS
from escalate.classifiers.verdicts import check_verdict as check_verdict  # noqa: PLC0414  # part of the contract
from escalate.core.model import ABSTAIN, Draft, Ticket, Tier, Verdict
from escalate.core.sealing import FrozenDict
from escalate.core.status import Status
from escalate.errors import BadInput, InvalidVerdict, nearest

_FIELDS: Final = tuple(field.name for field in attrs.fields(Draft))
Answer = TypeVar("Answer")


class TicketText(Ticket):
    """A ticket together with what its customer wrote, for classifiers to read.

    Attributes:
        text: The subject and every message of the customer, oldest first, a blank line between two.
    """

    __slots__ = ("text",)
    text: str

    def __init__(self, ticket: Ticket, text: str) -> None:
        for name in _FIELDS:
            object.__setattr__(self, name, getattr(ticket, name))
        object.__setattr__(self, "text", text)

    @property
    def ticket(self) -> Ticket:
        """The ticket without the text."""
        return Ticket(**{name: getattr(self, name) for name in _FIELDS})

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TicketText):
            return NotImplemented
        return self.text == other.text and self.ticket == other.ticket

    __hash__ = None  # type: ignore[assignment]  # as a ticket: its fields may hold lists

    def __repr__(self) -> str:
        return f"TicketText({self.ticket!r}, {self.text!r})"

    # Its fields are those of a ticket, so the way in which tickets pickle would leave the text behind.
    def __reduce__(self) -> tuple[type[TicketText], tuple[Ticket, str]]:
        return TicketText, (self.ticket, self.text)


def ticket_of(text: str = "", /, **fields: Any) -> TicketText:
    """Return a new ticket in which a customer wrote *text*, for notebooks and tests.

    Args:
        text: What the customer wrote.
        **fields: Anything else that a ticket has, by name, such as ``channel="chat"``.

    Raises:
        BadInput: A ticket has no such field.

    >>> ticket_of("The VPN is down", priority="high", tags=["vip"]).tags
    frozenset({'vip'})
    """
    for name in fields:
        if name not in _FIELDS:
            raise BadInput("ticket_of", name, nearest(name, _FIELDS))
    given = {"id": "T-1", "tier": "N1", "opened_us": 0, "policy": ("", ""), **fields}
    for name, convert in (("tags", frozenset), ("fields", FrozenDict), ("status", Status)):
        if name in given:
            given[name] = convert(given[name])
    return TicketText(Ticket(**given), text)


@runtime_checkable
class Classifier(Protocol):
    """Suggests one of *tiers* for any ticket, an empty text included, or abstains.

    It gives the same ticket the same verdict, unless it declares ``deterministic = False``.
    """

    @property
    def name(self) -> str:
        """How journals call it."""
        ...

    @property
    def version(self) -> str:
        """Changes when its verdicts may."""
        ...

    def classify(
        self, ticket: TicketText, tiers: Sequence[Tier], /
    ) -> Verdict | Awaitable[Verdict]:
        """Return where *ticket* belongs; *tiers* are the policy's, lowest first."""
        ...


Said = str | Verdict | None


@attrs.frozen
class FunctionClassifier:
    """A plain function of a ticket as a classifier: it returns a tier's name, a verdict, or none."""

    function: Callable[[TicketText], Said | Awaitable[Said]]
    name: str
    version: str = ""

    def classify(self, ticket: TicketText, tiers: Sequence[Tier]) -> Verdict | Awaitable[Verdict]:
        """Return what the function says."""
        said = self.function(ticket)
        return _meant_later(said) if inspect.isawaitable(said) else _meant(said)


def _meant(said: Said) -> Verdict:
    if isinstance(said, Verdict):
        return said
    return ABSTAIN("no opinion") if said is None else Verdict(said)


async def _meant_later(said: Awaitable[Said]) -> Verdict:
    return _meant(await said)


def as_classifier(thing: object) -> Classifier:
    """Return *thing* itself if it is a classifier, else the function that it is as one.

    Raises:
        BadInput: It is neither, or it is the class of a classifier instead of one.

    >>> as_classifier(lambda ticket: "N2" if "vpn" in ticket.text else None).name
    '<lambda>'
    """
    wanted = "an object with name, version and classify, or a function of a ticket"
    if isinstance(thing, type):
        raise BadInput("classifier", thing, f"{wanted}; make one of that class")
    if isinstance(thing, Classifier):
        for what, word in (("name", thing.name), ("version", thing.version)):
            if not isinstance(word, str) or (what == "name" and not word.strip()):
                raise BadInput(f"{type(thing).__name__}.{what}", word, "a word")
        return thing
    if callable(thing):
        return FunctionClassifier(thing, getattr(thing, "__name__", type(thing).__name__))
    raise BadInput("classifier", thing, wanted)


# -- asking


def verdict_of(classifier: Classifier, ticket: TicketText, tiers: Sequence[Tier]) -> Verdict:
    """Ask *classifier* about one ticket; an ``async`` one is awaited, also where a loop runs already.

    Raises:
        InvalidVerdict: It answered nonsense. What it raises itself is let through.
    """
    return check_verdict(settled(partial(classifier.classify, ticket, tiers)), tiers)


def classify_many(
    classifier: Classifier, tickets: Iterable[TicketText], tiers: Sequence[Tier]
) -> list[Verdict]:
    """Ask *classifier* about many tickets, at once if it can, and return a verdict for each.

    Raises:
        InvalidVerdict: It answered nonsense, or not as many verdicts as there are tickets.
    """
    asked = list(tickets)
    own = getattr(classifier, "classify_many", None)
    if own is None:
        return [verdict_of(classifier, ticket, tiers) for ticket in asked]
    said = settled(partial(own, asked, tiers))
    if not isinstance(said, Iterable) or len(found := list(said)) != len(asked):
        raise InvalidVerdict("classify_many", said, f"a verdict for each of {len(asked)} tickets")
    return [check_verdict(each, tiers) for each in found]


def settled(
    call: Callable[[], Answer | Awaitable[Answer]], within_s: float | None = None
) -> Answer:
    """Return what *call* returns, awaited if it has to be.

    What is awaited is cancelled after *within_s* seconds; what is not cannot be, and takes its time.

    Raises:
        TimeoutError: It was cancelled.

    >>> async def later():
    ...     return "N2"
    >>> settled(later)
    'N2'
    """
    said = call()
    if not inspect.isawaitable(said):
        return said

    import asyncio  # only where it is needed: most classifiers are not, and it is slow to load

    async def wait() -> Answer:
        return await asyncio.wait_for(said, within_s)

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(wait())
    # A notebook has a loop that runs already, and none can run inside another: so in a thread.
    answers: list[Answer] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            answers.append(asyncio.run(wait()))
        except BaseException as why:  # noqa: BLE001 - raised again where it was asked for
            errors.append(why)

    thread = threading.Thread(target=run, name="escalate-classifier", daemon=True)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return answers[0]


# -- what a classifier declares


def cost_of(classifier: object) -> float:
    """Return what a ticket costs to look at, in the unit that the host picks; 0 if it declares none.

    Raises:
        BadInput: It declares what is no cost.
    """
    cost = getattr(classifier, "cost", 0.0)
    if isinstance(cost, Real) and not isinstance(cost, bool) and 0 <= float(cost) < math.inf:
        return float(cost)
    raise BadInput(f"{type(classifier).__name__}.cost", cost, "a number, 0 or more")


def is_deterministic(classifier: object) -> bool:
    """Return whether it gives the same ticket the same verdict; yes, unless it declares otherwise.

    Raises:
        BadInput: It declares what is neither True nor False.
    """
    declared = getattr(classifier, "deterministic", True)
    if isinstance(declared, bool):
        return declared
    raise BadInput(f"{type(classifier).__name__}.deterministic", declared, "True or False")


def meaning_of(classifier: object) -> str:
    """Return what its confidence means: ``"probability"``, ``"score"``, or ``"none"`` by default.

    Raises:
        BadInput: It declares something else.
    """
    declared = getattr(classifier, "meaning", "none")
    if declared in MEANINGS:
        return str(declared)
    raise BadInput(f"{type(classifier).__name__}.meaning", declared, " or ".join(MEANINGS))


def can_fit(classifier: object) -> bool:
    """Return whether it learns from examples by ``fit(tickets, labels)``."""
    return callable(getattr(classifier, "fit", None))


def can_save(classifier: object) -> bool:
    """Return whether it is kept by ``save(path)`` and comes back by ``load(path)`` of its class."""
    return callable(getattr(classifier, "save", None)) and callable(
        getattr(type(classifier), "load", None)
    )


def is_async(classifier: object) -> bool:
    """Return whether its ``classify`` is declared ``async``."""
    return inspect.iscoroutinefunction(getattr(classifier, "classify", None))
