"""What the documentation asks of whoever follows it."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *(ROOT / "docs" / "tutorials").glob("*.md")]
PAGES += [
    page for page in (ROOT / "docs" / "how-to").glob("*.md") if page.name != "test-a-policy.md"
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_shows_runs_with_the_base_install(page):
    """Whoever pastes an example has escalate and Python, and not our tools for tests."""
    blocks = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    names = set()
    for node in (node for block in blocks for node in ast.walk(ast.parse(block))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    assert {name.partition(".")[0] for name in names} <= {"escalate", *sys.stdlib_module_names}
