"""Where rows come from: CSV files (also gzip) and dataframes, one row of cells at a time."""

from __future__ import annotations

import csv
import gzip
import io
import os
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import attrs

from escalate.errors import BadInput, InvalidFile
from escalate.offline.quality import Tally

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

    Source = str | os.PathLike[str] | IO[bytes] | IntoFrame

_GZIP = b"\x1f\x8b"


@attrs.frozen
class Table:
    """Rows about to be read.

    Attributes:
        name: How messages call it.
        columns: The columns of every row.
        rows: Each row's line and cells; cells are text, those of a dataframe's instants may be
            datetimes or none.
    """

    name: str
    columns: tuple[str, ...]
    rows: Iterator[tuple[int, Sequence[Any]]]


@contextmanager
def opened(source: Source, columns: Iterable[str], delimiter: str, tally: Tally) -> Iterator[Table]:
    """Open *source*: a path or binary file of CSV in UTF-8, gzip or not, or a dataframe.

    Rows that are no rows (cells that do not fit the header, broken quotes) go to *tally*.
    The first of *columns* keeps its type when *source* is a dataframe.

    Raises:
        InvalidFile: the file is empty, no UTF-8, or a broken gzip file.
        BadInput: *source* is none of these.
        OSError: the file cannot be opened.
    """
    if isinstance(source, str | os.PathLike):
        with Path(source).open("rb") as binary, _text(binary) as text:
            yield _csv_table(text, Path(source).name, delimiter, tally)
    elif isinstance(source, io.IOBase):
        name = Path(str(getattr(source, "name", "the log"))).name
        with _text(source) as text:
            yield _csv_table(text, name, delimiter, tally)
    else:
        yield _frame_table(source, tuple(columns), tally)


@contextmanager
def _text(binary: Any) -> Iterator[io.TextIOWrapper]:
    start = binary.tell()
    is_gzip = binary.read(2) == _GZIP
    binary.seek(start)
    with ExitStack() as stack:
        unpacked = stack.enter_context(gzip.GzipFile(fileobj=binary)) if is_gzip else binary
        text = io.TextIOWrapper(unpacked, encoding="utf-8-sig", newline="")
        stack.callback(text.detach)  # who opened the file closes it
        yield text


def _csv_table(text: io.TextIOWrapper, name: str, delimiter: str, tally: Tally) -> Table:
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    with _in_our_words(name, reader):
        try:
            header = next(reader, None)
        except csv.Error as error:
            raise InvalidFile(f"{name}, line 1", str(error), "a header line") from None
    if not header:
        raise InvalidFile(name, "nothing", "a header line and rows")
    rows = _csv_rows(reader, name, len(header), tally)
    return Table(name, tuple(header), rows)


@contextmanager
def _in_our_words(name: str, reader: Any) -> Iterator[None]:
    """Say what is wrong with a file that cannot be read on."""
    try:
        yield
    except UnicodeDecodeError as error:
        got = f"bytes that are no UTF-8 ({error.reason})"
        raise InvalidFile(f"{name}, after line {reader.line_num}", got, "UTF-8") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        what = f"{name}, after line {reader.line_num}"
        raise InvalidFile(what, str(error), "a whole gzip file") from None


def _csv_rows(
    reader: Any, name: str, width: int, tally: Tally
) -> Iterator[tuple[int, Sequence[Any]]]:
    with _in_our_words(name, reader):
        while True:
            try:
                for cells in reader:
                    if len(cells) == width:
                        tally.rows += 1
                        yield reader.line_num, cells
                    elif cells:
                        _note(tally, _misfit(len(cells), width), reader.line_num, cells)
            except csv.Error as error:  # the reader goes on with the next line
                _note(tally, f"broken CSV: {error}", reader.line_num, [])
            else:
                return


def _misfit(cells: int, width: int) -> str:
    return f"{'more' if cells > width else 'fewer'} cells than the header has"


def _note(tally: Tally, reason: str, line: int, cells: list[str]) -> None:
    tally.rows += 1
    tally.unreadable(reason, line, ", ".join(cells))


def _frame_table(source: Any, columns: tuple[str, ...], tally: Tally) -> Table:
    frame = _collected(source)
    known = tuple(frame.columns)
    picked = [name for name in dict.fromkeys(columns) if name in known]
    cells = [_cells(frame[name], as_text=name != columns[0]) for name in picked]
    return Table("the dataframe", known, _frame_rows(known, picked, cells, tally))


def _collected(source: Any) -> Any:
    try:
        import narwhals as nw
    except ImportError:
        wanted = 'a path, an open binary file, or with pip install "escalate-tiers[analytics]" a'
        raise BadInput("read(source)", type(source), f"{wanted} dataframe") from None
    try:
        frame = nw.from_native(source)
    except TypeError:
        wanted = "a path, an open binary file or a dataframe"
        raise BadInput("read(source)", type(source), wanted) from None
    return frame.collect() if isinstance(frame, nw.LazyFrame) else frame


def _cells(series: Any, *, as_text: bool) -> list[Any]:
    """Return the cells of *series*; what is missing is empty text, or none among instants."""
    missing = series.is_null().to_list()
    values = zip(series.to_list(), missing, strict=True)
    if as_text:
        return ["" if absent else str(value) for value, absent in values]
    return [None if absent else value for value, absent in values]


def _frame_rows(
    known: tuple[str, ...], picked: list[str], cells: list[list[Any]], tally: Tally
) -> Iterator[tuple[int, Sequence[Any]]]:
    blank: list[Any] = [""] * len(cells[0]) if cells else []
    by_name = dict(zip(picked, cells, strict=True))
    wide = (by_name.get(name, blank) for name in known)
    for line, row in enumerate(zip(*wide, strict=True), 1):
        tally.rows += 1
        yield line, row
