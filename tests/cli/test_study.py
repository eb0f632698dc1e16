"""``escalate study`` as a person at a terminal meets it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from escalate.cli.app import app
from escalate.cli.guard import run

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "replay"
LOG, MAPPING = str(EXAMPLE / "log.csv"), str(EXAMPLE / "mapping.toml")
POLICY = str(EXAMPLE / "policy.toml")


def study(*args: str):
    """Run ``escalate study`` with *args*."""
    wide = {"COLUMNS": "120"}  # so that no row of a table needs a second line
    return CliRunner().invoke(app, ["study", *args], catch_exceptions=False, env=wide)


def test_the_chapters_of_the_example():
    """Chapter by chapter, the example's figures stand there with readable units."""
    done = study(LOG, "--mapping", MAPPING)
    assert done.exit_code == 0
    shown = " ".join(done.stdout.split())
    for expected in (
        "28 rows read, 28 usable",
        "Flow Cases 6",
        "N1 > N2 3",
        "Never leave the first line 3 of 6 (50.0 %)",
        "Time To the first Completed (5 cases) mean 18.9 h median 21.1 h",
        "in a queue 2.8 days",
        "N2 > in work median 3.6 h, 90 % within 16.9 h (3)",
        "In doubt: To the first Completed; To the first Completed, customer waits taken out: 1 of 6",
        "People and teams Cases by team desk east 4",
        "desk east 25.0 % (4.6 % to 69.9 %)",
        "Left out: rated, satisfaction, satisfaction_by_team; no row has the attribute rating",
    ):
        assert expected in shown


def test_a_policy_adds_open_time_and_its_promise():
    """What the first line promises is told by its opening hours too."""
    shown = " ".join(study(LOG, "--mapping", MAPPING, "--policy", POLICY).stdout.split())
    assert "To the first Completed, in open time (5 cases) mean 6.2 h" in shown
    assert "Solved or passed on by the first line within 2h of open time 3 of 6 (50.0 %)" in shown


def test_json_is_the_study(tmp_path):
    """The file for programs has every chapter, each figure with its definition, and the data quality."""
    target = tmp_path / "study.json"
    done = study(LOG, "--mapping", MAPPING, "--json", str(target))
    assert "People and teams" in done.stdout
    data = json.loads(target.read_text(encoding="utf-8"))
    assert data["data_quality"]["kept"] == 28
    assert data["chapters"]["flow"]["figures"]["cases"]["value"] == 6
    for chapter in data["chapters"].values():
        assert all(entry["definition"] for entry in chapter["figures"].values())
    ladder = data["chapters"]["time"]["figures"]["to_first_completed"]["value"]["ladder"]
    assert (sum(ladder.values()), ladder["up to 1 h"]) == (5, 1)


def test_json_to_stdout_is_nothing_but_json():
    """``--json -`` can be piped into another program."""
    done = study(LOG, "--mapping", MAPPING, "--json", "-")
    assert json.loads(done.stdout)["chapters"]["flow"]["title"] == "Flow"


def test_several_processes_give_the_same_answer():
    """Reading in parts is only faster; run for real, since processes are started."""
    alone = study(LOG, "--mapping", MAPPING, "--policy", POLICY, "--json", "-").stdout
    args = ["study", LOG, "--mapping", MAPPING, "--policy", POLICY, "--json", "-"]
    done = subprocess.run(
        [sys.executable, "-m", "escalate", *args, "--processes", "2"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == alone


def test_people_are_numbered_unless_named(tmp_path):
    """Names are shown to whoever asks for them."""
    log = tmp_path / "log.csv"
    log.write_text(
        "case_id,timestamp,activity,resource\n1,2026-03-02T09:00Z,resolved,Ann\n", encoding="utf-8"
    )
    assert "Ann" not in study(str(log)).stdout
    assert "person 1" in study(str(log)).stdout
    assert "Ann" in study(str(log), "--names").stdout


def test_a_log_cannot_steer_the_terminal(tmp_path):
    """Markup and control characters of a log are shown, not obeyed."""
    log = tmp_path / "log.csv"
    log.write_text(
        "case_id,timestamp,activity,org:group\n1,2026-03-02T09:00Z,\x1b[31mopen,[red]\x07\u202e\n",
        encoding="utf-8",
    )
    shown = study(str(log)).stdout
    assert all(char.isprintable() or char == "\n" for char in shown)
    assert r"[red]\x07\u202e" in shown
    assert r"\x1b[31mopen" in shown


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.csv", b"", "wanted a header line and rows"),
        ("no.csv", b"a,b\n1,2\n", "wanted a column of no.csv"),
        ("bad.csv.gz", b"\x1f\x8b\x08broken", "bad.csv.gz"),
        ("bytes.csv", b"case_id,timestamp\n\xff,2026\n", "UTF-8"),
    ],
)
def test_a_bad_log_is_one_readable_line(tmp_path, capsys, name, content, says):
    """Whatever is wrong with a file is said in a line."""
    path = tmp_path / name
    path.write_bytes(content)
    assert run(["study", str(path)]) == 2
    said = capsys.readouterr().err
    assert said.startswith("escalate: ")
    assert said.count("\n") == 1
    assert says in said


def test_what_another_process_cannot_read_is_one_readable_line(tmp_path):
    """A file that breaks in the middle is found out elsewhere, and said here."""
    path = tmp_path / "bytes.csv"
    path.write_bytes(b"case_id,timestamp\n1,2026-01-01T00Z\n\xff,2026\n")
    done = subprocess.run(
        [sys.executable, "-m", "escalate", "study", path, "--processes", "2"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("escalate: bytes.csv")
    assert "UTF-8" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("processes", ["0", "65", "many"])
def test_a_bad_number_of_processes_is_a_usage_error(processes):
    """The range is told."""
    done = CliRunner().invoke(app, ["study", LOG, "--processes", processes])
    assert done.exit_code == 2
    assert "--processes" in done.output


@pytest.mark.shared_data
def test_the_volvo_log(shared_data):
    """The real log's study says what is known of it."""
    log = shared_data / "volvo_incidents" / "volvo_incidents.csv.gz"
    mapping = EXAMPLE.parent / "volvo" / "mapping.toml"
    shown = " ".join(study(str(log), "--mapping", str(mapping)).stdout.split())
    assert "Never leave the first line 4,546 of 7,554 (60.2 %)" in shown
    assert "same team got it back median 6.1 days" in shown
    assert "(31.5 %)" in shown


def test_a_study_can_be_kept_mailed_and_computed_with(tmp_path):
    """One page with pictures, its flowchart among them, and the same figures as rows."""
    page, rows = tmp_path / "study.html", tmp_path / "study.csv"
    done = study(LOG, "--mapping", MAPPING, "--html", str(page), "--export", str(rows))
    assert done.exit_code == 0
    assert "The way of the cases" in page.read_text(encoding="utf-8")
    assert page.read_text(encoding="utf-8").count("<svg") > 10
    assert "flow,stays_in_first_line,,share,0.5,share," in rows.read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["study", "replay"])
@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ("", 'delimiter = ";"'),
        ('case = "Chamado"\nat = "Data"\n', 'delimiter = ";"'),
        ('delimiter = ";"\ncase = "Chamado"\nat = "Data"\n', "at.format"),
        (
            'delimiter = ";"\ncase = "Chamado"\n[at]\ncolumn = "Data"\nformat = "%d/%m/%Y %H:%M"\n',
            "at.zone",
        ),
    ],
)
def test_an_export_of_another_layout_is_led_to_its_mapping(
    tmp_path, capsys, command, mapping, says
):
    """Who has semicolons, or dates of another order, is told the key of the mapping that says so."""
    log, words = tmp_path / "log.csv", tmp_path / "mapping.toml"
    log.write_text("Chamado;Data;Fila\n1;31/03/2026 09:00;N1\n", encoding="utf-8-sig")
    words.write_text(mapping, encoding="utf-8")
    assert run([command, str(log), "--mapping", str(words)]) == 2
    said = capsys.readouterr()
    assert says in said.err
    assert said.out == ""


def test_peaks_are_counts(tmp_path):
    """A count against a mean of counts is not shown as hours."""
    log = tmp_path / "log.csv"
    log.write_text(
        "case_id,timestamp,activity\n1,2026-03-02T09:00Z,open\n2,2026-03-02T09:10Z,open\n",
        encoding="utf-8",
    )
    expected = "Monday 09:00 2, 168.0 times the mean of 0.012"
    assert expected in " ".join(study(str(log)).stdout.split())


@pytest.mark.parametrize("option", ["--html", "--export", "--json"])
@pytest.mark.parametrize("command", ["study", "replay"])
def test_a_missing_folder_is_told_before_anything_is_computed(
    monkeypatch, tmp_path, command, option
):
    """Who mistypes a folder does not wait for a study to be told so."""

    def too_late(*_args, **_more):
        pytest.fail("the log was read first")

    monkeypatch.setattr(f"escalate.cli.{command}.read_log", too_late)
    target = str(tmp_path / "no" / "such.csv")
    done = CliRunner().invoke(app, [command, LOG, option, target], catch_exceptions=False)
    assert done.exit_code == 2
    said = " ".join(done.stderr.replace("│", " ").split())
    assert f"Invalid value for '{option}': there is no folder" in said
    assert "make it, or name another" in said
    assert not done.stdout
