"""Dataframes of any library that narwhals knows: pandas, Polars, PyArrow and others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from escalate.errors import BadInput
from escalate.offline.formats.table import Broken, LineCells, Table, picked


def frame_table(source: Any) -> Table:
    """Return the table of the dataframe *source*.

    Raises:
        BadInput: *source* is none, or narwhals is not installed.
    """
    frame = _collected(source)
    columns = tuple(frame.columns)

    def start(wanted: tuple[str, ...], broken: Broken) -> Iterator[LineCells]:
        cells = [_cells(frame[name]) for name in wanted]
        records = (dict(zip(wanted, row, strict=True)) for row in zip(*cells, strict=True))
        return picked(enumerate(records, 1), wanted, broken)

    return Table("the dataframe", columns, start)


def _collected(source: Any) -> Any:
    try:
        import narwhals as nw
    except ImportError:
        wanted = 'a path, an open binary file, or with pip install "escalate-tiers[analytics]" a'
        raise BadInput("read(source)", type(source), f"{wanted} dataframe") from None
    try:
        frame = nw.from_native(source)
    except TypeError:
        wanted = "a path, an open binary file, rows such as desk.log(), or a dataframe"
        raise BadInput("read(source)", type(source), wanted) from None
    except nw.exceptions.NarwhalsError as error:  # such as two columns of one name
        got = " ".join(str(error).split())
        raise BadInput("read(source)", got, "a dataframe with one column of each name") from None
    return frame.collect() if isinstance(frame, nw.LazyFrame) else frame


def _cells(series: Any) -> list[Any]:
    """Return the cells of *series*; what is missing is none."""
    missing = series.is_null().to_list()
    values = zip(series.to_list(), missing, strict=True)
    return [None if absent else value for value, absent in values]
