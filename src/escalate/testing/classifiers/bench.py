"""What a check works with: how to make the classifier, and tickets, tiers and examples to try it on."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import attrs

from escalate.classifiers.base import (
    Classifier,
    TicketText,
    as_classifier,
    can_fit,
    check_verdict,
    settled,
)
from escalate.classifiers.registry import made
from escalate.core.model import Tier, Verdict, as_tier
from escalate.errors import BadInput, InvalidVerdict
from escalate.testing.classifiers.samples import TIERS, sample_tickets, taught

Example = tuple[TicketText, str]
Result = TypeVar("Result")
ENOUGH: Final = 100
"""How many held-out examples a check that counts needs, so that chance does not decide."""


def _tiers(given: Iterable[Tier | str]) -> tuple[Tier, ...]:
    return tuple(as_tier(tier) for tier in given)


@attrs.frozen(kw_only=True)
class ClassifierBench:
    """A classifier on the bench.

    Attributes:
        make: A class or function that takes no arguments and returns a new classifier, ready to be
            asked or to be fitted; a classifier stands for copies of itself.
        tiers: The tiers it is asked about, lowest first.
        tickets: Tickets that it should be able to answer for; take some that it is made for.
        examples: Labelled tickets for its ``fit``: clear ones, for what it is made for.
        holdout: Labelled tickets that it was not made or fitted on, 100 or more, for what is counted.
        within_s: How many seconds it may take for a ticket.
        load: Brings back what ``save(path)`` kept; none means ``load(path)`` of its class.

    Raises:
        BadInput: There are fewer than two tiers, or no tickets, or *make* makes no classifier.
    """

    make: Any
    tiers: Sequence[Tier] = attrs.field(default=TIERS, converter=_tiers)
    tickets: Sequence[TicketText] = attrs.field(factory=sample_tickets, converter=tuple)
    examples: Sequence[Example] = attrs.field(converter=tuple)
    holdout: Sequence[Example] = attrs.field(default=(), converter=tuple)
    within_s: float = 10.0
    load: Callable[[Path], Classifier] | None = None

    @examples.default
    def _taught(self) -> tuple[Example, ...]:
        return taught(self.tiers)

    def __attrs_post_init__(self) -> None:
        if len(self.tiers) < 2:
            raise BadInput("ClassifierBench.tiers", self.tiers, "two tiers or more")
        if not self.tickets or not self.examples:
            raise BadInput(
                "ClassifierBench.tickets", self.tickets, "a ticket and an example at least"
            )
        self.new()

    @property
    def name(self) -> str:
        """How reports call it."""
        return self.new().name

    def new(self) -> Classifier:
        """Return a new classifier, as *make* makes it."""
        if isinstance(self.make, Classifier) and not isinstance(self.make, type):
            return copy.deepcopy(as_classifier(self.make))
        return made(self.make)

    def ready(self) -> Classifier:
        """Return a new classifier that has learned from the examples, if it learns."""
        new = self.new()
        if not can_fit(new):
            return new
        try:
            return self.fitted(new)
        except BadInput:  # it learns from other examples; the checks of learning tell that
            return self.new()

    def fitted(self, classifier: Any) -> Classifier:
        """Return what ``fit`` makes of *classifier* and the examples."""
        tickets, labels = (
            [ticket for ticket, _ in self.examples],
            [name for _, name in self.examples],
        )
        return as_classifier(classifier.fit(tickets, labels))

    def ask(self, classifier: Classifier, ticket: TicketText) -> Verdict:
        """Return its verdict on *ticket*, in time."""
        return self.asked(classifier, ticket, self.tiers)

    def asked(self, classifier: Classifier, ticket: TicketText, tiers: Sequence[Tier]) -> Verdict:
        """Return its verdict on *ticket* under *tiers*, in time.

        Raises:
            AssertionError: It raised, hung, or answered nonsense.
        """
        said = self.tell(partial(classifier.classify, ticket, tiers), ticket.text)
        try:
            return check_verdict(said, tiers)
        except InvalidVerdict as why:
            raise AssertionError(f"{why}; that was for {brief(ticket.text)}") from why

    def asked_all(self, classifier: Classifier) -> list[Verdict]:
        """Return its verdict on each ticket of the bench."""
        return [self.ask(classifier, ticket) for ticket in self.tickets]

    def tell(self, call: Callable[[], Any], about: str) -> Any:
        """Return what *call* returns, awaited; it must not take longer than it may, nor raise."""
        try:
            return in_time(partial(settled, call, self.within_s), self.within_s)
        except TimeoutError:
            raise AssertionError(
                f"no answer within {self.within_s} s for {brief(about)}; bound what it reads of a text "
                "and how long it waits for others, or give the bench a longer within_s"
            ) from None
        except BaseException as why:
            raise AssertionError(
                f"{type(why).__name__}: {why} - for {brief(about)}; return ABSTAIN(reason) for what it "
                "cannot read, and let no exception out"
            ) from why


def in_time(call: Callable[[], Result], within_s: float) -> Result:
    """Return what *call* returns, or raise what it raises, in a thread that nobody waits for longer.

    Raises:
        TimeoutError: It took longer.
    """
    answers: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            answers.append(call())
        except BaseException as why:  # noqa: BLE001 - whatever it is, it is raised again where it was asked
            errors.append(why)

    # A daemon: a classifier that hangs must not keep a test run from ending.
    thread = threading.Thread(target=run, name="escalate-check", daemon=True)
    thread.start()
    thread.join(within_s)
    if errors:
        raise errors[0]
    if not answers:
        raise TimeoutError(f"no answer in {within_s} s")
    return answers[0]


def brief(text: str) -> str:
    """Return *text* as a failure shows it: short, and safe for any terminal.

    >>> brief("a" * 100)
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...' (100 letters)"
    """
    return ascii(text) if len(text) <= 40 else f"{text[:30] + '...'!a} ({len(text)} letters)"


def as_bench(thing: object) -> ClassifierBench:
    """Return *thing* itself if it is a bench, else a bench for what it is or makes."""
    return thing if isinstance(thing, ClassifierBench) else ClassifierBench(make=thing)
