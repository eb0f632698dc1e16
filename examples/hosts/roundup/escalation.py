"""escalate in roundup: a detector of a tracker whose issues have a ``line``, as README.md says."""

from pathlib import Path
from typing import Any

from escalate import EscalationPolicy, HostedDesk, load_policy
from escalate.integrations.roundup import RoundupHost, connect

COLUMNS = {"status": "status", "tier": "line", "priority": "priority", "assignee": "assignedto"}
WORDS = {
    "status": {
        "unread": "new",
        "chatting": "open",
        "in-progress": "open",
        "testing": "open",
        "need-eg": "pending",
        "deferred": "on_hold",
        "done-cbb": "resolved",
        "resolved": "closed",
    },
    "priority": {
        "wish": "low",
        "feature": "low",
        "bug": "normal",
        "urgent": "high",
        "critical": "urgent",
    },
}


def embed(policy: EscalationPolicy, db: Any, **more: Any) -> HostedDesk:
    """Embed a desk under *policy* in a tracker."""
    host = RoundupHost(db, COLUMNS, words=WORDS)
    desk = HostedDesk(policy, host, host.store(), **more)
    connect(desk, host)
    return desk


def init(db: Any) -> None:
    """Embed a desk in the tracker; roundup calls this each time it opens one."""
    db.desk = embed(load_policy(Path(db.config.TRACKER_HOME) / "policy.toml"), db)
