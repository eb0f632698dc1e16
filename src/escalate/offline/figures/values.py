"""What a figure is: a key, a value and the sentence that defines it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final, Literal, TypeAlias

import attrs

from escalate.errors import BadInput, nearest
from escalate.offline.intervals import Estimate

HOUR_US: Final = 3_600_000_000


def hours(us: int | Fraction) -> float:
    """Return microseconds as hours.

    >>> hours(5_400_000_000)
    1.5
    """
    # Both divide whole numbers, which gives the nearest float there is.
    return us / HOUR_US if isinstance(us, int) else float(us / HOUR_US)


@attrs.frozen
class Share:
    """A part of a whole, both counted in the same unit.

    >>> Share(3, 4).share
    0.75
    """

    part: float
    whole: float

    @property
    def share(self) -> float | None:
        """The part as a share of 1; none of nothing."""
        return self.part / self.whole if self.whole else None

    def to_json(self) -> dict[str, Any]:
        """Return part, whole and share."""
        return {"part": self.part, "whole": self.whole, "share": self.share}


LADDER: Final = (
    ("up to 5 min", 300_000_000),
    ("up to 15 min", 900_000_000),
    ("up to 1 h", HOUR_US),
    ("up to 4 h", 4 * HOUR_US),
    ("up to 12 h", 12 * HOUR_US),
    ("up to 1 day", 24 * HOUR_US),
    ("up to 3 days", 72 * HOUR_US),
    ("up to 1 week", 168 * HOUR_US),
    ("up to 2 weeks", 336 * HOUR_US),
    ("up to 30 days", 720 * HOUR_US),
)
"""The rungs of every distribution of time, each with the most microseconds that belong to it."""
LONGER: Final = "more"
"""What the rung above the last of the :data:`LADDER` is called."""
_RUNGS: Final = tuple(us for _, us in LADDER)


@attrs.frozen
class Spread:
    """How long something took over several cases, in hours; none if there were no cases.

    Attributes:
        cases: How many spans there are; mostly one a case, or as the figure's definition says.
        mean_hours: Their mean.
        median_hours: Half of them are no longer. All such marks interpolate linearly.
        p90_hours: Nine in ten are no longer; the other marks are named likewise.
        ladder: How many lie on each rung of the :data:`LADDER` and above the rung before; the last, how
            many lie above all rungs.
    """

    cases: int
    mean_hours: float | None
    median_hours: float | None
    p90_hours: float | None
    min_hours: float | None = None
    p10_hours: float | None = None
    p25_hours: float | None = None
    p75_hours: float | None = None
    p95_hours: float | None = None
    max_hours: float | None = None
    ladder: tuple[int, ...] = (0,) * (len(LADDER) + 1)

    @classmethod
    def of(cls, spans_us: Iterable[int]) -> Spread:
        """Return the spread of *spans_us*, microseconds each, in any order.

        >>> spread = Spread.of([0, HOUR_US, 5 * HOUR_US])
        >>> spread.mean_hours, spread.median_hours, spread.p90_hours
        (2.0, 1.0, 4.2)
        >>> spread.rungs["up to 1 h"]
        1
        """
        ordered = sorted(spans_us)
        if not ordered:
            return cls(0, None, None, None)

        def mark(percent: int) -> float:
            # As quantile has it, in whole numbers: a study has thousands of them.
            below, rest = divmod(percent * (len(ordered) - 1), 100)
            here = ordered[below]
            step = ordered[below + 1] - here if rest else 0
            return (100 * here + rest * step) / (100 * HOUR_US)

        ends = [0, *(bisect_right(ordered, us) for us in _RUNGS), len(ordered)]
        return cls(
            cases=len(ordered),
            mean_hours=sum(ordered) / (len(ordered) * HOUR_US),
            median_hours=mark(50),
            p90_hours=mark(90),
            min_hours=hours(ordered[0]),
            p10_hours=mark(10),
            p25_hours=mark(25),
            p75_hours=mark(75),
            p95_hours=mark(95),
            max_hours=hours(ordered[-1]),
            ladder=tuple(above - below for below, above in pairwise(ends)),
        )

    @property
    def rungs(self) -> dict[str, int]:
        """The :attr:`ladder` with the name of each rung, the shortest first."""
        names = [*(name for name, _ in LADDER), LONGER]
        return dict(zip(names, self.ladder, strict=True))

    def to_json(self) -> dict[str, Any]:
        """Return the cases, mean and marks in hours, and the ladder by the names of its rungs."""
        return {**attrs.asdict(self), "ladder": self.rungs}


def quantile(ordered: Sequence[int], share: Fraction) -> Fraction:
    """Return the value below which *share* of the *ordered* values lies, interpolated linearly.

    >>> quantile([10, 20], Fraction(1, 2))
    Fraction(15, 1)
    """
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


Value: TypeAlias = "int | float | Share | Spread | Estimate | Mapping[str, Value]"
Chart: TypeAlias = Literal["none", "bars", "heat", "line", "flow"]
"""How a figure is drawn: not at all (one number); one bar a name; a field of rows and columns; values along
time, by dates in order; or as the flowchart, its values moves by source and target."""


@attrs.frozen
class Figure:
    """One figure.

    Attributes:
        key: Its name in JSON, stable across releases.
        title: How people call it.
        value: A count (``int``), hours (``float``), a :class:`Share`, a :class:`Spread`, an
            :class:`~escalate.offline.intervals.Estimate` of a share, or these by name.
        definition: The sentence by which anybody can compute it again.
        chart: How it is drawn.
        doubt: Why it may mean little on this log, as a sentence; empty if nothing is known against it.
    """

    key: str
    title: str
    value: Value
    definition: str
    chart: Chart = "none"
    doubt: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the value and its definition, and the doubt if there is one."""
        doubt = {"doubt": self.doubt} if self.doubt else {}
        return {"value": _json(self.value), "definition": self.definition, **doubt}

    def _repr_html_(self) -> str:
        from escalate.offline.reporting.page import figures_fragment

        return figures_fragment([self])


def _json(value: Value) -> Any:
    if isinstance(value, Share | Spread):
        return value.to_json()
    if isinstance(value, Estimate):
        return attrs.asdict(value)
    if isinstance(value, Mapping):
        return {name: _json(part) for name, part in value.items()}
    return value


VERDICT: Final = "Verdict:"
"""How a remark begins that sums up what its chapter says."""


@attrs.frozen
class Chapter:
    """Figures about one question.

    Attributes:
        key: Its name in JSON, stable across releases.
        title: How people call it.
        figures: In the order in which people read them.
        remarks: What the figures together say, as sentences; they may quote texts of cases.
    """

    key: str
    title: str
    figures: Figures
    remarks: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the title, the remarks if there are any, the figures and what was left out."""
        remarks = {"remarks": list(self.remarks)} if self.remarks else {}
        return {"title": self.title, **remarks, **self.figures.to_json()}

    def _repr_html_(self) -> str:
        from escalate.offline.reporting.page import chapter_fragment

        return chapter_fragment(self)


@attrs.frozen
class LeftOut:
    """A figure that this log or call does not allow, and what is missing for it."""

    key: str
    why: str


@attrs.frozen
class Figures:
    """The figures over one log.

    Attributes:
        figures: In the order in which people read them.
        left_out: Those that could not be computed.

    >>> figures = Figures((Figure("cases", "Cases", 2, "Cases with at least one row."),))
    >>> figures["cases"].value
    2
    """

    figures: tuple[Figure, ...]
    left_out: tuple[LeftOut, ...] = ()

    def __iter__(self) -> Iterator[Figure]:
        return iter(self.figures)

    def __getitem__(self, key: str) -> Figure:
        for figure in self.figures:
            if figure.key == key:
                return figure
        known = nearest(key, [figure.key for figure in self.figures])
        raise UnknownFigure("figures[...]", key, f"a figure that was computed; {known}")

    def to_json(self) -> dict[str, Any]:
        """Return ``{"figures": {key: {"value": ..., "definition": ...}}, "left_out": {key: why}}``.

        >>> Figures((Figure("cases", "Cases", 2, "Cases with a row."),)).to_json()["figures"]
        {'cases': {'value': 2, 'definition': 'Cases with a row.'}}
        """
        return {
            "figures": {figure.key: figure.to_json() for figure in self.figures},
            "left_out": {figure.key: figure.why for figure in self.left_out},
        }

    def _repr_html_(self) -> str:
        from escalate.offline.reporting.page import figures_fragment

        return figures_fragment(self.figures, self.left_out)


@attrs.define
class UnknownFigure(BadInput, KeyError):
    """A figure was asked for that was not computed."""
