"""On which line of its file a value stands.

tomllib and json say what a file means and forget where it was said. These scanners walk over a text that one
of them has accepted, and so may take its syntax for granted; they run only once something is wrong.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Final, TypeAlias

import attrs

Parts: TypeAlias = tuple[str | int, ...]
"""The way to a value: keys of tables and indexes of lists."""

Found: TypeAlias = dict[Parts, int]

_BLANK: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY: Final = re.compile(r"""[A-Za-z0-9_-]+|"(?:\\.|[^"\\])*"|'[^']*'""")
_DOT: Final = re.compile(r"[ \t]*\.[ \t]*")
_VALUE: Final = re.compile(
    r'''"""(?:\\.|[^\\])*?"{3,5}|\'{3}.*?\'{3,5}|"(?:\\.|[^"\\])*"|'[^']*'
    |\d{4}-\d\d-\d\d\ \d\d:[^,\]}\s#]*|[^,\]}\s#]+''',
    re.DOTALL | re.VERBOSE,
)
_JSON: Final = re.compile(r'"(?:\\.|[^"\\])*"|[{}\[\],:]|[^\s{}\[\],:"]+')


@attrs.frozen(eq=False)
class Lines:
    r"""The lines of a text, found when they are first asked for.

    >>> Lines('name = "desk"\n[[tiers]]\nname = "N1"', toml_lines).of(("tiers", 0, "name"))
    3
    """

    text: str = attrs.field(repr=False)
    scan: Callable[[str], Found]

    @cached_property
    def _found(self) -> Found:
        return self.scan(self.text)

    def of(self, parts: Parts) -> int | None:
        """Return the line of what stands at *parts*, or of what is around it; none for the file itself."""
        while parts and parts not in self._found:
            parts = parts[:-1]
        return self._found.get(parts)


def toml_lines(text: str) -> Found:
    """Return the line, from 1, of every table, key and item of a TOML text."""
    scan = _Toml(text.replace("\r\n", "\n"))
    scan.document()
    return scan.found


class _Toml:
    """A walk over a TOML text; ``at`` is how far it has come."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: Found = {}
        self._counts: dict[Parts, int] = {}
        self._line, self._counted_to = 1, 0

    def document(self) -> None:
        """Walk over all of it."""
        table: Parts = ()
        self._skip()
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._entry(table)
            self._skip()

    def _skip(self) -> None:
        self.at = self._match(_BLANK).end()

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str]:
        found = pattern.match(self.text, self.at)
        assert found is not None  # tomllib has read this text, so what must come here is here
        return found

    def _here(self) -> int:
        self._line += self.text.count("\n", self._counted_to, self.at)
        self._counted_to = self.at
        return self._line

    def _header(self) -> Parts:
        """Walk over ``[a.b]`` or ``[[a.b]]`` and return where what follows belongs."""
        line = self._here()
        is_item = self.text.startswith("[[", self.at)
        self.at += 2 if is_item else 1
        self._blanks()
        *above, last = self._keys()
        table = self._last_of(())
        for key in above:
            table = self._last_of((*table, key))
            self.found.setdefault(table, line)
        table = (*table, last)
        if is_item:
            self.found.setdefault(table, line)
            index = self._counts[table] = self._counts.get(table, -1) + 1
            table = (*table, index)
        self.found[table] = line
        self._blanks()
        self.at += 2 if is_item else 1
        return table

    def _last_of(self, table: Parts) -> Parts:
        """The table itself, or the last one of a list of tables."""
        return (*table, self._counts[table]) if table in self._counts else table

    def _blanks(self) -> None:
        while self.text.startswith((" ", "\t"), self.at):
            self.at += 1

    def _keys(self) -> list[str]:
        keys = []
        while True:
            raw = self._match(_KEY)
            self.at = raw.end()
            keys.append(_plain_key(raw.group()))
            dot = _DOT.match(self.text, self.at)
            if dot is None:
                return keys
            self.at = dot.end()

    def _entry(self, table: Parts) -> None:
        """Walk over ``a.b = value``."""
        line = self._here()
        for key in self._keys():
            table = (*table, key)
            self.found.setdefault(table, line)
        self._blanks()
        self.at += 1  # the sign between key and value
        self._blanks()
        self._value(table)

    def _value(self, place: Parts) -> None:
        if self.text[self.at] == "[":
            self._items(place)
        elif self.text[self.at] == "{":
            self._inline(place)
        else:
            self.at = self._match(_VALUE).end()

    def _items(self, place: Parts) -> None:
        self.at += 1
        index = 0
        self._skip()
        while self.text[self.at] != "]":
            item = (*place, index)
            self.found[item] = self._here()
            self._value(item)
            index += 1
            self._next()
        self.at += 1

    def _inline(self, place: Parts) -> None:
        self.at += 1
        self._skip()
        while self.text[self.at] != "}":
            self._entry(place)
            self._next()
        self.at += 1

    def _next(self) -> None:
        self._skip()
        if self.text[self.at] == ",":
            self.at += 1
            self._skip()


def _plain_key(raw: str) -> str:
    if raw[0] not in "\"'":
        return raw
    return str(tomllib.loads(f"key = {raw}")["key"])


def json_lines(text: str) -> Found:
    """Return the line, from 1, of every key and item of a JSON text."""
    found: Found = {}
    around: list[tuple[Parts, bool]] = []
    place: Parts = ()
    line, counted_to, wants_key = 1, 0, False
    for token in _JSON.finditer(text):
        sign = token.group()
        line += text.count("\n", counted_to, token.start())
        counted_to = token.start()
        if wants_key and sign[0] == '"':
            place = (*place, json.loads(sign))
            found[place] = line
            wants_key = False
            continue
        if sign in "}]":
            if len(place) > len(around[-1][0]):
                place = place[:-1]
            place = around.pop()[0]
        elif sign == ",":
            is_table = around[-1][1]
            place = place[:-1] if is_table else (*place[:-1], int(place[-1]) + 1)
            wants_key = is_table
        elif sign != ":":
            found.setdefault(place, line)
            if sign in "{[":
                around.append((place, sign == "{"))
                wants_key = sign == "{"
                place = place if wants_key else (*place, 0)
    found.pop((), None)
    return found


def depth_of(value: object) -> int:
    """Return how deep lists and tables are nested in *value*; a plain value is 0 deep."""
    depth, layer = 0, [value]
    while layer := [
        inner
        for each in layer
        if isinstance(each, Mapping | list | tuple)
        for inner in (each.values() if isinstance(each, Mapping) else each)
    ]:
        depth += 1
    return depth
