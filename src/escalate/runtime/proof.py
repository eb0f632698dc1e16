"""What the proof of an edition came to, kept with it, and the text that a store keeps of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

import attrs

from escalate.core.sealing import FrozenDict
from escalate.errors import BrokenDocument, NewerDocument

if TYPE_CHECKING:
    from escalate.verify.findings import Report

FORMAT: Final = 1


@attrs.frozen
class Answered:
    """What is known of one property: ``"proved"``, ``"refuted"`` or ``"unknown"``, and why."""

    answer: str
    why: str


@attrs.frozen(kw_only=True)
class Proof:
    """What was known of a policy when it was published; how long that took is left out.

    Attributes:
        policy: Its name and version.
        answers: What is known of each property, by its code.
        despite: The codes that whoever published it named, to be let through if refuted; sorted.
        states: How many outlines of tickets were told apart.
        steps: How often the engine was asked.
        caps: What was left out.
        assumptions: What the answers take for granted.
    """

    policy: tuple[str, str]
    answers: Mapping[str, Answered] = attrs.field(repr=False)
    despite: tuple[str, ...]
    states: int
    steps: int
    caps: tuple[str, ...]
    assumptions: tuple[str, ...] = attrs.field(repr=False)


def proof_of(report: Report, despite: Iterable[str]) -> Proof:
    """Return what is kept of *report* with a policy that is published with *despite*."""
    return Proof(
        policy=report.policy,
        answers=FrozenDict(
            {each.code: Answered(each.answer, each.why) for each in report.verdicts}
        ),
        despite=tuple(sorted(set(despite))),
        states=report.states,
        steps=report.steps,
        caps=report.caps,
        assumptions=report.assumptions,
    )


def write_proof(proof: Proof) -> str:
    """Return *proof* as a text."""
    return json.dumps({"format": FORMAT, **attrs.asdict(proof)}, allow_nan=False)


def read_proof(text: str, what: str) -> Proof:
    """Return the proof that *text* is; *what* is what an error calls it.

    Raises:
        NewerDocument: A later release wrote it.
        BrokenDocument: It is none.
    """
    try:
        document = json.loads(text)
        if document["format"] != FORMAT:
            raise NewerDocument(what, f"format {document['format']}", FORMAT)
        return _proof(document)
    except (AttributeError, KeyError, TypeError, ValueError) as why:
        raise BrokenDocument(what, f"{type(why).__name__}: {why}") from why


def _proof(document: Mapping[str, Any]) -> Proof:
    name, version = document["policy"]
    return Proof(
        policy=(name, version),
        answers=FrozenDict(
            {code: Answered(**answered) for code, answered in document["answers"].items()}
        ),
        despite=tuple(document["despite"]),
        states=document["states"],
        steps=document["steps"],
        caps=tuple(document["caps"]),
        assumptions=tuple(document["assumptions"]),
    )
