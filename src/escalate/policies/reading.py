"""Policies from TOML files and plain mappings."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike, fspath
from pathlib import Path as FilePath
from typing import Any

from escalate.core.policy import EscalationPolicy
from escalate.errors import BadInput, InvalidFile
from escalate.policies.pointing import pointed
from escalate.policies.shapes import POLICY
from escalate.policies.tables import Place, read_toml


def load_policy(source: str | PathLike[str] | Mapping[str, Any]) -> EscalationPolicy:
    """Return the policy that a TOML file, or a mapping of the same shape, describes.

    Raises:
        InvalidFile: The file cannot be read, or a key or value in it is not known there; the message
            names the file, the dotted place and what would work.
        InvalidCondition: A condition does not read; the message names its place too, and points into
            its text.

    >>> policy = load_policy({"name": "support", "tiers": [{"name": "N1"}]})
    >>> policy.entry_tier
    'N1'
    """
    if isinstance(source, Mapping):
        return _policy(source, Place("policy"))
    name = fspath(source)
    try:
        found = read_toml(FilePath(name), name)
    except OSError as why:
        raise InvalidFile(name, why.strerror or str(why), "a file that can be read") from why
    return _policy(found, Place(name))


def _policy(source: Mapping[str, Any], place: Place) -> EscalationPolicy:
    arguments = POLICY.arguments(source, place)
    try:
        return EscalationPolicy(**arguments)
    except BadInput as wrong:
        raise pointed(wrong, arguments, place) from wrong
