"""JSON lines: one object a line, its keys the columns."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from json import JSONDecoder
from typing import Any, Final

from escalate.errors import InvalidFile
from escalate.offline.formats.packed import in_our_words, text_of
from escalate.offline.formats.table import Broken, LineCells, Table, columns_of, picked

Record = dict[str, Any]


class _NoRow(ValueError):
    """A line that is no row; the text says why."""


@contextmanager
def jsonl_table(binary: Any, name: str) -> Iterator[Table]:
    """Open *binary*; it is gone through twice, since any line may bring a new column.

    Raises:
        InvalidFile: it is no UTF-8, a broken gzip file, or no line of it is an object.
    """
    begin = binary.tell()
    columns = columns_of(_records(binary, name, _ignore), name)
    if not columns:
        raise InvalidFile(name, "no line with an object", "JSON lines: one object a line")
    binary.seek(begin)

    def start(wanted: tuple[str, ...], broken: Broken) -> Iterator[LineCells]:
        return picked(_records(binary, name, broken), wanted, broken)

    yield Table(name, columns, start)


def _ignore(_reason: str, _line: int, _text: str) -> None:
    """Say nothing of what is broken: the second time through tells it."""


def _records(binary: Any, name: str, broken: Broken) -> Iterator[tuple[int, Record]]:
    number = 0
    with text_of(binary) as text, in_our_words(name, lambda: number):
        for number, line in enumerate(text, 1):
            content = line.strip()
            if not content:
                continue
            try:
                yield number, _object(content)
            except _NoRow as why:
                broken(str(why), number, content)


def _object(content: str) -> Record:
    try:
        found = _DECODER.decode(content)
    except _NoRow:
        raise
    except (ValueError, RecursionError):
        raise _NoRow("no JSON") from None
    if not isinstance(found, dict):
        raise _NoRow("no JSON object")
    return {
        key: json.dumps(value) if isinstance(value, dict | list) else value
        for key, value in found.items()
    }


def _once(pairs: list[tuple[str, Any]]) -> Record:
    record = dict(pairs)
    if len(record) != len(pairs):
        raise _NoRow("a key that stands twice")
    return record


# Numbers stay as they are written: "7.10" is a version, and 5,000 digits are no number to work out.
_DECODER: Final = JSONDecoder(
    object_pairs_hook=_once, parse_float=str, parse_int=str, parse_constant=str
)
