"""Policies from TOML and JSON files and plain mappings."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from os import PathLike, fspath
from pathlib import Path as FilePath
from typing import Any, Final

import attrs

from escalate.core.checking import problems as problems_of
from escalate.core.policy import EscalationPolicy
from escalate.errors import BadInput, InvalidFile
from escalate.policies.pointing import Pointing
from escalate.policies.problems import Problems
from escalate.policies.shapes import NONE, POLICY
from escalate.policies.tables import Place, read_file

_ENOUGH: Final = 1_000  # mistakes to look for; an error lists fewer


def load_policy(source: str | PathLike[str] | Mapping[str, Any]) -> EscalationPolicy:
    """Return the policy that a file, or a mapping of the same shape, describes.

    A file that is called ``.json`` is read as JSON, any other as TOML.

    Raises:
        InvalidFile: The file cannot be read, or a key or value in it is not known there; the message
            names the file, the line, the dotted place and what would work.
        InvalidCondition: A condition does not read; the message names its place too, and points into
            its text.
        SeveralProblems: There is more than one such mistake; it lists them.
        BadInput: *source* is neither a file's name nor a mapping.

    >>> policy = load_policy({"name": "support", "tiers": [{"name": "N1"}]})
    >>> policy.entry_tier
    'N1'
    """
    if isinstance(source, Mapping):
        return _policy(source, Place("policy"))
    if not isinstance(source, str | PathLike):
        wanted = 'a file, e.g. "policy.toml", or a mapping of the same shape'
        raise BadInput("load_policy", source, wanted)
    name = fspath(source)
    try:
        content = read_file(FilePath(name), name)
    except OSError as why:
        got = why.strerror or str(why)
        raise InvalidFile(name, got, "a file that can be read", file=name) from why
    except ValueError as why:
        if isinstance(why, BadInput):
            raise
        raise InvalidFile(repr(name), str(why), "the name of a file") from why
    return _policy(_without_schema(content.tables), Place(name, lines=content.lines))


def _without_schema(tables: Any) -> Any:
    # Editors are told by this key how to help with a JSON file; it says nothing about the policy.
    if isinstance(tables, Mapping) and isinstance(tables.get("$schema"), str):
        return {key: value for key, value in tables.items() if key != "$schema"}
    return tables


def _policy(source: Any, place: Place) -> EscalationPolicy:
    problems = Problems()
    arguments = POLICY.arguments(source, place, problems)
    first: BadInput | None = None
    if not problems.found:
        try:
            return EscalationPolicy(**arguments)
        except BadInput as wrong:
            first = wrong
    _look_on(arguments, place, problems)
    raise problems.error(place.file) from first


@attrs.frozen
class _Unchecked(EscalationPolicy):
    """A policy that is known to be wrong, to find out all that is."""

    def __attrs_post_init__(self) -> None:
        pass


def _look_on(arguments: dict[str, Any], place: Place, problems: Problems) -> None:
    """Note what is wrong with the policy as a whole, as far as it could be read."""
    hurt = bool(problems.found)
    policy = POLICY.made(arguments, place, problems, hurt=hurt, make=_Unchecked)
    if policy is NONE or problems.lost:
        return
    pointing = Pointing(policy, place, problems.kept)
    found = [(wrong, *pointing.pointed(wrong)) for wrong in islice(problems_of(policy), _ENOUGH)]
    for error, at in [(error, at) for wrong, error, at in found if not problems.follows(wrong, at)]:
        problems.note(error, at)
