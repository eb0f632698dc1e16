"""How much there is to write for a desk that exists."""

from __future__ import annotations

from pathlib import Path

import pytest

HOSTS = Path(__file__).parents[2] / "examples" / "hosts"


@pytest.mark.parametrize("file", sorted(HOSTS.glob("*/escalation.py")), ids=lambda f: f.parent.name)
def test_embedding_takes_fewer_than_forty_lines(file: Path) -> None:
    """Lines as ruff formats them at 100 columns: imports and tables of words count, blank lines do not."""
    text = file.read_text(encoding="utf-8")
    lines = [line for line in text.split('"""', 2)[2].splitlines() if line.strip()]
    assert len(lines) < 40, f"{len(lines)} lines"
    assert max(map(len, text.splitlines())) <= 100


def test_every_host_has_one() -> None:
    """Each example keeps its embedding in a file of its own, where it is counted."""
    hosts = {path.parent for path in HOSTS.glob("*/policy.toml")}
    assert hosts == {file.parent for file in HOSTS.glob("*/escalation.py")} != set()
