"""Who is told in a situation if nobody acts: which steps and rules still speak, and how soon.

Times out of the search are open, so a situation is asked which of its running clocks would tell somebody,
now or at some later entry of their plan. That a step has spoken already in this cycle, or a rule in this
stay, counts as told.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from escalate.core.clocks import Clock, ClockState, Entry, Terms
from escalate.core.compiled import Deed
from escalate.core.deciding.clockwork import terms_of
from escalate.core.deciding.moving import open_path
from escalate.core.model import Ticket
from escalate.core.policy import EscalationPolicy
from escalate.errors import Refused
from escalate.verify.noticing import Noticed
from escalate.verify.outline import REST_US
from escalate.verify.search import dates


@attrs.frozen
class Word:
    """Somebody is told.

    Attributes:
        deed: The step or rule that tells.
        clock: The clock on whose plan it stands.
        terms: What the clock counts on.
        amount_us: How much the clock has used when it speaks.
    """

    deed: Deed
    clock: Clock
    terms: Terms
    amount_us: int


def words_in(ticket: Ticket, noticed: Noticed) -> Iterator[Word]:
    """Yield who is told if nobody acts on *ticket*, at rest, whatever its age."""
    tables = noticed.policy.compiled
    for clock in ticket.clocks.values():
        if clock.state is not ClockState.RUNNING:
            continue
        terms = terms_of(tables, clock)
        for entry, deed in entries_ahead(clock, terms, noticed):
            if tells(ticket, deed, noticed):
                yield Word(deed, clock, terms, entry.amount_us)


def entries_ahead(clock: Clock, terms: Terms, noticed: Noticed) -> Iterator[tuple[Entry, Deed]]:
    """Yield the entries of the plan of *clock* that fire, or have fired, while the ticket stays as it is.

    What comes after an entry that changes the ticket waits for it to have fired.
    """
    tables = noticed.policy.compiled
    for entry in terms.plan_for(clock.within_us):
        deed = tables.idle_rules.get(entry.name) or tables.steps.get(entry.name)
        if deed is not None:
            yield entry, deed
        if entry.name in noticed.acting and entry.name not in clock.fired:
            return


def tells(ticket: Ticket, deed: Deed, noticed: Noticed) -> bool:
    """Whether *deed*, when its time has come, brings *ticket* before somebody, whatever its age."""
    return all(_tells(each, deed, noticed.policy) for each in dates(ticket, noticed))


def _tells(ticket: Ticket, deed: Deed, policy: EscalationPolicy) -> bool:
    if deed.at is not None and ticket.tier not in deed.at:
        return False
    if deed.when is not None and (deed.when.is_opaque or not deed.when.holds(ticket, REST_US)):
        return False
    doing = deed.doing
    if doing.notify or (doing.ask_approval and not doing.move):
        return True
    if doing.invite and doing.invite != ticket.tier:
        return True
    return doing.move is not None and may_move(ticket, deed, policy)


def may_move(ticket: Ticket, deed: Deed, policy: EscalationPolicy) -> bool:
    """Whether the move of *deed* is open to *ticket*, and leads somewhere else."""
    assert deed.doing.move is not None
    kind, target = deed.doing.move
    if target == ticket.tier:
        return False
    try:
        path = open_path(ticket, policy.compiled, kind, target, REST_US)
    except Refused:
        return False
    ways = policy.compiled.ways[ticket.tier, kind]
    when = next((way.when for way in ways if way.path is path), None)
    return when is None or not when.is_opaque


def might_fire(ticket: Ticket, deed: Deed, noticed: Noticed) -> bool:
    """Whether the condition of *deed* can hold of *ticket* at some age."""
    if deed.at is not None and ticket.tier not in deed.at:
        return False
    if deed.when is None or deed.when.is_opaque:
        return True
    return any(deed.when.holds(each, REST_US) for each in dates(ticket, noticed))
