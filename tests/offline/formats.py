"""One log written in every format that can be read."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable, Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

import pandas as pd
import polars as pl
import pyarrow as pa
from pyarrow import parquet

from escalate.offline import Log
from tests.offline.logs import as_csv

Rows = Sequence[tuple[str, ...]]


def as_jsonl(rows: Rows, header: Sequence[str]) -> bytes:
    """Return JSON lines."""
    lines = (json.dumps(dict(zip(header, row, strict=True))) + "\n" for row in rows)
    return "".join(lines).encode()


def as_table(rows: Rows, header: Sequence[str]) -> pa.Table:
    """Return a table of pyarrow, all text."""
    columns = {name: [row[i] for row in rows] for i, name in enumerate(header)}
    return pa.table(columns, schema=pa.schema([(name, pa.string()) for name in header]))


def as_parquet(rows: Rows, header: Sequence[str]) -> bytes:
    """Return a Parquet file."""
    file = io.BytesIO()
    parquet.write_table(as_table(rows, header), file)
    return file.getvalue()


def as_xes(rows: Rows, header: Sequence[str]) -> bytes:
    """Return XES: a trace for each run of rows whose ``case:`` columns agree, so that no row moves."""
    out = ['<?xml version="1.0" encoding="UTF-8"?>\n<log xmlns="http://www.xes-standard.org/">']
    of_case = [i for i, name in enumerate(header) if name.startswith("case:")]
    before: list[str] | None = None
    for row in rows:
        about = [row[i] for i in of_case]
        if about != before:
            out.append("" if before is None else "</trace>")
            out.append("<trace>")
            out.extend(_attribute(header[i].removeprefix("case:"), row[i]) for i in of_case)
            before = about
        own = [_attribute(header[i], row[i]) for i in range(len(header)) if i not in of_case]
        out.append(f"<event>{''.join(own)}</event>")
    out.append("</trace></log>" if before is not None else "</log>")
    return "\n".join(out).encode()


def _attribute(key: str, value: str) -> str:
    kind = "date" if key == "time:timestamp" else "string"
    escaped = quoteattr(value, {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
    return f"<{kind} key={quoteattr(key)} value={escaped}/>"


def _file(write: Callable[[Rows, Sequence[str]], bytes]) -> Callable[[Rows, Sequence[str]], Any]:
    return lambda rows, header: io.BytesIO(write(rows, header))


def _packed(write: Callable[[Rows, Sequence[str]], bytes]) -> Callable[[Rows, Sequence[str]], Any]:
    return lambda rows, header: io.BytesIO(gzip.compress(write(rows, header)))


def _csv(rows: Rows, header: Sequence[str]) -> bytes:
    return as_csv(list(rows), tuple(header))


def _dicts(rows: Rows, header: Sequence[str]) -> list[dict[str, str]]:
    return [dict(zip(header, row, strict=True)) for row in rows]


FORMATS: dict[str, Callable[[Rows, Sequence[str]], Any]] = {
    "csv": _file(_csv),
    "csv.gz": _packed(_csv),
    "jsonl": _file(as_jsonl),
    "jsonl.gz": _packed(as_jsonl),
    "parquet": _file(as_parquet),
    "xes": _file(as_xes),
    "xes.gz": _packed(as_xes),
    "rows": _dicts,
    "pandas": lambda rows, header: pd.DataFrame(_dicts(rows, header), columns=list(header)),
    "polars": lambda rows, header: pl.from_arrow(as_table(rows, header)),
    "polars, lazy": lambda rows, header: pl.from_arrow(as_table(rows, header)).lazy(),
    "pyarrow": as_table,
}


def said(log: Log, *, places: bool = False) -> bytes:
    """Return all that *log* says; *places* includes where, which is another line in each format."""
    kept = slice(None) if places else slice(-1)
    cases = [[case.id, *(list(row[kept]) for row in case.rows)] for case in log.cases]
    quality = log.quality.to_json()
    if not places:
        quality = json.loads(json.dumps(quality), object_hook=_without_line)
    return json.dumps([cases, log.tiers, quality]).encode()


def _without_line(found: dict[str, Any]) -> dict[str, Any]:
    if "examples" in found:
        # Where rows stand decides which five are shown, so two formats agree on those of one line too.
        found["examples"] = sorted(each["text"] for each in found["examples"])
    return found
