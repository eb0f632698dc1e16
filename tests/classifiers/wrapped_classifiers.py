"""Wrappers around a classifier of words, in a module that other processes can import."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import attrs

from escalate import ABSTAIN, Check, RequestType, Tier, Verdict
from escalate.classifiers import (
    Calibrated,
    Cascade,
    CircuitBreaker,
    Classifier,
    Conformal,
    CostSensitive,
    Redact,
    Shadow,
    Stage,
    TicketText,
    Timeout,
)


@attrs.frozen
class Words:
    """Counts a few words that tell tiers apart."""

    words: tuple[str, ...] = attrs.field(default=("password", "vpn", "500"), converter=tuple)
    name: str = "words"
    version: str = "1"
    cost: float = 0.25
    meaning: str = "probability"

    def classify(self, ticket: TicketText, tiers: Sequence[Tier]) -> Verdict:
        """Return the tier whose word stands there, by its place; abstain without any."""
        said = ticket.text.casefold()
        found = [1.0 + 9 * (word in said) for word, _ in zip(self.words, tiers, strict=False)]
        if max(found) == min(found):
            return ABSTAIN("no word known")
        names = [tier.name for tier in tiers]
        scores = dict.fromkeys(names, 0.0) | {
            name: each / sum(found) for name, each in zip(names, found, strict=False)
        }
        best = max(scores, key=lambda name: scores[name])
        return Verdict(best, scores[best], scores, (("a word", 1.0),), self.meaning)

    def save(self, path: str | Path) -> None:
        """Write it as JSON."""
        Path(path).write_text(json.dumps({"words": self.words, "name": self.name}), "utf-8")

    @classmethod
    def load(cls, path: str | Path) -> Words:
        """Read what was saved."""
        try:
            table = json.loads(Path(path).read_text("utf-8"))
            return cls(table["words"], table["name"])
        except (KeyError, UnicodeDecodeError) as why:
            raise ValueError("not saved by Words") from why


LOGIN = RequestType("login", checklist=(Check("password_ok", "Is it right?"),))


def calibrated() -> Classifier:
    """Make one."""
    return Calibrated(Words(), 1.5)


def conformal() -> Classifier:
    """Make one."""
    return Conformal(Words(), 0.1, [0.3] * 12 + [0.95] * 8, [LOGIN])


def cost_sensitive() -> Classifier:
    """Make one."""
    return CostSensitive(Words(), 9, 1)


def cascade() -> Classifier:
    """Make one."""
    return Cascade([Words(("password",), "first"), Stage(Words(), 0.1, 0.4)], person=2.0)


def timeout() -> Classifier:
    """Make one."""
    return Timeout(Words(), 30)


def breaker() -> Classifier:
    """Make one."""
    return CircuitBreaker(Words(), 10**6)


def shadow() -> Classifier:
    """Make one."""
    return Shadow(Words(), Words(("500", "password"), "newer"), 30)


def redact() -> Classifier:
    """Make one."""
    return Redact(Words())


def all_around() -> Classifier:
    """What a desk would put around a model that costs."""
    inside = Redact(CircuitBreaker(Timeout(Words(), 30), 10**6))
    return Conformal(CostSensitive(Calibrated(Cascade([inside]))), 0.2, [0.2] * 20, [LOGIN])


MAKERS: tuple[Callable[[], Any], ...] = (
    calibrated,
    conformal,
    cost_sensitive,
    cascade,
    timeout,
    breaker,
    shadow,
    redact,
    all_around,
)
