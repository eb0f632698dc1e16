"""Asks a classifier, whatever it does: what fails, takes too long or answers nonsense abstains."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

import attrs

from escalate.classifiers.base import (
    Classifier,
    TicketText,
    as_classifier,
    check_verdict,
    settled,
)
from escalate.classifiers.registry import Registry
from escalate.core.model import ABSTAIN, Tier, Verdict
from escalate.core.policy import EscalationPolicy
from escalate.errors import BadInput, InvalidVerdict, nearest

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
    trouble: BaseException | None = None


class Asker:
    """Asks one classifier, each time in a thread of its own.

    Args:
        classifier: Whom to ask.
        within_s: How many seconds it may take, waiting for others included.
    """

    def __init__(self, classifier: Classifier, within_s: float) -> None:
        self.classifier = classifier
        self._within_s = within_s
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)

    def ask(self, ticket: TicketText, tiers: Sequence[Tier]) -> Answer:
        """Return the verdict, or why there is none."""
        until = time.monotonic() + self._within_s
        if not self._places.acquire(timeout=self._within_s):
            return Answer(ABSTAIN("busy"), TimeoutError("too many tickets are being looked at"))
        said: list[object] = []

        def think() -> None:
            # What is awaited is cancelled in time, and leaves its place to the next.
            call = partial(self.classifier.classify, ticket, tiers)
            try:
                said.append(settled(call, self._within_s))
            except BaseException as why:  # noqa: BLE001 - a classifier is anybody's code; see below
                said.append(why)
            finally:
                self._places.release()

        # A daemon: one that hangs must not keep the process from ending.
        thread = threading.Thread(target=think, name="escalate-classifier", daemon=True)
        try:
            thread.start()
        except RuntimeError as why:  # the process has no thread left to give
            self._places.release()
            return Answer(ABSTAIN("busy"), why)
        thread.join(max(0.0, until - time.monotonic()))
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
        given = classifiers if isinstance(classifiers, Registry) else Registry(classifiers)
        self._registry: Registry = given
        self._within_s = within_s
        self._askers: dict[str, Asker] = {}
        self._lock = threading.Lock()
        self._only: Asker | None = None
        if classifier is not None and self._name is None:
            self._only = Asker(as_classifier(classifier), within_s)

    def of(self, policy: EscalationPolicy) -> Asker | str | None:
        """Return who looks at tickets under *policy*; a name if that one is not here.

        Raises:
            PluginFailed: It is a plugin that the host allows, and that cannot be loaded.
        """
        if self._only is not None:
            return self._only
        name = self._name or policy.classifier
        if name is None or name not in self._registry:
            return name
        with self._lock:
            if name not in self._askers:
                self._askers[name] = Asker(self._registry[name], self._within_s)
            return self._askers[name]

    def is_named(self, policy: EscalationPolicy) -> bool:
        """Return whether somebody is to look at tickets under *policy*, here or not; loads nobody."""
        return self._only is not None or bool(self._name or policy.classifier)

    def check(self, policy: EscalationPolicy, *, loads: bool = True) -> None:
        """Check that whoever looks at tickets under *policy* is here.

        Without *loads* nothing is imported: in the transaction of a host that would take too long.

        Raises:
            BadInput: A classifier is named that is not.
            PluginFailed: It is a plugin that the host allows, and that cannot be loaded.
        """
        name = self._name or policy.classifier
        if self._only is not None or name is None:
            return
        if name not in self._registry:
            what = "Desk.classifiers, for the name that the desk or its policy gives"
            raise BadInput(what, name, nearest(name, self._registry))
        if loads:
            self.of(policy)


def _answer(said: object, tiers: Sequence[Tier]) -> Answer:
    match said:
        case TimeoutError():
            return Answer(ABSTAIN("timed out"), said)
        case OSError():
            return Answer(ABSTAIN("unavailable"), said)
        case BaseException():
            return Answer(ABSTAIN("failed"), said)
    try:
        return Answer(check_verdict(said, tiers))
    except InvalidVerdict as why:
        return Answer(ABSTAIN("nonsense"), why)
