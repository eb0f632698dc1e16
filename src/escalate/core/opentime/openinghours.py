"""Reads opening hours as people write them: days, spans of wall time, dates, holidays.

What comes out is canonical: two ways of writing the same hours read as equal values. Zones and instants
are unknown here; a date that some zone skipped reads like any other.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, KeysView, Mapping, Sequence, ValuesView
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from escalate.core.instants import DAY_US
from escalate.core.limits import DATES, SPANS_A_DAY
from escalate.core.opentime.spans import Span
from escalate.core.opentime.zonedays import FIRST_DAY, LAST_DAY, date_of
from escalate.errors import HorizonTooShort, InvalidCalendar, nearest

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MAX_SPANS_A_DAY: Final = SPANS_A_DAY
MAX_DATES: Final = DATES

DateInput: TypeAlias = date | str
HoursInput: TypeAlias = Mapping[str, Iterable[str]]
DatedHoursInput: TypeAlias = Mapping[
    Any, Iterable[str]
]  # keys are dates; Mapping[date | str] is invariant
HolidaysInput: TypeAlias = Iterable[Any] | Container[Any]

Hours: TypeAlias = Mapping[str, tuple[str, ...]]
DatedHours: TypeAlias = Mapping[date, tuple[str, ...]]

_FIRST_DATE: Final = date_of(FIRST_DAY)
_LAST_DATE: Final = date_of(LAST_DAY)
_TIME: Final = r"((?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?|24:00(?::00)?)"
_SPAN: Final = re.compile(rf"{_TIME}\s*-\s*{_TIME}")
_ISO_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SPAN_WANTED: Final = 'a span such as "09:00-17:00", "22:00-06:00" or "13:00-24:00"'
_DATE_WANTED: Final = 'a date such as date(2026, 12, 25) or "2026-12-25"'
_PLAIN: Final = (list, tuple, set, frozenset, dict, MappingProxyType)


def read_span(text: object, what: str) -> Span:
    """Return the wall-time span that *text* says, in microseconds since its date's 00:00.

    One that ends at or before its start runs into the next day.

    >>> read_span("22:00-06:00", "hours['mon']") == (22 * 3_600_000_000, 30 * 3_600_000_000)
    True
    """
    found = _SPAN.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None:
        raise InvalidCalendar(what, text, _SPAN_WANTED)
    start, end = (_wall_us(part) for part in found.groups())
    if start == DAY_US:
        raise InvalidCalendar(what, text, 'a span that starts before "24:00"; 24:00 only ends one')
    return start, end if end > start else end + DAY_US


def show_span(span: Span) -> str:
    """Return how :func:`read_span` is written, canonically.

    >>> show_span(read_span("13:00-00:00", "hours"))
    '13:00-24:00'
    """
    start, end = span
    return f"{_show_wall(start)}-{_show_wall(end if end <= DAY_US else end - DAY_US)}"


def read_spans(texts: object, what: str) -> tuple[Span, ...]:
    """Return the spans of one day, sorted, each once.

    Raises:
        InvalidCalendar: One is unreadable, or there are more than ``MAX_SPANS_A_DAY``.
    """
    if isinstance(texts, str) or not isinstance(texts, Iterable):
        raise InvalidCalendar(what, texts, 'a list of spans such as ["09:00-12:00", "13:00-18:00"]')
    spans = sorted({read_span(text, what) for text in texts})
    if len(spans) > MAX_SPANS_A_DAY:
        raise InvalidCalendar(what, f"{len(spans)} spans", f"at most {MAX_SPANS_A_DAY} spans a day")
    return tuple(spans)


def read_days(key: object) -> list[str]:
    """Return the days that a key of opening hours names, in order.

    >>> read_days("sun-tue,Fri")
    ['sun', 'mon', 'tue', 'fri']
    """
    if not isinstance(key, str):
        raise InvalidCalendar("hours", key, 'days such as "mon-fri", "sun-thu" or "mon,wed"')
    days = []
    for part in key.lower().split(","):
        ends = [word.strip() for word in part.split("-")]
        for word in ends:
            if word not in DAYS:
                raise InvalidCalendar("hours", key, nearest(word, DAYS))
        if len(ends) > 2:
            raise InvalidCalendar("hours", key, 'a range of two days, such as "mon-fri"')
        first, last = DAYS.index(ends[0]), DAYS.index(ends[-1])
        days += [DAYS[(first + n) % 7] for n in range((last - first) % 7 + 1)]
    return days


def read_hours(hours: HoursInput) -> Hours:
    """Return weekly hours by single day, days without hours left out.

    >>> dict(read_hours({"sat-sun": ["10:00-12:00"], "sun": ["15:00-16:00"]}))
    {'sat': ('10:00-12:00',), 'sun': ('10:00-12:00', '15:00-16:00')}
    """
    if not isinstance(hours, Mapping):
        raise InvalidCalendar("hours", hours, 'a mapping such as {"mon-fri": ["09:00-17:00"]}')
    texts: dict[str, list[str]] = {}
    for key, value in hours.items():
        spans = [show_span(span) for span in read_spans(value, f"hours[{key!r}]")]
        for day in read_days(key):
            texts.setdefault(day, []).extend(spans)
    read = {day: read_spans(texts[day], f"hours[{day!r}]") for day in DAYS if texts.get(day)}
    return MappingProxyType({day: tuple(map(show_span, spans)) for day, spans in read.items()})


def show_hours(hours: Hours) -> dict[str, list[str]]:
    """Return weekly hours as a person would write them, equal neighbours as one range.

    >>> show_hours(read_hours({"mon,tue,wed,fri": ["09:00-17:00"]}))
    {'mon-wed': ['09:00-17:00'], 'fri': ['09:00-17:00']}
    """
    shown: dict[str, list[str]] = {}
    runs: list[list[str]] = []
    for day in DAYS:
        spans = hours.get(day)
        if not spans:
            continue
        follows = runs and DAYS.index(runs[-1][-1]) + 1 == DAYS.index(day)
        if follows and hours[runs[-1][-1]] == spans:
            runs[-1].append(day)
        else:
            runs.append([day])
    for run in runs:
        key = run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}"
        shown[key] = list(hours[run[0]])
    return shown


def read_date(value: object, what: str) -> date:
    """Return the date that *value* is or says.

    Raises:
        InvalidCalendar: It is neither a date nor the text of one; a datetime is refused, because which
            date it means depends on a zone.
        HorizonTooShort: It lies outside 1970 to 2100.
    """
    if isinstance(value, str) and _ISO_DATE.fullmatch(value):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            raise InvalidCalendar(what, value, _DATE_WANTED) from None
    if isinstance(value, datetime):
        raise InvalidCalendar(
            what, value, f"{_DATE_WANTED}; the date of a datetime depends on its zone"
        )
    if not isinstance(value, date):
        raise InvalidCalendar(what, value, _DATE_WANTED)
    if not _FIRST_DATE <= value <= _LAST_DATE:
        raise HorizonTooShort(what, value.isoformat(), f"a date from {_FIRST_DATE} to {_LAST_DATE}")
    # A subclass (pendulum's Date) would keep its own repr and arithmetic.
    return date(value.year, value.month, value.day)


def read_dated_hours(given: DatedHoursInput, what: str) -> DatedHours:
    """Return spans by date, sorted by date.

    Raises:
        InvalidCalendar: It is no mapping, a date or a span is unreadable, or a date is given twice.
        HorizonTooShort: A date lies outside 1970 to 2100.
    """
    if not isinstance(given, Mapping):
        raise InvalidCalendar(
            what, given, f'a mapping such as {{"2026-12-24": ["09:00-12:00"]}} of {what}'
        )
    if len(given) > MAX_DATES:
        raise InvalidCalendar(what, f"{len(given)} dates", f"at most {MAX_DATES} dates")
    read: dict[date, tuple[str, ...]] = {}
    for key, texts in given.items():
        when = read_date(key, what)
        if when in read:
            raise InvalidCalendar(what, key, "each date once")
        read[when] = tuple(map(show_span, read_spans(texts, f"{what}[{str(when)!r}]")))
    return MappingProxyType(dict(sorted(read.items())))


def read_holidays(given: HolidaysInput) -> frozenset[date]:
    """Return the dates in any container of dates, copied.

    Lists, tuples, sets and dicts (their keys) are gone through; so is anything that can be gone through and
    has no ``in``. Any other container is asked for every date from 1970 through 2100, because some, like
    those of the ``holidays`` package, only fill a year once they are asked for it.

    Raises:
        InvalidCalendar: It is no container, or holds something that is no date.
        HorizonTooShort: It lists a date outside 1970 to 2100.
    """
    what = "holidays"
    if isinstance(given, str | bytes):
        raise InvalidCalendar(what, given, f"a list of dates, e.g. [{given!r}]")
    if type(given) in _PLAIN or isinstance(given, KeysView | ValuesView):
        return _listed(given)
    if isinstance(given, Container):
        return _probed(given)
    if isinstance(given, Iterable):
        return _listed(given)
    raise InvalidCalendar(what, given, "a container of dates")


def _listed(given: Any) -> frozenset[date]:
    dates = set()
    for number, value in enumerate(given):
        if number >= MAX_DATES:
            raise InvalidCalendar(
                "holidays", f"more than {MAX_DATES} entries", f"at most {MAX_DATES}"
            )
        dates.add(read_date(value, "holidays"))
    return frozenset(dates)


def _probed(given: Container[Any]) -> frozenset[date]:
    every_date = [date_of(day) for day in range(FIRST_DAY, LAST_DAY + 1)]
    try:
        return frozenset([when for when in every_date if when in given])
    except Exception as error:
        # Whatever a foreign container raises here, it cannot tell a holiday.
        raise InvalidCalendar(
            "holidays", given, "a container that can be asked for dates"
        ) from error


def _wall_us(text: str) -> int:
    parts = [int(part) for part in text.split(":")]
    seconds = parts[2] if len(parts) == 3 else 0
    return ((parts[0] * 60 + parts[1]) * 60 + seconds) * 1_000_000


def _show_wall(wall_us: int) -> str:
    minutes, seconds = divmod(wall_us // 1_000_000, 60)
    tail = f":{seconds:02}" if seconds else ""
    return f"{minutes // 60:02}:{minutes % 60:02}{tail}"


def spans_by_weekday(hours: Hours) -> tuple[tuple[Span, ...], ...]:
    """Return the spans of canonical weekly hours, Monday first."""
    return tuple(_spans_of(hours.get(day, ())) for day in DAYS)


def spans_by_day(dated: DatedHours) -> dict[int, tuple[Span, ...]]:
    """Return the spans of canonical dated hours by days since 1970-01-01."""
    return {(when - _FIRST_DATE).days: _spans_of(texts) for when, texts in dated.items()}


def _spans_of(texts: Sequence[str]) -> tuple[Span, ...]:
    return tuple(read_span(text, "hours") for text in texts)
