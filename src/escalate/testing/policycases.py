"""Table tests of one's own policy: this happens to a ticket, and that should come of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from escalate.core.policy import EscalationPolicy
from escalate.testing.cases.reading import as_case
from escalate.testing.cases.running import CaseRun, run_case
from escalate.testing.cases.values import Case


def policy_case(policy: EscalationPolicy, case: Case | Mapping[str, Any]) -> CaseRun:
    """Run *case* under *policy* and hold it against what it expects; return what came of it.

    Args:
        policy: The policy to test.
        case: A case of :func:`load_cases`, or a mapping of the same shape as one in a file.

    Raises:
        AssertionError: Something came out otherwise; it says what was expected, what came, and why.
        InvalidFile: The case does not read, or names what the policy does not have.

    >>> from escalate import EscalationPolicy, Path
    >>> desk = EscalationPolicy("desk", ["N1", "N2"], [Path("N1", "N2")])
    >>> run = policy_case(desk, {
    ...     "name": "what N1 cannot answer goes to N2",
    ...     "opened": "Mon 09:00",
    ...     "steps": [{"at": "+1h", "do": "escalate", "expect": {"tier": "N2"}}],
    ... })
    >>> run.ticket.tier
    'N2'
    """
    run = run_case(policy, as_case(case))
    if not run.passed:
        raise AssertionError(f"{run.case.name}\n{run.failure()}")
    return run
