"""What wrappers share: they are called after what they hold, and take over what it declares."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Final, Self

import attrs

from escalate.classifiers.base import (
    Classifier,
    TicketText,
    as_classifier,
    can_save,
    classify_many,
    cost_of,
    is_deterministic,
    meaning_of,
    verdict_of,
)
from escalate.classifiers.verdicts import LONGEST_WORD, MOST_WHY
from escalate.classifiers.wrappers.saving import load_parts, save_parts
from escalate.core.model import Tier, Verdict
from escalate.errors import BadInput

HELD: Final = {"setting": False}
"""The metadata of a field that is no setting: a classifier inside, or what belongs to this process."""


class Holding(ABC):
    """A classifier that holds others."""

    __slots__ = ()
    called: ClassVar[str]
    holds: ClassVar[bool] = True

    @property
    @abstractmethod
    def held(self) -> tuple[Classifier, ...]:
        """The classifiers inside."""

    @property
    def settings(self) -> dict[str, Any]:
        """How it is set, by the names of its arguments, without what it holds."""
        return {
            field.alias or field.name: getattr(self, field.name)
            for field in attrs.fields(type(self))  # type: ignore[arg-type]  # the leaves are attrs classes
            if field.init and field.metadata.get("setting", True)
        }

    @property
    def name(self) -> str:
        """What it is called, and the names of the classifiers inside."""
        return f"{self.called}({', '.join(inner.name for inner in self.held)})"

    @property
    def version(self) -> str:
        """The versions of the classifiers inside, and how it is set."""
        told = [f"{name}={value!r}" for name, value in self.settings.items()]
        # Nothing is told of a function in a wrapper that cannot be set; what is versioned is the wrapper.
        return ", ".join([inner.version for inner in self.held if inner.version] + told) or "1"

    @property
    def cost(self) -> float:
        """What an answer costs at most: an answer of each classifier inside."""
        return sum(cost_of(inner) for inner in self.held)

    @property
    def deterministic(self) -> bool:
        """Whether all classifiers inside say the same of the same ticket every time."""
        return all(is_deterministic(inner) for inner in self.held)

    @property
    def save(self) -> Callable[[str | Path], None]:
        """Saves to a path what ``load`` reads, with all that it holds.

        Raises:
            AttributeError: A classifier inside cannot be saved, so that this one has no ``save`` either.
        """
        for inner in self.held:
            if not can_save(inner):
                raise AttributeError(f"{inner.name} cannot be saved, nor can what is around it")
        return partial(save_parts, type(self).__name__, self.settings, self.held)

    @classmethod
    def load(cls, path: str | Path, *classes: type) -> Self:
        """Return what was saved to *path*.

        Args:
            path: The file.
            classes: Classes of classifiers inside that are not of this library.

        Raises:
            BadInput: The file holds something else, or a classifier of a class that is not known.
        """
        settings, inners = load_parts(path, cls.__name__, classes)
        return cls.holding(inners, settings)

    @classmethod
    def holding(cls, inners: Sequence[Classifier], settings: dict[str, Any]) -> Self:
        """Return one that holds *inners* and is set as *settings* say."""
        return cls(*inners, **settings)


@attrs.frozen
class Around(Holding):
    """A classifier around another one.

    Attributes:
        inner: The classifier inside, or a function of a ticket.
    """

    inner: Classifier = attrs.field(converter=as_classifier, metadata=HELD)

    @property
    def held(self) -> tuple[Classifier, ...]:
        """The classifier inside."""
        return (self.inner,)

    @property
    def meaning(self) -> str:
        """What the confidence means: what it means inside."""
        return meaning_of(self.inner)


class Adjusting(Around):
    """A wrapper that asks what it holds, and answers what it makes of that."""

    __slots__ = ()

    @abstractmethod
    def adjust(self, said: Verdict, ticket: TicketText, tiers: Sequence[Tier]) -> Verdict:
        """Return what becomes of what the classifier inside *said*."""

    def classify(self, ticket: TicketText, tiers: Sequence[Tier]) -> Verdict:
        """Return what becomes of the verdict of the classifier inside."""
        return self.adjust(verdict_of(self.inner, ticket, tiers), ticket, tiers)

    def classify_many(self, tickets: Sequence[TicketText], tiers: Sequence[Tier]) -> list[Verdict]:
        """Return the same for many tickets."""
        said = classify_many(self.inner, tickets, tiers)
        return [
            self.adjust(each, ticket, tiers) for each, ticket in zip(said, tickets, strict=True)
        ]


def with_why(verdict: Verdict, *first: tuple[str, float]) -> Verdict:
    """Return *verdict* with more reasons before its own, each once, cut to what a verdict may hold."""
    told: dict[str, float] = {}
    for word, weight in (*first, *verdict.why):
        if weight:
            told.setdefault(word[:LONGEST_WORD], weight)
    why: Any = tuple(told.items())[:MOST_WHY]
    return attrs.evolve(verdict, why=why)


def at_least(least: float, *, above: bool = False) -> Callable[[object, Any, float], None]:
    """Return a validator for a number that is *least* or more, or *above* it."""

    def check(wrapper: object, field: attrs.Attribute[float], value: float) -> None:
        fits = isinstance(value, int | float) and not isinstance(value, bool)
        if not (fits and (least < value if above else least <= value) and value < float("inf")):
            wanted = f"a number above {least:g}" if above else f"a number, {least:g} or more"
            raise BadInput(f"{type(wrapper).__name__}.{field.alias or field.name}", value, wanted)

    return check
