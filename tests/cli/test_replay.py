"""``escalate replay`` as a person at a terminal meets it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from escalate.cli.app import app

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "replay"
LOG, MAPPING = str(EXAMPLE / "log.csv"), str(EXAMPLE / "mapping.toml")
POLICY = str(EXAMPLE / "policy.toml")


def replay(*args: str):
    """Run ``escalate replay`` with *args*."""
    wide = {"COLUMNS": "120"}  # so that no row of a table needs a second line
    return CliRunner().invoke(app, ["replay", *args], catch_exceptions=False, env=wide)


def test_the_figures_of_the_example():
    """The example log's figures stand there with readable units."""
    done = replay(LOG, "--mapping", MAPPING)
    assert done.exit_code == 0
    shown = " ".join(done.stdout.split())
    for expected in (
        "Cases 6",
        "N1 > N2 3",
        "Never leave the first line 3 of 6 (50.0 %)",
        "median 21.1 h",
        "28 rows read, 28 usable",
    ):
        assert expected in shown


def test_json_holds_every_figure_with_its_definition(tmp_path):
    """The file for programs has value and definition of each figure, and the data quality."""
    target = tmp_path / "figures.json"
    done = replay(LOG, "--mapping", MAPPING, "--json", str(target))
    assert "Cases" in done.stdout
    data = json.loads(target.read_text(encoding="utf-8"))
    assert data["figures"]["cases"]["value"] == 6
    assert all(entry["definition"] for entry in data["figures"].values())
    assert data["data_quality"]["kept"] == 28


def test_json_to_stdout_is_nothing_but_json():
    """``--json -`` can be piped into another program."""
    done = replay(LOG, "--mapping", MAPPING, "--json", "-")
    assert json.loads(done.stdout)["figures"]["events"]["value"] == 28


def test_what_the_log_could_not_say_is_shown(tmp_path):
    """Unreadable rows, unknown words and teams, ties and doubtful instants come with lines."""
    log = tmp_path / "log.csv"
    log.write_text(
        "ticket,when,status,team,impact\n"
        "1,2026-03-02 09:00,Received,desk a,low\n"
        "1,2026-03-02 09:00,Napping,desk a,low\n"
        "1,soon,Received,desk a,low\n"
        "1,2018-02-17 23:30,Received,cleaners,low\n",
        encoding="utf-8",
    )
    shown = " ".join(replay(str(log), "--mapping", MAPPING).stdout.split())
    for expected in (
        "4 rows read, 3 usable",
        "Unreadable rows, left out: 1",
        "Napping: 1 (line 3)",
        "cleaners: 1 (line 5)",
        "Instants in doubt, read as the earlier offset: 1",
        "Rows at the same instant as the one before, kept in the log's order: 1",
    ):
        assert expected in shown


def test_a_log_cannot_steer_the_terminal(tmp_path):
    """Markup and control characters of a log are shown, not obeyed."""
    log = tmp_path / "log.csv"
    log.write_text(
        "ticket,when,status,team,impact\n"
        "1,2026-03-02 09:00,\x1b[31m[red]:boom:\u202e,desk a,[bold]\x07\n",
        encoding="utf-8",
    )
    shown = replay(str(log), "--mapping", MAPPING).stdout
    assert all(char.isprintable() or char == "\n" for char in shown)
    assert r"\x1b[31m[red]:boom:\u202e" in shown
    assert r"[bold]\x07" in shown


@pytest.mark.shared_data
def test_the_volvo_log(shared_data):
    """The real log's figures are printed with thousands separated."""
    log = shared_data / "volvo_incidents" / "volvo_incidents.csv.gz"
    mapping = EXAMPLE.parent / "volvo" / "mapping.toml"
    shown = " ".join(replay(str(log), "--mapping", str(mapping)).stdout.split())
    assert "Events 65,533" in shown
    assert "Never leave the first line 4,546 of 7,554 (60.2 %)" in shown
    assert "Nothing unreadable" in shown


def test_a_policy_adds_what_its_engine_makes_of_the_log():
    """With a policy there are promises kept and broken, violations with examples, and the flowchart."""
    done = replay(LOG, "--mapping", MAPPING, "--policy", POLICY)
    assert done.exit_code == 0
    shown = " ".join(done.stdout.split())
    for expected in (
        "Under the policy 'three-lines'",
        "path, N3 > N2: 1 (such as 1004)",
        "ownership 2h in N1",
        "step ownership 2h in N1: 100% escalate to N2, notify duty_manager 4 4 1002, 1003",
        "step resolution 16h: 100% notify duty_manager 0 0",
        "rule back again notify tier_lead 1 1 1003",
        "first line within 2h of",
        "[ N1 ] [ N2 ] [ N3 ]",
    ):
        assert expected in shown


def test_json_under_a_policy_defines_what_it_counts(tmp_path):
    """Every figure of the engine comes with its definition too."""
    target = tmp_path / "figures.json"
    replay(LOG, "--mapping", MAPPING, "--policy", POLICY, "--json", str(target))
    data = json.loads(target.read_text(encoding="utf-8"))
    assert all(entry["definition"] for entry in data["replay"].values())
    assert data["replay"]["violations"]["value"][0]["why"] == "path"
    kept = data["replay"]["kept"]["value"]["ownership 2h in N1"]
    assert kept == {"met": 3, "breached": 4, "cancelled": 0, "running": 0, "share": 3 / 7}
    advised = {each["name"]: each for each in data["replay"]["advised"]["value"]}
    assert advised["ownership 2h in N1: 100%"] == {
        "kind": "step",
        "name": "ownership 2h in N1: 100%",
        "does": "escalate to N2, notify duty_manager",
        "times": 4,
        "tickets": 4,
        "cases": ["1002", "1003", "1005", "1006"],
    }
    assert "first_line_within_open" in data["figures"]


def test_a_wrong_policy_is_one_readable_line(tmp_path):
    """A misspelt key names the file, the place and the nearest word; there is no traceback."""
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('name = "x"\nteirs = []\n', encoding="utf-8")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "escalate",
            "replay",
            LOG,
            "--mapping",
            MAPPING,
            "--policy",
            wrong,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "teirs: got 'teirs', wanted a key known there; did you mean 'tiers'?" in done.stderr
    assert "Traceback" not in done.stderr


def test_targets_stand_in_the_order_of_the_policy():
    """The table of promises reads like the policy file."""
    done = replay(LOG, "--mapping", MAPPING, "--policy", POLICY).stdout
    table = done[done.index("\ntarget ") : done.index("would have acted")]
    names = ["ownership 2h in N1", "ownership 8h", "resolution 9h", "resolution 16h"]
    assert [line.split("  ")[0] for line in table.splitlines()[2:] if line.strip()] == names


def test_a_priority_that_the_policy_lacks_is_one_readable_line(tmp_path):
    """A mapping that promises a priority unknown to the policy is told so before anything is counted."""
    text = Path(MAPPING).read_text(encoding="utf-8")
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(text.replace('"high" = "high"', '"high" = "hihg"'), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "escalate", "replay", LOG, "--mapping", mapping, "--policy", POLICY],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert (
        "priority.words: got 'hihg', wanted a priority of the policy; did you mean 'high'?"
        in done.stderr
    )


def test_a_report_can_be_kept_mailed_and_computed_with(tmp_path):
    """One page with pictures, and the same figures as rows and as JSON."""
    page, rows, data = (tmp_path / name for name in ("report.html", "figures.csv", "figures.JSON"))
    for export in (rows, data):
        args = ("--mapping", MAPPING, "--policy", POLICY)
        done = replay(LOG, *args, "--html", str(page), "--export", str(export))
        assert done.exit_code == 0
    assert "What log.csv says" in page.read_text(encoding="utf-8")
    assert page.read_text(encoding="utf-8").count("<svg") >= 5
    assert "figures,cases,,value,6,count," in rows.read_text(encoding="utf-8")
    chapters = json.loads(data.read_text(encoding="utf-8"))["chapters"]
    assert chapters[0]["figures"]["cases"]["value"] == 6


def test_a_file_of_no_known_kind_is_refused_before_anything_is_read(tmp_path):
    """A typing error in an ending does not cost the figures."""
    done = replay(LOG, "--mapping", MAPPING, "--export", str(tmp_path / "figures.xls"))
    assert done.exit_code == 2
    assert "'figures.xls' should end with one of .csv, .json, .parquet" in done.stderr
    assert "Cases" not in done.stdout


def test_other_processes_print_the_same(tmp_path):
    """In several processes the figures of the engine are the same, and so is what the log could not say."""
    here, there = tmp_path / "here.json", tmp_path / "there.json"
    words = [LOG, "--mapping", MAPPING, "--policy", POLICY]
    one = replay(*words, "--json", str(here)).stdout
    two = replay(*words, "--processes", "2", "--json", str(there)).stdout
    assert one[one.index("Under the policy") :] == two[two.index("Under the policy") :]
    few, many = (json.loads(path.read_text(encoding="utf-8")) for path in (there, here))
    assert few["replay"] == many["replay"]
    assert few["data_quality"] == many["data_quality"]


def test_another_policy_says_which_tickets_change_and_why(tmp_path):
    """Two policies over one log: the change of verdicts, its interval, and the terms that differ."""
    text = Path(POLICY).read_text(encoding="utf-8")
    other = tmp_path / "other.toml"
    other.write_text(text.replace('within = "2h"', 'within = "4h"'), encoding="utf-8")
    target = tmp_path / "figures.json"
    words = ["--mapping", MAPPING, "--policy", POLICY, "--against", str(other)]
    shown = " ".join(replay(LOG, *words, "--json", str(target)).stdout.split())
    for expected in (
        "Tickets judged differently 3",
        "ownership > broken > kept 2",
        "ownership 40.0 % (-16.3 % to 72.6 %)",
        "ownership, broken > kept: within: 2h > 4h 2",
        "1003, ownership 1: broken > kept, due 2026-03-02T18:15:00+00:00 > due",
    ):
        assert expected in shown
    data = json.loads(target.read_text(encoding="utf-8"))
    assert data["comparison"]["changes"]["count"] == 3


@pytest.mark.parametrize("option", [["--processes", "2"], ["--against", POLICY]])
def test_a_replay_needs_a_policy(option):
    """What is about a replay says so when there is nothing to replay under."""
    done = replay(LOG, "--mapping", MAPPING, *option)
    assert done.exit_code == 2
    assert f"{option[0]} is about a replay, which needs --policy as well" in done.output
