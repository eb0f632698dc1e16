"""Traces told: as a story for people, and as a case of ``escalate test`` for ever after."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, tzinfo
from functools import singledispatch
from typing import Any, Final

import attrs

from escalate.core import commands as c
from escalate.core.explained import local, plain, tell, zone_of
from escalate.core.model import Actor
from escalate.core.opentime.zonedays import find_zone
from escalate.core.policy import ALWAYS, EscalationPolicy
from escalate.verify.findings import Finding
from escalate.verify.realising import Moment, Trace

_ASKED: Final[Mapping[type[c.Command], str]] = {
    c.Open: "a ticket comes in",
    c.CustomerReply: "the customer writes",
    c.RequestHuman: "the customer asks for a person",
    c.Rate: "the customer rates",
    c.Take: "somebody takes it on",
    c.Reply: "somebody answers",
    c.Wait: "somebody waits for the customer",
    c.Hold: "somebody waits for a third party",
}


def zone_of_policy(policy: EscalationPolicy) -> tzinfo:
    """Return the zone in which stories of *policy* are told: that of the tier where tickets start."""
    name = policy.calendar_name(policy.entry_tier)
    if name == ALWAYS:
        name = next(iter(policy.calendars), ALWAYS)
    return find_zone(zone_of(policy.calendar(name)))


def story(trace: Trace) -> tuple[str, ...]:
    """Return what happens in *trace*, a line for each thing, with instants as they read on the wall."""
    return tuple(plain(line) for line in _lines(trace))


def _lines(trace: Trace) -> Iterator[str]:
    zone = zone_of_policy(trace.policy)
    for moment in trace.moments:
        if moment.command is not None:
            before = [event for event in moment.events if event.by.kind in ("system", "rule")]
            early = [event for event in before if event.at < moment.at]
            yield from (f"{local(event.at, zone)}: {tell(event)}" for event in early)
            yield f"{local(moment.at, zone)}: {asked(moment.command)}"
            yield from (
                f"  {tell(event)}"
                for event in moment.events
                if event not in early and _is_news(event)
            )
        else:
            yield from (f"{local(event.at, zone)}: {tell(event)}" for event in moment.events)
    ticket = trace.ticket
    status = ticket.status.replace("_", " ")
    yield f"{local(trace.moments[-1].at, zone)}: it is {status} in {ticket.tier}, {ticket.priority}"


def _is_news(event: Any) -> bool:
    return type(event).__name__ not in ("Opened", "Replied", "CustomerReplied", "Taken", "Noted")


def asked(command: c.Command) -> str:
    """Return what was asked, in a few words."""
    said = _ASKED.get(type(command)) or _words(type(command).__name__).replace("_", " ")
    if isinstance(command, c.Open):
        tags = f", {' and '.join(sorted(command.tags))}" if command.tags else ""
        return f"{said}: {command.priority}{tags}" + (
            f", {command.request_type}" if command.request_type else ""
        )
    if isinstance(command, c.Reply):
        then = {"stay": "", "wait": " and waits for the customer", "resolve": " and resolves"}
        return ("a bot answers" if command.bot else said) + then[command.then]
    what = [
        str(value)
        for name, value in _given(command).items()
        if name not in ("by", "id", "handoff", "override", "text", "reason", "verdict")
    ]
    return f"{said} {', '.join(what)}".strip()


def _words(name: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", r"_\1", name).lower()


def _given(command: c.Command) -> dict[str, Any]:
    fields = attrs.fields(type(command))
    values = {field.alias or field.name: (getattr(command, field.name), field) for field in fields}
    return {
        name: value
        for name, (value, field) in values.items()
        if value is not None and (field.default is attrs.NOTHING or not _is_default(field, value))
    }


def _is_default(field: Any, value: Any) -> bool:
    return bool(value == field.default) or (not value and not isinstance(value, bool | int | float))


def as_case(trace: Trace, name: str) -> str:
    """Return *trace* as the TOML of a case: ``escalate test POLICY CASES`` goes through it again.

    It expects of the ticket what came of it in the end; what happens on the way stands in it as steps.
    """
    first, *rest = trace.moments
    assert isinstance(first.command, c.Open)
    lines = ["[[cases]]", f"name = {_toml(name)}", 'timezone = "UTC"', f"opened = {_at(first)}"]
    opening = {
        key: value for key, value in _given(first.command).items() if key not in ("id", "by")
    }
    lines += [f"{key} = {_toml(value)}" for key, value in opening.items()]
    if rest:
        lines += ["steps = [", *(f"  {_step(moment)}," for moment in rest), "]"]
    ticket = trace.ticket
    expect = {"tier": ticket.tier, "status": str(ticket.status), "priority": ticket.priority}
    lines.append(f"expect = {_table({**expect, 'moves': ticket.moves, 'bounces': ticket.bounces})}")
    return "\n".join(lines) + "\n"


def cases_of(findings: Sequence[Finding]) -> str:
    """Return every story among *findings* as one case file."""
    told = [each for each in findings if each.trace is not None]
    names = [f"{number}. {each.code}: {each.sentence}" for number, each in enumerate(told, 1)]
    return "\n".join(as_case(f.trace, name) for f, name in zip(told, names, strict=True) if f.trace)


def _at(moment: Moment) -> str:
    there = moment.at.astimezone(UTC).replace(tzinfo=None)
    return _toml(there.isoformat(" ", "microseconds" if there.microsecond else "seconds"))


def _step(moment: Moment) -> str:
    if moment.command is None:
        ticket = moment.ticket
        return f"{{ at = {_at(moment)}, expect = {_table({'tier': ticket.tier})} }}"
    given = _given(moment.command)
    given.pop("id", None)
    if isinstance(moment.command, c.Approve | c.Decline) or (
        isinstance(moment.command, c.Withdraw) and isinstance(moment.command.what, int)
    ):
        given.pop("request", None)  # who writes a case does not know the numbers of events
    inner = {"do": _words(type(moment.command).__name__), **given}
    return f"{{ at = {_at(moment)}, {_table(inner)[2:]}"


def _table(values: Mapping[str, Any]) -> str:
    return "{ " + ", ".join(f"{_key(key)} = {_toml(value)}" for key, value in values.items()) + " }"


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _toml(key)


@singledispatch
def _toml(value: Any) -> str:
    if attrs.has(type(value)):
        fields = {field.name: getattr(value, field.name) for field in attrs.fields(type(value))}
        return _table(
            {name: each for name, each in fields.items() if each is not None and each != ""}
        )
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


@_toml.register
def _(value: bool) -> str:
    return str(value).lower()


@_toml.register
def _(value: int | float) -> str:
    return repr(value)


@_toml.register
def _(value: Mapping) -> str:  # type: ignore[type-arg]
    return _table(value)


@_toml.register
def _(value: frozenset) -> str:  # type: ignore[type-arg]
    return f"[{', '.join(_toml(each) for each in sorted(value))}]"


@_toml.register
def _(value: tuple) -> str:  # type: ignore[type-arg]
    return f"[{', '.join(_toml(each) for each in value)}]"


@_toml.register
def _(value: Actor) -> str:
    if value.kind == "agent" and not value.roles:
        return _toml(value.id)
    roles = {"roles": value.roles} if value.roles else {}
    return _table({"id": value.id, "kind": value.kind, **roles})
