"""What can be asked of a ticket, as far as its policy can notice it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain, combinations, pairwise, product
from typing import Any, Final, get_args

import attrs

from escalate.core import commands as c
from escalate.core.clockkinds import IDLE
from escalate.core.deciding.acts import RESERVED
from escalate.core.model import Actor, Attempt, Handoff, MoveKind, Request, Ticket, Verdict
from escalate.core.policy import EscalationPolicy
from escalate.verify.noticing import OTHER, Noticed, unlike
from escalate.verify.outline import Due, Outliner

TOLD: Final = "told"
ID: Final = "T-1"
ASSISTANT: Final = "assistant"
CHIEF: Final = "chief"


@attrs.frozen
class Answer:
    """A request for approval is answered.

    Attributes:
        verb: approve, decline or withdraw.
        receiver: Whom it asks, and *kind* and *target* for what.
        which: The how-manieth of those that ask the same, from 0.
    """

    verb: str
    receiver: str
    kind: MoveKind | None
    target: str | None
    which: int = 0


Act = c.Command | Answer | Due
"""Something that can happen to a ticket: a command, an answer to a request, a timer."""


def command_of(act: c.Command | Answer, ticket: Ticket | None, by: Actor) -> c.Command | None:
    """Return the command that *act* is on *ticket*; none if it has no such request."""
    if not isinstance(act, Answer):
        return act
    assert ticket is not None
    alike = [
        each for each in ticket.requests if _asks(each) == (act.receiver, act.kind, act.target)
    ]
    if not alike:
        return None
    number = alike[min(act.which, len(alike) - 1)].number
    match act.verb:
        case "approve":
            return c.Approve(number, by=by)
        case "decline":
            return c.Decline(number, "no", by=by)
        case _:
            return c.Withdraw(number, by=by)


def _asks(request: Request) -> tuple[str, MoveKind | None, str | None]:
    return request.receiver, request.kind, request.target


@attrs.frozen(eq=False)
class Alphabet:
    """The commands of one policy.

    Attributes:
        noticed: What the policy can notice.
        outliner: What stands for what.
        person: Somebody of the desk who has every role that the policy names.
        chief: Somebody else who has, to approve what the first one asks.
        anywhere: What can be asked in every tier.
        moves: The moves that can be asked, by tier.
    """

    noticed: Noticed
    outliner: Outliner
    person: Actor
    chief: Actor
    anywhere: tuple[c.Command, ...]
    moves: dict[str, tuple[c.Command, ...]]

    def of(self, ticket: Ticket) -> Iterator[c.Command | Answer]:
        """Yield what can be asked of *ticket*."""
        for command in self.anywhere:
            if not says_nothing_new(command, ticket):
                yield command
        yield from self.moves[ticket.tier]
        for tier, accepted in ticket.invited.items():
            yield c.Withdraw(tier, by=self.person)
            if not accepted:
                yield c.Accept(tier, by=self.person)
        alike: Counter[object] = Counter()
        for each in ticket.requests:
            which = alike[_asks(each)]
            alike[_asks(each)] += 1
            for verb in ("approve", "decline", "withdraw"):
                yield Answer(verb, *_asks(each), which)

    def openings(self) -> Iterator[c.Open]:
        """Yield every way in which a ticket can come in, so that the policy notices the difference."""
        noticed, policy = self.noticed, self.noticed.policy
        fields = {
            name: noticed.field_values(name, opening=True)
            for name in noticed.keys("fields", opening=True)
        }
        tags = noticed.keys("tags", opening=True)
        sets = chain.from_iterable(combinations(tags, n) for n in range(len(tags) + 1))
        rows = product(
            [None, *(each.name for each in policy.request_types)],
            dict.fromkeys(noticed.classes("priority", _usual_first(policy), opening=True).values()),
            _channels(noticed),
            list(sets),
            product(*fields.values()),
        )
        for request_type, priority, channel, tagged, values in rows:
            given = dict(zip(fields, values, strict=True))
            yield c.Open(
                ID,
                priority=str(priority),
                request_type=request_type,
                channel=channel,
                tags=frozenset(tagged),
                fields={name: value for name, value in given.items() if value is not None},
            )


def says_nothing_new(command: c.Command, ticket: Ticket) -> bool:
    """Whether *command* says of *ticket* what is so already, and so comes to nothing."""
    match command:
        case c.SetPriority(priority=priority):
            return priority == ticket.priority
        case c.Tag(name=name):
            return name in ticket.tags
        case c.Untag(name=name):
            return name not in ticket.tags
        case c.ReachMilestone(name=name):
            return name in ticket.milestones
        case _:
            return False


def _usual_first(policy: EscalationPolicy) -> list[str]:
    usual = ["normal"] if "normal" in policy.priorities else []
    return [*usual, *policy.priorities]


def _channels(noticed: Noticed) -> list[str | None]:
    read = {n for n in noticed.constants("channel", opening=True) if n is not None}
    named = sorted(
        {*map(str, read), *(ch for t in noticed.policy.request_types for ch in t.channels)}
    )
    return [None, *named, unlike(OTHER, named)] if named else [None]


def alphabet_of(noticed: Noticed, outliner: Outliner) -> Alphabet:
    """Return the commands that the policy behind *noticed* can notice."""
    policy = noticed.policy
    roles = {role for path in policy.paths for role in (*path.by, *path.override_by)}
    roles |= {role for each in policy.permissions for role in each.roles}
    roles |= {each.name for each in policy.receivers}
    person, bot = Actor(noticed.somebody, roles=roles), Actor(ASSISTANT, "bot", roles)
    chief = Actor(unlike(CHIEF, [person.id]), roles=roles)
    commands = [
        *_everyday(policy, noticed, person, bot),
        *_facts(noticed, outliner, bot),
        *_assigning(noticed, outliner, person),
        *_inviting(noticed, person),
    ]
    moves = {tier: tuple(_moves(policy, tier, person)) for tier in policy.tier_names}
    return Alphabet(noticed, outliner, person, chief, tuple(commands), moves)


def _everyday(
    policy: EscalationPolicy, noticed: Noticed, by: Actor, bot: Actor
) -> Iterator[c.Command]:
    yield c.Take(by=by)
    yield c.Reply(by=by)
    yield c.Reply(then="wait", by=by)
    yield c.Reply(then="resolve", by=by)
    yield c.CustomerReply()
    yield c.Wait(by=by)
    yield c.Hold(by=by)
    yield c.Resume(by=by)
    yield c.Resolve(by=by)
    yield c.Reopen(by=by)
    yield c.Close(by=by)
    yield c.Cancel(by=by)
    yield c.Rate(5)  # an act of a person that the policy notices in nothing else
    if IDLE in policy.compiled.clocks:
        yield c.Note(by=by)
    if noticed.bots:
        for then in get_args(c.Then):
            yield c.Reply(then=then, bot=True, by=bot)
    if "human_requested" in noticed.words:
        yield c.RequestHuman()
    if "accept" in policy.compiled.clocks or "accepted" in noticed.words:
        yield c.Accept(by=by)


def _facts(noticed: Noticed, outliner: Outliner, bot: Actor) -> Iterator[c.Command]:
    """Yield what machines may say as well as people; that people may is the same with an act of theirs."""
    policy, words = noticed.policy, noticed.words
    told = bool({"field_changed"} & words)
    yield from _priorities(policy, noticed, bot)
    if "request_type" in noticed.names or told:
        yield from (c.SetRequestType(each.name, by=bot) for each in policy.request_types)
    names = noticed.keys("milestones") if "milestone" not in words else policy.milestones
    yield from (c.ReachMilestone(name, by=bot) for name in names)
    tags = {*noticed.keys("tags"), *noticed.tags_put_on}
    for tag in sorted({*tags, *([unlike(OTHER, tags)] if told else ())}):
        yield c.Tag(tag, by=bot)
        yield c.Untag(tag, by=bot)
    for name in noticed.keys("fields"):
        for value in noticed.field_values(name):
            yield c.SetField(name, value, by=bot)
    tried = noticed.keys("attempts")
    other = unlike(OTHER, tried)
    for each in (*tried, *([other] if "attempt_failed" in words else ())):
        yield c.RecordAttempt(each, by=bot)
        if "attempt_failed" in words and each != other:
            yield c.RecordAttempt(each, worked=True, by=bot)
    yield from (c.Signal(word, by=bot) for word in sorted(words - RESERVED))
    if outliner.classifies:
        yield from _verdicts(noticed, bot)


def _priorities(policy: EscalationPolicy, noticed: Noticed, bot: Actor) -> Iterator[c.Command]:
    classes = noticed.classes("priority", _usual_first(policy))
    taken = dict.fromkeys(classes.values())
    if "priority_changed" in noticed.words:
        # From one priority to another that is judged alike is a change, too.
        for first in list(taken):
            alike = [p for p in classes if classes[p] == first and p != first]
            taken |= dict.fromkeys(alike[:1])
    if len(taken) > 1:
        yield from (c.SetPriority(str(priority), by=bot) for priority in taken)


def _verdicts(noticed: Noticed, bot: Actor) -> Iterator[c.Command]:
    policy = noticed.policy
    key = "classification.confidence"
    judge = noticed.judge(key)
    shares = sorted({0.0, 1.0, policy.place_at, *_shares(noticed, key)})
    between = [(low + high) / 2 for low, high in pairwise(shares)]
    found: dict[Any, float] = {}
    for share in [*shares, *between]:
        found.setdefault((judge(share), share >= policy.place_at), share)
    for tier in (*policy.tier_names, None):
        for confidence in (None, *found.values()):
            yield c.Classify(Verdict(tier, confidence), by=bot)


def _shares(noticed: Noticed, key: str) -> list[float]:
    shares = [float(n) for n in noticed.constants(key) if isinstance(n, int | float)]
    return [share for share in shares if 0 <= share <= 1]


def _assigning(noticed: Noticed, outliner: Outliner, by: Actor) -> Iterator[c.Command]:
    """Yield who may come to work on it, where that makes a difference."""
    reassigns = any(target.reassign for target in noticed.policy.sla.targets)
    named = sorted(str(name) for name in noticed.constants("assignee") if name is not None)
    if not (reassigns or "assignee" in noticed.names or outliner.classifies):
        return
    elses = [noticed.somebody_else] if reassigns else []
    yield c.Assign(None, by=by)
    for name in (noticed.somebody, *elses, *named):
        yield c.Assign(name, by=by)
    for name in (*elses, *named):
        other = Actor(name, roles=by.roles)
        yield c.Take(by=other)
        for then in get_args(c.Then):
            yield c.Reply(then=then, by=other)


def _inviting(noticed: Noticed, by: Actor) -> Iterator[c.Command]:
    """Yield invitations where a clock has a promise for them or a rule or step makes them too."""
    policy = noticed.policy
    tables = policy.compiled
    doings = [*policy.rules, *(s for t in policy.sla.targets for s in t.steps)]
    for tier in policy.tier_names:
        timed = "accept" in tables.clocks and any(
            terms.target is not None for terms in tables.terms_to_try("accept", tier)
        )
        if timed or any(doing.invite == tier for doing in doings):
            yield c.Invite(tier, by=by)


def _moves(policy: EscalationPolicy, tier: str, by: Actor) -> Iterator[c.Command]:
    """Yield the moves out of *tier*, with all that a person could have to say; less is only refused."""
    for kind, target in dict.fromkeys((p.kind, p.target) for p in policy.paths if p.source == tier):
        yield move_of(policy, kind, target, by)


def move_of(
    policy: EscalationPolicy, kind: MoveKind, target: str, by: Actor, lacking: str = ""
) -> c.Command:
    """Return the move with all that can be handed over, but for the field *lacking*."""
    told: dict[str, Any] = {
        "summary": TOLD,
        "reason": policy.reasons[0] if policy.reasons else TOLD,
        "tried": (Attempt(TOLD),),
        "hypothesis": TOLD,
        "ask": TOLD,
    }
    told.pop(lacking, None)
    handoff = Handoff(**told)
    match kind:
        case "escalate":
            return c.Escalate(target, handoff, override=TOLD, by=by)
        case "transfer":
            return c.Transfer(target, handoff, override=TOLD, by=by)
        case _:
            return c.Return("" if lacking == "reason" else TOLD, target, handoff, by=by)
