"""Reading a file table by table: every key is known, every list a list, every mistake has its place."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any, Final

import attrs

from escalate.core.limits import FILE_BYTES, NESTING
from escalate.errors import BadInput, InvalidFile, nearest
from escalate.policies.lines import Lines, Parts, depth_of, json_lines, toml_lines

_LINE: Final = re.compile(r"\(at line (\d+), column \d+\)$")


@attrs.frozen
class Place:
    """Where in which file something stands, such as ``targets[1].within`` in ``desk.toml``.

    Attributes:
        file: How messages call the file; empty leaves it out.
        path: Where in it, dotted.
        error: What is raised about what stands there.
        parts: The same way, as keys and indexes.
        lines: The lines of the file; none for a mapping.
    """

    file: str
    path: str = ""
    error: type[BadInput] = InvalidFile
    parts: Parts = ()
    lines: Lines | None = None

    def key(self, name: str) -> Place:
        """Return the place of the entry *name* of this table."""
        return attrs.evolve(
            self, path=f"{self.path}.{name}" if self.path else name, parts=(*self.parts, name)
        )

    def item(self, index: int) -> Place:
        """Return the place of item number *index* of this list."""
        return attrs.evolve(self, path=f"{self.path}[{index}]", parts=(*self.parts, index))

    def inside(self, path: str) -> Place:
        """Return the place of something in this value that is written as *path*: ``['mon-fri']``."""
        return attrs.evolve(self, path=self.path + path)

    @property
    def line(self) -> int | None:
        """The line on which it stands, from 1; none where the file does not say."""
        return None if self.lines is None else self.lines.of(self.parts)

    def wrong(self, got: object, wanted: str, reason: str = "") -> BadInput:
        """Return the error that *got* stands here and *wanted* would work; *reason* is a code."""
        if self.error is InvalidFile:
            file = "" if self.lines is None else self.file
            return InvalidFile(str(self), got, wanted, file, self.path, self.line, reason)
        return self.error(str(self), got, wanted)

    def __str__(self) -> str:
        line = self.line
        file = self.file if line is None else f"{self.file}:{line}"
        return ": ".join(part for part in (file, self.path) if part)


@attrs.frozen
class Content:
    """What a file says, and on which lines."""

    tables: Any
    lines: Lines


def read_file(path: FilePath, name: str) -> Content:
    """Return what the file at *path* says, JSON if it is called ``.json``, else TOML.

    Raises:
        InvalidFile: It is none, not in UTF-8, is nested too deeply, or larger than 1 MB; *name* is how
            messages call it.
        OSError: It cannot be opened.
    """
    read = _json if path.suffix.lower() == ".json" else _toml
    text = _text(path, name)
    try:
        content = read(text, name)
    except RecursionError:  # its own text says nothing to whoever wrote the file
        raise _wrong(name, "values nested too deeply", f"{NESTING} levels at most") from None
    if depth_of(content.tables) > NESTING:
        raise _wrong(name, "values nested too deeply", f"{NESTING} levels at most")
    return content


def read_toml(path: FilePath, name: str) -> dict[str, Any]:
    """Return what the TOML file at *path* says, under the terms of :func:`read_file`."""
    found: dict[str, Any] = _toml(_text(path, name), name).tables
    return found


def _text(path: FilePath, name: str) -> str:
    with path.open("rb") as handle:
        content = handle.read(FILE_BYTES + 1)
    if len(content) > FILE_BYTES:
        raise _wrong(name, "more than 1 MB", "a smaller file")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as why:
        line = content.count(b"\n", 0, why.start) + 1
        raise _wrong(name, f"bytes that are no UTF-8 ({why.reason})", "UTF-8", line) from why


def _toml(text: str, name: str) -> Content:
    try:
        return Content(tomllib.loads(text), Lines(text, toml_lines))
    except tomllib.TOMLDecodeError as why:
        found = _LINE.search(str(why))
        line = int(found[1]) if found else text.count("\n") + 1  # "at end of document"
        raise _wrong(name, str(why), "TOML", line) from why
    except RecursionError:
        raise _wrong(name, "values nested too deeply", "TOML") from None
    except ValueError as why:  # a number of thousands of digits
        raise _wrong(name, str(why), "numbers that people can read") from why


def _json(text: str, name: str) -> Content:
    try:
        tables = json.loads(text, object_pairs_hook=_each_once, parse_constant=_no_number)
        json.dumps(tables, ensure_ascii=False).encode()
    except json.JSONDecodeError as why:
        raise _wrong(name, why.msg, "JSON", why.lineno) from why
    except UnicodeEncodeError as why:
        raise _wrong(name, why.object[why.start : why.end], "text of Unicode") from why
    except ValueError as why:
        raise _wrong(name, str(why), "JSON of which every part can be read") from why
    return Content(tables, Lines(text, json_lines))


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        twice = next(key for key in table if sum(key == other for other, _ in pairs) > 1)
        raise ValueError(f"the key {twice!r} twice in one table")
    return table


def _no_number(name: str) -> None:
    raise ValueError(f"{name}, which is no number")


def _wrong(name: str, got: str, wanted: str, line: int | None = None) -> InvalidFile:
    what = name if line is None else f"{name}:{line}"
    return InvalidFile(what, got, wanted, file=name, line=line)


def table(value: object, place: Place, known: Iterable[str] | None = None) -> Mapping[str, Any]:
    """Return *value*, a table in which every key is one of *known*; any key where that is none.

    Raises:
        BadInput: It is no table, or has a key that is not known there; the class is *place*'s.
    """
    if not isinstance(value, Mapping):
        raise place.wrong(value, "a table")
    for key in value:
        check_key(key, place, known)
    return value


def check_key(key: object, place: Place, known: Iterable[str] | None) -> None:
    """Check that *key* of the table at *place* is text, and one of *known* if there are such.

    Raises:
        BadInput: It is not; the class is *place*'s.
    """
    if not isinstance(key, str):
        raise place.wrong(key, "a key that is text")
    if known is not None and key not in known:
        raise place.key(key).wrong(key, f"a key known there; {nearest(key, known)}", "unknown-key")


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
