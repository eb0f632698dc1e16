"""Login trouble in Portuguese and Chinese, from a forgotten password to a defect: nothing assumes English."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from escalate import Tier
from escalate.classifiers import KeywordClassifier, TextClassifier, ticket_of

TIERS = [Tier("N1"), Tier("N2"), Tier("N3")]
TROUBLE = Path(__file__).parents[2] / "examples" / "classifiers" / "login_trouble.csv"
WORDS = {
    "senha": "N1",
    "permissão": {"N2": 2.0},
    "configurar": "N2",
    "perfil": "N2",
    "erro": {"N3": 2.0},
    "ninguém": {"N3": 2.0},
    "exceção": {"N3": 2.0},
    "密码": "N1",
    "权限": {"N2": 2.0},
    "配置": "N2",
    "角色": "N2",
    "500": {"N3": 2.0},
    "所有人": {"N3": 2.0},
    "异常": {"N3": 2.0},
}


def trouble(use: str, *languages: str) -> list[tuple[str, str]]:
    """Return texts and tiers."""
    with TROUBLE.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["use"] == use]
    return [(row["text"], row["tier"]) for row in rows if row["language"] in languages]


def share_right(classifier, rows) -> float:
    """Return which share of texts is sent where it belongs."""
    said = [classifier.classify(ticket_of(text), TIERS).tier for text, _ in rows]
    return sum(tier == right for tier, (_, right) in zip(said, rows, strict=True)) / len(rows)


@pytest.mark.parametrize("language", ["pt", "zh"])
def test_keywords_of_any_language_are_found(language) -> None:
    """Words and phrases are found with and without accents, spaces, capitals and full width."""
    assert share_right(KeywordClassifier(WORDS), trouble("ask", language)) == 1.0


@pytest.mark.parametrize("language", ["pt", "zh"])
@pytest.mark.parametrize("learned", [("pt",), ("zh",), ("pt", "zh")])
def test_any_language_is_learned_from_a_few_examples(language, learned) -> None:
    """From two dozen tickets it learns where login trouble belongs, and one model serves two languages."""
    rows = trouble("learn", *learned)
    tickets, tiers = [ticket_of(text) for text, _ in rows], [tier for _, tier in rows]
    classifier = TextClassifier(rare=1, epochs=20).fit(tickets, tiers)
    asked = trouble("ask", language)
    if language in learned:
        assert share_right(classifier, asked) >= 8 / 9
    else:
        said = [classifier.classify(ticket_of(text), TIERS) for text, _ in asked]
        assert all(each.tier is None or (each.confidence or 0) < 0.8 for each in said)
