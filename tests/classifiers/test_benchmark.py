"""The figures are honest: nothing that learns sees a test row, and every intent has a tier and a reason."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import benchmarks.classifiers
from benchmarks.classifiers import heldout, learning, rows
from benchmarks.classifiers.scoring import coverage_band
from escalate.classifiers import Calibrated, Conformal, TextClassifier

FOLDER = Path(benchmarks.classifiers.__file__).parent


def test_only_one_script_reads_the_test_rows() -> None:
    """Outside heldout.py nothing names the test rows, and nothing that learns imports it."""
    for path in FOLDER.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        words = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
        asks = {"test", "oos_test", "test.csv.gz"} & {
            word for word in words if isinstance(word, str)
        }
        modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert not asks or path.name == "heldout.py"
        assert heldout.__name__ not in modules or path.name == "report.py"


@pytest.mark.shared_data
@pytest.mark.parametrize("data", ["banking", "clinc"])
def test_no_test_row_reaches_training(monkeypatch, data) -> None:
    """Whatever is fitted, calibrated or bounded, no text that it looks at is one of the test rows."""
    seen: set[str] = set()

    def spy(self, tickets, *_):
        # What is learned does not matter here, only what it is learned from.
        seen.update(ticket.text for ticket in tickets)
        return self

    for kind, method in (
        (TextClassifier, "fit"),
        (TextClassifier, "knowing"),
        (Calibrated, "fit"),
        (Conformal, "fit"),
    ):
        monkeypatch.setattr(kind, method, spy)
    if data == "banking":
        learned, tests = learning.learn_banking(0), [heldout.banking_test()]
        seen.update(text for text, _ in learned.checked)
    else:
        learning.learn_clinc(0)
        tests = list(heldout.clinc_test())
    assert len(seen) > 10_000
    assert not seen & {text for test in tests for text, _ in test}


@pytest.mark.shared_data
def test_rows_held_back_are_not_learned() -> None:
    """The rows that calibrate and the rows that are counted lie apart from those that are learned."""
    seen, back = rows.parted(rows.banking(), 2 * learning.HELD_BACK, 0)
    calibrating, checked = rows.parted(back, 0.5, 0)
    parts = [{text for text, _ in part} for part in (seen, calibrating, checked)]
    assert sum(map(len, parts)) == len(set.union(*parts)) == len(rows.banking())


def test_every_intent_has_a_tier_and_a_reason() -> None:
    """The published table names 77 intents, a tier for each, and why."""
    table = rows.tier_table()
    assert len(table) == 77
    assert {tier for tier, _ in table.values()} == set(learning.TIERS)
    assert all(len(reason) > 10 for _, reason in table.values())


@pytest.mark.shared_data
def test_the_table_names_the_intents_of_the_data() -> None:
    """No intent is missing, and none is made up."""
    assert set(rows.tier_table()) == set(rows.labels(rows.banking()))


def test_the_band_of_coverage_is_exact() -> None:
    """With one row to calibrate and one to test the chance is known: a half of 1 and a half of 0."""
    assert coverage_band(1, 1, 0.5) == (0.0, 1.0)
    low, high = coverage_band(1000, 100_000, 0.1)
    assert 0.87 < low < 0.9 < high < 0.93
