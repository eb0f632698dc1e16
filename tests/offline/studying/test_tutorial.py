"""The tutorial on studies, done as it stands there; and the log that it studies."""

from __future__ import annotations

import contextlib
import io
import re
import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "examples" / "study"
PAGE = ROOT / "docs" / "tutorials" / "study-your-tickets.md"
STEP = re.compile(r"^```python\n(.*?)^```(?:\n\n```text\n(.*?)```)?", re.MULTILINE | re.DOTALL)


def test_the_tutorial_prints_what_it_shows(monkeypatch):
    """Who follows the page sees the same figures and sentences."""
    monkeypatch.chdir(ROOT)
    names = {}
    steps = STEP.findall(PAGE.read_text(encoding="utf-8"))
    assert len(steps) >= 8
    for code, shown in steps:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(code, names)  # noqa: S102 - our own page
        assert printed.getvalue() == shown


def test_the_mapping_of_the_tutorial_is_the_one_of_the_example():
    """The page shows the file as it is."""
    (shown,) = re.findall(r"^```toml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    assert (EXAMPLE / "mapping.toml").read_text(encoding="utf-8").endswith(shown)


def test_the_log_is_the_one_that_its_script_writes(tmp_path):
    """Nobody has to trust the file: the script makes it again, to the byte."""
    script = runpy.run_path(str(EXAMPLE / "make_log.py"))
    script["main"](str(tmp_path / "tickets.csv"))
    assert (tmp_path / "tickets.csv").read_bytes() == (EXAMPLE / "tickets.csv").read_bytes()
