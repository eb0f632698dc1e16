"""Puts a handbook together: changes, lines, flowchart, the customers' agreement, a part for each tier."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

from escalate.core.model import Tier
from escalate.core.policy import EscalationPolicy
from escalate.errors import BadInput, nearest
from escalate.policies.handbook.changes import changes_part
from escalate.policies.handbook.chart import chart
from escalate.policies.handbook.customers import customers_part
from escalate.policies.handbook.examples import examples_for_all
from escalate.policies.handbook.html import to_html
from escalate.policies.handbook.language import find_language
from escalate.policies.handbook.markdown import to_markdown
from escalate.policies.handbook.page import Block, Heading, Items, Page, Paragraph, Table
from escalate.policies.handbook.teller import Teller, reachable
from escalate.policies.handbook.tierpart import example_blocks, tier_part

Format = Literal["md", "html"]
_FORMATS: Final = {"md": to_markdown, "html": to_html}


def to_handbook(
    policy: EscalationPolicy,
    tier: str | None = None,
    lang: str = "en",
    *,
    format: str = "md",  # noqa: A002 - what the command calls it
    against: EscalationPolicy | None = None,
) -> str:
    """Return the handbook of *policy*; :meth:`EscalationPolicy.to_handbook` tells more."""
    if format not in _FORMATS:
        raise BadInput("format", format, nearest(format, _FORMATS))
    return _FORMATS[format](handbook(policy, tier, lang, against=against))


def handbook(
    policy: EscalationPolicy,
    tier: str | None = None,
    lang: str = "en",
    *,
    against: EscalationPolicy | None = None,
) -> Page:
    """Return the handbook as a page of plain texts."""
    teller = Teller(policy, find_language(lang))
    say = teller.language.say
    blocks = _whole(teller, against) if tier is None else _one(teller, tier, against)
    return Page(teller.language.code, say("contents"), tuple(blocks))


def _one(teller: Teller, name: str, against: EscalationPolicy | None) -> Iterator[Block]:
    policy = teller.policy
    tier = next((each for each in policy.tiers if each.name == name), None)
    if tier is None:
        raise BadInput("tier", name, nearest(name, policy.tier_names))
    yield Heading(1, teller.language.say("title.tier", tier=name, name=policy.name))
    yield from _front(teller)
    if against is not None:
        yield from changes_part(teller, against, name)
    yield from tier_part(tier, teller)


def _whole(teller: Teller, against: EscalationPolicy | None) -> Iterator[Block]:
    policy, say = teller.policy, teller.language.say
    yield Heading(1, say("title", name=policy.name))
    yield from _front(teller)
    if against is not None:
        yield from changes_part(teller, against, None)
    yield from _overview(teller)
    yield Heading(2, say("chart"))
    yield chart(teller)
    yield from customers_part(teller)
    for tier in policy.tiers:
        yield from tier_part(tier, teller)
    yield from _for_all(teller)
    yield Heading(2, say("examples"))
    yield Paragraph(say("examples.note"))
    for example in examples_for_all(teller):
        yield from example_blocks(example, teller)


def _front(teller: Teller) -> Iterator[Block]:
    say = teller.language.say
    yield Paragraph(say("version", version=teller.policy.version))
    yield Paragraph(say("made"))


def _overview(teller: Teller) -> Iterator[Block]:
    say = teller.language.say
    yield Heading(2, say("overview"))
    head = tuple(say(f"overview.{key}") for key in ("line", "who", "handles", "hours"))
    yield Table(head, tuple(_row(tier, teller) for tier in teller.policy.tiers))


def _row(tier: Tier, teller: Teller) -> tuple[tuple[str, ...], ...]:
    who = (tier.title, teller.language.say(f"tier.{tier.kind}"))
    hours = teller.hours(teller.policy.calendar_name(tier.name))
    named = tuple(part for part in who if part)
    return ((tier.name,), named, tier.handles or ("",), (hours,))


def _for_all(teller: Teller) -> Iterator[Block]:
    policy, say = teller.policy, teller.language.say
    yield Heading(2, say("settings"))
    yield Items(tuple(text for _, text in teller.settings()))
    if policy.calendars:
        yield Heading(3, say("calendars"))
        named = ((name, teller.all_hours(name)) for name in policy.calendars)
        yield Items(tuple(teller.language.labelled(name, said) for name, said in named))
    if policy.receivers:
        yield Heading(3, say("told"))
        yield Items(tuple(teller.receiver(each) for each in policy.receivers))
    if policy.permissions:
        yield Heading(3, say("permissions"))
        yield Items(tuple(teller.permission(each) for each in policy.permissions))
    if policy.goals:
        yield Heading(3, say("goals"))
        yield Items(tuple(teller.goal(each) for each in policy.goals))
    yield from _never(teller)


def _never(teller: Teller) -> Iterator[Block]:
    """Yield what is written down and has no effect, so that nobody learns it."""
    policy, say = teller.policy, teller.language.say
    applying = {t.name for tier in policy.tier_names for t in reachable(policy.sla.targets, tier)}
    idle = [each for each in policy.sla.targets if each.name not in applying]
    unused = [each.name for each in policy.clocks]
    used = {target.clock for target in policy.sla.targets}
    if idle:
        yield Heading(3, say("never"))
        yield Paragraph(say("never.note"))
        yield Items(tuple(teller.target(each) for each in idle))
    clocks = tuple(
        teller.language.labelled(teller.clock(name), teller.language.said(*teller.own_words(name)))
        for name in unused
        if name not in used
    )
    if clocks:
        yield Heading(3, say("never.clocks"))
        yield Items(clocks)
