"""Opening hours and instants for Hypothesis, aimed at what is hard: clock changes, edges, midnight."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from escalate.core.workcalendar import WorkCalendar
from tests.core.calendar_oracle import DAY, Minutes, Oracle, Plan

HARD_DATES = (
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/Sao_Paulo", date(2017, 10, 15)),  # 00:00 to 01:00 never was
    ("America/Sao_Paulo", date(2018, 2, 18)),  # the hour before this midnight came twice
    ("America/Sao_Paulo", date(2018, 11, 4)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),  # half an hour
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Asia/Kathmandu", date(1986, 1, 1)),  # a quarter of an hour at midnight
    ("America/St_Johns", date(2006, 4, 2)),  # a minute past midnight
    ("America/St_Johns", date(2006, 10, 29)),
    ("Pacific/Apia", date(2011, 12, 30)),  # a whole date
    ("Pacific/Apia", date(2011, 9, 24)),
    ("UTC", date(2026, 3, 1)),
)
_TIMES = (0, 1, 15, 30, 59, 60, 61, 90, 120, 135, 150, 180, 240, 540, 720, 1020, 1380, 1425, 1439)
AMOUNTS_US = st.sampled_from([1, 60_000_000, 3_600_000_000]) | st.integers(1, 40 * 3_600_000_000)


_TIME = st.sampled_from(_TIMES) | st.integers(0, DAY - 1)
_SPAN = st.tuples(_TIME, _TIME | st.just(DAY))  # by day, overnight, a whole day, to 24:00
_SPANS = st.lists(_SPAN, max_size=3).map(tuple)
_WEEK = st.tuples(*[_SPANS] * 7).filter(any)
_DATED = st.dictionaries(st.integers(-3, 3), _SPANS, max_size=2)


@st.composite
def plans(draw: st.DrawFn, *, at: tuple[str, date] | None = None) -> Plan:
    """Opening hours around a hard date, with exceptions on the dates beside it."""
    zone, around = at or draw(st.sampled_from(HARD_DATES))

    def dated() -> dict[date, tuple[Minutes, ...]]:
        return {around + timedelta(days=n): spans for n, spans in draw(_DATED).items()}

    return Plan(
        zone=zone,
        around=around,
        week=draw(_WEEK),
        holidays=frozenset(dated()),
        breaks=dated(),
        overrides=dated(),
    )


def calendar_of(plan: Plan) -> WorkCalendar:
    """The library's calendar for the same hours, built from text."""
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return WorkCalendar(
        timezone=plan.zone,
        hours={day: _texts(spans) for day, spans in zip(days, plan.week, strict=True)},
        holidays=plan.holidays,
        breaks={on: _texts(spans) for on, spans in plan.breaks.items()},
        overrides={on.isoformat(): _texts(spans) for on, spans in plan.overrides.items()},
    )


_REACH_US = 5 * DAY * 60_000_000

AIMS = st.tuples(st.integers(0, 30), st.sampled_from([0, 0, -1, 1, -60_000_000])) | st.tuples(
    st.none(), st.integers(-_REACH_US, _REACH_US)
)
"""Where an instant lies: at or beside the n-th edge, or so far from the hard date."""


def aimed(oracle: Oracle, aim: tuple[int | None, int]) -> int:
    """Return the instant that an aim means, well inside the oracle's row."""
    first, last = oracle.span_us
    middle = (first + last) // 2
    which, nudge = aim
    edges = [edge for edge in oracle.edges_us() if abs(edge - middle) < _REACH_US]
    if which is None or not edges:
        return middle + nudge
    return edges[which % len(edges)] + nudge


def _texts(spans: tuple[Minutes, ...]) -> list[str]:
    return [
        f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}" for start, end in spans
    ]
