"""Why two policies judge one cycle of a clock differently: the terms in which they differ."""

from __future__ import annotations

from collections.abc import Iterator

from escalate.core.clocks import Clock, Terms
from escalate.core.deciding.clockwork import base_name, terms_of
from escalate.core.policy import EscalationPolicy
from escalate.core.worktime import WorkTime
from escalate.offline.replays.courses import Course

ELSEWHERE = "the same terms in the end; the cycle came to them by other targets or pauses"


def reason(
    first: EscalationPolicy, second: EscalationPolicy, one: Course | None, other: Course | None
) -> str:
    """Return in which terms the two policies differ for a cycle, as ``what: first > second``."""
    course = one or other
    assert course is not None  # one of them has it
    if one is None or other is None:
        missing, what = ("first", first) if one is None else ("second", second)
        runs = base_name(course.clock) in what.compiled.clocks
        return f"no such {'cycle' if runs else 'clock'} under the {missing}"
    was, now = _decided(one), _decided(other)
    return "; ".join(_differences(first, second, was, now)) or ELSEWHERE


def _decided(course: Course) -> Clock:
    return course.clock if course.broken is None else course.broken


def _differences(
    first: EscalationPolicy, second: EscalationPolicy, was: Clock, now: Clock
) -> Iterator[str]:
    old, new = terms_of(first.compiled, was), terms_of(second.compiled, now)
    if _promise(old) != _promise(new):
        yield f"within: {_promise(old)} > {_promise(new)}"
    if first.calendar(old.calendar) != second.calendar(new.calendar):
        if old.calendar == new.calendar:
            yield f"hours of the calendar {old.calendar}"
        else:
            yield f"calendar: {old.calendar} > {new.calendar}"
    if old.pauses_in != new.pauses_in:
        yield f"pauses: {_words(old.pauses_in)} > {_words(new.pauses_in)}"
    for name in ("on_change", "bots", "reassign"):
        if getattr(old, name) != getattr(new, name):
            yield f"{name}: {_word(getattr(old, name))} > {_word(getattr(new, name))}"
    if first.on_reopen != second.on_reopen:
        yield f"on_reopen: {first.on_reopen} > {second.on_reopen}"


def _promise(terms: Terms) -> str:
    if terms.days is not None:
        return f"{terms.days} working days"
    return "no target" if terms.within_us is None else str(WorkTime(terms.within_us))


def _words(words: frozenset[str]) -> str:
    return ", ".join(sorted(words)) or "none"


def _word(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
