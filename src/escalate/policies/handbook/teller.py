"""Sentences about the parts of a policy: a path, a promise, a rule, hours. Each says all of its part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from functools import cached_property

import attrs

from escalate.core.clockkinds import BUILT_IN, ClockKind
from escalate.core.doing import Doing
from escalate.core.explained import zone_of
from escalate.core.opentime.longest import FIRST_YEAR, YEARS, Longest, longest_days, longest_wall
from escalate.core.opentime.openinghours import show_hours
from escalate.core.opentime.timeline import OpenTime
from escalate.core.policy import ALWAYS, EscalationPolicy, Path
from escalate.core.protocol import Check, Goal, Permission, Receiver, RequestType
from escalate.core.rules import Rule
from escalate.core.sla import ConditionLike, Step, Target
from escalate.core.status import Status
from escalate.core.workcalendar import WorkCalendar
from escalate.policies.handbook.conditions import in_words
from escalate.policies.handbook.language import Language
from escalate.policies.handbook.phrases import clock_words, doing_words, waiting_words


@attrs.frozen(slots=False)  # its kinds of clocks are worked out once
class Teller:
    """Tells the parts of *policy* in *language*."""

    policy: EscalationPolicy
    language: Language

    @cached_property
    def _kinds(self) -> dict[str, ClockKind]:
        return {**BUILT_IN, **{clock.name: clock.kind for clock in self.policy.clocks}}

    def when(self, when: ConditionLike) -> str:
        """Return a condition in words; empty for none."""
        return in_words(when, self.policy.vocabulary, self.language)

    # What happens

    def doing(self, doing: Doing) -> str:
        """Return what a step or a rule does."""
        return doing_words(doing, self.language)

    def step_at(self, step: Step) -> str:
        """Return where on the way to a due instant a step lies."""
        say, at = self.language.say, step.at
        if at.offset_us:
            way = "before" if at.offset_us < 0 else "after"
            return say(f"step.{way}", time=self.language.time(abs(at.offset_us)))
        return say("step.share", share=_percent(at.share))

    def step(self, step: Step) -> str:
        """Return what happens at a step, and when."""
        say = self.language.say
        given = step.name and not step.name.startswith(step.at.text)
        named = say("step.named", name=self.language.quoted(step.name)) if given else ""
        when = say("step.when", when=self.when(step.when)) if step.when is not None else ""
        later = say("step.opening") if step.deliver == "opening" else ""
        lead = say("join.comma").join(part for part in (self.step_at(step), named, when) if part)
        return self.language.labelled(lead, self.language.said(self.doing(step), later))

    def rule_on(self, rule: Rule) -> str:
        """Return what a rule waits for."""
        say = self.language.say
        if rule.after_us is not None:
            return say("on.idle", time=self.language.days_and_time(rule.after_us))
        return waiting_words(rule.on, self.language)

    def rule(self, rule: Rule) -> str:
        """Return what a rule waits for, and what it does then."""
        say = self.language.say
        lead = [self.rule_on(rule)]
        lead += [say("rule.at", tiers=self.language.listed(rule.at, "or"))] if rule.at else []
        lead += [say("rule.when", when=self.when(rule.when))] if rule.when is not None else []
        does = [self.doing(rule)]
        does += [say("rule.times", n=rule.times)] if rule.times != 1 else []
        rest = rule.cooldown_us
        does += [say("rule.cooldown", time=self.language.days_and_time(rest))] if rest else []
        head = f"{self.language.quoted(rule.name)}{say('join.comma')}{say('join.comma').join(lead)}"
        return self.language.labelled(head, self.language.said(*does))

    # Promises

    def clock(self, name: str) -> str:
        """Return what a clock times."""
        return clock_words(name, self.language)

    def calendar_of(self, target: Target, tier: str | None) -> str:
        """Return the name of the hours that a promise counts in, for tickets in *tier*."""
        return target.calendar or self.policy.calendar_name(tier)

    def amount(self, target: Target, tier: str | None = None) -> str:
        """Return how much time a promise gives, and in which hours it counts."""
        say, name = self.language.say, self.calendar_of(target, tier)
        how = "always" if name == ALWAYS else "hours"
        how = how if target.days is None else "days"
        return say(f"target.of.{how}", amount=self.plain_amount(target), hours=name)

    def plain_amount(self, target: Target) -> str:
        """Return how much time a promise gives, whatever the hours."""
        if target.days is not None:
            return self.language.say("unit.workday", n=target.days)
        assert target.within is not None  # a target has one of the two
        return self.language.time(target.within.us)

    def promise(self, target: Target) -> str:
        """Return what a promise is about, and for which tickets it is made."""
        say = self.language.say
        return self.language.say("join.comma").join(
            part
            for part in (
                self.clock(target.clock),
                say("target.when", when=self.when(target.when)) if target.when is not None else "",
                say("target.default") if target.default else "",
            )
            if part
        )

    def habits(self, target: Target) -> Iterator[str]:
        """Yield when the time of a promise stands still, and what else is particular about it."""
        say, kind = self.language.say, self._kinds.get(target.clock, ClockKind())
        pauses = kind.pauses_in if target.pause_while is None else target.pause_while
        if pauses:
            names = [say(f"status.{status}") for status in Status if status in pauses]
            yield say("target.pauses", statuses=self.language.listed(names, "or"))
        elif target.pause_while is not None and kind.pauses_in:
            yield say("target.pauses.never")
        if target.bots:
            yield say("target.bots")
        if target.reassign:
            yield say("target.reassign")
        if target.on_change != "keep_start":
            yield say(f"target.{target.on_change}")
        yield from self.own_words(target.clock)

    def own_words(self, name: str) -> Iterator[str]:
        """Yield what begins, meets, pauses and ends a clock of the policy's own."""
        for clock in self.policy.clocks:
            if clock.name == name:
                said = {
                    "words": clock.start,
                    "words.stop": clock.stop,
                    "words.pause": clock.pause,
                    "words.resume": clock.resume,
                    "words.cancel": clock.cancel,
                    "words.reset": clock.reset,
                }
                for key, words in said.items():
                    if words:
                        listed = self.language.listed(map(self.word, sorted(words)), "or")
                        yield self.language.say(f"target.{key}", start=listed, words=listed)

    def word(self, word: str) -> str:
        """Return what an event's word stands for."""
        for key in (f"on.{word}", f"status.{word}"):
            if self.language.knows(key) and word not in ("idle", "other"):
                return self.language.say(key)
        return self.language.quoted(word)

    def target(self, target: Target) -> str:
        """Return all of a promise in one text."""
        say = self.language.say
        where = say("target.in", tiers=self.language.listed(target.tiers)) if target.tiers else ""
        hours = {self.amount(target, tier): None for tier in target.tiers or self.policy.tier_names}
        lead = self.language.say(
            "target", clock=self.promise(target), amount=self.language.listed(hours, "or")
        )
        steps = [self.step(step) for step in target.steps]
        return self.language.said(*filter(None, (lead, where, *self.habits(target), *steps)))

    def longest(self, target: Target, tier: str | None) -> Longest | None:
        """Return the longest that a promise can last on the wall; none where that cannot be told."""
        hours = self.policy.calendar(self.calendar_of(target, tier))
        if target.days is not None:
            return longest_days(hours, target.days)
        assert target.within is not None  # a target has one of the two
        return longest_wall(hours, target.within.us)

    def worst(self, target: Target, tier: str | None) -> str:
        """Return the longest that a promise can last on the wall, with the span that shows it."""
        found = self.longest(target, tier)
        if found is None:
            return self.language.say("worst.unknown")
        zone = zone_of(self.policy.calendar(self.calendar_of(target, tier)))
        wall = self.language.days_and_time(found.wall_us)
        hours = self.language.time(found.wall_us)
        if hours == wall:
            return wall
        return self.language.say(
            "worst.dates",
            wall=wall,
            hours=hours,
            start=self.language.instant(found.start_us, zone),
            end=self.language.instant(found.end_us, zone),
        )

    # Hours

    def hours(self, name: str) -> str:
        """Return the opening hours of that *name*.

        >>> from escalate.policies.handbook.language import find_language
        >>> Teller(EscalationPolicy("desk", ["N1"]), find_language("en")).hours("always")
        'around the clock'
        """
        calendar = self.policy.calendar(name)
        if name == ALWAYS:
            return self.language.say("hours.always")
        if not isinstance(calendar, WorkCalendar):
            return self.language.say("hours.code", name=_stable(calendar))
        comma = self.language.say("join.comma")
        spans = [
            f"{self._days(days)} {comma.join(spans)}"
            for days, spans in show_hours(calendar.hours).items()
        ]
        return self.language.say(
            "hours.zone", spans=self.language.said(*spans), zone=calendar.timezone
        )

    def _days(self, days: str) -> str:
        first, _, last = days.partition("-")
        if not last:
            return self.language.weekday(first)
        names = {"first": self.language.weekday(first), "last": self.language.weekday(last)}
        return self.language.say("day.range", **names)

    def special_dates(self, name: str) -> Iterator[str]:
        """Yield what is special about some dates of a calendar, in the years that are looked at."""
        calendar = self.policy.calendar(name)
        if not isinstance(calendar, WorkCalendar):
            return
        say, date_of = self.language.say, self.language.date
        closed = [date_of(day) for day in sorted(calendar.holidays) if _is_near(day)]
        if closed:
            yield say("hours.closed", dates=say("join.comma").join(closed))
        for key, dated in (("special", calendar.overrides), ("breaks", calendar.breaks)):
            said = [
                f"{date_of(day)} {say('join.comma').join(spans) or say('hours.shut')}"
                for day, spans in sorted(dated.items())
                if _is_near(day)
            ]
            if said:
                yield say(f"hours.{key}", dates=self.language.said(*said))

    def all_hours(self, name: str) -> str:
        """Return opening hours with all that is special about dates."""
        return self.language.said(self.hours(name), *self.special_dates(name))

    # The protocol

    def path(self, path: Path) -> str:
        """Return where a path leads, and what it asks for."""
        say, listed = self.language.say, self.language.listed
        fields = [say(f"field.{field}") for field in path.requires]
        parts = [
            say("path.only", when=self.when(path.when)) if path.when is not None else "",
            say("path.requires", fields=say("join.comma").join(fields)) if fields else "",
            say("path.approval", who=path.approval) if path.approval else "",
            say("path.by", who=listed(path.by, "or")) if path.by else "",
            say("path.override", who=listed(path.override_by, "or")) if path.override_by else "",
        ]
        return self.language.said(*parts)

    def between(self, path: Path) -> str:
        """Return from where to where a path leads, and its kind."""
        kind = self.language.say(f"kind.{path.kind}")
        return self.language.say("path.between", source=path.source, target=path.target, kind=kind)

    def request(self, each: RequestType) -> str:
        """Return a request type, with where it belongs."""
        say = self.language.say
        tier = say("request.tier", tier=each.tier or self.policy.entry_tier)
        channels = self.language.listed(each.channels, "or") if each.channels else ""
        by = say("request.channels", channels=channels) if channels else ""
        return self.language.labelled(each.name, self.language.said(tier, by))

    def check(self, check: Check) -> str:
        """Return what to ask or do for a check."""
        who = self.language.say(f"who.{check.who}")
        by = self.language.say("check.by", who=who, milestone=check.milestone)
        return self.language.said(check.ask or check.milestone, by)

    def receiver(self, receiver: Receiver) -> str:
        """Return who can be told, and when they can be reached."""
        hours = self.hours(receiver.calendar or self.policy.calendar_name(None))
        return self.language.say("receiver", name=receiver.name, hours=hours)

    def permission(self, each: Permission) -> str:
        """Return who may give a command."""
        key = "permission.at" if each.at else "permission"
        listed = self.language.listed
        tiers = listed(each.at, "or") if each.at else ""
        return self.language.say(
            key, command=each.command, tiers=tiers, roles=listed(each.roles, "or")
        )

    def goal(self, goal: Goal) -> str:
        """Return what a team wants to reach."""
        key, number = ("most", goal.at_most) if goal.at_least is None else ("least", goal.at_least)
        return self.language.say(f"goal.{key}", measure=goal.measure, number=number)

    def settings(self) -> Iterator[tuple[str, str]]:
        """Yield what holds for every ticket, with the name of the setting."""
        say, policy = self.language.say, self.policy
        yield "entry", say("setting.entry", tier=policy.entry_tier)
        priorities = say("join.comma").join(policy.priorities)
        yield "priorities", say("setting.priorities", priorities=priorities)
        yield "max_bounces", say("setting.max_bounces", n=policy.max_bounces)
        yield "max_automatic", say("setting.max_automatic", n=policy.max_automatic)
        exhausted = policy.on_exhausted or policy.fallback
        if exhausted:
            yield "on_exhausted", say("setting.exhausted", who=exhausted)
        if policy.fallback:
            yield "fallback", say("setting.fallback", who=policy.fallback)
        yield "reopen_within", self.reopening()
        yield "on_reopen", say(f"setting.on_reopen.{policy.on_reopen}")
        if policy.classifier:
            yield "classifier", say("setting.classifier", name=policy.classifier)
        share = _percent(Fraction(str(policy.place_at)))
        yield "place_at", say("setting.place_at", share=share)
        if policy.reasons:
            codes = say("join.comma").join(policy.reasons)
            yield (
                "reasons",
                self.language.labelled(say("field.reason"), say("reason.codes", codes=codes)),
            )
        if not policy.acts:
            yield "acts", say("setting.advises")

    def reopening(self) -> str:
        """Return until when a customer's message reopens a ticket."""
        within = self.policy.reopen_within_us
        if within is None:
            return self.language.say("setting.reopen.always")
        time = self.language.days_and_time(within)
        return self.language.say("setting.reopen.within", time=time)


def reachable(targets: Iterable[Target], tier: str) -> list[Target]:
    """Return the promises that can apply in *tier*, clock by clock, as the engine tries them.

    >>> late = Target("ownership", "9h", tiers=["N1"])
    >>> [each.within.us // 3_600_000_000 for each in reachable([late, late], "N1")]
    [9]
    """
    here = [each for each in targets if not each.tiers or tier in each.tiers]
    clocks = list(dict.fromkeys(target.clock for target in here))
    here.sort(key=lambda each: (clocks.index(each.clock), each.default))
    found: list[Target] = []
    for target in here:
        before = (each for each in found if each.clock == target.clock)
        if not any(each.when is None or _same(each.when, target.when) for each in before):
            found.append(target)
    return found


def _same(first: ConditionLike, second: ConditionLike) -> bool:
    return first is second or (second is not None and str(first) == str(second))


def _is_near(day: date) -> bool:
    return FIRST_YEAR <= day.year < FIRST_YEAR + YEARS


def _percent(share: Fraction) -> str:
    percent = share * 100
    return f"{percent.numerator if percent.denominator == 1 else float(percent)} %"


def _stable(calendar: OpenTime) -> str:
    shown = repr(calendar)
    return type(calendar).__name__ if " at 0x" in shown else shown
