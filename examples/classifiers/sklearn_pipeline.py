"""A scikit-learn pipeline as a classifier for a desk.

Any estimator with ``predict_proba`` that takes texts will do. It is kept by its training examples, not by
a pickle: a pickle runs whatever somebody wrote into it, and reads back only under the same release.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from sklearn.base import BaseEstimator, clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from escalate import ABSTAIN, Tier, Verdict
from escalate.classifiers import Calibrated, Conformal, TicketText
from escalate.errors import BadInput


def usual_pipeline() -> BaseEstimator:
    """Return words, pairs of words and a logistic regression, seeded."""
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, strip_accents="unicode")
    return make_pipeline(words, LogisticRegression(C=10, max_iter=1000, random_state=0))


class SklearnClassifier:
    """A pipeline that takes texts and gives each tier a probability.

    Args:
        pipeline: An estimator with ``fit(texts, labels)`` and ``predict_proba(texts)``; it is copied.
        version: Changes when you change the pipeline.
    """

    name = "sklearn"
    meaning = "probability"

    def __init__(self, pipeline: BaseEstimator | None = None, version: str = "1") -> None:
        self.version = version
        self._pipeline = clone(usual_pipeline() if pipeline is None else pipeline)
        self._examples: list[tuple[str, str]] = []

    def fit(self, tickets: Sequence[TicketText], labels: Sequence[str]) -> Self:
        """Learn from the tiers of tickets, and return itself."""
        return self._learn([ticket.text for ticket in tickets], list(labels))

    def _learn(self, texts: list[str], labels: list[str]) -> Self:
        self._pipeline.fit(texts, labels)
        self._examples = list(zip(texts, labels, strict=True))
        return self

    def classify(self, ticket: TicketText, tiers: Sequence[Tier]) -> Verdict:
        """Return the most probable of *tiers*."""
        return self.classify_many([ticket], tiers)[0]

    def classify_many(self, tickets: Sequence[TicketText], tiers: Sequence[Tier]) -> list[Verdict]:
        """Return the same for many tickets at once, which is much faster."""
        if not tickets:
            return []
        if not self._examples:
            return [ABSTAIN("not fitted")] * len(tickets)
        known = list(self._pipeline.classes_)
        table = self._pipeline.predict_proba([ticket.text for ticket in tickets])
        return [
            self._verdict(dict(zip(known, map(float, row), strict=True)), tiers) for row in table
        ]

    def _verdict(self, shares: dict[str, float], tiers: Sequence[Tier]) -> Verdict:
        # A desk may have other tiers than those it learned: what it knows is shared among those.
        given = {tier.name: shares.get(tier.name, 0.0) for tier in tiers}
        whole = sum(given.values())
        if not whole:
            return ABSTAIN("none of these tiers was learned")
        scores = {name: each / whole for name, each in given.items()}
        best = max(scores, key=lambda name: scores[name])
        return Verdict(best, scores[best], scores, meaning="probability")

    def save(self, path: str | Path) -> None:
        """Write version and examples as JSON; a pipeline of your own comes from your code."""
        table = {"version": self.version, "examples": self._examples}
        Path(path).write_text(json.dumps(table), encoding="utf-8")

    @classmethod
    def load(cls, path: str | Path, pipeline: BaseEstimator | None = None) -> Self:
        """Return one that has learned again from the examples in *path*.

        Raises:
            BadInput: The file was not written by ``save``.
        """
        try:
            table = json.loads(Path(path).read_text(encoding="utf-8"))
            loaded = cls(pipeline, table["version"])
            texts, labels = zip(*table["examples"], strict=True) if table["examples"] else ((), ())
        except (KeyError, TypeError, ValueError) as why:
            raise BadInput(
                str(path), type(why).__name__, "a file saved by SklearnClassifier"
            ) from why
        return loaded._learn(list(texts), list(labels)) if texts else loaded


def careful(
    learning: Sequence[tuple[TicketText, str]],
    calibrating: Sequence[tuple[TicketText, str]],
    promising: Sequence[tuple[TicketText, str]],
    tiers: Sequence[Tier],
    alpha: float = 0.1,
) -> Conformal:
    """Return a classifier that answers only if one tier is left, and is wrong in *alpha* at most.

    Three parts of the examples, none twice: what it learned from, it is too sure of.
    """
    tickets, labels = zip(*learning, strict=True)
    calibrated = Calibrated(SklearnClassifier().fit(tickets, labels))
    calibrated = calibrated.fit(*zip(*calibrating, strict=True), tiers)
    return Conformal(calibrated, alpha).fit(*zip(*promising, strict=True), tiers)


def main() -> None:
    """Learn from a few made-up tickets, and ask about a few others."""
    from escalate.classifiers import ticket_of

    words = {
        "N1": ["forgot my password", "reset my login", "unlock my account"],
        "N2": ["the VPN drops", "wrong tax on the invoice", "the sync is slow"],
        "N3": ["the API answers 500", "data is lost after the upgrade", "a crash in production"],
    }
    endings = ("", " since Monday", ", please help", " again", "!", " on my laptop", " at work")
    examples = [
        (ticket_of(text + ending), tier)
        for ending in endings
        for tier, texts in words.items()
        for text in texts
    ]
    tiers = [Tier(name) for name in words]
    third = len(examples) // 3
    classifier = careful(
        examples[:third], examples[third : 2 * third], examples[2 * third :], tiers
    )
    for text in ("I forgot my login", "the invoice shows wrong numbers", "good morning"):
        said = classifier.classify(ticket_of(text), tiers)
        print(f"{text!r}: {said.tier or 'a person decides: ' + said.reason}")  # noqa: T201


if __name__ == "__main__":
    main()
