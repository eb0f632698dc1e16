"""Draws with the real Mermaid in headless Chromium, for tests."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent / "mermaid"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")


def missing() -> str:
    """Say what is missing on this machine to draw, and how to get it; nothing if all is there."""
    if shutil.which("node") is None:
        return "node is not on PATH; install Node.js 20 or later"
    if not Path(CHROMIUM).exists():
        return f"no {CHROMIUM}; apt-get install chromium, or name yours in CHROMIUM"
    if not (HERE / "node_modules" / "mermaid").is_dir():
        return f"Mermaid is not installed; npm ci --ignore-scripts --prefix {HERE}"
    return ""


def draw(diagrams: Sequence[str]) -> list[dict[str, Any]]:
    """Return what Mermaid makes of each of *diagrams*: ``svg`` and ``labels``, or ``error``."""
    return in_chromium("draw.mjs", diagrams)


def in_chromium(script: str, texts: Sequence[str]) -> list[dict[str, Any]]:
    """Return what *script* finds of each of *texts* in headless Chromium.

    Skips the test that asks where something is missing; a run with ``CI=true`` fails on skipped tests.
    """
    if lacks := missing():
        pytest.skip(lacks)
    done = subprocess.run(
        ["node", script],
        input=json.dumps(list(texts)),
        capture_output=True,
        text=True,
        cwd=HERE,
        check=False,
        env={**os.environ, "CHROMIUM": CHROMIUM},
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found
