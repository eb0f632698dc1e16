"""Worked examples: made-up tickets, played through by the engine that decides over real ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import attrs

from escalate.core import commands as c
from escalate.core.engine import Outcome, advance, next_due, step
from escalate.core.events import Event, Moved
from escalate.core.explained import zone_of
from escalate.core.instants import as_instant, as_us
from escalate.core.model import Actor, Attempt, Handoff, Ticket
from escalate.core.opentime.zonedays import find_zone
from escalate.core.policy import Path
from escalate.core.protocol import RequestType
from escalate.errors import ConditionFailed, EscalateError, HorizonTooShort
from escalate.policies.handbook.eventwords import event_words, refusal_words
from escalate.policies.handbook.teller import Teller

_FRIDAY: Final = datetime(2026, 3, 6, 16, tzinfo=UTC)
_A_LITTLE: Final = timedelta(minutes=5)
_INSTANT: Final = timedelta(microseconds=1)
_ROWS: Final = 12
_HANDOFF: Final = Handoff(summary="-", reason="-", tried=(Attempt("-"),), hypothesis="-", ask="-")

Row = tuple[str, str]


@attrs.frozen
class Example:
    """What happens to one made-up ticket.

    Attributes:
        title: What it is about.
        rows: When, on the wall of the tier's hours, and what.
    """

    title: str
    rows: tuple[Row, ...]


@attrs.define
class Play:
    """A ticket that is played through; what happens is written down as rows.

    Attributes:
        teller: Tells the policy.
        zone: The zone in which instants are shown.
        stays_in: The tier at whose end the story ends; none for to the end.
        now: Where it has come to.
        ticket: The ticket, once it is opened.
        rows: What has happened.
        over: Whether the story is at its end.
    """

    teller: Teller
    zone: str
    stays_in: str | None
    now: datetime
    ticket: Ticket | None = None
    rows: list[Row] = attrs.field(factory=list)
    over: bool = False

    def does(self, command: c.Command, text: str) -> Outcome:
        """Let *command* act, told as *text*."""
        outcome = step(self.ticket, command, self.teller.policy, now=self.now)
        self._row(self.now, text)
        self._take(outcome)
        if outcome.refusal is not None:
            self._row(self.now, refusal_words(outcome.refusal, self.teller))
        self.now += _A_LITTLE
        return outcome

    def waits(self) -> None:
        """Let time pass until nothing more happens by itself, or enough has."""
        say = self.teller.language.say
        while not self.over and self.ticket is not None:
            due = next_due(self.ticket)
            if due is None:
                self._row(self.now, say("example.none"))
                return
            if len(self.rows) >= _ROWS:
                self._row(due, say("example.more"))
                return
            self.now = due
            self._take(advance(self.ticket, self.teller.policy, before=due + _INSTANT))

    def _take(self, outcome: Outcome) -> None:
        self.ticket = outcome.ticket
        for event in outcome.events:
            if self.over:
                return
            self._tell(event)

    def _tell(self, event: Event) -> None:
        at = as_instant(event.at_us)
        for text in event_words(event, self.teller, self.zone):
            self._row(at, text)
        if isinstance(event, Moved) and self.stays_in not in (None, event.target):
            self._row(at, self.teller.language.say("example.left", tier=event.target))
            self.over = True

    def _row(self, at: datetime, text: str) -> None:
        shown = self.teller.language.instant(at, self.zone)
        if self.rows and self.rows[-1][0] == shown:
            self.rows[-1] = (shown, f"{self.rows[-1][1]}\n{text}")
        else:
            self.rows.append((shown, text))


def examples_of(teller: Teller, tier: str) -> Iterator[Example]:
    """Yield the examples of a tier: nobody answers; a customer asks for a person; a handover."""
    say, policy = teller.language.say, teller.policy
    yield _played(say("example.unanswered", tier=tier), teller, tier, _unanswered)
    kinds = {each.name: each.kind for each in policy.tiers}
    heard = any(r.on == "human_requested" and (not r.at or tier in r.at) for r in policy.rules)
    if kinds[tier] == "bot" or heard:
        yield _played(say("example.human", tier=tier), teller, tier, _asks_for_a_person)
    for path in policy.paths:
        wanted = path.source == tier and path.kind in ("escalate", "return")
        if wanted and (found := _handover(path, teller)) is not None:
            yield found


def examples_for_all(teller: Teller) -> Iterator[Example]:
    """Yield the examples that cross tiers: nobody ever answers; a customer writes after the solution."""
    say, entry = teller.language.say, teller.policy.entry_tier
    yield _played(say("example.entry"), teller, entry, _unanswered, to_the_end=True)
    yield _played(say("example.reopened"), teller, entry, _writes_again, to_the_end=True)


def _played(
    title: str,
    teller: Teller,
    tier: str,
    story: Callable[[Play, str], object],
    *,
    to_the_end: bool = False,
) -> Example:
    hours = teller.policy.calendar(teller.policy.calendar_name(tier))
    zone = zone_of(hours)
    local = _FRIDAY.replace(tzinfo=find_zone(zone))
    play = Play(teller, zone, None if to_the_end else tier, local)
    try:
        play.now = as_instant(hours.next_open_us(as_us(local)))
        story(play, tier)
    except (ConditionFailed, HorizonTooShort) as why:
        said = teller.language.say("example.impossible", why=_why(why))
        play.rows.append(("", said))
    return Example(title, tuple(play.rows))


def _why(why: EscalateError) -> str:
    return str(why).splitlines()[0]


def _open(play: Play, tier: str, request: RequestType | None = None) -> None:
    policy, say = play.teller.policy, play.teller.language.say
    name = None if request is None else request.name
    channel = request.channels[0] if request is not None and request.channels else None
    asked = c.Open("T-1", tier=tier, request_type=name, channel=channel)
    ticket = step(None, asked, policy, now=play.now).ticket
    priority = "" if ticket is None else ticket.priority
    key = "example.opened" if request is None else "example.request"
    play.does(asked, say(key, tier=tier, priority=priority, name=name))


def _unanswered(play: Play, tier: str) -> None:
    _open(play, tier)
    play.waits()


def _asks_for_a_person(play: Play, tier: str) -> None:
    _open(play, tier)
    if not play.over:
        play.does(c.RequestHuman(), play.teller.language.say("example.asks"))


def _writes_again(play: Play, tier: str) -> None:
    say, roles = play.teller.language.say, _all_roles(play.teller)
    _open(play, tier)
    play.does(c.Resolve("-", by=roles), say("example.resolves"))
    play.does(c.CustomerReply("-"), say("example.writes"))
    within = play.teller.policy.reopen_within_us
    if within is not None:
        play.does(c.Resolve("-", by=roles), say("example.resolves"))
        play.now += timedelta(microseconds=within)
        play.does(c.CustomerReply("-"), say("example.writes"))


def _handover(path: Path, teller: Teller) -> Example | None:
    """Return a handover along *path*, refused at first if it asks for something; none if it asks nothing.

    None also where the condition of the path does not hold for an ordinary ticket.
    """
    policy = teller.policy
    entry = policy.entry_tier
    request = None
    if path.kind == "escalate":
        mine = (r for r in policy.request_types if (r.tier or entry) == path.source and r.checklist)
        request = next(mine, None)
    if not path.requires and request is None:
        return None
    passed: list[bool] = []

    def story(play: Play, tier: str) -> None:
        _open(play, tier, request)
        if not play.over:
            play.does(_move(path, teller, None), teller.language.say("example.tries"))
        for check in () if request is None else request.checklist:
            if not play.over:
                said = teller.language.say("example.does", name=check.milestone)
                play.does(c.ReachMilestone(check.milestone, by=_all_roles(teller)), said)
        if play.over:
            passed.append(
                bool(play.ticket is not None and play.ticket.moves and len(play.rows) > 2)
            )
            return
        fields = teller.language.listed(_fields(path, teller))
        said = teller.language.say("example.filled", fields=fields)
        outcome = play.does(_move(path, teller, _HANDOFF), said)
        passed.append(outcome.refusal is None)

    key = "example.handoff" if path.kind == "escalate" else "example.handoff.return"
    title = teller.language.say(key, tier=path.source, target=path.target)
    example = _played(title, teller, path.source, story)
    return example if passed == [True] else None


def _fields(path: Path, teller: Teller) -> Iterable[str]:
    return [teller.language.say(f"field.{field}") for field in path.requires or ("summary",)]


def _move(path: Path, teller: Teller, handoff: Handoff | None) -> c.Command:
    by, reasons = _all_roles(teller), teller.policy.reasons
    if handoff is not None and reasons:
        handoff = attrs.evolve(handoff, reason=reasons[0])
    if path.kind == "escalate":
        return c.Escalate(path.target, handoff=handoff, by=by)
    return c.Return("", to=path.target, handoff=handoff, by=by)


def _all_roles(teller: Teller) -> Actor:
    policy = teller.policy
    roles = {role for path in policy.paths for role in path.by}
    roles |= {role for each in policy.permissions for role in each.roles}
    return Actor("", roles=roles)
