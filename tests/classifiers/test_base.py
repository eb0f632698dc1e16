"""The contract: what a classifier declares, what a verdict may be, and how one is asked."""

from __future__ import annotations

import asyncio
import copy
import pickle
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate import ABSTAIN, BadInput, Tier, Verdict
from escalate.classifiers import TicketText, as_classifier, check_verdict, classify_many, ticket_of
from escalate.classifiers.base import (
    can_fit,
    can_save,
    cost_of,
    is_async,
    is_deterministic,
    meaning_of,
    settled,
    verdict_of,
)
from escalate.errors import InvalidVerdict

TIERS = [Tier("N1"), Tier("N2"), Tier("N3")]


class TestTicketText:
    def test_it_goes_to_another_process_whole(self) -> None:
        """A copy has the text too, and is equal to the original."""
        ticket = ticket_of("The VPN is down", tags=["vip"], fields={"impact": 3})
        for other in (
            pickle.loads(pickle.dumps(ticket)),  # noqa: S301 - our own
            copy.deepcopy(ticket),
        ):
            assert other == ticket
            assert (other.text, other.tags, other.fields["impact"]) == (
                "The VPN is down",
                {"vip"},
                3,
            )

    def test_tickets_with_other_texts_differ(self) -> None:
        """What the customer wrote is part of what a classifier reads."""
        assert ticket_of("a") != ticket_of("b")
        assert ticket_of("a") != ticket_of("a", tags=["vip"])
        assert ticket_of("a") != ticket_of("a").ticket
        assert "'a'" in repr(ticket_of("a"))

    def test_a_misspelt_field_names_the_nearest(self) -> None:
        """Whoever makes a ticket for a test learns what it may have."""
        with pytest.raises(BadInput, match="did you mean 'channel'"):
            ticket_of("a", chanel="chat")


class TestVerdicts:
    @pytest.mark.parametrize(
        ("said", "says"),
        [
            ("N2", "wanted a Verdict"),
            (None, "wanted a Verdict"),
            (Verdict("N7"), "one of N1, N2, N3"),
            (Verdict(2), "one of N1, N2, N3"),  # type: ignore[arg-type]
            (Verdict("N2", True), "a finite number"),
            (Verdict("N2", meaning="chance"), "probability, score, none"),
            (Verdict("N2", scores={"N7": 1.0}), "names of tiers"),
            (Verdict("N2", scores={"N1": float("nan")}), "a finite number"),
            (Verdict("N2", scores={"N1": "1"}), "a finite number"),  # type: ignore[dict-item]
            (Verdict("N2", scores=[1.0]), "a mapping"),  # type: ignore[arg-type]
            (Verdict("N2", why=["vpn"]), "pairs"),  # type: ignore[list-item]
            (Verdict("N2", why=[("vpn", float("inf"))]), "a finite number"),
            (Verdict("N2", why=[("v" * 201, 1.0)]), "200 letters"),
            (Verdict("N2", why=[("vpn", 1.0)] * 101), "100 at most"),
            (ABSTAIN("x" * 201), "200 letters"),
        ],
        ids=repr,
    )
    def test_nonsense_is_named(self, said: object, says: str) -> None:
        """Each kind of nonsense is refused, and the error says what would work."""
        with pytest.raises(InvalidVerdict, match=says):
            check_verdict(said, TIERS)

    @given(
        tier=st.sampled_from([None, "N1", "N2", "N3"]),
        confidence=st.none() | st.floats(0, 1),
        scores=st.dictionaries(st.sampled_from(["N1", "N2", "N3"]), st.floats(-9, 9)),
        why=st.lists(st.tuples(st.text(max_size=9), st.floats(-9, 9)), max_size=9),
    )
    def test_what_is_sound_comes_back_equal(self, **parts: Any) -> None:
        """Checking changes no verdict that is one."""
        verdict = Verdict(**parts, meaning="score")
        assert check_verdict(verdict, TIERS) == verdict

    def test_numbers_of_numpy_become_plain(self) -> None:
        """A journal keeps plain words and numbers, whatever a model computes with."""
        said = Verdict(
            np.str_("N2"),
            np.float32(0.5),  # type: ignore[arg-type]
            {np.str_("N2"): np.float32(0.5)},  # type: ignore[dict-item]
            why=[(np.str_("vpn"), np.float64(2))],
        )
        plain = check_verdict(said, TIERS)
        assert [type(plain.tier), type(plain.confidence)] == [str, float]
        assert {(type(key), type(value)) for key, value in plain.scores.items()} == {(str, float)}
        assert {(type(key), type(value)) for key, value in plain.why} == {(str, float)}


class TestAsking:
    def test_functions_are_classifiers_also_async_ones(self) -> None:
        """A function of a ticket says a tier, a verdict or nothing, at once or later."""

        async def later(ticket: TicketText) -> str | None:
            await asyncio.sleep(0)
            return "N2" if ticket.text else None

        for classifier in (as_classifier(later), as_classifier(lambda t: "N2" if t.text else None)):
            assert verdict_of(classifier, ticket_of("a"), TIERS) == Verdict("N2")
            assert verdict_of(classifier, ticket_of(), TIERS) == ABSTAIN("no opinion")

    def test_an_async_classifier_runs_where_a_loop_runs_already(self) -> None:
        """In a notebook there is one; errors come through as they are."""

        async def right(_: TicketText) -> str:
            return "N2"

        async def wrong(_: TicketText) -> str:
            raise ValueError("broken")

        async def notebook() -> Verdict:
            with pytest.raises(ValueError, match="broken"):
                verdict_of(as_classifier(wrong), ticket_of(), TIERS)
            return verdict_of(as_classifier(right), ticket_of(), TIERS)

        assert asyncio.run(notebook()) == Verdict("N2")

    def test_what_is_awaited_too_long_is_cancelled(self) -> None:
        """It leaves no task behind that goes on."""
        with pytest.raises(TimeoutError):
            settled(lambda: asyncio.sleep(60), within_s=0.01)

    def test_many_are_asked_one_by_one_unless_it_can_do_better(self) -> None:
        """The verdicts are the same, and as many as there are tickets."""

        class Batches:
            name, version = "batches", "1"
            short = 0

            def classify(self, ticket: Any, tiers: Any) -> Verdict:
                return Verdict("N1")

            async def classify_many(self, tickets: Any, tiers: Any) -> list[Verdict]:
                return [Verdict("N2")] * (len(tickets) - self.short)

        tickets = [ticket_of(str(number)) for number in range(3)]
        one_by_one = as_classifier(lambda ticket: f"N{int(ticket.text) + 1}")
        said = classify_many(one_by_one, iter(tickets), TIERS)
        assert [each.tier for each in said] == ["N1", "N2", "N3"]
        assert classify_many(Batches(), tickets, TIERS) == [Verdict("N2")] * 3
        batches = Batches()
        batches.short = 1
        with pytest.raises(InvalidVerdict, match="each of 3 tickets"):
            classify_many(batches, tickets, TIERS)

    def test_what_is_no_classifier_is_refused(self) -> None:
        """A class in place of an object, a name that is none: said at once, not at the first ticket."""

        class Named:
            name: Any = "named"
            version: Any = "1"

            def classify(self, ticket: Any, tiers: Any) -> Verdict:
                return Verdict("N1")

        with pytest.raises(BadInput, match="make one of that class"):
            as_classifier(Named)
        for field, value in (("name", " "), ("name", 7), ("version", 1.0)):
            wrong = Named()
            setattr(wrong, field, value)
            with pytest.raises(BadInput, match=field):
                as_classifier(wrong)


class Declared:
    """Declares everything."""

    name, version = "declared", "1"
    cost: Any = Decimal("0.5")
    deterministic: Any = False
    meaning: Any = "score"

    async def classify(self, ticket: Any, tiers: Any) -> Verdict:
        """Say N1."""
        return Verdict("N1")

    def fit(self, tickets: Any, labels: Any) -> Declared:
        """Learn nothing."""
        return self

    def save(self, path: Any) -> None:
        """Keep nothing."""

    @classmethod
    def load(cls, path: Any) -> Declared:
        """Make a new one."""
        return cls()


class TestDeclarations:
    def test_what_is_not_declared_has_a_default(self) -> None:
        """A function costs nothing, repeats itself and means nothing by its confidence."""
        plain = as_classifier(lambda ticket: None)
        assert (cost_of(plain), is_deterministic(plain), meaning_of(plain)) == (0.0, True, "none")
        assert [can_fit(plain), can_save(plain), is_async(plain)] == [False] * 3

    def test_what_is_declared_is_read(self) -> None:
        """Attributes and methods are the declaration."""
        declared = Declared()
        declared.cost = 2
        assert (cost_of(declared), is_deterministic(declared)) == (2.0, False)
        assert meaning_of(declared) == "score"
        assert can_fit(declared)
        assert can_save(declared)
        assert is_async(declared)

    @pytest.mark.parametrize("cost", [-1, float("nan"), float("inf"), "1", None, True])
    def test_what_is_no_cost_is_refused(self, cost: object) -> None:
        """A cost that cannot be added up is an error, and no 0."""
        declared = Declared()
        declared.cost = cost
        with pytest.raises(BadInput, match=r"Declared\.cost"):
            cost_of(declared)

    def test_other_declarations_are_checked_too(self) -> None:
        """A word where a truth value belongs would always count as true."""
        declared = Declared()
        declared.deterministic, declared.meaning = "no", "chance"
        with pytest.raises(BadInput, match="True or False"):
            is_deterministic(declared)
        with pytest.raises(BadInput, match="probability or score or none"):
            meaning_of(declared)
