"""Mapping files: TOML that says what the columns and words of a log mean."""

from __future__ import annotations

import os
from collections.abc import Mapping as MappingLike
from pathlib import Path
from typing import Any, Final

import attrs

from escalate.errors import InvalidMapping, PatternRefused
from escalate.offline.mapping import Mapping, PriorityColumn, TierColumn
from escalate.policies.tables import Place, items, read_toml, table, text, texts

_KEYS: Final = ("case", "at", "status", "tier", "team", "attributes", "priority", "delimiter")
_TOP: Final = Place("", error=InvalidMapping)  # the file's name is added once, where it is known


def load_mapping(path: str | os.PathLike[str]) -> Mapping:
    """Read the mapping file at *path*.

    Raises:
        InvalidFile: it is no TOML in UTF-8, or over 1 MB.
        InvalidMapping: a key is unknown or missing, or a value cannot be; names file and place.
        PatternRefused: a regular expression is malformed or could run away.
        OSError: the file cannot be opened.
    """
    file = Path(path).name
    tables = read_toml(Path(path), file)
    try:
        return _mapping(table(tables, _TOP, _KEYS))
    except (InvalidMapping, PatternRefused) as error:
        raise attrs.evolve(error, what=f"{file}: {error.what}") from None


def _mapping(tables: MappingLike[str, Any]) -> Mapping:
    at = _at(tables.get("at", {}), _TOP.key("at"))
    status = table(tables.get("status", {}), _TOP.key("status"), ("columns", "words"))
    return Mapping(
        case=_optional(tables, "case", _TOP),
        at=_optional(at, "column", _TOP.key("at")),
        zone=_optional(at, "zone", _TOP.key("at")),
        at_format=_optional(at, "format", _TOP.key("at")),
        status=_status_columns(status.get("columns", []), _TOP.key("status").key("columns")),
        words=_words(status.get("words", {}), _TOP.key("status").key("words")),
        tier=_tier(tables["tier"], _TOP.key("tier")) if "tier" in tables else None,
        team=_optional(tables, "team", _TOP),
        attributes=_attributes(tables.get("attributes", {}), _TOP.key("attributes")),
        priority=_priority(tables["priority"], _TOP.key("priority"))
        if "priority" in tables
        else None,
        delimiter=text(tables.get("delimiter", ","), _TOP.key("delimiter")),
        in_order=_flag(at, "in_order", _TOP.key("at")),
    )


def _optional(given: MappingLike[str, Any], key: str, place: Place) -> str | None:
    return text(given[key], place.key(key)) if key in given else None


def _flag(given: MappingLike[str, Any], key: str, place: Place) -> bool:
    value = given.get(key, False)
    if not isinstance(value, bool):
        raise place.key(key).wrong(value, "true or false")
    return value


def _at(value: Any, place: Place) -> MappingLike[str, Any]:
    if isinstance(value, str):
        return {"column": value}
    return table(value, place, ("column", "zone", "format", "in_order"))


def _status_columns(value: Any, place: Place) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else texts(value, place)


def _words(value: Any, place: Place) -> dict[str, str]:
    words = table(value, place)
    return {
        word: text(meaning, attrs.evolve(place, path=f"{place.path}[{word!r}]"))
        for word, meaning in words.items()
    }


def _tier(value: Any, place: Place) -> TierColumn:
    given = table(value, place, ("column", "order", "match"))
    matches = given.get("match", [])
    if not isinstance(matches, list):
        raise place.key("match").wrong(matches, "[[tier.match]] tables of pattern and tier")
    return TierColumn(
        text(given.get("column"), place.key("column")),
        match=[_match(each, at) for at, each in items(matches, place.key("match"))],
        order=texts(given.get("order", []), place.key("order")),
    )


def _match(value: Any, place: Place) -> tuple[str, str]:
    given = table(value, place, ("pattern", "tier"))
    pattern = text(given.get("pattern"), place.key("pattern"))
    return pattern, text(given.get("tier"), place.key("tier"))


def _attributes(value: Any, place: Place) -> dict[str, str]:
    return {name: text(column, place.key(name)) for name, column in table(value, place).items()}


def _priority(value: Any, place: Place) -> PriorityColumn:
    given = table(value, place, ("column", "words"))
    column = text(given.get("column"), place.key("column"))
    return PriorityColumn(column, _words(given.get("words", {}), place.key("words")))
