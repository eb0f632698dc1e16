"""All mutants of the good policies, and what becomes of one when it is verified."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from functools import cache
from typing import Final

import attrs

from escalate import EscalationPolicy
from escalate.errors import EscalateError
from escalate.verify.findings import Report
from tests.verify.kit.operators import DIFFERENT, OPERATORS
from tests.verify.kit.tables import HERE, Tables, files, policy_of, tables_of
from tests.verify.kit.witness import contradicted, told_apart, witnessed

QUICK_EXAMPLES: Final = ("examples/two-people",)
"""The other examples are good ones too, and take seconds each; slips in them are of no other kind."""


@attrs.frozen
class Mutant:
    """A good policy with one slip.

    Attributes:
        policy: The name of the good one.
        operator: What kind of slip.
        place: Where it is.
        code: Under which code it comes to light; ``"different"`` if only a comparison tells.
        tables: The policy with the slip.
    """

    policy: str
    operator: str
    place: str
    code: str
    tables: Tables = attrs.field(repr=False, eq=False, hash=False)

    def __str__(self) -> str:
        return f"{self.policy}: {self.operator}: {self.place}"


@attrs.frozen
class Outcome:
    """What became of a mutant.

    Attributes:
        wrong: Why it should not have been so; nothing if all is well.
        traces: How many stories were told, replayed and witnessed.
        seconds: How long it took.
    """

    wrong: str
    traces: int
    seconds: float


def named_quick() -> tuple[str, ...]:
    """Return the names of the good policies that take less than a second."""
    return (*(name for name, path in files().items() if path.parent == HERE), *QUICK_EXAMPLES)


@cache
def mutants() -> tuple[Mutant, ...]:
    """Return every mutant that is a policy at all, in a fixed order."""
    return tuple(_mutants())


def _mutants() -> Iterator[Mutant]:
    for name in files():
        if name not in named_quick():
            continue
        seen = {repr(tables_of(name))}
        for title, make in OPERATORS.items():
            for place, code, tables in make(tables_of(name)):
                mutant = Mutant(name, title, place, code, tables)
                if repr(tables) in seen:
                    continue  # another operator makes the same slip
                seen.add(repr(tables))
                try:
                    policy_of(tables)
                except EscalateError:
                    continue  # told already when the file is read: nothing is left for a proof
                yield mutant


@cache
def good(name: str) -> EscalationPolicy:
    """Return the good policy of that name."""
    return policy_of(tables_of(name))


def judge(mutant: Mutant) -> Outcome:
    """Verify *mutant*, and hold what is found against the engine."""
    began = time.process_time()
    policy = policy_of(mutant.tables)
    if mutant.code == DIFFERENT:
        wrong = told_apart(good(mutant.policy), policy)
        return Outcome(wrong, 0, time.process_time() - began)
    report = policy.verify()
    wrong, traces = _missed(mutant, report), 0
    for finding in report.findings:
        traces += finding.trace is not None
        wrong = wrong or witnessed(policy, finding) or contradicted(policy, finding)
    return Outcome(wrong, traces, time.process_time() - began)


def _missed(mutant: Mutant, report: Report) -> str:
    """Return what *report* says in place of the code that *mutant* was made for; nothing if it has it."""
    codes = {finding.code for finding in report.findings}
    if mutant.code in codes:
        return ""
    said = "; ".join(
        f"{v.code} {v.answer}: {v.why}" for v in report.verdicts if v.answer != "proved"
    )
    return f"made to break {mutant.code}, found {sorted(codes) or 'nothing'}; {said}"


def share(each: int, seed: str) -> tuple[Mutant, ...]:
    """Return a fair share: *each* mutants of every operator, drawn by *seed* from the quick policies."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    found: list[Mutant] = []
    for title in OPERATORS:
        of_it = [m for m in mutants() if m.operator == title]
        found += dice.sample(of_it, min(each, len(of_it)))
    return tuple(found)
