"""Cases from TOML files and plain mappings. Whether their words are the policy's is checked when they run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from os import PathLike, fspath
from pathlib import Path as FilePath
from typing import Any, Final

from escalate.core import events as e
from escalate.core.clocks import ClockState
from escalate.core.commands import Open
from escalate.core.status import Status
from escalate.core.worktime import WorkTime
from escalate.errors import BadInput, InvalidFile, Refused, nearest
from escalate.policies.problems import Problems
from escalate.policies.tables import Place, items, read_file, table, text, texts
from escalate.testing.cases.forms import Form
from escalate.testing.cases.times import read_time
from escalate.testing.cases.values import (
    NONE,
    Case,
    CaseStep,
    Expected,
    ExpectedClock,
    ExpectedHandoff,
    ExpectedNotice,
)
from escalate.testing.cases.verbs import OPEN, form_of, in_words, read_deed

WEEK: Final = date(2026, 3, 2)
"""The Monday from which days of the week are counted, unless a file or case names another."""

_TICKET: Final = "T-1"
_OPENING: Final = tuple(OPEN.fields)
_OF_CASE: Final = ("name", "opened", "steps", "until", "expect", "timezone", "week")
_OF_FILE: Final = ("cases", "timezone", "week")
_OF_STEP: Final = ("at", "do", "expect")


def load_cases(path: str | PathLike[str]) -> tuple[Case, ...]:
    """Return the cases of a TOML file, for :func:`escalate.testing.policy_case`.

    Raises:
        InvalidFile: The file cannot be read, has no case, or has a key, a verb or a time that does not
            read; the message names the file, the dotted place and what would work.
        SeveralProblems: More than one case is wrong; it lists the first mistake of each.
    """
    name = fspath(path)
    try:
        found = read_file(FilePath(name), name)
    except OSError as why:
        raise InvalidFile(name, why.strerror or str(why), "a file that can be read") from why
    place = Place(name, lines=found.lines)
    given = table(found.tables, place, _OF_FILE)
    shared = {key: given[key] for key in ("timezone", "week") if key in given}
    listed = items(given.get("cases", []), place.key("cases"))
    if not listed:
        raise place.key("cases").wrong([], "at least one [[cases]]")
    problems = Problems()
    cases: dict[str, Case] = {}
    for at, item in listed:
        try:
            case = read_case(item, at, shared)
        except BadInput as wrong:
            problems.note(wrong, at)
            continue
        if cases.setdefault(case.name, case) is not case:
            name_at = at.key("name")
            problems.note(name_at.wrong(case.name, "a name for each case"), name_at)
    if problems.found:
        raise problems.error(name)
    return tuple(cases.values())


def read_case(value: object, place: Place, shared: Mapping[str, Any] | None = None) -> Case:
    """Return the case that the table *value* at *place* describes.

    Args:
        value: The table.
        place: How messages call it.
        shared: What the file says for all its cases.

    Raises:
        InvalidFile: A key is unknown or missing, or a value is not one that it takes.
    """
    given = {**(shared or {}), **table(value, place, (*_OF_CASE, *_OPENING))}
    if missing := [key for key in ("name", "opened") if key not in given]:
        raise place.wrong(sorted(given), f"also {', '.join(missing)}")
    name = text(given["name"], place.key("name"))
    opening = {key: given[key] for key in _OPENING if key in given}
    ticket: Open = OPEN.read({"id": _TICKET, **opening}, place)
    steps = items(given.get("steps", []), place.key("steps"))
    expect = _maybe(given, "expect", place, EXPECTED.read)
    if expect is not None and expect.refused and (steps or "until" in given):
        wanted = "it in the expect of the step that is refused; here it speaks of the opening"
        raise place.key("expect").key("refused").wrong(expect.refused, wanted)
    return Case(
        name=name,
        opening=ticket,
        opened=read_time(given["opened"], place.key("opened")),
        steps=tuple(_step(item, at) for at, item in steps),
        until=_maybe(given, "until", place, read_time),
        expect=expect,
        timezone=_maybe(given, "timezone", place, text),
        week=_week(given.get("week", WEEK), place.key("week")),
        place=place,
    )


def _maybe(given: Mapping[str, Any], key: str, place: Place, read: Callable[..., Any]) -> Any:
    return read(given[key], place.key(key)) if key in given else None


def _week(value: object, place: Place) -> date:
    try:
        found = date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        found = None
    if not isinstance(found, date) or isinstance(found, datetime):
        raise place.wrong(value, "a date such as 2026-12-21")
    return found


def _step(value: object, place: Place) -> CaseStep:
    given = dict(table(value, place))
    verb = given.get("do")
    if verb is None:
        table(value, place, _OF_STEP)
        if "expect" not in given:
            raise place.wrong(sorted(given), "also do or expect")
    else:
        # A promise's date is read here, with the other times of the case.
        dates = ("due",) if verb == "promise" else ()
        table(value, place, (*_OF_STEP, *form_of(verb, place).fields, *dates))
        if dates and "due" not in given:
            raise place.wrong(sorted(given), 'also due = "Fri 12:00", the date that is promised')
    rest = {key: given[key] for key in given if key not in (*_OF_STEP, "due")}
    return CaseStep(
        at=_maybe(given, "at", place, read_time),
        deed=None if verb is None else read_deed(verb, rest, place),
        verb=verb or "",
        promised=_maybe(given, "due", place, read_time),
        expect=_maybe(given, "expect", place, EXPECTED.read),
        place=place,
    )


def _one_of(known: tuple[str, ...], what: str) -> Callable[[Any, Place], str]:
    def read(value: object, place: Place) -> str:
        word = text(value, place)
        if word not in known:
            raise place.wrong(word, f"{what}; {nearest(word, known)}")
        return word

    return read


def _several(known: tuple[str, ...], what: str) -> Callable[[Any, Place], tuple[str, ...]]:
    one = _one_of(known, what)

    def read(value: object, place: Place) -> tuple[str, ...]:
        return tuple(one(item, at) for at, item in items(value, place))

    return read


def _codes(kind: type[Refused]) -> set[str]:
    return {kind.code}.union(*map(_codes, kind.__subclasses__()))


def _kinds(kind: type[e.Event]) -> set[type[e.Event]]:
    return {kind}.union(*map(_kinds, kind.__subclasses__()))


def _due(value: object, place: Place) -> Any:
    return value if value == NONE else read_time(value, place)


def _used(value: object, place: Place) -> str:
    try:
        return str(WorkTime.parse(text(value, place)))
    except BadInput as why:
        raise place.wrong(value, why.wanted) from why


def _clocks(value: object, place: Place) -> dict[str, ExpectedClock]:
    return {name: CLOCK.read(each, place.key(name)) for name, each in table(value, place).items()}


def _notices(value: object, place: Place) -> tuple[ExpectedNotice, ...]:
    return tuple(_notice(item, at) for at, item in items(value, place))


def _notice(value: object, place: Place) -> ExpectedNotice:
    if not isinstance(value, str):
        found: ExpectedNotice = NOTICE.read(value, place)
        return found
    receiver, _, at = value.partition(" at ")
    return ExpectedNotice(receiver=receiver.strip(), at=read_time(at, place) if at else None)


_STATES: Final = (*(state.value for state in ClockState), NONE)
EVENTS: Final = tuple(
    sorted(in_words(kind.__name__) for kind in _kinds(e.Event) - {e.Event, e.Moved})
)
"""How cases call events."""

CLOCK: Final = Form(
    ExpectedClock,
    {
        "due": _due,
        "state": _one_of(_STATES, "a state of clocks"),
        "breached_at": read_time,
        "used": _used,
    },
)
NOTICE: Final = Form(ExpectedNotice, {"at": read_time, "deliver": read_time})
HANDOFF: Final = Form(
    ExpectedHandoff,
    dict.fromkeys(("given", "missing", "checks_left", "tried"), texts),
    {"source": "from"},
)
EXPECTED: Final = Form(
    Expected,
    {
        "refused": _one_of(
            tuple(sorted(_codes(Refused) - {Refused.code})), "the code of a refusal"
        ),
        "status": _one_of(tuple(status.value for status in Status), "a status"),
        **dict.fromkeys(("tags", "milestones", "invited", "approvals", "rules"), texts),
        "fields": table,
        "clocks": _clocks,
        "handoff": HANDOFF.read,
        "notices": _notices,
        "journal": _several(EVENTS, "the word for an event"),
    },
)


def as_case(value: Case | Mapping[str, Any]) -> Case:
    """Return *value* itself, or the case that a mapping of the same shape as in a file describes."""
    return value if isinstance(value, Case) else read_case(value, Place("case"))
