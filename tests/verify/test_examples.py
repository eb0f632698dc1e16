"""Every policy that we show to people is one that they could live under."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Final

import pytest

from escalate import EscalationPolicy, load_policy
from escalate.verify.search import Budget

ROOT: Final = Path(__file__).parents[2]
# The largest has 56,962 situations, which `python -m benchmarks verify` goes through to the end.
PART: Final = Budget(states=5_000)


def _examples() -> list[Path]:
    files = sorted((ROOT / "examples").rglob("*.toml"))
    return [path for path in files if "tiers" in tomllib.loads(path.read_text(encoding="utf-8"))]


def _in_docs() -> dict[str, str]:
    """Policies that stand in a page as a whole, by page and number; in a tutorial, one that grows."""
    found = {}
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        blocks = re.findall(r"^```toml\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)
        if page.parent.name == "tutorials":
            blocks = ["".join(each for each in blocks if "[[cases]]" not in each)]
        for number, block in enumerate(blocks, 1):
            if tomllib.loads(block).keys() >= {"name", "tiers", "paths"}:
                found[f"{page.name} {number}"] = block
    return found


def _holds(policy: EscalationPolicy) -> None:
    report = policy.verify(budget=PART)
    assert not report.findings, [finding.sentence for finding in report.findings]
    unknown = {each.why for each in report.verdicts if each.answer == "unknown"}
    assert unknown <= {"budget: the search ran out of states"}


@pytest.mark.parametrize("path", _examples(), ids=lambda path: str(path.relative_to(ROOT)))
def test_an_example_has_no_finding(path: Path) -> None:
    """Whoever starts from an example starts from a policy of which nothing is refuted."""
    _holds(load_policy(path))


@pytest.mark.parametrize("block", _in_docs().values(), ids=_in_docs())
def test_a_policy_in_the_docs_has_no_finding(block: str) -> None:
    """What a page shows as a whole policy can be copied: nothing of it is refuted."""
    _holds(load_policy(tomllib.loads(block)))
