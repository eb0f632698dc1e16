"""Laws on handoffs, approvals, checks and permissions (SEMANTICS 1.8 to 1.11 and 5.9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from hypothesis import given

from escalate import (
    EscalationPolicy,
    Path,
)
from escalate.core import commands as c
from escalate.core import events as e
from escalate.core.model import Handoff
from escalate.core.protocol import Permission
from escalate.testing import Stride, walk
from tests.core.busy_desk import (
    ANN,
    APPROVED,
    ASKING,
    CHANGES,
    CHECKS,
    EVE,
    MOVES,
    OPEN_WAYS,
    REQUESTS,
    REQUIRING,
    SEEN,
    STATUS,
    TALK,
    TOLD,
    WAYS,
    Moment,
    busy_lives,
    busy_policies,
    moments,
    ways_of,
)

CHECKED: Final = [each for each in CHANGES if isinstance(each, c.ReachMilestone)]
RECORDED: Final = (
    *CHECKED,
    *[each for each in CHANGES if isinstance(each, c.RecordAttempt)] * 2,
    *[each for each in REQUESTS if isinstance(each, c.Promise)],
    *TALK,
)
WELL_TOLD: Final = (
    c.Escalate(handoff=TOLD, reason="stuck", by=EVE, override="in a hurry"),
    c.Return(handoff=TOLD, reason="not ours", by=EVE),
    c.RecordAttempt("reset", worked=False, by=ANN),
)
HALF_TOLD: Final = (
    c.Escalate("N2", handoff=Handoff(ask="look"), by=ANN),
    c.Escalate("N3", handoff=Handoff(ask="look", summary="slow"), by=ANN),
    c.Return(handoff=Handoff(hypothesis="dust"), by=ANN),
    c.Transfer("N1", reason="theirs", by=ANN),
)


@given(
    busy_policies() | busy_policies(paths=OPEN_WAYS, max_bounces=9),
    busy_lives((*RECORDED, *WELL_TOLD * 6, *MOVES, *SEEN)),
)
def test_law_9_no_move_loses_anything(policy: EscalationPolicy, life: list[Stride]) -> None:
    """5.9: each handoff holds every attempt, milestone, message, promise and text that came before it."""
    result = walk(policy, life)
    written = {key for _, outcome in result.outcomes for key in outcome.texts}
    tried: Counter[Any] = Counter()
    said, reached, promised = 1, set(), None
    texts: set[tuple[int, str]] = set()
    for event in result.journal:
        if isinstance(event, e.AttemptRecorded):
            tried[event.attempt] += 1
        said += isinstance(event, e.Replied | e.BotReplied | e.CustomerReplied | e.Noted)
        if isinstance(event, e.MilestoneReached):
            reached.add(event.milestone)
        if isinstance(event, e.Promised):
            promised = event.clock, event.due_us
        if isinstance(event, e.Moved):
            now = event.handoff
            assert tried <= Counter(now.tried)
            assert (now.messages, now.promised) == (said, promised)
            assert now.milestones == reached
            texts |= {key for key in written if key[0] == event.seq}
            assert texts <= set(now.texts)
            tried = Counter(now.tried)


@given(busy_policies(rules=(), paths=REQUIRING), busy_lives((*HALF_TOLD * 2, *MOVES, *RECORDED)))
def test_law_9_a_person_hands_over_what_the_path_requires(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """1.8: a manual move has every required field, filled by hand or from the record."""
    for stride, moment in _by_hand(policy, life):
        told = getattr(stride.deed, "handoff", None)
        given_ = {name for name in ("summary", "hypothesis", "ask") if getattr(told, name, "")}
        given_ |= {"reason"} if stride.deed.reason else set()
        given_ |= {"tried"} if moment.before.attempts or getattr(told, "tried", ()) else set()
        requires = [set(way.requires) for way in ways_of(policy, moment.event)]
        assert any(needed <= given_ for needed in requires)
        assert given_ == set(moment.event.handoff.given)


@given(
    busy_policies(rules=(), paths=OPEN_WAYS),
    busy_lives((*CHECKED, *CHECKED, *MOVES, c.Escalate(by=ANN))),
)
def test_law_9_nobody_hands_over_with_checks_left_without_saying_why(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """1.10: a person's escalation or transfer out of the request's tier has its checks done, or a reason."""
    opening = c.Open("T-1", request_type="login")
    for stride, moment in _by_hand(policy, life, opening):
        before, event = moment.before, moment.event
        here = before.request_type == "login" and before.tier == "N1"
        left = [name for name in CHECKS if here and name not in before.milestones]
        assert list(event.handoff.checks_left) == left
        if left and event.kind != "return":
            assert stride.deed.override
            assert event.handoff.overridden


def _by_hand(
    policy: EscalationPolicy, life: list[Stride], opening: c.Open | None = None
) -> Iterator[tuple[Any, Moment]]:
    """Each move that a person made at once, with the stride in which they did."""
    result = walk(policy, life, opening=opening)
    asked = {
        id(event): stride
        for stride, (_, outcome) in zip(life, result.outcomes[1:], strict=True)
        for event in outcome.events
        if isinstance(event, e.Moved) and event.by.kind == "agent"
    }
    for moment in moments(result.journal):
        stride = asked.get(id(moment.event))
        if stride is not None and isinstance(stride.deed, c.Escalate | c.Return | c.Transfer):
            yield stride, moment


@given(
    busy_policies(paths=APPROVED, rules=()) | busy_policies(paths=APPROVED),
    busy_lives(ASKING, least=6),
)
def test_law_9_nobody_approves_what_they_asked_for(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """1.9: who approves is a receiver and not the asker; until then the ticket stays where it is."""
    asked: dict[int, e.ApprovalAsked] = {}
    last: e.Event | None = None
    for event in walk(policy, life).journal:
        if isinstance(event, e.ApprovalAsked):
            asked[event.seq] = event
        if isinstance(event, e.Approved):
            request = asked.pop(event.request)
            assert event.by.id != request.by.id
            assert request.receiver in event.by.roles
        if isinstance(event, e.Escalated):
            assert isinstance(last, e.Approved)
        last = event


LEADS_ONLY: Final = [
    Path(*way, by="lead" if way[2] == "transfer" or way[0] == "N3" else None) for way in WAYS
]


@given(
    busy_policies(
        paths=LEADS_ONLY,
        permissions=[Permission("Hold", ["lead"]), Permission("Escalate", ["lead"], at=["N1"])],
    ),
    busy_lives((*MOVES, *MOVES, *STATUS, c.Escalate(by=EVE), c.Transfer("N1", by=ANN))),
)
def test_law_1_only_who_may_does(policy: EscalationPolicy, life: list[Stride]) -> None:
    """1.11: commands and paths that name roles are for people who have one of them."""
    last: e.Event | None = None
    for event in walk(policy, life).journal:
        if isinstance(event, e.Held):
            assert "lead" in event.by.roles
        if isinstance(event, e.Moved) and event.by.kind == "agent":
            if event.kind == "escalate" and event.source == "N1":
                assert "lead" in event.by.roles
            if not isinstance(last, e.Approved):
                ways = ways_of(policy, event)
                assert any(not way.by or event.by.roles.intersection(way.by) for way in ways)
        last = event
