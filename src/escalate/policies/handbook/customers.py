"""The agreement with customers: what is promised to them, in their words, without who is told inside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from escalate.core.sla import Target
from escalate.policies.handbook.page import Block, Heading, Items, Paragraph, Table
from escalate.policies.handbook.teller import Teller, reachable
from escalate.policies.handbook.tierpart import worst_note

_INSIDE: Final = frozenset({"accept", "approval", "agent_work"})


def customers_part(teller: Teller) -> Iterator[Block]:
    """Yield hours, promises, how to get a person, and what a later message does."""
    say, policy = teller.language.say, teller.policy
    yield Heading(2, say("customers"))
    yield Heading(3, say("customers.hours"))
    yield Items(tuple(_hours(teller)))
    yield Heading(3, say("customers.promises"))
    rows = tuple(_rows(teller))
    if rows:
        yield worst_note(teller)
        head = tuple(say(key) for key in ("overview.line", "promises.what", "promises.time"))
        yield Table((*head, say("promises.worst")), rows)
    else:
        yield Paragraph(say("promises.none"))
    asked = (rule for rule in policy.rules if rule.on == "human_requested" and rule.when is None)
    human = tuple(
        say("customers.human", tier=tier, what=teller.doing(rule))
        for rule in asked
        for tier in rule.at or policy.tier_names
    )
    yield Items((*human, teller.reopening()))


def _hours(teller: Teller) -> Iterator[str]:
    for tier in teller.policy.tiers:
        name = teller.policy.calendar_name(tier.name)
        yield teller.language.labelled(tier.title or tier.name, teller.all_hours(name))


def _rows(teller: Teller) -> Iterator[tuple[tuple[str, ...], ...]]:
    """Yield each promise once, with the lines in which it comes to the same."""
    said: dict[tuple[tuple[str, ...], ...], list[str]] = {}
    for tier in teller.policy.tiers:
        for target in reachable(teller.policy.sla.targets, tier.name):
            if target.clock not in _INSIDE:
                said.setdefault(_promise(target, tier.name, teller), []).append(
                    tier.title or tier.name
                )
    for row, tiers in said.items():
        yield (tuple(tiers), *row)


def _promise(target: Target, tier: str, teller: Teller) -> tuple[tuple[str, ...], ...]:
    return (
        (teller.promise(target), *teller.habits(target)),
        (teller.amount(target, tier),),
        (teller.worst(target, tier),),
    )
