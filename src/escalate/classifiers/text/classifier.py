"""A classifier that learns from texts: request types or tiers, in any language, with a share for each."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final, Self

import attrs

from escalate.classifiers.base import TicketText
from escalate.classifiers.text.model import TextModel
from escalate.classifiers.text.saving import load_model, save_model
from escalate.classifiers.text.training import Training
from escalate.classifiers.verdicts import LONGEST_WORD
from escalate.core.model import ABSTAIN, Tier, Verdict
from escalate.core.sealing import NOTHING, FrozenDict
from escalate.errors import BadInput, nearest

_MOST_REASONS: Final = 8
_SETTINGS: Final = ("tiers_of", "epochs", "rate", "rare", "seed", "least_familiar", "name")


def _by_label(given: Mapping[str, str]) -> Mapping[str, str]:
    return FrozenDict(given)


def _at_least(least: float, most: float) -> Any:
    def check(instance: object, field: attrs.Attribute[Any], value: object) -> None:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not least <= value <= most:  # type: ignore[operator]  # is_number says so
            raise BadInput(
                f"TextClassifier.{field.name}", value, f"a number from {least} to {most}"
            )

    return check


@attrs.frozen(kw_only=True)
class TextClassifier:
    """Learns which label a text has, from its words, pairs of words and pieces of words.

    A label is the name of a tier or, with *tiers_of*, anything else that has one, such as a request type.
    Nothing assumes a language. The confidence is a probability: the sum of the shares of a tier's labels.

    It abstains on a text of which it knows no word, and on one that belongs nowhere: learn some with the
    label ``None``, and say by :meth:`knowing` how sure to be of that.

    The same examples give the same weights, in any process, with numpy or without. The words that it keeps
    stand in *rare* examples or more; in a model that leaves the house let that be more than one customer.

    Attributes:
        tiers_of: The tier of each label; empty means that labels are the names of tiers.
        epochs: How often each example is looked at.
        rate: How large the first step of learning is.
        rare: In how many examples a word, pair or piece has to occur to be looked at.
        seed: Which order the examples are looked at in.
        least_familiar: How much has to speak for some label; below, it abstains. None: as much as speaks
            for no label at all.
        name: How journals call it.
        fast: Whether numpy does the sums when it learns; none means where it is installed.
        model: What it has learned.

    Raises:
        BadInput: A setting is out of its bounds.

    >>> from escalate.classifiers import ticket_of
    >>> texts = ["forgot my password", "minha senha expirou", "the export is wrong", "o relatório falha"]
    >>> kinds = ["login", "login", "report", "report"]
    >>> learned = TextClassifier(tiers_of={"login": "N1", "report": "N2"}, rare=1).fit(
    ...     [ticket_of(text) for text in texts], kinds
    ... )
    >>> said = learned.classify(ticket_of("esqueci a senha"), [Tier("N1"), Tier("N2")])
    >>> said.tier, learned.request_type(ticket_of("esqueci a senha"))[0]
    ('N1', 'login')
    """

    meaning: ClassVar[str] = "probability"
    cost: ClassVar[float] = 0.0

    tiers_of: Mapping[str, str] = attrs.field(default=NOTHING, converter=_by_label)
    epochs: int = attrs.field(default=5, validator=_at_least(1, 1000))
    rate: float = attrs.field(default=6.0, validator=_at_least(1e-3, 100))
    rare: int = attrs.field(default=2, validator=_at_least(1, 10**6))
    seed: int = 0
    least_familiar: float | None = None
    name: str = "text"
    fast: bool | None = attrs.field(default=None, eq=False)
    model: TextModel | None = None
    version: str = attrs.field(init=False, eq=False)

    @version.default
    def _version(self) -> str:
        if self.model is None:
            return "unfitted"
        bound = "" if self.least_familiar is None else f" from {self.least_familiar!r}"
        return f"{self.model.digest}{bound}"

    # learning

    def fit(self, tickets: Sequence[TicketText], labels: Sequence[str | None]) -> Self:
        """Return one that has learned from these examples, and from nothing before.

        Args:
            tickets: What was written.
            labels: The label of each; none for what belongs nowhere.

        Raises:
            BadInput: There are more of one than of the other, or fewer than two labels, or a label has
                no tier in *tiers_of*.
        """
        if len(tickets) != len(labels):
            wanted = f"a label for each of {len(tickets)} tickets"
            raise BadInput("TextClassifier.fit", f"{len(labels)} labels", wanted)
        found = sorted({self._label(label) for label in labels if label is not None})
        if len(found) < 2:
            raise BadInput("TextClassifier.fit", found, "examples of two labels or more")
        texts = [ticket.text for ticket in tickets]
        training = Training(int(self.epochs), float(self.rate), self.seed, self.fast)
        return attrs.evolve(self, model=TextModel.fitted(texts, labels, training, self.rare))

    def _label(self, label: object) -> str:
        if not isinstance(label, str):
            raise BadInput("TextClassifier.fit", label, "a word, or none for what belongs nowhere")
        if self.tiers_of and label not in self.tiers_of:
            raise BadInput("TextClassifier.tiers_of", label, nearest(label, self.tiers_of))
        return label

    def knowing(self, tickets: Iterable[TicketText], share: float = 0.95) -> Self:
        """Return one that answers for that share of *tickets*, the most familiar, and abstains below.

        Args:
            tickets: Tickets that belong somewhere, and that it was **not** fitted on.
            share: How many of 1 to answer for.

        Raises:
            BadInput: There are none, it is not fitted, or the share is not one of 1.
        """
        if not 0 < share <= 1:
            raise BadInput("TextClassifier.knowing", share, "a share above 0, up to 1")
        found = sorted(self.familiarity(ticket) for ticket in tickets)
        if not found or self.model is None:
            raise BadInput("TextClassifier.knowing", len(found), "tickets, and a fitted classifier")
        bound = found[min(len(found) - 1, math.floor((1 - share) * len(found)))]
        return attrs.evolve(self, least_familiar=bound)

    # asking

    def familiarity(self, ticket: TicketText) -> float:
        """Return how much speaks for the best label, less what speaks for none where it knows such.

        It is negative infinity for a text of which it knows no word.
        """
        evidence = self._evidence(ticket.text)
        if self.model is None or evidence is None:
            return -math.inf
        return self.model.familiarity(evidence)

    def label_shares(self, ticket: TicketText) -> dict[str, float]:
        """Return the probability of each label, given that it is one of them; empty if it knows no word."""
        evidence = self._evidence(ticket.text)
        return {} if self.model is None or evidence is None else self.model.shares(evidence)

    def request_type(self, ticket: TicketText) -> tuple[str, float] | None:
        """Return the most probable label with its probability; none where it abstains."""
        evidence = self._evidence(ticket.text)
        if self.model is None or evidence is None or self._is_strange(self.model, evidence):
            return None
        shares = self.model.shares(evidence)
        label = max(shares, key=shares.__getitem__)
        return label, shares[label]

    def classify(self, ticket: TicketText, tiers: Sequence[Tier]) -> Verdict:
        """Return the tier whose labels have the largest share, with the words that spoke for the best."""
        model = self.model
        if model is None:
            return ABSTAIN("not fitted")
        vector = model.vocabulary.vector(ticket.text)
        if not vector[0]:
            return ABSTAIN("no word that it knows")
        evidence = model.evidence(vector)
        if self._is_strange(model, evidence):
            return ABSTAIN("unlike what it has learned")
        shares = model.shares(evidence)
        by_tier = self._by_tier(shares)
        best = max(by_tier, key=by_tier.__getitem__)
        known = math.fsum(by_tier.get(tier.name, 0.0) for tier in tiers)
        scores = {tier.name: by_tier.get(tier.name, 0.0) / (known or 1.0) for tier in tiers}
        if best not in scores:
            return ABSTAIN(f"it says {best}, which is no tier here"[:LONGEST_WORD])
        label = max((each for each in shares if self._tier(each) == best), key=shares.__getitem__)
        why = model.reasons(vector, label, _MOST_REASONS)
        return Verdict(best, min(1.0, scores[best]), scores, why, self.meaning)  # type: ignore[arg-type]

    def _evidence(self, text: str) -> list[float] | None:
        if self.model is None:
            return None
        vector = self.model.vocabulary.vector(text)
        return self.model.evidence(vector) if vector[0] else None

    def _is_strange(self, model: TextModel, evidence: Sequence[float]) -> bool:
        least = self.least_familiar
        if least is None:
            return model.has_nowhere and model.familiarity(evidence) < 0
        return model.familiarity(evidence) < least

    def _tier(self, label: str) -> str:
        return self.tiers_of.get(label, label)

    def _by_tier(self, shares: Mapping[str, float]) -> dict[str, float]:
        if not self.tiers_of:
            return dict(shares)
        parts: dict[str, list[float]] = {}
        for label, share in shares.items():
            parts.setdefault(self._tier(label), []).append(share)
        return {tier: math.fsum(each) for tier, each in sorted(parts.items())}

    # keeping

    def save(self, path: str | Path) -> None:
        """Write it to *path*, in the form of :mod:`escalate.classifiers.text.saving`.

        Raises:
            BadInput: It has learned nothing yet.
        """
        if self.model is None:
            raise BadInput("TextClassifier.save", self.version, "a fitted classifier")
        settings = {name: getattr(self, name) for name in _SETTINGS}
        save_model(path, self.model, {**settings, "tiers_of": dict(self.tiers_of)})

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Return what :meth:`save` wrote to *path*.

        Raises:
            BadInput: The file holds something else, or is damaged.
        """
        model, settings = load_model(path)
        if not settings.keys() <= set(_SETTINGS):
            raise BadInput(str(path), sorted(settings), f"settings: {', '.join(_SETTINGS)}")
        return cls(**settings, model=model)
