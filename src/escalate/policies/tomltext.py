"""How a policy file looks: plain values and tables as TOML that people like to read.

Tables of one kind stand together, small ones inline; what does not fit a line is broken, dates by year.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

WIDTH: Final = 110
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SHORT: Final = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
_SHORT_OF_QUOTES: Final = {'"': '\\"', "\\": "\\\\"}

Table = Mapping[str, Any]


def document(tables: Table) -> str:
    """Return the TOML of *tables*: plain keys first, then each table or list of tables in its order.

    >>> print(document({"name": "desk", "tiers": [{"name": "N1"}]}), end="")
    name = "desk"
    <BLANKLINE>
    [[tiers]]
    name = "N1"
    """
    plain = {key: value for key, value in tables.items() if not _is_section(value)}
    parts = ["\n".join(_entries(plain))]
    for name, value in tables.items():
        if name in plain:
            continue
        if isinstance(value, Mapping):
            parts += ["\n".join(_table((name, inner), each)) for inner, each in value.items()]
        else:
            lines = (line for each in value for line in [f"[[{key(name)}]]", *_entries(each)])
            parts.append("\n".join(lines))
    return "\n\n".join(part for part in parts if part) + "\n"


def _is_section(value: object) -> bool:
    if not isinstance(value, Mapping | list):
        return False
    inner = value.values() if isinstance(value, Mapping) else value
    return bool(value) and all(isinstance(each, Mapping) for each in inner)


def _table(path: Sequence[str], table: Table) -> Iterator[str]:
    # An inline table may not be broken, so one that is too long becomes a table of its own, at the end.
    yield f"[{'.'.join(map(key, path))}]"
    apart = {
        name: value
        for name, value in table.items()
        if isinstance(value, Mapping) and len(entry(name, value)) > WIDTH
    }
    yield from _entries({name: value for name, value in table.items() if name not in apart})
    for name, value in apart.items():
        yield from _table((*path, name), value)


def _entries(table: Table) -> Iterator[str]:
    return (entry(name, value) for name, value in table.items())


def entry(name: str, value: Any) -> str:
    """Return ``name = value``, broken over several lines if it is a list that does not fit one."""
    line = f"{key(name)} = {inline(value)}"
    if len(line) <= WIDTH or not isinstance(value, list):
        return line
    rows = "".join(f"  {row},\n" for row in _rows(value))
    return f"{key(name)} = [\n{rows}]"


def _rows(values: Sequence[Any]) -> Iterator[str]:
    """The items of a long list by line: tables one by one, dates by year, words as many as fit."""
    if isinstance(values[0], Mapping):
        yield from map(inline, values)
        return
    by_year = all(isinstance(value, str) and _DATE.fullmatch(value) for value in values)
    for _, group in groupby(values, key=lambda value: value[:4] if by_year else ""):
        row = ""
        for text in map(inline, group):
            if row and len(row) + len(text) > WIDTH - 6:
                yield row
                row = ""
            row += f", {text}" if row else text
        yield row


def inline(value: Any) -> str:
    """Return *value* on one line.

    >>> print(inline({"at": "75%", "when": '"vip" in tags'}))
    { at = "75%", when = '"vip" in tags' }
    """
    match value:
        case bool():
            return str(value).lower()
        case str():
            return string(value)
        case int() | float():
            return repr(value)
        case Mapping():
            inside = ", ".join(f"{key(name)} = {inline(each)}" for name, each in value.items())
            return f"{{ {inside} }}" if inside else "{}"
        case _:
            inside = ", ".join(map(inline, value))
            return f"[ {inside} ]" if inside.startswith("{") else f"[{inside}]"


def key(name: str) -> str:
    """Return *name* as a key: bare where that is allowed."""
    return name if _BARE.fullmatch(name) else string(name)


def string(text: str) -> str:
    r"""Return *text* in the quotes that need the fewest escapes; what cannot be seen is escaped.

    >>> print(string('"vip" in tags'), string("it's"), string("a\nb"))
    '"vip" in tags' "it's" "a\nb"
    """
    if ("\\" in text or '"' in text) and "'" not in text and text.isprintable():
        return f"'{text}'"
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(letter: str) -> str:
    if letter in _SHORT_OF_QUOTES:
        return _SHORT_OF_QUOTES[letter]
    if letter.isprintable():
        return letter
    code = ord(letter)
    return _SHORT.get(letter) or (f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")
