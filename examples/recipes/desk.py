"""The desk that the recipes tick: tickets in one SQLite file, which ``DESK_DATABASE`` names."""

from __future__ import annotations

import os

from escalate import Desk, EscalationPolicy, Path, SLAPolicy, SQLiteStore, Step, Target

POLICY = EscalationPolicy(
    "recipes",
    ["N1", "N2"],
    [Path("N1", "N2")],
    sla=SLAPolicy(
        [
            Target("ownership", "4h", tiers=["N1"], steps=[Step("100%", escalate_to="N2")]),
            Target("ownership", "16h", default=True),
        ]
    ),
)


def desk() -> Desk:
    """Return the desk; every process opens it for itself."""
    return Desk(POLICY, store=SQLiteStore(os.environ["DESK_DATABASE"]))
