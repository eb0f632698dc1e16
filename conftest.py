"""Runs the Python of README.md and docs/ as it stands there, and holds each TOML block against its Python.

A ``toml`` block whose next neighbour is a ``python`` block says the same as that: the policy of the TOML
equals the variable ``policy``, or, where the TOML is only a part of a file, each of its keys equals the
variable of that name. Case files have no other form, and stand alone.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from sybil import Document, Example, Region, Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

# Models can be read only once Django is set up, which tests/integrations does.
collect_ignore_glob = ["src/escalate/integrations/django/*"]

_CASES = re.compile(r"^\[+cases\b", re.MULTILINE)
_FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)


def side_by_side(document: Document) -> Iterator[Region]:
    """Yield, behind each Python block that follows a TOML block, a check that both say the same."""
    for toml, python in pairwise(_FENCE.finditer(document.text)):
        if (toml[1], python[1]) == ("toml", "python") and not _CASES.search(toml[2]):
            yield Region(python.end(), python.end(), parsed=toml[2], evaluator=_check)


def _check(example: Example) -> str:
    return difference(str(example.parsed), example.namespace)


def difference(toml: str, namespace: Mapping[str, Any]) -> str:
    """Return what TOML says that the variables of Python do not; nothing where they agree."""
    from escalate import SLAPolicy, load_policy
    from escalate.policies.problems import Problems
    from escalate.policies.shapes import POLICY
    from escalate.policies.tables import Place

    tables = tomllib.loads(toml)
    if "cases" in tables:  # cases are no policy; what they say is run where they are tested
        return ""
    if "name" in tables:
        read = load_policy(tables)
        return "" if namespace.get("policy") == read else f"policy should be {read!r}"
    problems = Problems()
    arguments = POLICY.arguments(tables, Place("toml"), problems)
    for _, wrong in problems.found:
        if wrong.reason != "missing-key":  # a part of a file may lack what a whole one needs
            return str(wrong)
    for key in tables:
        part, given = arguments["sla" if key == "targets" else key], namespace.get(key)
        if (SLAPolicy(given or ()) if key == "targets" else given) != part:
            return f"{key} should be {part!r}, it is {given!r}"
    return ""


pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(), side_by_side], patterns=["README.md", "docs/**/*.md"]
).pytest()
