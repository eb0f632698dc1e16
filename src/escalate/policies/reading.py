"""Policies from TOML files and plain mappings."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from os import PathLike, fspath
from pathlib import Path as FilePath
from typing import Any, Final

from escalate.core.model import Tier
from escalate.core.policy import EscalationPolicy, Path
from escalate.core.sla import SLAPolicy, Target
from escalate.core.workcalendar import WorkCalendar
from escalate.errors import InvalidFile
from escalate.policies.tables import Place, build, items, table

_PLAIN: Final = ("name", "version", "entry", "max_bounces", "on_exhausted", "priorities")
_TIER: Final = ("name", "title", "kind", "handles", "team", "skills", "calendar")
_PATH: Final = ("from", "to", "kind")
_TARGET: Final = ("clock", "within", "tiers", "calendar", "pause_while", "default", "name")
_CALENDAR: Final = ("timezone", "hours", "holidays", "breaks", "overrides")


def load_policy(source: str | PathLike[str] | Mapping[str, Any]) -> EscalationPolicy:
    """Return the policy that a TOML file, or a mapping of the same shape, describes.

    Raises:
        InvalidFile: The file cannot be read, or a key or value in it is not known there; the message
            names the file, the dotted place and what would work.

    >>> policy = load_policy({"name": "support", "tiers": [{"name": "N1"}]})
    >>> policy.entry_tier
    'N1'
    """
    if isinstance(source, Mapping):
        return _policy(source, Place("policy"))
    return _policy(_read_toml(FilePath(fspath(source))), Place(fspath(source)))


def _read_toml(path: FilePath) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as why:
        raise InvalidFile(str(path), why.strerror or str(why), "a file that can be read") from why
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as why:
        raise InvalidFile(str(path), str(why), "valid TOML in UTF-8") from why


def _policy(source: Mapping[str, Any], place: Place) -> EscalationPolicy:
    top = table(source, place, (*_PLAIN, "calendars", "tiers", "paths", "targets"))
    values = {key: top[key] for key in _PLAIN if key in top}
    calendars = table(top.get("calendars", {}), place.key("calendars"), None)
    return build(
        EscalationPolicy,
        place,
        values
        | {
            "tiers": [_tier(t, at) for at, t in items(top.get("tiers", []), place.key("tiers"))],
            "paths": [_path(p, at) for at, p in items(top.get("paths", []), place.key("paths"))],
            "sla": _sla(top, place),
            "calendars": {
                name: _calendar(c, place.key("calendars").key(name))
                for name, c in calendars.items()
            },
        },
    )


def _sla(top: Mapping[str, Any], place: Place) -> SLAPolicy:
    targets = items(top.get("targets", []), place.key("targets"))
    return build(SLAPolicy, place, {"targets": [_target(t, at) for at, t in targets]})


def _tier(value: object, place: Place) -> Tier:
    return build(Tier, place, table(value, place, _TIER))


def _path(value: object, place: Place) -> Path:
    names = {"from": "source", "to": "target"}
    row = table(value, place, _PATH)
    return build(Path, place, {names.get(key, key): row[key] for key in row})


def _target(value: object, place: Place) -> Target:
    return build(Target, place, table(value, place, _TARGET))


def _calendar(value: object, place: Place) -> WorkCalendar:
    return build(WorkCalendar, place, table(value, place, _CALENDAR))
