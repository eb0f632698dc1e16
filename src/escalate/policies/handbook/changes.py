"""What changed for people between two versions of a policy: the same sentences, before and now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator

import attrs

from escalate.core.model import Tier
from escalate.core.policy import EscalationPolicy
from escalate.core.sla import Target
from escalate.policies.handbook.page import Block, Heading, Items, Paragraph, Table
from escalate.policies.handbook.teller import Teller


@attrs.frozen
class Fact:
    """One thing that a policy says.

    Attributes:
        kind: Which part of the policy it belongs to.
        key: What makes it the same thing in another version, though it may say something else there.
        lead: How it is called.
        text: All that it says.
        tiers: Whom it concerns; none for everybody.
    """

    kind: str
    key: Hashable
    lead: str
    text: str
    tiers: frozenset[str] | None = None


def changes_part(teller: Teller, old: EscalationPolicy, tier: str | None) -> Iterator[Block]:
    """Yield what changed since *old*; only what concerns *tier*, if one is named."""
    say = teller.language.say
    before = facts(attrs.evolve(teller, policy=old))
    now = facts(teller)
    yield Heading(2, say("changes"))
    yield Paragraph(say("changes.since", name=old.name, version=old.version))
    mine = [each for each in _differing(before, now) if _concerns(each, tier)]
    order = list(_reordered(before, now, teller))
    gone = [was for was, new in mine if new is None and was is not None]
    come = [new for was, new in mine if was is None and new is not None]
    lines = [say("changes.new", text=_whole(each, teller)) for each in come]
    lines += [say("changes.gone", text=_whole(each, teller)) for each in gone]
    if lines:
        yield Items(tuple(lines))
    rows = [
        ((new.lead,), (was.text,), (new.text,))
        for was, new in mine
        if was is not None and new is not None
    ]
    if rows or order:
        head = tuple(say(f"changes.{key}") for key in ("what", "was", "now"))
        yield Table(head, (*rows, *order))
    elif not lines:
        yield Paragraph(say("changes.none"))


Pair = tuple[Fact | None, Fact | None]


def _differing(before: dict[Hashable, Fact], now: dict[Hashable, Fact]) -> Iterator[Pair]:
    for key in dict.fromkeys((*now, *before)):
        was, new = before.get(key), now.get(key)
        if was is None or new is None or was.text != new.text:
            yield was, new


def _concerns(pair: Pair, tier: str | None) -> bool:
    if tier is None:
        return True
    return any(each is not None and (each.tiers is None or tier in each.tiers) for each in pair)


def _reordered(
    before: dict[Hashable, Fact], now: dict[Hashable, Fact], teller: Teller
) -> Iterator[tuple[tuple[str, ...], ...]]:
    """Yield what is tried in another order than before, of what both versions have."""
    language = teller.language
    heads = {"path": "up.all", "target": "promises", "rule": "rules"}
    for kind, head in heads.items():
        old, new = (
            [each for key, each in side.items() if each.kind == kind and key in other]
            for side, other in ((before, now), (now, before))
        )
        if [each.key for each in old] != [each.key for each in new]:
            what = language.say("changes.order", what=language.say(head))
            yield (what,), tuple(each.lead for each in old), tuple(each.lead for each in new)


def _whole(fact: Fact, teller: Teller) -> str:
    return teller.language.labelled(fact.lead, fact.text) if fact.text else fact.lead


def facts(teller: Teller) -> dict[Hashable, Fact]:
    """Return all that a policy says to people, by what makes each the same thing in another version."""
    found: dict[Hashable, Fact] = {}
    copies: Counter[Hashable] = Counter()
    for fact in _facts(teller):
        same = (fact.kind, fact.key)
        found[(*same, copies[same])] = fact
        copies[same] += 1
    return found


def _facts(teller: Teller) -> Iterator[Fact]:
    policy, say = teller.policy, teller.language.say
    for name, text in teller.settings():
        yield Fact("setting", name, say("settings"), text)
    for tier in policy.tiers:
        yield Fact("tier", tier.name, tier.name, _tier(tier, teller), frozenset({tier.name}))
    for name in policy.calendars:
        yield Fact(
            "calendar", name, say("calendar", name=name), teller.all_hours(name), _by(name, policy)
        )
    for receiver in policy.receivers:
        yield Fact("receiver", receiver.name, say("told"), teller.receiver(receiver))
    yield from _ways(teller)
    yield from _promises(teller)
    for rule in policy.rules:
        quoted = teller.language.quoted(rule.name)
        yield Fact("rule", rule.name, say("rule", name=quoted), teller.rule(rule), _some(rule.at))
    for each in policy.permissions:
        key = (each.command, each.at)
        yield Fact("permission", key, say("permissions"), teller.permission(each), _some(each.at))
    for goal in policy.goals:
        yield Fact("goal", goal.measure, say("goals"), teller.goal(goal))


def _ways(teller: Teller) -> Iterator[Fact]:
    policy = teller.policy
    for path in policy.paths:
        key, tiers = (path.source, path.target, path.kind), frozenset({path.source, path.target})
        yield Fact("path", key, teller.between(path), teller.path(path), tiers)
    for each in policy.request_types:
        checks = [teller.check(check) for check in each.checklist]
        text = teller.language.said(teller.request(each), *checks)
        owner = frozenset({each.tier or policy.entry_tier})
        yield Fact("request", (each.name, each.channels), each.name, text, owner)


def _promises(teller: Teller) -> Iterator[Fact]:
    for target in teller.policy.sla.targets:
        # Not by its name: unless somebody gave one, that is made of the amount.
        key = (target.clock, target.tiers, str(target.when), target.default)
        lead = teller.clock(target.clock)
        text = teller.language.said(teller.target(target), *_worst(teller, target))
        yield Fact("target", key, lead, text, _some(target.tiers))
    for clock in teller.policy.clocks:
        text = teller.language.said(*teller.own_words(clock.name))
        yield Fact("clock", clock.name, teller.clock(clock.name), text)


def _worst(teller: Teller, target: Target) -> Iterable[str]:
    tiers = target.tiers or teller.policy.tier_names
    worst = dict.fromkeys(teller.worst(target, tier) for tier in tiers)
    return [teller.language.say("worst", wall=each) for each in worst]


def _tier(tier: Tier, teller: Teller) -> str:
    say, listed = teller.language.say, teller.language.listed
    return teller.language.said(
        tier.title,
        say(f"tier.{tier.kind}"),
        teller.language.said(*tier.handles),
        say("tier.team", team=tier.team) if tier.team else "",
        say("tier.skills", skills=listed(tier.skills)) if tier.skills else "",
        say("tier.hours", hours=teller.policy.calendar_name(tier.name)),
    )


def _some(tiers: tuple[str, ...]) -> frozenset[str] | None:
    return frozenset(tiers) or None


def _by(name: str, policy: EscalationPolicy) -> frozenset[str] | None:
    """Return the tiers that work by a calendar; none if others may count in it too."""
    if any(target.calendar == name for target in policy.sla.targets):
        return None
    if any(each.calendar in (name, None) for each in policy.receivers):
        return None
    return frozenset(t.name for t in policy.tiers if policy.calendar_name(t.name) == name)
