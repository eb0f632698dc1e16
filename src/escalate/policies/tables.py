"""Reading a TOML file table by table: every key is known, every list a list, every mistake has its place."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any, Final

import attrs

from escalate.errors import BadInput, InvalidFile, nearest

MAX_BYTES: Final = 1_000_000


@attrs.frozen
class Place:
    """Where in which file something stands, such as ``targets[1].within`` in ``desk.toml``.

    Attributes:
        file: How messages call the file; empty leaves it out.
        path: Where in it, dotted.
        error: What is raised about what stands there.
    """

    file: str
    path: str = ""
    error: type[BadInput] = InvalidFile

    def key(self, name: str) -> Place:
        """Return the place of the entry *name* of this table."""
        return attrs.evolve(self, path=f"{self.path}.{name}" if self.path else name)

    def item(self, index: int) -> Place:
        """Return the place of item number *index* of this list."""
        return attrs.evolve(self, path=f"{self.path}[{index}]")

    def wrong(self, got: object, wanted: str) -> BadInput:
        """Return the error that *got* stands here and *wanted* would work."""
        return self.error(str(self), got, wanted)

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.path) if part)


def read_toml(path: FilePath, name: str) -> dict[str, Any]:
    """Return what the TOML file at *path* says; messages call it *name*.

    Raises:
        InvalidFile: It is no TOML in UTF-8, is nested too deeply, or larger than 1 MB.
        OSError: It cannot be opened.
    """
    with path.open("rb") as handle:
        content = handle.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise InvalidFile(name, "more than 1 MB", "a smaller file")
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as why:
        raise InvalidFile(name, f"bytes that are no UTF-8 ({why.reason})", "UTF-8") from why
    except tomllib.TOMLDecodeError as why:
        raise InvalidFile(name, str(why), "TOML") from why
    except RecursionError:  # its own text says nothing to whoever wrote the file
        raise InvalidFile(name, "values nested too deeply", "TOML") from None


def table(value: object, place: Place, known: Iterable[str] | None = None) -> Mapping[str, Any]:
    """Return *value*, a table in which every key is one of *known*; any key where that is none.

    Raises:
        BadInput: It is no table, or has a key that is not known there; the class is *place*'s.
    """
    if not isinstance(value, Mapping):
        raise place.wrong(value, "a table")
    for key in value:
        if not isinstance(key, str):
            raise place.wrong(key, "a key that is text")
        if known is not None and key not in known:
            raise place.key(key).wrong(key, f"a key known there; {nearest(key, known)}")
    return value


def items(value: object, place: Place) -> Sequence[tuple[Place, Any]]:
    """Return the items of *value*, a list, each with its place.

    Raises:
        BadInput: It is no list; the class is *place*'s.
    """
    if not isinstance(value, list | tuple):
        raise place.wrong(value, "a list")
    return [(place.item(index), item) for index, item in enumerate(value)]


def text(value: object, place: Place) -> str:
    """Return *value*, a text.

    Raises:
        BadInput: It is none; the class is *place*'s.
    """
    if not isinstance(value, str):
        raise place.wrong(value, "text")
    return value


def texts(value: object, place: Place) -> tuple[str, ...]:
    """Return the items of *value*, a list of texts.

    Raises:
        BadInput: It is none; the class is *place*'s.
    """
    return tuple(text(item, at) for at, item in items(value, place))
