"""The part of a handbook that one tier's people read: their work, their ways, their promises."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from escalate.core.model import Tier
from escalate.core.opentime.longest import FIRST_YEAR, YEARS
from escalate.core.policy import Path
from escalate.core.rules import Rule
from escalate.core.sla import Target
from escalate.policies.handbook.chart import automatic
from escalate.policies.handbook.examples import Example, examples_of
from escalate.policies.handbook.page import Block, Heading, Items, Paragraph, Table
from escalate.policies.handbook.teller import Teller, reachable


def tier_part(tier: Tier, teller: Teller) -> Iterator[Block]:
    """Yield what the people of *tier* need to know. A change elsewhere in the policy leaves it as it is."""
    say = teller.language.say
    title = "tier.titled" if tier.title and tier.title != tier.name else "tier"
    yield Heading(2, say(title, tier=tier.name, title=tier.title))
    yield Items(tuple(_facts(tier, teller)))
    yield from _handles(tier, teller)
    yield from _checks(tier, teller)
    yield from _ways(tier, teller)
    yield from _promises(tier, teller)
    yield from _rules(tier, teller)
    yield from _told(tier, teller)
    yield Heading(3, say("examples"))
    yield Paragraph(say("examples.note"))
    for example in examples_of(teller, tier.name):
        yield from example_blocks(example, teller)


def example_blocks(example: Example, teller: Teller) -> Iterator[Block]:
    """Yield a worked example as a table."""
    say = teller.language.say
    head = (say("example.when"), say("example.what"))
    yield Heading(4, example.title)
    rows = (((when,), tuple(what.split("\n"))) for when, what in example.rows)
    yield Table(head, tuple(rows))


def _facts(tier: Tier, teller: Teller) -> Iterator[str]:
    say, listed = teller.language.say, teller.language.listed
    yield say("tier.kind", kind=say(f"tier.{tier.kind}"))
    if tier.team:
        yield say("tier.team", team=tier.team)
    if tier.skills:
        yield say("tier.skills", skills=listed(tier.skills))
    name = teller.policy.calendar_name(tier.name)
    yield say("tier.hours", hours=teller.hours(name))
    yield from teller.special_dates(name)
    if tier.name == teller.policy.entry_tier:
        yield say("tier.entry")


def _handles(tier: Tier, teller: Teller) -> Iterator[Block]:
    say, policy = teller.language.say, teller.policy
    mine = [each for each in policy.request_types if (each.tier or policy.entry_tier) == tier.name]
    said = (*tier.handles, *(teller.request(each) for each in mine))
    yield Heading(3, say("handles", tier=tier.name))
    yield Items(said) if said else Paragraph(say("handles.none"))


def _checks(tier: Tier, teller: Teller) -> Iterator[Block]:
    say, policy = teller.language.say, teller.policy
    rows = tuple(
        (
            (each.name, *([teller.language.listed(each.channels, "or")] if each.channels else ())),
            (check.ask or check.milestone,),
            (say(f"who.{check.who}"),),
            (check.milestone,),
        )
        for each in policy.request_types
        if (each.tier or policy.entry_tier) == tier.name
        for check in each.checklist
    )
    yield Heading(3, say("checks"))
    head = tuple(say(f"checks.{key}") for key in ("request", "check", "who", "milestone"))
    yield Table(head, rows) if rows else Paragraph(say("checks.none"))


def _ways(tier: Tier, teller: Teller) -> Iterator[Block]:
    say, policy = teller.language.say, teller.policy
    leaving = [path for path in policy.paths if path.source == tier.name]
    yield Heading(3, say("up", tier=tier.name))
    said = tuple(_way(path, teller) for path in leaving)
    yield Items(said) if said else Paragraph(say("up.none"))
    yield Heading(3, say("not", tier=tier.name))
    yield Items(tuple(_not(tier, leaving, teller)))
    yield Heading(3, say("handoff"))
    yield Items(tuple(_handoffs(leaving, teller)))
    coming = [path for path in policy.paths if path.target == tier.name]
    yield Heading(3, say("from", tier=tier.name))
    lines = tuple(_labelled(teller.between(path), teller.path(path), teller) for path in coming)
    yield Items(lines) if lines else Paragraph(say("from.none"))


def _way(path: Path, teller: Teller) -> str:
    language = teller.language
    lead = language.say(f"path.{path.kind}", target=path.target)
    return _labelled(lead, language.said(teller.path(path), *automatic(path, teller)), teller)


def _labelled(lead: str, text: str, teller: Teller) -> str:
    return teller.language.labelled(lead, text) if text else lead


def _not(tier: Tier, leaving: list[Path], teller: Teller) -> Iterator[str]:
    say, policy = teller.language.say, teller.policy
    reached = {path.target for path in leaving} | {tier.name}
    others = [name for name in policy.tier_names if name not in reached]
    if others:
        yield say("not.path", tiers=teller.language.listed(others, "or"))
    checked = (r for r in policy.request_types if (r.tier or policy.entry_tier) == tier.name)
    if leaving and any(each.checklist for each in checked):
        yield say("not.checks")
    if any(path.requires for path in leaving):
        yield say("not.handoff")
    if any(path.when is not None for path in leaving):
        yield say("not.only")
    if any(path.kind in ("return", "transfer") for path in leaving):
        yield say("not.bounces", n=policy.max_bounces)
    yield say("not.ended")


def _handoffs(leaving: list[Path], teller: Teller) -> Iterator[str]:
    say = teller.language.say
    for path in leaving:
        fields = [_field(field, teller) for field in path.requires]
        said = teller.language.said(*fields) if fields else say("handoff.nothing")
        yield teller.language.labelled(say(f"path.{path.kind}", target=path.target), said)
    yield say("handoff.always")


def _field(field: str, teller: Teller) -> str:
    say, codes = teller.language.say, teller.policy.reasons
    means = say(f"{field}.means")
    if field == "reason" and codes:
        means = say("reason.codes", codes=say("join.comma").join(codes))
    name = say(f"field.{field}")
    return name if name == means else say("brackets", text=name, inside=means)


def _promises(tier: Tier, teller: Teller) -> Iterator[Block]:
    say = teller.language.say
    targets = reachable(teller.policy.sla.targets, tier.name)
    yield Heading(3, say("promises"))
    if not targets:
        yield Paragraph(say("promises.none"))
        return
    yield worst_note(teller)
    head = tuple(say(f"promises.{key}") for key in ("what", "time", "worst", "then"))
    yield Table(head, tuple(_promise(target, tier.name, teller) for target in targets))


def worst_note(teller: Teller) -> Paragraph:
    """Return what a worst case is, and which years it looks at."""
    return Paragraph(
        teller.language.say("promises.note", first=FIRST_YEAR, last=FIRST_YEAR + YEARS - 1)
    )


def _promise(target: Target, tier: str, teller: Teller) -> tuple[tuple[str, ...], ...]:
    return (
        (teller.promise(target), *teller.habits(target)),
        (teller.amount(target, tier),),
        (teller.worst(target, tier),),
        tuple(teller.step(step) for step in target.steps) or ("",),
    )


def _rules(tier: Tier, teller: Teller) -> Iterator[Block]:
    say, policy = teller.language.say, teller.policy
    rules = tuple(teller.rule(rule) for rule in _heard(policy.rules, tier.name))
    yield Heading(3, say("rules"))
    yield Items(rules) if rules else Paragraph(say("rules.none"))
    allowed = tuple(
        teller.permission(each)
        for each in policy.permissions
        if not each.at or tier.name in each.at
    )
    if allowed:
        yield Heading(3, say("permissions"))
        yield Items(allowed)


def _heard(rules: Iterable[Rule], tier: str) -> list[Rule]:
    return [rule for rule in rules if not rule.at or tier in rule.at]


def _told(tier: Tier, teller: Teller) -> Iterator[Block]:
    policy = teller.policy
    names: set[str] = set()
    for target in reachable(policy.sla.targets, tier.name):
        names.update(name for each in target.steps for name in each.receivers)
    for rule in _heard(policy.rules, tier.name):
        names.update(rule.receivers)
    names.update(p.approval for p in policy.paths if p.source == tier.name and p.approval)
    lines = tuple(teller.receiver(each) for each in policy.receivers if each.name in names)
    if lines:
        yield Heading(3, teller.language.say("told"))
        yield Items(lines)
