"""Common requests: what is asked for most, what it costs, who solves it, and what may not need them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Final, Self

import attrs

from escalate.core.status import Status
from escalate.errors import HorizonTooShort
from escalate.offline.figures.values import Chapter, Figure, LeftOut, Value
from escalate.offline.log import Case
from escalate.offline.quality import DataQuality
from escalate.offline.studying.candidates import SHOWN, Table, remarks_of
from escalate.offline.studying.chapters import chapter_of
from escalate.offline.studying.clustering import clusters
from escalate.offline.studying.doubting import of_calendar
from escalate.offline.studying.kinds import MOST_NAMES, Kind, Kinds, Told, told_of
from escalate.offline.studying.sampling import Sample
from escalate.offline.studying.stays import clock_of, in_order
from escalate.offline.studying.terms import Terms
from escalate.offline.sums import merge_sums

MOST_SUBJECTS: Final = 10_000
"""How many cases' subjects are compared with each other; of more cases a sample is."""
LONGEST_SUBJECT: Final = 200

_EXAMPLES: Final = 5
_LONGEST_NAME: Final = 60
_ALIKE: Final = (
    "whose subjects say nearly the same (the first row's that has one; clusters, by k-means, of the "
    "words, pairs of words and beginnings of words that they share, weighed by how rare they are, as tf-idf "
    "has it; a subject like no other is of no kind)"
)


@attrs.define(init=False)
class Requests:
    """Gathers what is asked for: request types and products by name, subjects by likeness."""

    terms: Terms
    cases: int
    has_work: bool
    tiers: set[str]
    requests: Kinds
    products: Kinds
    subjects: Sample[tuple[str, Told]]
    too_long: int
    beyond: int

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.cases, self.has_work, self.tiers = 0, False, set()
        self.requests, self.products = Kinds(), Kinds()
        self.subjects = Sample(MOST_SUBJECTS)
        self.too_long = self.beyond = 0

    def add(self, case: Case) -> None:
        """Count one case."""
        terms = self.terms
        self.cases += 1
        self.tiers.update(row.tier for row in case.rows if row.tier is not None)
        self.has_work = self.has_work or any(row.meaning is Status.OPEN for row in case.rows)
        names = [_last(case, each) for each in (terms.request, terms.product)]
        subject = _first(case, terms.subject)
        if not subject and not any(names):
            return
        try:
            told = told_of(case, terms)
        except HorizonTooShort:
            self.beyond += 1  # which every figure then doubts
            return
        for kinds, name in zip((self.requests, self.products), names, strict=True):
            if name:
                kinds.add(name[:LONGEST_SUBJECT], told)
        if subject:
            self.too_long += len(subject) > LONGEST_SUBJECT
            self.subjects.add(case.id, (subject[:LONGEST_SUBJECT], told))

    def merge(self, other: Self) -> None:
        """Count what another one counted."""
        merge_sums(self, other)

    def chapter(self, quality: DataQuality) -> Chapter:
        """Return the most common requests, and what may be done about them."""
        del quality  # what the window cuts off, it cuts off of all kinds alike
        found: list[Figure | LeftOut] = []
        tables: list[Table] = []
        for key, noun, attribute, kinds in (
            ("request_type", "request type", self.terms.request, self.requests),
            ("product", "product", self.terms.product, self.products),
        ):
            if kinds.too_many:
                why = f"{attribute} has more than {MOST_NAMES:,} different texts: too many to be kinds"
                found.append(LeftOut(f"common_{key}", why))
            elif not kinds.by_name:
                found.append(LeftOut(f"common_{key}", _missing(attribute)))
            else:
                how = f"of one {noun} (the attribute {attribute} of their last row that has it)"
                tables.append(self._table(key, f"by {noun}", how, kinds.by_name, self.cases))
                found += tables[-1].figures()
        if self.subjects.seen:
            by_cluster, examples = self._clustered()
            tables.append(
                self._table("subject", "by subject", _ALIKE, by_cluster, len(self.subjects))
            )
            found += [*tables[-1].figures(), self._examples(examples)]
        else:
            found.append(LeftOut("common_subject", _missing(self.terms.subject)))
        return chapter_of("requests", "Common requests", found, remarks_of(tables))

    def _table(self, key: str, by: str, how: str, kinds: Mapping[str, Kind], whole: int) -> Table:
        tiers = in_order(self.terms.tiers, self.tiers) if self.tiers else ()
        clock = clock_of(self.terms)[1] if self.has_work else ""
        doubt = self._doubt() if key == "subject" else of_calendar(self.cases, self.beyond)
        return Table(key, by, how, kinds, whole, tiers, clock, doubt)

    def _clustered(self) -> tuple[dict[str, Kind], dict[str, Counter[str]]]:
        by_text: defaultdict[str, Kind] = defaultdict(Kind)
        for text, told in self.subjects:
            by_text[text].add(told)
        kinds: dict[str, Kind] = {}
        examples: dict[str, Counter[str]] = {}
        for cluster in clusters({text: kind.cases for text, kind in by_text.items()}):
            name = _unused(_short(cluster.texts[0]), kinds)
            kinds[name] = Kind()
            for text in cluster.texts:
                kinds[name].merge(by_text[text])
            examples[name] = Counter({text: by_text[text].cases for text in cluster.texts})
        return kinds, examples

    def _doubt(self) -> str:
        said = list(filter(None, [of_calendar(self.cases, self.beyond)]))
        if self.subjects.seen > len(self.subjects):
            said.append(
                f"{len(self.subjects):,} of {self.subjects.seen:,} cases with a subject stand for all, "
                "drawn by a hash of their id."
            )
        if self.too_long:
            said.append(
                f"{self.too_long:,} subjects are longer than {LONGEST_SUBJECT} letters; what comes "
                "behind was not read."
            )
        return " ".join(said)

    def _examples(self, examples: Mapping[str, Counter[str]]) -> Figure:
        value: dict[str, Value] = {}
        for name in list(examples)[:SHOWN]:
            # The most common first; of several the one nearest to the middle.
            value[name] = dict(examples[name].most_common(_EXAMPLES))
        definition = (
            f"For each of the {SHOWN} largest clusters of subjects up to {_EXAMPLES} of its subjects, "
            "the most common first, and of those as common the one nearest to the middle: cases with "
            "exactly that subject."
        )
        return Figure("subject_examples", "Examples", value, definition, "none", self._doubt())


def _first(case: Case, attribute: str) -> str:
    return next(filter(None, (_text(row.attribute(attribute)) for row in case.rows)), "")


def _last(case: Case, attribute: str) -> str:
    return next(filter(None, (_text(row.attribute(attribute)) for row in reversed(case.rows))), "")


def _text(text: str | None) -> str:
    return " ".join(text.split()) if text else ""


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_NAME else f"{text[: _LONGEST_NAME - 1]}…"


def _unused(name: str, used: Mapping[str, Kind]) -> str:
    number = 2
    free = name
    while free in used:
        free, number = f"{name} ({number})", number + 1
    return free


def _missing(attribute: str) -> str:
    return f"the log tells no {attribute}: map it under attributes"
