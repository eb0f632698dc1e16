"""Opens reports in headless Chromium, for tests."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from typing import Any

import pytest

from tests.policies.drawing import CHROMIUM, HERE, missing


def look(pages: Sequence[str]) -> list[dict[str, Any]]:
    """Return what Chromium shows of *pages* with the network off.

    Skips the test that asks where something is missing; a run with ``CI=true`` fails on skipped tests.
    """
    if lacks := missing():
        pytest.skip(lacks)
    done = subprocess.run(
        ["node", "read.mjs"],
        input=json.dumps(list(pages)),
        capture_output=True,
        text=True,
        cwd=HERE,
        check=False,
        env={**os.environ, "CHROMIUM": CHROMIUM},
    )
    assert done.returncode == 0, done.stderr
    seen: list[dict[str, Any]] = json.loads(done.stdout)
    return seen
