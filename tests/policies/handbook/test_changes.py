"""A change of the policy changes the handbook, and leaves alone the parts that it does not concern."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from escalate import (
    Check,
    EscalationPolicy,
    Path,
    Receiver,
    Rule,
    SLAPolicy,
    Step,
    Target,
    WorkCalendar,
)
from escalate.errors import InvalidCondition, InvalidPolicy
from escalate.policies.handbook.building import handbook
from escalate.policies.handbook.changes import changes_part
from escalate.policies.handbook.language import LANGUAGES, find_language
from escalate.policies.handbook.page import Paragraph
from escalate.policies.handbook.teller import Teller
from escalate.testing.shifts import Shifts
from escalate.testing.strategies import policies


class Impossible(Exception):
    """The policy has nothing that could be changed so."""


Changed = tuple[EscalationPolicy, set[str]]
Change = Callable[[EscalationPolicy, st.DataObject], Changed]


def tier_of(policy: EscalationPolicy, data: st.DataObject) -> str:
    """Some tier of a policy."""
    return data.draw(st.sampled_from(policy.tier_names))


def one_of(things: tuple[object, ...], data: st.DataObject) -> int:
    """The place of some thing; there must be one."""
    if not things:
        raise Impossible
    return data.draw(st.integers(0, len(things) - 1))


def more_path(policy: EscalationPolicy, data: st.DataObject) -> Changed:
    """One more way, between two tiers."""
    source, target = data.draw(st.permutations(policy.tier_names))[:2]
    path = Path(source, target, requires=["ask"], when='"new" in tags')
    return policy.with_path(path), {source, target}


def other_requires(policy: EscalationPolicy, data: st.DataObject) -> Changed:
    """A way asks for something else."""
    place = one_of(policy.paths, data)
    path = policy.paths[place]
    paths = list(policy.paths)
    paths[place] = attrs.evolve(path, requires=(*path.requires, "reason"))
    return attrs.evolve(policy, paths=paths), {path.source, path.target}


def more_target(policy: EscalationPolicy, data: st.DataObject) -> Changed:
    """One more promise, in one tier."""
    tier = tier_of(policy, data)
    clock = data.draw(st.sampled_from(["ownership", "resolution", "first_response"]))
    target = Target(clock, "47m", tiers=[tier], calendar="always", when='"new" in tags')
    return policy.with_target(target), {tier}


def other_amount(policy: EscalationPolicy, data: st.DataObject) -> Changed:
    """A promise gives more time."""
    place = one_of(policy.sla.targets, data)
    target = policy.sla.targets[place]
    return with_target_at(policy, place, attrs.evolve(target, within="51m"))


def more_step(policy: EscalationPolicy, data: st.DataObject) -> Changed:
    """One more step on the way."""
    place = one_of(policy.sla.targets, data)
    target = policy.sla.targets[place]
    step = Step("91%", notify=data.draw(st.sampled_from(["lead", "manager"])))
    return with_target_at(policy, place, attrs.evolve(target, steps=(*target.steps, step)))


def with_target_at(policy: EscalationPolicy, place: int, target: Target) -> Changed:
    """A policy with another promise in that place."""
    targets = list(policy.sla.targets)
    targets[place] = target
    changed = attrs.evolve(policy, sla=SLAPolicy(targets))
    return changed, set(target.tiers or policy.tier_names)


def more_rule(policy: EscalationPolicy, data: st.DataObject) -> Changed:
    """One more rule, in one tier."""
    tier = tier_of(policy, data)
    rule = Rule("another", on="customer_replied", at=[tier], tag="new", cooldown="1h")
    return policy.with_rule(rule), {tier}


def more_check(policy: EscalationPolicy, data: st.DataObject) -> Changed:
    """One more check of a request."""
    request = policy.request_types[0]
    check = Check(
        "id_seen", ask="Who are you?", who=data.draw(st.sampled_from(["agent", "customer"]))
    )
    request = attrs.evolve(request, checklist=(*request.checklist, check))
    changed = attrs.evolve(policy, request_types=(request, *policy.request_types[1:]))
    return changed, {request.tier or policy.entry_tier}


def other_receiver(policy: EscalationPolicy, data: st.DataObject) -> Changed:
    """Somebody can be reached at other hours."""
    if policy.calendars["day"] == policy.calendars["night"]:
        raise Impossible
    receivers = [attrs.evolve(each, calendar="night") for each in policy.receivers]
    told = {tier for tier in policy.tier_names if mentions(policy, tier, "lead", "manager")}
    return attrs.evolve(policy, receivers=receivers), told


def other_calendar(policy: EscalationPolicy, data: st.DataObject) -> Changed:
    """Other opening hours."""
    hours = {**policy.calendars, "night": Shifts(11, data.draw(st.integers(1, 5)))}
    touched = {tier.name for tier in policy.tiers if policy.calendar_name(tier.name) == "night"}
    touched |= {tier for tier in policy.tier_names if mentions(policy, tier, "night")}
    return attrs.evolve(policy, calendars=hours), touched


def mentions(policy: EscalationPolicy, tier: str, *words: str) -> bool:
    """Whether a tier's part holds one of *words*."""
    part = policy.to_handbook(tier)
    return any(word in part for word in words)


CHANGES: list[Change] = [
    more_path, other_requires, more_target, other_amount, more_step, more_rule, more_check,
    other_receiver, other_calendar,
]  # fmt: skip


# A policy that fails is not made smaller: that takes minutes, and the note says which change it was.
@settings(
    max_examples=6,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(policy=policies(), data=st.data(), lang=st.sampled_from(LANGUAGES))
def test_a_change_of_the_policy_changes_the_handbook(
    policy: EscalationPolicy, data: st.DataObject, lang: str
) -> None:
    """The handbook is never out of date, and people elsewhere need not read theirs again."""
    parts = {tier: handbook(policy, tier, lang) for tier in policy.tier_names}
    whole = handbook(policy, None, lang)
    for change in CHANGES:
        try:
            changed, touched = change(policy, data)
        except (Impossible, InvalidPolicy, InvalidCondition):
            continue
        note(change.__name__)
        assert handbook(changed, None, lang) != whole
        for tier in set(policy.tier_names) - touched:
            assert handbook(changed, tier, lang) == parts[tier], tier
        language = find_language(lang)
        told = list(changes_part(Teller(changed, language), policy, None))
        assert Paragraph(language.say("changes.none")) not in told


def test_without_a_change_nothing_has_changed() -> None:
    """The same policy says the same, and says so."""
    assert BASE.to_handbook() == BASE.to_handbook()
    assert "Nothing has changed for people." in BASE.to_handbook(against=BASE)


SETTINGS = [
    {"max_bounces": 9}, {"max_automatic": 9}, {"reopen_within": "9d"}, {"on_reopen": "frozen"},
    {"place_at": 0.5}, {"classifier": "keywords"}, {"reasons": ["access"]}, {"entry": "N2"},
    {"priorities": ["low", "normal", "high", "urgent", "now"]}, {"on_exhausted": "lead"}, {"acts": False},
    {"fallback": "lead"},
]  # fmt: skip
BASE = EscalationPolicy(
    "desk",
    ["N1", "N2"],
    [Path("N1", "N2", requires=["summary"]), Path("N2", "N1", "return")],
    sla=SLAPolicy([Target("ownership", "12h", tiers=["N1"], steps=[Step("75%", notify="lead")])]),
    rules=[Rule("vip", on="opened", when='"vip" in tags', escalate_to="N2")],
    receivers=[Receiver("lead"), Receiver("boss")],
    calendars={"office": WorkCalendar(timezone="UTC", hours={"mon-fri": ["09:00-18:00"]})},
    fallback="boss",
    on_exhausted="boss",
)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: next(iter(setting)))
def test_every_setting_is_in_the_handbook(setting: dict[str, object]) -> None:
    """What holds for every ticket is told, and so is its change."""
    changed = attrs.evolve(BASE, **setting)
    assert changed.to_handbook() != BASE.to_handbook()
    said = changed.to_handbook(against=BASE)
    assert "Nothing has changed" not in said


TARGET = BASE.sla.targets[0]
DETAILS = [
    {"pause_while": ["pending"]}, {"on_change": "restart"}, {"on_change": "carry_fraction"}, {"bots": True},
    {"reassign": True}, {"calendar": "always"}, {"within": None, "days": 2}, {"when": '"vip" in tags'},
    {"steps": [Step("75%", notify="lead", deliver="opening")]}, {"steps": [Step("75%", notify="boss")]},
    {"steps": [Step("75%", notify="lead", when="moves > 1")]}, {"steps": [Step("1h before", notify="lead")]},
    {"steps": [Step("75%", notify="lead", set_priority="high", invite="N2", tag="late")]},
]  # fmt: skip


@pytest.mark.parametrize("detail", DETAILS, ids=str)
def test_every_detail_of_a_promise_is_in_the_handbook(detail: dict[str, object]) -> None:
    """Also when its time stands still, who counts, and how its steps tell people."""
    target = attrs.evolve(TARGET, name="", **detail)
    changed = attrs.evolve(BASE, sla=SLAPolicy([target]))
    assert changed.to_handbook("N1") != BASE.to_handbook("N1")
    assert changed.to_handbook("N2") == BASE.to_handbook("N2")
    assert "Nothing has changed" not in changed.to_handbook("N1", against=BASE)


def test_changes_are_told_in_words() -> None:
    """What is new, what is gone, and what it was before and is now."""
    older = attrs.evolve(BASE, rules=(), version="1")
    newer = attrs.evolve(
        BASE,
        paths=[Path("N1", "N2", requires=["summary", "hypothesis"])],
        sla=SLAPolicy([attrs.evolve(TARGET, name="", within="8h")]),
        version="2",
    )
    said = newer.to_handbook(against=older)
    assert "Since desk, version 1:" in said
    assert (
        '- New: Rule "vip": "vip", when a ticket is opened, if it is tagged "vip": it goes up to N2'
        in said
    )
    assert "- No longer: N2 to N1 (send back)" in said
    assert (
        "| N1 to N2 (escalate) | the handoff must contain: summary | the handoff must contain: summary, "
        "hypothesis |" in said
    )
    assert "within 12 hours" in said
    assert "within 8 hours" in said


def test_another_order_is_a_change() -> None:
    """The first that fits applies, so the order is part of the policy."""
    rules = [Rule(name, on="opened", tag=name) for name in ("first", "second")]
    one, other = (attrs.evolve(BASE, rules=each) for each in (rules, rules[::-1]))
    assert one.to_handbook() != other.to_handbook()
    assert "tried in another order" in other.to_handbook(against=one)


def test_a_tier_reads_only_the_changes_that_concern_it() -> None:
    """N1 is not told what changed for N2."""
    changed = BASE.with_target(Target("ownership", "3h", tiers=["N2"]))
    assert "New: Answered or handed over" in changed.to_handbook("N2", against=BASE)
    assert "Nothing has changed for people." in changed.to_handbook("N1", against=BASE)
