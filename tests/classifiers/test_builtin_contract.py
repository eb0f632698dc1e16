"""The classifiers that ship keep every promise that is asked of a plugin."""

from __future__ import annotations

from escalate.classifiers import KeywordClassifier, PriorityMatrix, RuleClassifier, TextClassifier
from escalate.testing import parametrize_with_checks


def a_rule_classifier() -> RuleClassifier:
    """Rules over what the sample tickets have."""
    return RuleClassifier({'priority >= "high"': "N3", '"vip" in tags': "N2"})


def a_keyword_classifier() -> KeywordClassifier:
    """Words in three languages."""
    phrases = {"password": "N1", "vpn": "N2", "erro": {"N3": 2.0}, "登录": "N1", "丢失": "N3"}
    return KeywordClassifier(phrases)


def a_matrix() -> PriorityMatrix:
    """A tier for each priority."""
    return PriorityMatrix({1: "N3", 2: "N2", 3: "N2", 4: "N1", 5: "N1"})


def a_text_classifier() -> TextClassifier:
    """One that learns the names of tiers."""
    return TextClassifier()


@parametrize_with_checks([a_rule_classifier, a_keyword_classifier, a_matrix, a_text_classifier])
def test_keeps_the_contract(classifier, check):
    """What plugin authors are asked for, the built-ins keep too."""
    check(classifier)
