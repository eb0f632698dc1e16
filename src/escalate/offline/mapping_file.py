"""Mapping files: TOML that says what the columns and words of a log mean."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping as MappingLike
from pathlib import Path
from typing import Any, Final

import attrs

from escalate.errors import InvalidFile, InvalidMapping, PatternRefused, nearest
from escalate.offline.mapping import Mapping, TierColumn

_MAX_BYTES: Final = 1_000_000
_KEYS: Final = {
    "": ("case", "at", "status", "tier", "team", "attributes", "delimiter"),
    "at": ("column", "zone", "format"),
    "status": ("columns", "words"),
    "tier": ("column", "order", "match"),
    "tier.match": ("pattern", "tier"),
}


def load_mapping(path: str | os.PathLike[str]) -> Mapping:
    """Read the mapping file at *path*.

    Raises:
        InvalidFile: it is no TOML in UTF-8, or over 1 MB.
        InvalidMapping: a key is unknown or missing, or a value cannot be; names file and place.
        PatternRefused: a regular expression is malformed or could run away.
        OSError: the file cannot be opened.
    """
    file = Path(path).name
    tables = _parse(Path(path), file)
    try:
        return _mapping(tables)
    except (InvalidMapping, PatternRefused) as error:
        raise attrs.evolve(error, what=f"{file}: {error.what}") from None


def _parse(path: Path, file: str) -> dict[str, Any]:
    with path.open("rb") as handle:
        content = handle.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise InvalidFile(file, "more than 1 MB", "a mapping file")
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InvalidFile(file, f"bytes that are no UTF-8 ({error.reason})", "UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise InvalidFile(file, str(error), "TOML") from None


def _mapping(tables: dict[str, Any]) -> Mapping:
    _known("", tables, "")
    at = _at(tables.get("at"))
    status = _table(tables, "status")
    return Mapping(
        case=_text("case", tables.get("case")),
        at=_text("at.column", at.get("column")),
        zone=_optional("at.zone", at.get("zone")),
        at_format=_optional("at.format", at.get("format")),
        status=_status_columns(status.get("columns", [])),
        words=_words(status.get("words", {})),
        tier=_tier(_table(tables, "tier")) if "tier" in tables else None,
        team=_optional("team", tables.get("team")),
        attributes=_attributes(tables.get("attributes", {})),
        delimiter=_text("delimiter", tables.get("delimiter", ",")),
    )


def _at(value: Any) -> MappingLike[str, Any]:
    if isinstance(value, str):
        return {"column": value}
    return _known("at", value, "at")


def _status_columns(value: Any) -> tuple[str, ...]:
    return _text_list("status.columns", [value] if isinstance(value, str) else value)


def _words(value: Any) -> dict[str, str]:
    words = _dict("status.words", value)
    return {word: _text(f"status.words[{word!r}]", words[word]) for word in words}


def _tier(table: MappingLike[str, Any]) -> TierColumn:
    matches = table.get("match", [])
    if not isinstance(matches, list):
        raise InvalidMapping("tier.match", matches, "[[tier.match]] tables of pattern and tier")
    return TierColumn(
        _text("tier.column", table.get("column")),
        match=[_match(f"tier.match[{i}]", each) for i, each in enumerate(matches)],
        order=_text_list("tier.order", table.get("order", [])),
    )


def _match(place: str, value: Any) -> tuple[str, str]:
    table = _known("tier.match", value, place)
    return _text(f"{place}.pattern", table.get("pattern")), _text(
        f"{place}.tier", table.get("tier")
    )


def _attributes(value: Any) -> dict[str, str]:
    columns = _dict("attributes", value)
    return {name: _text(f"attributes.{name}", columns[name]) for name in columns}


def _table(tables: dict[str, Any], name: str) -> MappingLike[str, Any]:
    return _known(name, tables.get(name, {}), name)


def _known(kind: str, value: Any, place: str) -> MappingLike[str, Any]:
    table = _dict(place, value)
    for key in table:
        if key not in _KEYS[kind]:
            dotted = f"{place}.{key}" if place else key
            raise InvalidMapping(dotted, key, f"a key known there; {nearest(key, _KEYS[kind])}")
    return table


def _dict(place: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidMapping(place, value, "a table")
    return value


def _text(place: str, value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidMapping(place, value, "text")
    return value


def _optional(place: str, value: Any) -> str | None:
    return None if value is None else _text(place, value)


def _text_list(place: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise InvalidMapping(place, value, "a list of text")
    return tuple(_text(f"{place}[{i}]", each) for i, each in enumerate(value))
