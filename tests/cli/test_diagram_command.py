"""``escalate diagram``: a policy as a picture."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from escalate import load_policy
from escalate.cli import main
from tests.policies.drawing import CHROMIUM, HERE, missing

CLASSIC = Path(__file__).resolve().parents[2] / "examples" / "policies" / "classic.toml"


def test_it_prints_what_sites_draw(capsys):
    """What is printed is what ``policy.to_mermaid()`` returns."""
    assert main(["diagram", str(CLASSIC)]) == 0
    assert capsys.readouterr().out == load_policy(CLASSIC).to_mermaid()
    assert main(["diagram", str(CLASSIC), "--no-statuses"]) == 0
    assert "s_open" not in capsys.readouterr().out


def test_without_mermaids_command_it_says_what_to_install(monkeypatch, tmp_path, capsys):
    """--svg needs a tool that is not ours, and says which."""
    monkeypatch.setenv("PATH", str(tmp_path))
    target = tmp_path / "policy.svg"
    assert main(["diagram", str(CLASSIC), "--svg", str(target)]) == 2
    assert "npm install --global @mermaid-js/mermaid-cli" in capsys.readouterr().err
    assert not target.exists()


def test_a_drawing_that_fails_is_one_readable_message(monkeypatch, tmp_path, capsys):
    """What Mermaid's command complains about is passed on, without its control characters."""
    tool = tmp_path / "mmdc"
    tool.write_text("#!/bin/sh\nprintf '\\033[31mno browser\\n'\nexit 3\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert main(["diagram", str(CLASSIC), "--svg", str(tmp_path / "policy.svg")]) == 1
    said = capsys.readouterr().err
    assert "mmdc could not draw it" in said
    assert "no browser" in said
    assert "\x1b" not in said


def test_svg_is_drawn_by_mermaid(monkeypatch, tmp_path):
    """With Mermaid's command on PATH there is a picture with every tier."""
    if lacks := missing():
        pytest.skip(lacks)
    settings = {"executablePath": CHROMIUM, "args": ["--no-sandbox", "--disable-gpu"]}
    browser = tmp_path / "browser.json"
    browser.write_text(json.dumps(settings))
    monkeypatch.setenv("PATH", f"{HERE / 'node_modules/.bin'}{os.pathsep}{os.environ['PATH']}")
    target = tmp_path / "policy.svg"
    arguments = ["diagram", str(CLASSIC), "--svg", str(target), "--puppeteer", str(browser)]
    assert main(arguments) == 0
    svg = target.read_text(encoding="utf-8")
    assert svg.startswith("<svg")
    for tier in load_policy(CLASSIC).tiers:
        assert tier.title in svg
