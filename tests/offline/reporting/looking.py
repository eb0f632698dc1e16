"""Opens reports in headless Chromium, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.policies.drawing import in_chromium


def look(pages: Sequence[str]) -> list[dict[str, Any]]:
    """Return what Chromium shows of *pages* with the network off."""
    return in_chromium("read.mjs", pages)
