"""No policy goes into the book that a proof refutes, unless somebody says by name that it is meant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from escalate.core.model import words
from escalate.core.policy import EscalationPolicy
from escalate.errors import PolicyRefuted

if TYPE_CHECKING:
    from escalate.verify.findings import Report


def prove(policy: EscalationPolicy, despite: Iterable[str] = ()) -> Report:
    """Return the report on *policy*, which is not refuted but for the codes that *despite* names.

    What could not be found out within the usual budget is no refutation.

    Raises:
        PolicyRefuted: It is.
        BadInput: *despite* is one ``str``, or holds something else than ``str``.
    """
    meant = words(despite)
    report = policy.verify()
    refuted = [each for each in report.refuted if each.code not in meant]
    if refuted:
        found = [f for each in refuted for f in each.findings if f.severity != "note"]
        told = tuple(f"{finding.code}: {finding.sentence}" for finding in found)
        codes = tuple(each.code for each in refuted)
        raise PolicyRefuted(policy.name, policy.version, told, codes)
    return report
