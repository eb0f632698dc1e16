"""Asks a classifier, whatever it does: what fails, takes too long or answers nonsense abstains."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from functools import partial

import attrs

from escalate.classifiers.base import (
    Classifier,
    TicketText,
    as_classifier,
    check_verdict,
    settled,
)
from escalate.classifiers.deadline import Places
from escalate.classifiers.registry import Registry
from escalate.core.model import ABSTAIN, Tier, Verdict
from escalate.core.policy import EscalationPolicy
from escalate.errors import BadInput, InvalidVerdict, nearest


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
        self._places = Places()

    def ask(self, ticket: TicketText, tiers: Sequence[Tier]) -> Answer:
        """Return the verdict, or why there is none."""
        until_s = time.monotonic() + self._within_s
        # What is awaited is cancelled in time, and leaves its place to the next.
        call = partial(self.classifier.classify, ticket, tiers)
        task = self._places.start(partial(settled, call, self._within_s), within_s=self._within_s)
        if task is None:
            return Answer(ABSTAIN("busy"), TimeoutError("too many tickets are being looked at"))
        try:
            said = task.result(max(0.0, until_s - time.monotonic()))
        except BaseException as why:  # noqa: BLE001 - a classifier is anybody's code; see below
            said = why
        return _answer(said, tiers)


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
