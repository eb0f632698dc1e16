"""Policies in Python: what is refused, and what would work."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate import Check, EscalationPolicy, Path, RequestType, SLAPolicy, Target, Tier
from escalate.core import commands as c
from escalate.core import step
from escalate.errors import BadInput, InvalidPolicy
from escalate.testing import START, Shifts

DAY, NIGHT = Shifts(4, 2), Shifts(1, 5)


class TestPolicy:
    def test_a_ticket_starts_in_the_first_tier_unless_told_otherwise(self) -> None:
        """The entry is the first tier, or the one that the policy names."""
        assert EscalationPolicy("desk", ["N1", "N2"]).entry_tier == "N1"
        assert EscalationPolicy("desk", ["N1", "N2"], entry="N2").entry_tier == "N2"

    @pytest.mark.parametrize(
        ("tiers", "more", "says"),
        [
            ([], {}, "EscalationPolicy.tiers: got (), wanted at least one tier"),
            (["N1", "N1"], {}, "EscalationPolicy.tiers: got ['N1', 'N1'], wanted a name for each"),
            (["First", "Second"], {"entry": "Frist"}, "did you mean 'First'"),
            (["N1"], {"paths": [Path("N1", "N2")]}, "Path('N1', 'N2').target: got 'N2'"),
            (["N1"], {"calendars": {"always": DAY}}, "wanted another name: 'always'"),
            ([Tier("N1", calendar="ofice")], {"calendars": {"office": DAY}}, "mean 'office'"),
            (["N1"], {"calendars": {"a": DAY, "b": DAY}}, "as the policy has several"),
            (
                ["N1"],
                {"sla": SLAPolicy([Target("ownership", "1h", tiers=["N"])])},
                "tiers: got 'N'",
            ),
        ],
    )
    def test_a_wrong_name_is_an_error_that_knows_the_right_ones(
        self, tiers: list[str], more: dict[str, object], says: str
    ) -> None:
        """Whoever misspells a tier or calendar reads where, and what would work."""
        with pytest.raises(InvalidPolicy) as error:
            EscalationPolicy("desk", tiers, **more)  # type: ignore[arg-type]
        assert says in str(error.value)

    def test_a_ticket_wide_clock_needs_a_calendar_where_tiers_differ(self) -> None:
        """3.7: nobody can say in whose hours it runs over a move."""
        tiers = [Tier("N1", calendar="day"), Tier("N2", calendar="night")]
        calendars = {"day": DAY, "night": NIGHT}
        sla = SLAPolicy([Target("resolution", "1h", default=True)])
        with pytest.raises(InvalidPolicy, match="runs over moves between tiers"):
            EscalationPolicy("desk", tiers, sla=sla, calendars=calendars)

    def test_paths_lead_somewhere_else(self) -> None:
        """A path from a tier to itself is a mistake, and so is a kind that nobody knows."""
        with pytest.raises(InvalidPolicy, match="leads to another tier"):
            Path("N1", "N1")
        with pytest.raises(InvalidPolicy, match="did you mean 'escalate'"):
            Path("N1", "N2", kind="esclate")  # type: ignore[arg-type]

    def test_a_word_is_no_list_of_letters(self) -> None:
        """``tiers="N1"`` is not the tiers N and 1."""
        with pytest.raises(BadInput, match="a list of words"):
            Target("ownership", "1h", tiers="N1")


WAYS_IN = ("chat", "mail", "phone")


class TestRequestTypes:
    @given(
        split=st.lists(st.sampled_from(["N1", "N2", "N3", None]), min_size=3, max_size=3),
        rest=st.booleans(),
        comes_by=st.sampled_from([*WAYS_IN, "fax", None]),
    )
    def test_of_one_name_the_channel_chooses(
        self, split: list[str | None], rest: bool, comes_by: str | None
    ) -> None:
        """Tier and checks are those of the type for that channel, else for any, else of the first."""
        by_tier = {
            tier: [way for way, tiers in zip(WAYS_IN, split, strict=True) if tiers == tier]
            for tier in ("N1", "N2", "N3")
        }
        kinds = [
            RequestType("login", tier, channels=ways, checklist=[Check(f"asked in {tier}")])
            for tier, ways in by_tier.items()
            if ways
        ]
        if rest or not kinds:
            kinds.insert(0, RequestType("login", "N4", checklist=[Check("asked in N4")]))
        tiers = ["N1", "N2", "N3", "N4", "N5"]
        paths = [Path(tier, "N5") for tier in tiers[:-1]]
        policy = EscalationPolicy("desk", tiers, paths, request_types=kinds)
        meant = dict(zip(WAYS_IN, split, strict=True)).get(comes_by or "") or kinds[0].tier
        opened = step(
            None, c.Open("T", request_type="login", channel=comes_by), policy, now=START
        ).ticket
        assert opened is not None
        assert opened.tier == meant
        refusal = step(opened, c.Escalate("N5"), policy, now=START).refusal
        assert getattr(refusal, "left", None) == (f"asked in {meant}",)

    @pytest.mark.parametrize(
        "channels", [([], []), (["chat"], ["mail", "chat"]), (["chat"], ["chat"])]
    )
    def test_two_of_one_name_need_channels_of_their_own(
        self, channels: tuple[list[str], list[str]]
    ) -> None:
        """Where nothing would choose between two, the policy does not load."""
        kinds = [RequestType("login", channels=ways) for ways in channels]
        with pytest.raises(InvalidPolicy, match="or channels of its own"):
            EscalationPolicy("desk", ["N1"], request_types=kinds)


class TestTarget:
    @pytest.mark.parametrize(
        ("values", "says"),
        [
            (("ownership", "0h"), 'wanted some open time, e.g. "12h"'),
            (("ownership", "soon"), "wanted open time such as"),
            (("ownership", "1h"), "or default = true"),
        ],
    )
    def test_a_target_says_what_is_wrong_with_it(self, values: tuple[str, str], says: str) -> None:
        """No time, unreadable time, or a target that hides all others."""
        with pytest.raises(BadInput) as error:
            Target(*values)
        assert says in str(error.value)

    def test_targets_of_one_text_get_names_of_their_own(self) -> None:
        """Journals refer to targets by name, never by position."""
        twins = [Target("ownership", "1h", default=True)] * 2
        names = [target.name for target in SLAPolicy(twins).targets]
        assert names == ["ownership 1h", "ownership 1h (2)"]

    def test_two_targets_cannot_have_the_same_given_name(self) -> None:
        """A name that was given is kept, so it must be the only one."""
        twins = [Target("ownership", "1h", default=True, name="gold")] * 2
        with pytest.raises(InvalidPolicy, match="a name for each"):
            SLAPolicy(twins)
