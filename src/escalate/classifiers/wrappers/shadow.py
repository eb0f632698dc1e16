"""A candidate beside the champion: what it would have said, on every ticket, at no risk."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Final

import attrs

from escalate.classifiers.base import Classifier, TicketText, as_classifier, meaning_of, verdict_of
from escalate.classifiers.deadline import Places
from escalate.classifiers.wrappers.around import HELD, Holding, at_least, with_why
from escalate.core.model import ABSTAIN, Tier, Verdict

_LEAST: Final = 1e-6
_log: Final = logging.getLogger("escalate")


@attrs.frozen
class Comparison:
    """What both said of one ticket.

    Attributes:
        ticket_id: The ticket.
        champion: The verdict that stands.
        candidate: The one that would have stood; an abstention ``"failed"`` if there was none.
        trouble: What the candidate raised, if it did.
    """

    ticket_id: str
    champion: Verdict
    candidate: Verdict
    trouble: BaseException | None = None

    @property
    def agree(self) -> bool:
        """Whether both name the same tier, or both abstain."""
        return self.champion.tier == self.candidate.tier


@attrs.frozen
class Shadow(Holding):
    """Answers what the champion says. A candidate is asked too; where it disagrees, the journal keeps it.

    The candidate is asked after the champion has answered, in a thread of its own. What it says reaches the
    journal in the verdict's ``why``, as its first entry, and only if it says so within ``patience_s``:

    - ``("candidate text says N2", 0.9)``, with its confidence, or 1 if it states none;
    - ``("candidate text abstains: too short", 1.0)``;
    - ``("candidate text failed: ValueError", 1.0)``, ``("candidate text is late", 1.0)``, or
      ``("candidate text was not asked: busy", 1.0)`` while too many of its answers are still out.

    Where both name the same tier, or both abstain, nothing is added. It never changes tier, confidence or
    scores, and costs a ticket no more than ``patience_s``. An observer hears of every ticket, those that
    came late included, in the candidate's thread.

    Attributes:
        champion: The classifier whose answer stands, or a function of a ticket.
        candidate: The one that is tried, or a function of a ticket.
        patience_s: How many seconds to wait for the candidate; 0 is best for a slow one.
        observer: Called with a :class:`Comparison`; what it raises is logged.

    Raises:
        BadInput: *patience_s* is below 0.

    >>> from escalate.classifiers import ticket_of
    >>> def newer(ticket):
    ...     return "N2"
    >>> both = Shadow(lambda ticket: "N1", newer, patience_s=60)
    >>> said = both.classify(ticket_of(), [Tier("N1"), Tier("N2")])
    >>> said.tier, said.why
    ('N1', (('candidate newer says N2', 1.0),))
    """

    called = "shadow"

    champion: Classifier = attrs.field(converter=as_classifier, metadata=HELD)
    candidate: Classifier = attrs.field(converter=as_classifier, metadata=HELD)
    patience_s: float = attrs.field(default=0.05, validator=at_least(0))
    observer: Callable[[Comparison], object] | None = attrs.field(
        default=None, repr=False, eq=False, metadata=HELD
    )
    _places: Places = attrs.field(factory=Places, init=False, repr=False, eq=False, metadata=HELD)

    @property
    def held(self) -> tuple[Classifier, ...]:
        """The champion and the candidate."""
        return (self.champion, self.candidate)

    @property
    def meaning(self) -> str:
        """What the champion's confidence means."""
        return meaning_of(self.champion)

    def classify(self, ticket: TicketText, tiers: Sequence[Tier]) -> Verdict:
        """Return what the champion says, with a word on where the candidate disagrees."""
        said = verdict_of(self.champion, ticket, tiers)
        task = self._places.start(lambda: self._compare(said, ticket, tiers))
        if task is None:
            return with_why(said, (f"candidate {self.candidate.name} was not asked: busy", 1.0))
        try:
            compared: Comparison = task.result(self.patience_s)
        except TimeoutError:
            return with_why(said, (f"candidate {self.candidate.name} is late", 1.0))
        return said if compared.agree else with_why(said, self._disagreement(compared))

    def _compare(self, said: Verdict, ticket: TicketText, tiers: Sequence[Tier]) -> Comparison:
        try:
            other = verdict_of(self.candidate, ticket, tiers)
            compared = Comparison(ticket.id, said, other)
        except BaseException as why:  # noqa: BLE001 - in a thread; even an exit must not reach the desk
            compared = Comparison(ticket.id, said, ABSTAIN("failed"), why)
        if self.observer is not None:
            try:
                self.observer(compared)
            except Exception:  # noqa: BLE001 - an observer is anybody's code; logged
                _log.exception("an observer of the candidate %r failed", self.candidate.name)
        return compared

    def _disagreement(self, compared: Comparison) -> tuple[str, float]:
        who, said = f"candidate {self.candidate.name}", compared.candidate
        if compared.trouble is not None:
            return f"{who} failed: {type(compared.trouble).__name__}", 1.0
        if said.tier is None:
            return f"{who} abstains: {said.reason}", 1.0
        # A reason without weight would be left out.
        return f"{who} says {said.tier}", _LEAST if said.confidence == 0 else said.confidence or 1.0
