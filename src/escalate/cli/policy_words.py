"""A policy in the words of whoever leads the desk: what is promised, and what happens by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from escalate.cli.text import printable
from escalate.core.condition.types import show_wall_time
from escalate.core.doing import Doing
from escalate.core.instants import as_us
from escalate.core.model import Tier
from escalate.core.opentime.openinghours import show_hours
from escalate.core.policy import ALWAYS, EscalationPolicy, Path
from escalate.core.rules import Rule
from escalate.core.sla import Step, Target
from escalate.core.workcalendar import WorkCalendar
from escalate.errors import HorizonTooShort
from escalate.policies.handbook.language import find_language
from escalate.policies.handbook.phrases import clock_words, doing_words, waiting_words


def tell_tier(tier: Tier, policy: EscalationPolicy) -> str:
    """Return one line on *tier*: its title, its hours, where a ticket starts."""
    title = f", {tier.title}" if tier.title else ""
    kind = "" if tier.kind == "human" else f" ({tier.kind})"
    entry = "; tickets start here" if tier.name == policy.entry_tier else ""
    return printable(
        f"{tier.name}{kind}{title}: {tell_hours(policy.calendar_name(tier.name), policy)}{entry}"
    )


def tell_hours(name: str, policy: EscalationPolicy) -> str:
    """Return the opening hours that a calendar's *name* stands for.

    >>> tell_hours("always", EscalationPolicy("desk", ["N1"]))
    'around the clock'
    """
    if name == ALWAYS:
        return "around the clock"
    hours = policy.calendar(name)
    if not isinstance(hours, WorkCalendar):
        return f"hours {name!r}"
    spans = ", ".join(
        f"{days} {' '.join(texts)}" for days, texts in show_hours(hours.hours).items()
    )
    dates = len(hours.holidays)
    off = f", closed on {dates} date{'s' if dates > 1 else ''}" if dates else ""
    return f"{spans} {hours.timezone}{off}"


def tell_path(path: Path) -> str:
    """Return one line on a way between tiers."""
    needs = [f"with {', '.join(path.requires)}"] if path.requires else []
    needs += [f"once {path.approval} approves"] if path.approval else []
    needs += [f"by {', '.join(path.by)}"] if path.by else []
    needs += [f"when {path.when}"] if path.when is not None else []
    return printable("; ".join([f"{path.source} > {path.target} ({path.kind})", *needs]))


def tell_target(target: Target, policy: EscalationPolicy) -> Iterator[str]:
    """Yield what a target promises, then each step, in order.

    >>> policy = EscalationPolicy("desk", ["N1"])
    >>> list(tell_target(Target("resolution", "8h", default=True, calendar="always"), policy))
    ['Solved within 8h, around the clock']
    """
    clock = clock_words(target.clock, find_language("en"))
    amount = target.within if target.days is None else f"{target.days} working days"
    if target.calendar == ALWAYS:
        hours = ", around the clock"
    else:
        hours = f" of opening hours ({target.calendar})" if target.calendar else " of opening hours"
    where = f", in {' and '.join(target.tiers)}" if target.tiers else ""
    when = f", when {target.when}" if target.when is not None else ""
    yield printable(f"{clock} within {amount}{hours}{where}{when}")
    for step in target.steps:
        yield printable(f"  {_tell_step(step)}")


def _tell_step(step: Step) -> str:
    when = f", when {step.when}" if step.when is not None else ""
    return f"at {step.at.text}{when}: {tell_doing(step)}"


def tell_rule(rule: Rule) -> str:
    """Return one line on what a rule waits for and does."""
    if rule.after_us is not None:
        on = f"when nothing happens for {show_wall_time(rule.after_us)}"
    else:
        on = waiting_words(rule.on, find_language("en"))
    where = f" in {' or '.join(rule.at)}" if rule.at else ""
    when = f", if {rule.when}" if rule.when is not None else ""
    return printable(f"{rule.name}: {on}{where}{when}: {tell_doing(rule)}")


def tell_far_off(policy: EscalationPolicy, now: datetime) -> Iterator[str]:
    """Yield one line on each promise that begins *now* and is due in no year that calendars cover.

    >>> from datetime import UTC
    >>> from escalate import SLAPolicy
    >>> far = SLAPolicy([Target("resolution", "1200000h", default=True)])
    >>> policy = EscalationPolicy("desk", ["N1"], sla=far)
    >>> list(tell_far_off(policy, datetime(2026, 3, 2, tzinfo=UTC)))
    ['resolution 1200000h: always is not open for 1200000h before 2101, so no ticket can be opened']
    """
    for target in policy.sla.targets:
        tiers = target.tiers or policy.tier_names
        names = [target.calendar] if target.calendar else map(policy.calendar_name, tiers)
        for name in dict.fromkeys(names):
            try:
                if target.within is not None:
                    policy.calendar(name).due_open_us(as_us(now), target.within.us)
            except HorizonTooShort:
                why = f"{name} is not open for {target.within} before 2101"
                yield printable(f"{target.name}: {why}, so no ticket can be opened")


def tell_doing(doing: Doing) -> str:
    """Return what a step or a rule does.

    >>> tell_doing(Step("100%", escalate_to="N2", notify=["lead", "boss"]))
    'it goes up to N2; lead and boss told'
    """
    return doing_words(doing, find_language("en"))
