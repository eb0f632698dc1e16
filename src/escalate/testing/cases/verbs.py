"""What can be done in a case: every command, under its name in small letters, and who does it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, get_args

import attrs

from escalate.core import commands as c
from escalate.core import facts as f
from escalate.core.model import Actor, ActorKind, Attempt, Handoff, Verdict
from escalate.errors import nearest
from escalate.policies.tables import Place, items, table, text
from escalate.testing.cases.forms import Form

NOBODY: Final = "nobody"
"""How a case says that a ticket has no assignee."""

SOLE: Final = 0
"""The number that stands for whichever request for approval is pending: no event has it."""

UNDATED: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""The date of a promise until the run of its case knows what the date means."""

_ACTOR: Final = re.compile(r"(?:([a-z]+):)?\s*([^()]*?)\s*(?:\(([^()]*)\))?")
_KINDS: Final = get_args(ActorKind)


def read_actor(value: object, place: Place) -> Actor:
    """Return who ``"ann"``, ``"bot:helper"`` or ``"agent:eve (lead)"`` is; a table says it in full.

    Raises:
        InvalidFile: It reads as nobody.
    """
    if isinstance(value, Actor):
        return value
    if isinstance(value, Mapping):
        who: Actor = Form(Actor).read(value, place)
        return who
    found = _ACTOR.fullmatch(text(value, place).strip())
    if found is None:
        raise place.wrong(value, 'somebody: "ann", "bot:helper" or "agent:eve (lead)"')
    kind, name, roles = found.groups()
    if kind is not None and kind not in _KINDS:
        raise place.wrong(value, f'"kind:name" with a kind that is known; {nearest(kind, _KINDS)}')
    named = frozenset(role.strip() for role in (roles or "").split(",") if role.strip())
    return Actor(name, kind or "agent", named)  # type: ignore[arg-type]


def _attempt(value: object, place: Place) -> Attempt:
    if isinstance(value, str):
        return Attempt(value)
    found: Attempt = Form(Attempt).read(value, place)
    return found


def _attempts(value: object, place: Place) -> tuple[Attempt, ...]:
    return tuple(_attempt(item, at) for at, item in items(value, place))


HANDOFF: Final = Form(Handoff, {"tried": _attempts})
VERDICT: Final = Form(Verdict)


def _verdict(value: object, place: Place) -> Verdict:
    # One without a tier abstains.
    found: Verdict = VERDICT.read({"tier": None, **table(value, place)}, place)
    return found


def _agent(value: object, place: Place) -> str | None:
    name = text(value, place)
    return None if name == NOBODY else name


def _command(kind: type, names: Mapping[str, str], hidden: frozenset[str]) -> Form:
    keys = {names.get(field.alias, field.alias) for field in attrs.fields(kind)}
    parts: dict[str, Callable[[Any, Place], Any]] = {"by": read_actor}
    parts |= {"handoff": HANDOFF.read, "verdict": _verdict, "agent": _agent}
    return Form(kind, {key: parts[key] for key in parts if key in keys}, names, hidden)


def in_words(name: str) -> str:
    """Return the name of a class as words, e.g. ``"set_priority"`` for ``SetPriority``."""
    return re.sub(r"(?<=[a-z])([A-Z])", r"_\1", name).lower()


_DATED: Final = frozenset({"at"})  # a promise says when it is due; reading it takes the case's zone
COMMANDS: Final[Mapping[str, Form]] = {
    in_words(kind.__name__): _command(kind, {}, _DATED if kind is c.Promise else frozenset())
    for kind in c.Asked.__subclasses__()
} | {
    # Not a command, but what a test of the fallback needs: nobody stands behind a receiver.
    "receiver_missing": _command(f.ReceiverMissing, {}, frozenset({"occurred_at"})),
}
"""The verbs of a step, each with what it takes."""

OPEN: Final = _command(c.Open, {}, frozenset())


def read_deed(verb: object, values: Mapping[str, Any], place: Place) -> c.Command | f.Fact:
    """Return the command that *verb* and its *values* give.

    Raises:
        InvalidFile: The verb or a key is unknown, or a value is not one that it takes.
    """
    form = form_of(verb, place)
    values = dict(table(values, place))
    if "request" in form.fields:  # who writes a case does not know the numbers of events
        values.setdefault("request", SOLE)
    if form.make is c.SetField:  # TOML has no word for none
        values.setdefault("value", None)
    if form.make is c.Promise:
        return _promise(form, values, place)
    deed: c.Command | f.Fact = form.read(values, place)
    return deed


def _promise(form: Form, values: Mapping[str, Any], place: Place) -> c.Promise:
    arguments = form.arguments(values, place)
    return c.Promise(at=UNDATED, **arguments)


def form_of(verb: object, place: Place) -> Form:
    """Return what *verb* takes.

    Raises:
        InvalidFile: There is no such verb.
    """
    name = text(verb, place.key("do"))
    if name not in COMMANDS:
        raise place.key("do").wrong(name, f"something that can be done; {nearest(name, COMMANDS)}")
    return COMMANDS[name]
