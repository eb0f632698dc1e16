"""Laws on the journal and its ticket (SEMANTICS 5.2), at a busy desk."""

from __future__ import annotations

from hypothesis import given

from escalate import (
    EscalationPolicy,
)
from escalate.core import advance, evolve
from escalate.core.model import Ticket
from escalate.testing import Stride, Walk, walk
from tests.core.busy_desk import (
    APPROVED,
    ASKING,
    EVERYTHING,
    busy_lives,
    busy_policies,
)


@given(busy_policies(), busy_lives(EVERYTHING))
def test_law_2_a_busy_ticket_is_the_fold_of_its_events(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """5.2: whatever happened, reading the journal event by event gives each ticket back, whole."""
    result = walk(policy, life)
    read: Ticket | None = None
    journal = iter(result.journal)
    for _, outcome in result.outcomes:
        for _ in outcome.events:
            read = evolve(read, next(journal))
        assert read == outcome.ticket
    assert [event.seq for event in result.journal] == list(range(1, len(result.journal) + 1))


@given(busy_policies(), busy_lives())
def test_law_2_whatever_a_busy_desk_refuses_changes_nothing(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """5.2: after a refusal the ticket is what the passing of time alone makes of it."""
    _refusals_change_nothing(walk(policy, life), policy)


@given(busy_policies(paths=APPROVED), busy_lives(ASKING))
def test_law_2_a_refused_approval_changes_nothing(
    policy: EscalationPolicy, life: list[Stride]
) -> None:
    """5.2: a request stands until somebody who may answers it."""
    _refusals_change_nothing(walk(policy, life), policy)


def _refusals_change_nothing(result: Walk, policy: EscalationPolicy) -> None:
    before = result.outcomes[0][1].ticket
    for at, outcome in result.outcomes[1:]:
        assert before is not None
        if outcome.refusal is not None:
            waited = advance(before, policy, before=at)
            assert (outcome.ticket, outcome.events) == (waited.ticket, waited.events)
            assert outcome.refusal.fired == outcome.events
        before = outcome.ticket
