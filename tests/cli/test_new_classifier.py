"""``escalate new-classifier``: a package whose tests pass at once, and that desks find."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import escalate
from escalate.cli import main

SOURCE = Path(escalate.__file__).parent.parent


def run(*args: str, cwd: Path, site: Path) -> str:
    """Run Python on *args* as somebody who has *site* installed; what it prints."""
    path = os.pathsep.join([str(SOURCE), str(site)])
    done = subprocess.run(
        [sys.executable, *args],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": path, "PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_writes_a_package_that_is_tested_installed_and_found(tmp_path: Path) -> None:
    """From nothing to a plugin that a desk loads by name."""
    assert main(["new-classifier", "acme-outage", "--into", str(tmp_path)]) == 0
    package, site = tmp_path / "acme-outage", tmp_path / "site"
    install = ["-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation"]
    quiet = ["--disable-pip-version-check", "--target", str(site), str(package)]
    done = subprocess.run(
        [sys.executable, *install, *quiet], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    listed = json.loads(run("-m", "escalate", "plugins", "--json", cwd=tmp_path, site=site))
    assert {
        "name": "acme-outage",
        "distribution": "acme-outage",
        "version": "0.1.0",
        "value": "acme_outage:AcmeOutage",
    } in listed
    (tmp_path / "desk.py").write_text(
        "from escalate import Desk, EscalationPolicy\n"
        "from escalate.classifiers import Registry\n"
        "policy = EscalationPolicy('s', ['N1', 'N2', 'N3'], [], classifier='acme-outage')\n"
        "desk = Desk(policy, classifiers=Registry(allow=['acme-outage']))\n"
        "print(desk.open(subject='An outage').tier)\n"
    )
    assert run("desk.py", cwd=tmp_path, site=site).strip() == "N3"
    told = run("-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=package, site=site)
    assert " passed" in told
    assert "skipped" not in told


def test_its_tests_pass_before_it_is_installed(tmp_path: Path) -> None:
    """Whoever looks at it first runs the tests first; a class may be called as what they import."""
    assert main(["new-classifier", "path", "--into", str(tmp_path)]) == 0
    own = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_own.py"]
    assert " passed" in run(*own, cwd=tmp_path / "path", site=tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        "", "Acme", "acme outage", "acme_outage", "-acme", "acme-", "acme--outage", "7up", "acmé",
        "../acme", "acme/outage", "acme.outage", "a" * 61, "acme\x1b[31m", "class", "match", "json",
        "escalate", "escalate-tiers", "pytest", "tests", "$name",
    ],
)  # fmt: skip
def test_a_bad_name_is_refused_in_one_line(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says what would be one, and nothing is written."""
    assert main(["new-classifier", "--into", str(tmp_path), "--", name]) == 2
    shown = capsys.readouterr()
    assert len(shown.err.splitlines()) == 1
    assert "acme-outage" in shown.err
    assert "\x1b" not in shown.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_it_never_writes_over_anything(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither a folder nor a file that is there, not even an empty one."""
    there = tmp_path / "acme-outage"
    there.mkdir() if kind == "folder" else there.write_text("mine")
    assert main(["new-classifier", "acme-outage", "--into", str(tmp_path)]) == 2
    assert "there already" in capsys.readouterr().err
    assert list(tmp_path.rglob("*")) == [there]
