"""Values to plain JSON and back, exactly: each class is written as its type hints say.

What is at its default is left out. Nothing is run by reading: a document names no class, but for those
that a :func:`union_of` lists by name. Which documents there are is in :mod:`escalate.stores.documents`.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, IntEnum
from functools import cache
from math import isfinite
from operator import attrgetter
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import attrs

from escalate.core import facts
from escalate.core.sealing import NOTHING, FrozenDict, Sealed, seal
from escalate.errors import BadInput

Convert = Callable[[Any], Any]
_TAG: Final = "~"


class Unknown(LookupError):
    """A document holds something that this release has no name for."""


@attrs.frozen
class Form:
    """How values of one type are written and read; none where they are plain JSON already."""

    write: Convert | None = None
    read: Convert | None = None


PLAIN: Final = Form()
_PLAIN: Final = frozenset({str, int, float, bool})


def _same(value: Any) -> Any:
    return value


@cache
def form_of(hint: Any) -> Form:  # noqa: PLR0911  one line for each kind of type
    """Return how a value of the type *hint* is written and read.

    Raises:
        TypeError: There is no form for such a type.
    """
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _maybe(hint)
    if hint in (int, str, bool) or origin is Literal:
        return PLAIN
    if hint is float:
        return Form(_write_float, float)
    if hint is Any:
        return Form(_write_any, _read_any)
    if hint is datetime:
        return Form(datetime.isoformat, datetime.fromisoformat)
    if origin is not None:
        return _several(origin, get_args(hint))
    if issubclass(hint, IntEnum):
        return Form(lambda value: value.name.lower(), lambda name: hint[name.upper()])
    if issubclass(hint, Enum):
        return Form(lambda value: value.value, hint)
    return _class_form(hint)


def _maybe(hint: Any) -> Form:
    # What a snapshot does not show is at its default, and so left out.
    some = [each for each in get_args(hint) if each not in (types.NoneType, facts.Unknown)]
    if len(some) > 1 and _PLAIN.issuperset(some):
        return Form(_write_any, _read_any)
    if len(some) != 1 or len(some) == len(get_args(hint)):
        raise TypeError(f"no form for {hint}")
    inner = form_of(some[0])
    if inner is PLAIN:
        return PLAIN
    write, read = inner.write or _same, inner.read or _same
    return Form(
        lambda value: None if value is None else write(value),
        lambda value: None if value is None else read(value),
    )


def _several(origin: Any, args: tuple[Any, ...]) -> Form:
    if origin is tuple and args[-1] is not ...:
        forms = [form_of(arg) for arg in args]
        writes = [form.write or _same for form in forms]
        reads = [form.read or _same for form in forms]
        return Form(
            lambda value: [write(each) for write, each in zip(writes, value, strict=True)],
            lambda value: tuple(read(each) for read, each in zip(reads, value, strict=True)),
        )
    inner = form_of(args[-1] if origin is not tuple else args[0])
    write, read = inner.write or _same, inner.read or _same
    if origin is tuple:
        return Form(
            lambda value: [write(each) for each in value],
            lambda value: tuple(read(each) for each in value),
        )
    if origin is frozenset:  # in order, so that equal values are written alike
        return Form(
            lambda value: sorted(write(each) for each in value),
            lambda value: frozenset(read(each) for each in value),
        )
    if issubclass(origin, Mapping):
        return Form(
            lambda value: {name: write(each) for name, each in value.items()},
            lambda value: FrozenDict({name: read(each) for name, each in value.items()}),
        )
    raise TypeError(f"no form for {origin}")


def _class_form(cls: type, given: Mapping[Any, Form] = NOTHING) -> Form:
    open_form = cls.__mro__[2] if issubclass(cls, Sealed) else cls
    hints = get_type_hints(open_form)
    parts = [
        (field.name, _default(field), given.get(hints[field.name]) or form_of(hints[field.name]))
        for field in _fields(cls)
    ]
    writes = [(name, default, form.write) for name, default, form in parts]
    values = _values_of([name for name, _, _ in parts])
    # As the class is called: a field may be stored under another name than it is given by.
    reads = {
        each.name: (each.alias or each.name, form.read)
        for each, (_, _, form) in zip(_fields(cls), parts, strict=True)
    }

    def write(value: Any) -> dict[str, Any]:
        table = {}
        for (name, default, convert), each in zip(writes, values(value), strict=True):
            if each is not default and each != default:
                table[name] = each if convert is None else convert(each)
        return table

    def read(table: Mapping[str, Any]) -> Any:
        called_with = {}
        for name, each in table.items():
            if name not in reads:
                raise Unknown(f"{cls.__name__}.{name}")
            called, convert = reads[name]
            called_with[called] = each if convert is None else convert(each)
        value = open_form(**called_with)
        return value if open_form is cls else seal(value, cls)

    return Form(write, read)


def _values_of(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Return what gives the values of *names* of a thing, all at once: most of them are at their default."""
    get = attrgetter(*names) if names else lambda _: ()
    return get if len(names) != 1 else lambda thing: (get(thing),)


def union_of(classes: Iterable[type], tag: str, parts: Mapping[Any, Form] = NOTHING) -> Form:
    """Return the form of a value of one of *classes*, whose name is written under *tag*.

    *parts* has the forms of fields whose type stands for a union as well.
    """
    forms = {cls.__name__: _class_form(cls, parts) for cls in classes}

    def write(value: Any) -> dict[str, Any]:
        name = type(value).__name__
        if name not in forms:
            raise BadInput(tag, name, f"one of {', '.join(sorted(forms))}")
        convert = forms[name].write or _same
        return {tag: name, **convert(value)}

    def read(table: Mapping[str, Any]) -> Any:
        rest = dict(table)
        name = rest.pop(tag)
        if name not in forms:
            raise Unknown(f"{tag} {name!r}")
        return (forms[name].read or _same)(rest)

    return Form(write, read)


def _fields(cls: type) -> tuple[attrs.Attribute[Any], ...]:
    if not attrs.has(cls):
        raise TypeError(f"no form for {cls}")
    fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(cls)
    return fields


def _default(field: attrs.Attribute[Any]) -> Any:
    default: Any = field.default
    return default.factory() if hasattr(default, "factory") else default


def shape_of(cls: type) -> dict[str, str]:
    """Return the fields of *cls*, each with its type and default as written: what a document may hold.

    The default belongs to it, because what is left out of a document means that.
    """
    shape = {}
    for field in _fields(cls):
        default = _default(field)
        usual = "" if default is attrs.NOTHING else f" = {default!r}"
        shape[field.name] = f"{field.type}{usual}"
    return shape


# -- values of a host's own: fields of tickets, scores of classifiers


def _write_float(value: float) -> Any:
    return value if isfinite(value) else str(value)


def _write_any(value: Any) -> Any:  # noqa: PLR0911  one line for each type
    match value:
        case None | str() | bool() | int():
            return value
        case float():
            return value if isfinite(value) else {_TAG: "float", "of": str(value)}
        case list():
            return [_write_any(each) for each in value]
        case tuple():
            return {_TAG: "tuple", "of": [_write_any(each) for each in value]}
        case set() | frozenset():
            some = sorted((_write_any(each) for each in value), key=repr)
            return {_TAG: "set", "of": some}
        case Mapping() if all(isinstance(name, str) for name in value):
            table = {name: _write_any(each) for name, each in value.items()}
            return {_TAG: "table", "of": table} if _TAG in table else table
        case datetime():
            return {_TAG: "datetime", "of": value.isoformat()}
        case date():
            return {_TAG: "date", "of": value.isoformat()}
        case Decimal():
            return {_TAG: "decimal", "of": str(value)}
    wanted = "a text, a number, true, false, none, a date, or a list, set or table of such"
    raise BadInput("a value to store", value, wanted)


_READ_TAGGED: Final[Mapping[str, Convert]] = {
    "float": float,
    "tuple": lambda of: tuple(_read_any(each) for each in of),
    "set": lambda of: frozenset(_read_any(each) for each in of),
    "table": lambda of: FrozenDict({name: _read_any(each) for name, each in of.items()}),
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "decimal": Decimal,
}


def _read_any(value: Any) -> Any:
    if isinstance(value, list):
        return [_read_any(each) for each in value]
    if not isinstance(value, dict):
        return value
    if _TAG not in value:
        return FrozenDict({name: _read_any(each) for name, each in value.items()})
    if value[_TAG] not in _READ_TAGGED:
        raise Unknown(f"a value of type {value[_TAG]!r}")
    return _READ_TAGGED[value[_TAG]](value["of"])
