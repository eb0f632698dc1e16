"""Figures that only the chapter "time" has: what time is spent on, and that by line, team and so on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from escalate.offline.figures.lines import NO_TEAM, NO_TIER
from escalate.offline.figures.values import Figure, Share, Spread, Value, hours
from escalate.offline.studying.listing import SHOWN, in_order, most_frequent
from escalate.offline.studying.spending import MEANINGS, STATES, Place
from escalate.offline.sums import SpansBy

Name = tuple[str, str]
"""A group, such as ``"line"``, and one of the names in it."""
Key = tuple[Name, str]
"""A name, and what is measured there."""

ALL: Final[Name] = ("", "")
"""The name that all cases go by."""
WALL: Final = "to_first_completed"
OPEN: Final = "open_to_first_completed"
OUTSIDE: Final = "outside_completed"
CLOSING: Final = "resolved_to_closed"

GROUPS: Final = {
    "line": NO_TIER,
    "team": NO_TEAM,
    "priority": "the log tells no priority: map a priority column",
    "request": "no row has the attribute {request}: map the type of request, or name it with request=",
}
"""What the times are told by, and why they are not where the log does not tell it."""
_ROW: Final = {
    "line": "a row in that line",
    "team": "a row of that team",
    "priority": "a row of that priority",
    "request": "a row of a case of that type",
}
_BY_TITLES: Final = {
    "line": "Times by line",
    "team": "Times by team",
    "priority": "Times by priority",
    "request": "Times by type of request",
}
_NAMES: Final = {
    WALL: "to first completed",
    OPEN: "to first completed, open time",
    OUTSIDE: "outside completed",
    "customer_wait": "waiting for the customer",
    "third_party_wait": "waiting for a third party",
    "in_queue": "in a queue",
    "in_work": "in work",
    "unknown": "unknown",
    CLOSING: "resolved to closed",
}
_TITLES: Final = {
    "in_queue": "In a queue",
    "in_work": "In work",
    "customer_wait": "Waiting for the customer",
    "third_party_wait": "Waiting for a third party",
}
STATE_KEYS: Final = tuple(key for state in _TITLES for key in (f"{state}_hours", state))
_CLOSING: Final = "From resolved to closed"
_MEASURED: Final = {
    WALL: "wall clock from the first row to the first completed one, over the cases where that is {row}",
    OPEN: "the same in open time by the desk's calendar",
    OUTSIDE: (
        "wall clock in all intervals of a case that begin at {row} which is not completed, over the cases "
        "with such an interval"
    ),
    "customer_wait": "of these intervals, those whose row waits for the customer (status means pending)",
    "third_party_wait": "those whose row waits for anyone else (status means on_hold)",
    "in_queue": f"those that '{_TITLES['in_queue']}, by case' counts",
    "in_work": f"those that '{_TITLES['in_work']}, by case' counts",
    CLOSING: f"what '{_CLOSING}' counts, where the resolved row is {{row}}",
}
_COMPLETED: Final = "completed (status means resolved or closed)"
_OUTSIDE: Final = f"all intervals but those that begin at a row that is {_COMPLETED}"
_QUEUES: Final = ("in_queue", "in_work")

NO_LATER_QUEUE: Final = (
    "No case is new again once it came to another line: "
    "what it waits in a queue there counts as work."
)


def never(meaning: str) -> str:
    """Return why a wait of nothing may mean little."""
    return f"No status of the log means {meaning}: either nobody ever waited so, or the log does not tell."


@lru_cache(maxsize=10_000)
def names_of(place: Place, request: str | None) -> tuple[Name, ...]:
    """Return what a row at *place*, of a case with that *request*, is told by."""
    found = zip(GROUPS, (*place, request), strict=True)
    return tuple((group, name) for group, name in found if name is not None)


def open_to_completed(spans: SpansBy[Key]) -> Figure:
    """Return how long cases take to their first completed row while the desk is open."""
    definition = (
        f"Over the cases with a row that is {_COMPLETED}: hours of open time, by the desk's calendar, from "
        "the first row to the first completed one."
    )
    title = "To the first Completed, in open time"
    return Figure(OPEN, title, _spread(spans, (ALL, OPEN)), definition)


def closing(spans: SpansBy[Key]) -> Figure:
    """Return how long resolved cases take to be closed."""
    definition = (
        "Over the runs of completed rows that have a row whose status means resolved and behind it one that "
        "means closed: hours of wall clock from the first such resolved row to the first such closed one."
    )
    return Figure(CLOSING, _CLOSING, _spread(spans, (ALL, CLOSING)), definition)


def hours_by_state(spent: Counter[str], *, tells_queue: bool) -> Figure:
    """Return what all time outside Completed is spent on."""
    told = STATES if tells_queue else [state for state in STATES if state not in _QUEUES]
    value = {_NAMES[state]: hours(spent[state]) for state in told}
    meaning = "; ".join(f"'{_NAMES[state]}': {MEANINGS[state]}" for state in told)
    if not tells_queue:
        value["in a queue or in work"] = hours(sum(spent[state] for state in _QUEUES))
        meaning += (
            "; 'in a queue or in work': intervals that begin at a row whose status means open"
        )
    definition = (
        f"Hours of wall clock of all cases together, out of {_OUTSIDE}, by state. {meaning}."
    )
    return Figure("hours_by_state", "What the time is spent on", value, definition, "bars")


def hours_in(state: str, spent: Counter[str]) -> Figure:
    """Return the hours in *state*, of all hours that cases were not completed."""
    definition = (
        f"Hours of wall clock ('part') in {MEANINGS[state]}, of the hours ('whole') in {_OUTSIDE}."
    )
    value = Share(hours(spent[state]), hours(spent.total()))
    return Figure(f"{state}_hours", f"{_TITLES[state]}, of all time", value, definition)


def spread_in(state: str, spans: SpansBy[Key]) -> Figure:
    """Return how long cases are in *state* altogether."""
    definition = (
        f"Over the cases with at least one of the {MEANINGS[state]}: hours of wall clock in all these "
        "intervals of the case together."
    )
    title = f"{_TITLES[state]}, by case"
    return Figure(state, title, _spread(spans, (ALL, state)), definition)


def measures(*, tells_queue: bool, tells_hours: bool) -> tuple[str, ...]:
    """Return what is told by line, team and so on."""
    waits = ("customer_wait", "third_party_wait")
    ends = (WALL, OPEN, OUTSIDE) if tells_hours else (WALL, OUTSIDE)
    return (*ends, *waits, *(_QUEUES if tells_queue else ()), CLOSING)


def shown(group: str, cases: Counter[Name], order: Sequence[str] | None) -> list[str]:
    """Return which names of *group* are shown: in *order* if there is one, else those of most cases."""
    seen = {name: count for (found, name), count in cases.items() if found == group}
    return most_frequent(seen) if order is None else in_order(seen, order)


def by(
    group: str,
    names: Sequence[str],
    cases: Mapping[Name, int],
    spans: SpansBy[Key],
    told: Sequence[str],
) -> Figure:
    """Return every measure in *told*, by the *names* of *group*."""
    value: dict[str, Value] = {}
    for name in names:
        here = (group, name)
        found = {
            _NAMES[measure]: _spread(spans, (here, measure))
            for measure in told
            if (here, measure) in spans
        }
        value[name] = {"cases": cases[here], **found}
    row = _ROW[group]
    parts = "; ".join(
        f"'{_NAMES[measure]}': {_MEASURED[measure].format(row=row)}" for measure in told
    )
    few = f" {SHOWN}" if group in ("team", "request") else ""
    if group == "request":
        few = f" A case is of the type of request that its last row which tells one has.{few}"
    definition = f"'cases': those with {row}; {parts}. Hours.{few}"
    return Figure(f"by_{group}", _BY_TITLES[group], value, definition)


def _spread(spans: SpansBy[Key], key: Key) -> Spread:
    return Spread.of(spans.get(key, ()))
