"""A classifier of conditions: the first that a ticket fulfils says the tier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import attrs

from escalate.classifiers.base import TicketText
from escalate.classifiers.fingerprints import fingerprint
from escalate.classifiers.tables import read_table, write_table
from escalate.classifiers.verdicts import LONGEST_WORD
from escalate.core.condition.types import Vocabulary
from escalate.core.conditions import Condition, parse
from escalate.core.model import ABSTAIN, Tier, Verdict
from escalate.errors import BadInput


@attrs.frozen(kw_only=True)
class AnyWord(Vocabulary):
    """Takes any word for a tier, request type or milestone, where no policy says which there are."""

    def known(self, name: str) -> tuple[str, ...] | None:
        """Return the only words that *name* can be; none for what only a policy could tell."""
        return Vocabulary.known(self, name) or None


Pairs = tuple[tuple[str, str], ...]


def _pairs(given: Mapping[str, str] | Iterable[tuple[str, str]]) -> Pairs:
    pairs = given.items() if isinstance(given, Mapping) else given
    found = []
    for pair in pairs:
        if (
            isinstance(pair, str)
            or len(pair) != 2
            or not all(isinstance(each, str) for each in pair)
        ):
            raise BadInput(
                "RuleClassifier.rules", pair, "pairs of a condition and the name of a tier"
            )
        found.append((pair[0], pair[1]))
    return tuple(found)


@attrs.frozen
class RuleClassifier:
    """Sends a ticket to the tier of the first condition that it fulfils; with none, it abstains.

    Conditions are those of policies. They look at priority, channel, tags, fields and the like, never at
    the text and at no clock: for words there is :class:`KeywordClassifier`. A verdict states no
    confidence, which counts as sure.

    Attributes:
        rules: Conditions and tiers, the first that holds wins: a mapping, or pairs.
        vocabulary: The words of a policy, ``policy.vocabulary``, so that a misspelt one is an error
            here; without it every tier, request type and milestone is taken as it stands.
        name: How journals call it.

    Raises:
        InvalidCondition: A condition cannot be read; the error points into it.

    >>> from escalate.classifiers import ticket_of
    >>> vips = RuleClassifier({'"vip" in tags and priority >= "high"': "N3", '"vip" in tags': "N2"})
    >>> vips.classify(ticket_of("It hangs", tags=["vip"]), [Tier("N1"), Tier("N2"), Tier("N3")]).tier
    'N2'
    """

    meaning: ClassVar[str] = "none"
    cost: ClassVar[float] = 0.0

    rules: Pairs = attrs.field(converter=_pairs)
    vocabulary: Vocabulary = attrs.field(factory=AnyWord, repr=False)
    name: str = "rules"
    _conditions: tuple[Condition, ...] = attrs.field(init=False, eq=False, repr=False)

    @_conditions.default
    def _read(self) -> tuple[Condition, ...]:
        return tuple(parse(text, self.vocabulary) for text, _ in self.rules)

    @property
    def version(self) -> str:
        """Changes with the rules, and with the order of priorities that they go by."""
        return fingerprint([self.rules, self.vocabulary.priorities])

    def classify(self, ticket: TicketText, tiers: Sequence[Tier]) -> Verdict:
        """Return the tier of the first condition that holds, with the condition as the reason."""
        for condition, (_, tier) in zip(self._conditions, self.rules, strict=True):
            if condition.holds(ticket, ticket.changed_us):
                if all(each.name != tier for each in tiers):
                    return ABSTAIN(f"a rule says {tier}, which is no tier here"[:LONGEST_WORD])
                return Verdict(tier, why=((str(condition)[:LONGEST_WORD], 1.0),))  # type: ignore[arg-type]
        return ABSTAIN("no rule holds")

    def save(self, path: str | Path) -> None:
        """Write it to *path*, as JSON."""
        content: dict[str, Any] = {"name": self.name, "rules": self.rules}
        content["priorities"] = self.vocabulary.priorities
        write_table(path, type(self).__name__, content)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Return what :meth:`save` wrote to *path*; the words of a policy are not kept with it.

        Raises:
            BadInput: The file holds something else.
        """
        table = read_table(path, cls.__name__)
        try:
            words = AnyWord(priorities=table["priorities"])
            return cls(table["rules"], words, table["name"])
        except (KeyError, TypeError) as why:
            raise BadInput(str(path), table, f"a file that {cls.__name__}.save wrote") from why
