"""Rows that are already in memory: a desk's journal (``desk.log()``), or any list of dicts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from escalate.errors import BadInput
from escalate.offline.formats.table import Broken, LineCells, Table, columns_of, picked


def rows_table(source: Sequence[Any], when_empty: tuple[str, ...]) -> Table:
    """Return the table of *source*; without a row its columns are those of *when_empty*.

    Raises:
        BadInput: an item is no row.
    """
    for number, row in enumerate(source):
        if not isinstance(row, Mapping):
            raise BadInput(f"read(source)[{number}]", type(row), "a row: a dict of column and cell")
    name = "the rows"
    columns = columns_of(enumerate(source, 1), name) if source else when_empty

    def start(wanted: tuple[str, ...], broken: Broken) -> Iterator[LineCells]:
        return picked(enumerate(source, 1), wanted, broken)

    return Table(name, columns, start)
