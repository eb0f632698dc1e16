"""A classifier of words and phrases, each of which speaks for a tier."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Final, Self

import attrs

from escalate.classifiers.base import TicketText
from escalate.classifiers.fingerprints import fingerprint
from escalate.classifiers.folding import words_of
from escalate.classifiers.tables import read_table, write_table
from escalate.classifiers.verdicts import LONGEST_WORD
from escalate.core.model import ABSTAIN, Tier, Verdict
from escalate.core.sealing import FrozenDict
from escalate.errors import BadInput

Given = Mapping[str, str | Mapping[str, float]]
Weights = Mapping[str, float]

_MOST_SHOWN: Final = 20
_PHRASES: Final = 'phrases and what they speak for, such as {"vpn": "N2", "senha": {"N1": 2.0}}'


@attrs.frozen
class Phrase:
    """A phrase as it is looked for: its words, folded; the last may be only a beginning.

    >>> Phrase.of("Não consigo entr*")
    Phrase(words=('nao', 'consigo', 'entr'), is_open=True)
    """

    words: tuple[str, ...]
    is_open: bool = False

    @classmethod
    def of(cls, text: str) -> Phrase:
        """Read a phrase; a star at its end stands for any ending of its last word.

        Raises:
            BadInput: It has no word.
        """
        words = words_of(text)
        if not words:
            raise BadInput("KeywordClassifier.phrases", text, "a phrase with a word in it")
        return cls(tuple(words), text.rstrip().endswith("*"))

    def stands_in(self, words: Sequence[str], at: int) -> bool:
        """Return whether it begins at place *at* of *words*."""
        found = tuple(words[at : at + len(self.words)])
        if not self.is_open:
            return found == self.words
        return (
            len(found) == len(self.words)
            and found[:-1] == self.words[:-1]
            and found[-1].startswith(self.words[-1])
        )


def _weighted(given: Given) -> Mapping[str, Weights]:
    if not isinstance(given, Mapping):
        raise BadInput("KeywordClassifier.phrases", given, _PHRASES)
    found = {}
    for text, said in given.items():
        weights = {said: 1.0} if isinstance(said, str) else said
        if not isinstance(text, str) or not isinstance(weights, Mapping):
            raise BadInput("KeywordClassifier.phrases", {text: said}, _PHRASES)
        for weight in weights.values():
            if (
                isinstance(weight, bool)
                or not isinstance(weight, int | float)
                or not math.isfinite(weight)
            ):
                raise BadInput(f"KeywordClassifier.phrases[{text!r}]", weight, "a finite number")
        found[text] = FrozenDict({tier: float(weights[tier]) for tier in weights})
    return FrozenDict(found)


@attrs.frozen
class KeywordClassifier:
    """Adds up what the words and phrases of a ticket speak for; the tier with the most gets it.

    Accents, case and width do not count. A phrase stands for whole words in their order, whatever signs are
    between them; a star at its end stands for any ending. Scripts without spaces need none: each letter
    is a word there. How often a phrase occurs does not count.

    The confidence is the share of the winner in all that speaks for some tier. With nothing found, or two
    tiers alike, it abstains.

    Attributes:
        phrases: For each phrase a tier, or tiers and weights; a negative weight speaks against one.
        least: How much has to speak for a tier; below, it abstains.
        name: How journals call it.

    Raises:
        BadInput: A phrase has no word, or a weight is no number.

    >>> from escalate.classifiers import ticket_of
    >>> words = KeywordClassifier({"senha": "N1", "密码": "N1", "erro 5*": {"N3": 2.0}, "vpn": "N2"})
    >>> tiers = [Tier("N1"), Tier("N2"), Tier("N3")]
    >>> words.classify(ticket_of("我忘了密码怎么办"), tiers).tier
    'N1'
    >>> words.classify(ticket_of("Minha SENHA dá Erro 500"), tiers).why
    (('erro 5*', 2.0),)
    """

    meaning: ClassVar[str] = "score"
    cost: ClassVar[float] = 0.0

    phrases: Mapping[str, Weights] = attrs.field(converter=_weighted)
    least: float = 0.0
    name: str = "keywords"
    _by_first: Mapping[str, tuple[tuple[Phrase, str], ...]] = attrs.field(
        init=False, eq=False, repr=False
    )
    _beginnings: tuple[int, ...] = attrs.field(init=False, eq=False, repr=False)

    @_by_first.default
    def _indexed(self) -> Mapping[str, tuple[tuple[Phrase, str], ...]]:
        found: dict[str, list[tuple[Phrase, str]]] = {}
        for text in self.phrases:
            phrase = Phrase.of(text)
            # An open single word is looked up by its beginning, all others by their whole first word.
            is_beginning = phrase.is_open and len(phrase.words) == 1
            found.setdefault("*" * is_beginning + phrase.words[0], []).append((phrase, text))
        return FrozenDict({first: tuple(phrases) for first, phrases in found.items()})

    @_beginnings.default
    def _lengths(self) -> tuple[int, ...]:
        return tuple(sorted({len(first) - 1 for first in self._by_first if first.startswith("*")}))

    @property
    def version(self) -> str:
        """Changes with the phrases and their weights."""
        return fingerprint([{text: dict(said) for text, said in self.phrases.items()}, self.least])

    def found_in(self, text: str) -> tuple[str, ...]:
        """Return the phrases that stand in *text*, as they were given, each once, in their order."""
        words = words_of(text)
        found = set()
        for at, word in enumerate(words):
            firsts = (word, *(f"*{word[:length]}" for length in self._beginnings))
            for first in firsts:
                for phrase, given in self._by_first.get(first, ()):
                    if given not in found and phrase.stands_in(words, at):
                        found.add(given)
        return tuple(given for given in self.phrases if given in found)

    def classify(self, ticket: TicketText, tiers: Sequence[Tier]) -> Verdict:
        """Return the tier for which most speaks, with the phrases that do."""
        found = self.found_in(ticket.text)
        scores = {tier.name: self._total(found, tier.name) for tier in tiers}
        best = max(scores.values(), default=0.0)
        leading = [name for name, score in scores.items() if score == best]
        if best <= 0 or best < self.least:
            return ABSTAIN("no word that it knows")
        if len(leading) > 1:
            return ABSTAIN(f"as much speaks for {' as for '.join(leading)}"[:LONGEST_WORD])
        share = best / math.fsum(score for score in scores.values() if score > 0)
        why = [(given[:LONGEST_WORD], self.phrases[given].get(leading[0], 0.0)) for given in found]
        why = sorted(dict(pair for pair in why if pair[1]).items(), key=lambda pair: -pair[1])
        return Verdict(leading[0], share, scores, why[:_MOST_SHOWN], self.meaning)  # type: ignore[arg-type]

    def _total(self, found: Sequence[str], tier: str) -> float:
        return math.fsum(self.phrases[given].get(tier, 0.0) for given in found)

    def save(self, path: str | Path) -> None:
        """Write it to *path*, as JSON."""
        phrases = {text: dict(said) for text, said in self.phrases.items()}
        content = {"name": self.name, "least": self.least, "phrases": phrases}
        write_table(path, type(self).__name__, content)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Return what :meth:`save` wrote to *path*.

        Raises:
            BadInput: The file holds something else.
        """
        table = read_table(path, cls.__name__)
        try:
            return cls(table["phrases"], table["least"], table["name"])
        except (KeyError, TypeError) as why:
            raise BadInput(str(path), table, f"a file that {cls.__name__}.save wrote") from why
