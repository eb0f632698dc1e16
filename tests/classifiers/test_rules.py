from __future__ import annotations

import pytest

from escalate import EscalationPolicy, RequestType, Tier
from escalate.classifiers import PriorityMatrix, RuleClassifier, ticket_of
from escalate.errors import BadInput, InvalidCondition

TIERS = [Tier("N1"), Tier("N2"), Tier("N3")]
LOGIN = EscalationPolicy("desk", TIERS, [], request_types=[RequestType("login", tier="N1")])


class TestRuleClassifier:
    def test_the_first_that_holds_wins(self):
        """Rules are tried in the order given."""
        rules = RuleClassifier([('"vip" in tags', "N2"), ('priority == "urgent"', "N3")])
        both = ticket_of(tags=["vip"], priority="urgent")
        assert rules.classify(both, TIERS).tier == "N2"
        assert rules.classify(ticket_of(priority="urgent"), TIERS).why == (
            ('priority == "urgent"', 1.0),
        )

    def test_without_a_rule_that_holds_it_abstains(self):
        """It does not guess."""
        assert (
            RuleClassifier({'"vip" in tags': "N2"}).classify(ticket_of(), TIERS).reason
            == "no rule holds"
        )

    def test_a_misspelt_word_of_the_policy_is_an_error(self):
        """Given the words of a policy, it refuses others; without, it takes them as they stand."""
        rule = {'request_type == "logn"': "N1"}
        with pytest.raises(InvalidCondition, match="did you mean 'login'"):
            RuleClassifier(rule, LOGIN.vocabulary)
        assert RuleClassifier(rule).classify(ticket_of(request_type="logn"), TIERS).tier == "N1"

    @pytest.mark.parametrize("rule", ["age > 2h", 'age > "2h"', "text", "__import__('os')"])
    def test_what_is_no_condition_over_the_ticket_is_refused(self, rule):
        """Neither clocks nor texts nor Python."""
        with pytest.raises(InvalidCondition):
            RuleClassifier({rule: "N1"})

    def test_a_saved_one_comes_back(self, tmp_path):
        """Rules and the order of priorities are kept."""
        one = RuleClassifier({'priority >= "high"': "N3"}, name="mine")
        one.save(tmp_path / "rules.json")
        back = RuleClassifier.load(tmp_path / "rules.json")
        assert (back, back.version) == (one, one.version)


class TestPriorityMatrix:
    matrix = PriorityMatrix({1: "N3", 2: "N2", 3: "N1", 4: "N1"})

    @pytest.mark.parametrize(
        ("impact", "urgency", "priority"),
        [("high", "high", 1), (1, "Medium", 2), ("2", 2, 3), ("low", "LOW", 5), ("low", 1, 3)],
    )
    def test_gives_the_priorities_of_itil(self, impact, urgency, priority):
        """High by high is 1, low by low is 5; words and numbers may be mixed."""
        ticket = ticket_of(fields={"impact": impact, "urgency": urgency})
        assert self.matrix.priority_of(ticket) == priority

    @pytest.mark.parametrize(
        "fields", [{}, {"impact": 1}, {"impact": True, "urgency": 1}, {"impact": 0, "urgency": 4}]
    )
    def test_abstains_where_a_level_is_missing_or_unknown(self, fields):
        """A ticket that does not say how bad it is goes to a person."""
        assert self.matrix.classify(ticket_of(fields=fields), TIERS).tier is None

    def test_abstains_where_a_priority_has_no_tier(self):
        """Priorities that are left out, and tiers that the policy lacks, are no verdict."""
        lowest = ticket_of(fields={"impact": 3, "urgency": 3})
        assert self.matrix.classify(lowest, TIERS).reason == "no tier for priority 5"
        assert (
            self.matrix.classify(ticket_of(fields={"impact": 1, "urgency": 1}), TIERS[:1]).tier
            is None
        )

    def test_needs_a_row_and_a_column_for_each_level(self):
        """A table that does not fit its levels is an error."""
        with pytest.raises(BadInput, match="a row and a column"):
            PriorityMatrix({1: "N1"}, levels=("high", "low"))

    def test_a_saved_one_comes_back(self, tmp_path):
        """Tiers, table, levels and fields are kept."""
        one = PriorityMatrix({1: "N2"}, [[1, 2], [2, 3]], ("alto", "baixo"), "impacto", "urgência")
        one.save(tmp_path / "matrix.json")
        assert PriorityMatrix.load(tmp_path / "matrix.json") == one
