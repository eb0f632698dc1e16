"""``escalate handbook``: the training document from the command line."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from escalate.cli.app import app

CLASSIC = Path(__file__).parents[2] / "examples" / "policies" / "classic.toml"


def run(*arguments: str) -> tuple[int, str]:
    """What the command prints, with how it ends."""
    result = CliRunner().invoke(app, ["handbook", *arguments])
    return result.exit_code, result.output


def test_a_policy_is_printed_as_a_handbook() -> None:
    """All tiers, or one, in the language of the team."""
    code, said = run(str(CLASSIC))
    assert code == 0
    assert said.startswith("# Handbook: support\n")
    code, said = run(str(CLASSIC), "--tier", "N2", "--lang", "pt-br")
    assert code == 0
    assert said.startswith("# Manual de N2: support\n")
    assert "## N1" not in said


def test_the_ending_of_a_file_says_its_format(tmp_path: Path) -> None:
    """``-o handbook.html`` is a page, and ``--format`` has the last word."""
    page, text = tmp_path / "handbook.html", tmp_path / "other.html"
    assert run(str(CLASSIC), "-o", str(page)) == (0, "")
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert run(str(CLASSIC), "-o", str(text), "--format", "md") == (0, "")
    assert text.read_text(encoding="utf-8").startswith("# Handbook: support")


def test_changes_against_an_older_file_come_first(tmp_path: Path) -> None:
    """What a team has to learn when the policy changes is on the first page."""
    older = tmp_path / "older.toml"
    was = CLASSIC.read_text(encoding="utf-8").replace('version = "2026-11"', 'version = "2026-10"')
    older.write_text(was.replace('"summary", "tried"]   ', '"summary"]   '), encoding="utf-8")
    code, said = run(str(CLASSIC), "--against", str(older))
    assert code == 0
    assert "Since support, version 2026-10:" in said
    assert (
        "| N1 to N2 (escalate) | the handoff must contain: summary | the handoff must contain: summary, "
        "attempts |" in said
    )


def test_a_mistake_is_told_without_a_traceback() -> None:
    """A tier that is not there names those that are."""
    result = CliRunner().invoke(app, ["handbook", str(CLASSIC), "--tier", "N9"])
    assert result.exit_code != 0
    assert "known: N1, N2, N3" in str(result.exception or result.output)
