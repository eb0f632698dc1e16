"""Asks a classifier, whatever it does: what fails, takes too long or answers nonsense abstains."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from escalate.classifiers.base import Classifier, TicketText, as_classifier
from escalate.core.model import ABSTAIN, Tier, Verdict
from escalate.core.policy import EscalationPolicy
from escalate.errors import BadInput, nearest

MOST_AT_ONCE: Final = 8
"""How many may be thinking; a thread cannot be ended, so those that hang must not pile up."""


@attrs.frozen
class Answer:
    """What came of asking.

    Attributes:
        verdict: The verdict; an abstention that says why, if there was none.
        trouble: What went wrong, if something did.
    """

    verdict: Verdict
    trouble: Exception | None = None


class Asker:
    """Asks one classifier, each time in a thread of its own.

    Args:
        classifier: Whom to ask.
        within_s: How many seconds it may take.
    """

    def __init__(self, classifier: Classifier, within_s: float) -> None:
        self.classifier = classifier
        self._within_s = within_s
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)

    def ask(self, ticket: TicketText, tiers: Sequence[Tier]) -> Answer:
        """Return the verdict, or why there is none."""
        if not self._places.acquire(blocking=False):
            return Answer(ABSTAIN("busy"), TimeoutError("too many tickets are being looked at"))
        said: list[object] = []

        def think() -> None:
            try:
                said.append(self.classifier.classify(ticket, tiers))
            except Exception as why:  # noqa: BLE001 - a classifier is anybody's code; see below
                said.append(why)
            finally:
                self._places.release()

        # A daemon: one that hangs must not keep the process from ending.
        thread = threading.Thread(target=think, name="escalate-classifier", daemon=True)
        thread.start()
        thread.join(self._within_s)
        if not said:
            return Answer(ABSTAIN("timed out"), TimeoutError(f"no answer in {self._within_s} s"))
        return _answer(said[0], tiers)


class Askers:
    """Who a desk may ask: one classifier for all its tickets, or those that its policies name.

    Args:
        classifier: The one for all, or its name in *classifiers*; none means those that policies name.
        classifiers: The classifiers that may be named, by name.
        within_s: How many seconds each may take.
    """

    def __init__(
        self, classifier: object | None, classifiers: Mapping[str, object], within_s: float
    ) -> None:
        self._name = classifier if isinstance(classifier, str) else None
        self._named = {
            key: Asker(as_classifier(each), within_s) for key, each in classifiers.items()
        }
        self._only: Asker | None = None
        if classifier is not None and self._name is None:
            self._only = Asker(as_classifier(classifier), within_s)

    def of(self, policy: EscalationPolicy) -> Asker | str | None:
        """Return who looks at tickets under *policy*; a name if that one is not here."""
        if self._only is not None:
            return self._only
        name = self._name or policy.classifier
        return None if name is None else self._named.get(name, name)

    def check(self, policy: EscalationPolicy) -> None:
        """Check that whoever looks at tickets under *policy* is here.

        Raises:
            BadInput: A classifier is named that is not.
        """
        found = self.of(policy)
        if isinstance(found, str):
            what = "Desk.classifiers, for the name that the desk or its policy gives"
            raise BadInput(what, found, nearest(found, self._named))


def _answer(said: object, tiers: Sequence[Tier]) -> Answer:
    if isinstance(said, Exception):
        return Answer(ABSTAIN("failed"), said)
    if not isinstance(said, Verdict):
        return Answer(ABSTAIN("nonsense"), TypeError(f"answered {said!r}, no Verdict"))
    names = [tier.name for tier in tiers]
    if said.tier is not None and said.tier not in names:
        return Answer(ABSTAIN("nonsense"), ValueError(f"named {said.tier!r}, none of {names}"))
    return Answer(said)
