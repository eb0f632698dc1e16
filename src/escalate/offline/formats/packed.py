"""Bytes and lines of a file, gzip or not: what breaks off or is no UTF-8 is told with its place."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final

from escalate.errors import InvalidFile

GZIP: Final = b"\x1f\x8b"
_CHUNK: Final = 65_536
MAX_LINE: Final = 4_194_304
"""Bytes of a line; a longer one is no line of a log, and is not taken into memory."""


@contextmanager
def unpacked(binary: Any) -> Iterator[Any]:
    """Open what a gzip file holds; any other file as it is. Whoever opened *binary* closes it."""
    start = binary.tell()
    is_gzip = binary.read(2) == GZIP
    binary.seek(start)
    if not is_gzip:
        yield binary
        return
    with gzip.GzipFile(fileobj=binary) as content:
        yield content


@contextmanager
def text_of(binary: Any) -> Iterator[io.TextIOWrapper]:
    """Open *binary*, gzip or not, as lines of text in UTF-8, with or without a mark in front."""
    with ExitStack() as stack:
        content = stack.enter_context(unpacked(binary))
        lines: Any = _Lines(content)
        text: io.TextIOWrapper = io.TextIOWrapper(lines, encoding="utf-8-sig", newline="")
        stack.callback(text.detach)  # who opened the file closes it
        yield text


class LineTooLong(ValueError):
    """A line that no log has; :func:`in_our_words` says where."""


class _Lines(io.BufferedIOBase):
    """Bytes that are lines: one without an end is noticed before it has filled the memory.

    A text file reads from it in chunks, so that looking costs nothing a line.
    """

    def __init__(self, content: Any) -> None:
        self._content = content
        self._since_end = 0

    def readable(self) -> bool:
        """Say yes."""
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """Return some bytes; none at the end."""
        chunk: bytes = self._content.read(max(size or 0, _CHUNK))
        end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        self._since_end = len(chunk) - end if end >= 0 else self._since_end + len(chunk)
        if self._since_end > MAX_LINE:
            raise LineTooLong
        return chunk

    read1 = read


_UTF_8: Final = (
    'UTF-8, which spreadsheets save as "CSV UTF-8", '
    "and iconv -f CP1252 -t UTF-8 makes of most other exports"
)


@contextmanager
def in_our_words(name: str, line: Callable[[], int]) -> Iterator[None]:
    """Say what is wrong with a file that cannot be read on, and after which line."""
    try:
        yield
    except UnicodeDecodeError as error:
        got = f"bytes that are no UTF-8 ({error.reason})"
        raise InvalidFile(f"{name}, after line {line()}", got, _UTF_8) from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InvalidFile(f"{name}, after line {line()}", str(error), "a whole gzip file") from None
    except LineTooLong:
        got = f"a line of more than {MAX_LINE:,} bytes"
        raise InvalidFile(f"{name}, after line {line()}", got, "one row a line") from None
