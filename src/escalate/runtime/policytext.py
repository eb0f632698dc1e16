"""Policies as texts that a store keeps: the tables of a policy file in JSON, and whether it only advises."""

from __future__ import annotations

import json
from typing import Final

import attrs

from escalate.core.policy import EscalationPolicy
from escalate.errors import BrokenDocument, CannotWrite, NewerDocument
from escalate.policies import load_policy
from escalate.policies.writing import to_tables

FORMAT: Final = 1


def write_policy(policy: EscalationPolicy) -> str | None:
    """Return *policy* as a text; none if it holds what a text cannot say, such as a Python function."""
    try:
        tables = to_tables(attrs.evolve(policy, acts=True))
    except CannotWrite:
        return None
    return json.dumps({"format": FORMAT, "acts": policy.acts, "policy": tables}, allow_nan=False)


def read_policy(text: str, what: str) -> EscalationPolicy:
    """Return the policy that *text* is; *what* is what an error calls it.

    Raises:
        NewerDocument: A later release wrote it.
        BrokenDocument: It is none.
        BadInput: It says something that this release does not know.
    """
    try:
        document = json.loads(text)
        found, acts, tables = document["format"], document["acts"], document["policy"]
    except (KeyError, TypeError, ValueError) as why:
        raise BrokenDocument(what, f"{type(why).__name__}: {why}") from why
    if found != FORMAT:
        raise NewerDocument(what, f"format {found}", FORMAT)
    policy = load_policy(tables)
    return policy if acts else policy.advisory()
