"""All that makes a log as a whole doubtful, in one value that can be put together from parts."""

from __future__ import annotations

import attrs

from escalate.offline.doubts.clocks import Clocks
from escalate.offline.doubts.leaks import Leaks
from escalate.offline.doubts.window import Window


@attrs.define
class Evidence:
    """What was gathered of a log, or of a part of it.

    >>> Evidence() == Evidence()
    True
    """

    clocks: Clocks = attrs.field(factory=Clocks)
    window: Window = attrs.field(factory=Window)
    leaks: Leaks = attrs.field(factory=Leaks)

    def merge(self, other: Evidence) -> None:
        """Add what another part of the log says."""
        self.clocks.merge(other.clocks)
        self.window.merge(other.window)
        self.leaks.merge(other.leaks)
