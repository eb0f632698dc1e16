"""Reading a table of a policy file: every key is known, every value is of the type it should be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import attrs

from escalate.errors import BadInput, InvalidFile, nearest

Thing = TypeVar("Thing")


@attrs.frozen
class Place:
    """Where in which file something stands, such as ``targets[1].within`` in ``desk.toml``."""

    file: str
    path: str = ""

    def key(self, name: str) -> Place:
        """Return the place of the entry *name* of this table."""
        return Place(self.file, f"{self.path}.{name}" if self.path else name)

    def item(self, index: int) -> Place:
        """Return the place of item number *index* of this list."""
        return Place(self.file, f"{self.path}[{index}]")

    def __str__(self) -> str:
        return f"{self.file}: {self.path}" if self.path else self.file


def table(value: object, place: Place, known: Sequence[str] | None) -> Mapping[str, Any]:
    """Return *value*, a table in which every key is one of *known*; any key where that is none.

    Raises:
        InvalidFile: It is no table, or has a key that is not known there.
    """
    if not isinstance(value, Mapping):
        raise InvalidFile(str(place), value, "a table")
    for key in value:
        if known is not None and key not in known:
            raise InvalidFile(str(place.key(str(key))), key, nearest(str(key), known))
    return value


def items(value: object, place: Place) -> Sequence[tuple[Place, Any]]:
    """Return the items of *value*, a list, each with its place.

    Raises:
        InvalidFile: It is no list.
    """
    if not isinstance(value, list | tuple):
        raise InvalidFile(str(place), value, "a list")
    return [(place.item(index), item) for index, item in enumerate(value)]


def build(make: type[Thing], place: Place, values: Mapping[str, Any]) -> Thing:
    """Return the thing that *values* describe; what is wrong with them names its place in the file.

    Raises:
        InvalidFile: A value is missing, or is not what the thing wants.
    """
    missing = [
        field.name
        for field in attrs.fields(make)  # type: ignore[arg-type]  # callers give attrs classes
        if field.init and field.default is attrs.NOTHING and field.name not in values
    ]
    if missing:
        raise InvalidFile(str(place), sorted(values), f"also {', '.join(missing)}")
    try:
        return make(**values)
    except BadInput as wrong:
        raise InvalidFile(f"{place} ({wrong.what})", wrong.got, wrong.wanted) from wrong
    except (TypeError, ValueError) as wrong:
        raise InvalidFile(str(place), dict(values), f"other values: {wrong}") from wrong
