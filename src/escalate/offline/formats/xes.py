"""XES, the XML of process mining: one row an event, with what its trace says in ``case:`` columns.

Read as a stream, without entities: a document type is refused, so that nothing is expanded or fetched,
and what is nested too deeply, too long or too much at once is refused by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, NoReturn
from xml.parsers import expat

from escalate.errors import InvalidFile
from escalate.offline.formats.packed import in_our_words, unpacked
from escalate.offline.formats.table import Broken, LineCells, Table, columns_of, picked

_CHUNK: Final = 65_536
_DEPTH: Final = 100
_KEYS: Final = 1_000
# What may stand between two tags, and how long one tag may be: more would have to be kept in memory.
_MAX_TOKEN: Final = 4_194_304
_ATTRIBUTES: Final = frozenset({"string", "date", "int", "float", "boolean", "id"})


@contextmanager
def xes_table(binary: Any, name: str) -> Iterator[Table]:
    """Open *binary*; it is gone through twice, since any event may bring a new attribute.

    Raises:
        InvalidFile: it is no XES, is broken, or is made to harm whoever reads it.
    """
    begin = binary.tell()
    columns = columns_of(_records(binary, name), name)
    binary.seek(begin)

    def start(wanted: tuple[str, ...], broken: Broken) -> Iterator[LineCells]:
        return picked(_records(binary, name), wanted, broken)

    yield Table(name, columns or ("case:concept:name", "time:timestamp"), start)


def _records(binary: Any, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    reader = _Reader(name)
    with unpacked(binary) as content, in_our_words(name, reader.line):
        while chunk := content.read(_CHUNK):
            yield from reader.feed(chunk)
        yield from reader.feed(b"")


class _Reader:
    """Turns chunks of XML into the rows of events that end in them."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._open: list[str] = []
        self._trace: dict[str, str] = {}
        self._event: dict[str, str] | None = None
        self._has_events = False
        self._ready: list[tuple[int, dict[str, str]]] = []
        self._fed = self._seen = 0
        self._parser = parser = expat.ParserCreate()
        parser.buffer_text = False
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._doctype
        # A document type comes before any of these; they stand here should expat ever differ.
        parser.EntityDeclHandler = self._doctype
        parser.ExternalEntityRefHandler = self._doctype

    def line(self) -> int:
        """Return the line that is being read."""
        return self._parser.CurrentLineNumber

    def feed(self, chunk: bytes) -> list[tuple[int, dict[str, str]]]:
        """Return the rows that end in *chunk*; an empty one is the end of the file."""
        self._ready = []
        self._fed += len(chunk)
        try:
            self._parser.Parse(chunk, not chunk)
        except expat.ExpatError as error:
            raise InvalidFile(
                f"{self._name}, line {error.lineno}", expat.ErrorString(error.code), "whole XML"
            ) from None
        except UnicodeDecodeError as error:
            self._refuse(f"bytes that are no {error.encoding}", "UTF-8")
        if self._fed - self._seen > _MAX_TOKEN:
            self._refuse(f"more than {_MAX_TOKEN:,} bytes without a tag", "tags that end")
        return self._ready

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._seen = self._fed
        tag = tag.rpartition(":")[2]
        if not self._open and tag != "log":
            self._refuse(f"<{tag[:80]}>", "XES: <log> with <trace> with <event>")
        self._open.append(tag)
        if len(self._open) > _DEPTH:
            self._refuse(f"{len(self._open)} tags in each other", f"at most {_DEPTH}")
        if self._open == ["log", "trace"]:
            self._trace, self._has_events = {}, False
        elif self._open == ["log", "trace", "event"]:
            self._event, self._has_events = {}, True
        elif tag in _ATTRIBUTES:
            self._attribute(attributes)

    def _attribute(self, attributes: dict[str, str]) -> None:
        # An attribute of an attribute says more of it, and is none of the event's own.
        inside = self._open[:-1]
        if inside == ["log", "trace", "event"] and self._event is not None:
            self._keep(self._event, attributes, "")
        elif inside == ["log", "trace"]:
            if self._has_events:
                self._refuse("an attribute of a trace after its events", "those of a trace first")
            self._keep(self._trace, attributes, "case:")

    def _keep(self, into: dict[str, str], attributes: dict[str, str], prefix: str) -> None:
        key, value = attributes.get("key"), attributes.get("value")
        if not key or value is None:
            self._refuse(f"an attribute without {'value' if key else 'key'}", "a key and a value")
        if prefix + key in into:
            self._refuse(f"two attributes {key[:80]!r}", "one of that key")
        into[prefix + key] = value
        if len(into) > _KEYS:
            self._refuse(f"more than {_KEYS:,} attributes", "fewer")

    def _end(self, _: str) -> None:
        self._seen = self._fed
        if self._open == ["log", "trace", "event"] and self._event is not None:
            self._ready.append((self.line(), {**self._trace, **self._event}))
            self._event = None
        self._open.pop()

    def _doctype(self, *_: Any) -> NoReturn:
        self._refuse("a document type, <!DOCTYPE ...>", "XML without one: it could hold entities")

    def _refuse(self, got: str, wanted: str) -> NoReturn:
        raise InvalidFile(f"{self._name}, line {self.line()}", got, wanted)
