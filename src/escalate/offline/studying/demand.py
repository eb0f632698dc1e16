"""Demand: when cases come in, and how many are waiting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import Final, Self, TypeVar
from zoneinfo import ZoneInfo

import attrs

from escalate.core.instants import DAY_US
from escalate.offline.figures.values import Chapter, Figure, LeftOut, Share
from escalate.offline.log import Case
from escalate.offline.quality import DataQuality
from escalate.offline.studying.chapters import chapter_of
from escalate.offline.studying.deskclock import UNKNOWN, iso, shown_us, weekday_of, zone_of
from escalate.offline.studying.doubting import as_sentence
from escalate.offline.studying.terms import Terms
from escalate.offline.sums import merge_sums

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MOST_DAYS: Final = 3_660
"""Beyond so many days, ten years, a line says only the days and weeks on which something happens."""

_HOURS: Final = tuple(f"{hour:02}" for hour in range(24))
_HOUR_US: Final = DAY_US // 24
_FEWEST_WEEKS: Final = 4
_ARRIVAL: Final = "a case arrives at its first row"
Key = TypeVar("Key", int, tuple[int, int])


@attrs.define(init=False)
class Demand:
    """Counts arrivals and what is open, by day of the desk's own clock."""

    zone: ZoneInfo
    clock: str
    hours: Counter[tuple[int, int]]
    days: Counter[int]
    changes: Counter[int]
    ends: set[int]
    has_status: bool

    def __init__(self, terms: Terms) -> None:
        self.zone, self.clock = zone_of(terms)
        self.hours, self.days, self.changes = Counter(), Counter(), Counter()
        self.ends = set()
        self.has_status = False

    def add(self, case: Case) -> None:
        """Count one case."""
        zone = self.zone
        arrived_us = shown_us(case.rows[0].at_us, zone)
        day = arrived_us // DAY_US
        self.days[day] += 1
        self.hours[weekday_of(day), arrived_us % DAY_US // _HOUR_US] += 1
        is_open = False
        for row in case.rows:
            self.has_status = self.has_status or row.meaning is not None
            if row.is_completed is is_open:
                is_open = not is_open
                self.changes[shown_us(row.at_us, zone) // DAY_US] += 1 if is_open else -1
        self.ends.add(shown_us(case.rows[-1].at_us, zone) // DAY_US)

    def merge(self, other: Self) -> None:
        """Count what another one counted."""
        merge_sums(self, other)

    def chapter(self, quality: DataQuality) -> Chapter:
        """Return what was counted, with a doubt where the extract's window makes it mean little."""
        return chapter_of("demand", "Demand", self._figures(quality))

    def _figures(self, quality: DataQuality) -> Iterator[Figure | LeftOut]:
        keys = ("arrivals_by_hour_of_week", "peaks", "arrivals_by_week", "arrivals_by_day")
        if not self.ends:
            yield from (LeftOut(key, "the log has no case") for key in (*keys, "backlog"))
            return
        window = quality.evidence.window
        chosen = as_sentence(window.chosen_by_end())
        hourly = " ".join(filter(None, (chosen or self._too_short(), self._other_zone())))
        yield self._by_hour(hourly)
        yield self._peaks(hourly)
        yield self._by_week(chosen)
        yield self._by_day(chosen)
        if self.has_status:
            yield self._backlog(chosen or as_sentence(window.chosen_by_beginning()))
        else:
            why = "no status of the log means anything: map a status column and its words"
            yield LeftOut("backlog", why)

    def _by_hour(self, doubt: str) -> Figure:
        value = {
            name: {hour: self.hours[weekday, at] for at, hour in enumerate(_HOURS)}
            for weekday, name in enumerate(WEEKDAYS)
        }
        definition = (
            f"Cases by the weekday and hour, {self.clock}, in which they arrive; {_ARRIVAL}."
        )
        title = "Arrivals by hour of the week"
        return Figure("arrivals_by_hour_of_week", title, value, definition, "heat", doubt)

    def _peaks(self, doubt: str) -> Figure:
        cases = self.days.total()
        (weekday, hour), most = _peak(self.hours)
        name = f"hour of the week: {WEEKDAYS[weekday]} {_HOURS[hour]}:00"
        value = {name: Share(most, cases / (7 * 24))}
        weekdays: Counter[int] = Counter()
        for (weekday, _), count in self.hours.items():
            weekdays[weekday] += count
        weekday, most = _peak(weekdays)
        value[f"day of the week: {WEEKDAYS[weekday]}"] = Share(most, cases / 7)
        day, most = _peak(self.days)
        first, last = self._window
        value[f"day: {iso(day)}"] = Share(most, cases / (last - first + 1))
        definition = (
            f"The hour of the week, the weekday and the date, {self.clock}, in which most cases arrive, the "
            "earliest of several: the arrivals there, against the mean of all 168 hours, of all 7 weekdays, "
            f"of all days from the first arrival to the last row of the log; 100 % is the mean; {_ARRIVAL}."
        )
        return Figure("peaks", "Peaks against the mean", value, definition, "bars", doubt)

    def _by_week(self, doubt: str) -> Figure:
        weeks: Counter[int] = Counter()
        for day, count in self.days.items():
            weeks[day - weekday_of(day)] += count
        value = {iso(day): weeks[day] for day in self._dates(weeks, step=7)}
        definition = (
            f"Cases by the week in which they arrive, named by its Monday, {self.clock}; {_ARRIVAL}. "
            f"The first and the last week may be parts. {_sparse('Weeks without arrivals')}"
        )
        title = "Arrivals by week"
        return Figure("arrivals_by_week", title, value, definition, "line", doubt)

    def _by_day(self, doubt: str) -> Figure:
        value = {iso(day): self.days[day] for day in self._dates(self.days)}
        definition = (
            f"Cases by the date on which they arrive, {self.clock}; {_ARRIVAL}. "
            f"{_sparse('Days without arrivals')}"
        )
        return Figure("arrivals_by_day", "Arrivals by day", value, definition, "line", doubt)

    def _backlog(self, doubt: str) -> Figure:
        days = self._dates(self.changes)
        left = accumulate(self.changes[day] for day in days)
        value = {iso(day): count for day, count in zip(days, left, strict=True)}
        definition = (
            f"For each date, {self.clock}: cases that have arrived by its end and are not completed "
            "then (the last row until then has no status that means resolved or closed); a case that "
            "was reopened counts again, one whose last row is not completed counts to the end of the "
            f"log. Cases that began before the log are not in it. {_sparse('Days without a change')}"
        )
        return Figure("backlog", "Backlog at the end of each day", value, definition, "line", doubt)

    @property
    def _window(self) -> tuple[int, int]:
        # A clock that is put back past midnight shows a later row on an earlier day.
        touched = {*self.days, *self.changes, *self.ends}
        return min(touched), max(touched)

    def _dates(self, counted: Mapping[int, int], step: int = 1) -> list[int]:
        first, last = self._window
        if last - first >= MOST_DAYS:
            return sorted(counted)
        return list(range(first - (weekday_of(first) if step == 7 else 0), last + 1, step))

    def _too_short(self) -> str:
        first, last = self._window
        days = last - first + 1
        if days >= 7 * _FEWEST_WEEKS:
            return ""
        return f"The log spans {days} days: a weekday comes up fewer than {_FEWEST_WEEKS} times."

    def _other_zone(self) -> str:
        if self.clock != UNKNOWN:
            return ""
        return (
            "The hours are those of UTC: a policy whose calendar has the desk's zone, or a mapping that "
            "names it (at.zone), shows its own."
        )


def _peak(counts: Counter[Key]) -> tuple[Key, int]:
    return min(counts.items(), key=lambda item: (-item[1], item[0]))


def _sparse(what: str) -> str:
    return f"{what} are left out where the log spans more than {MOST_DAYS:,} days."
