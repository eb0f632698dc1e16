"""What a visit may look at: the store, who is there, and what the desk does beside deciding."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from escalate.core.instants import as_instant
from escalate.core.model import Ticket
from escalate.runtime.assigning import Assigner, Candidate
from escalate.runtime.directory import Directory
from escalate.stores.base import Store


@attrs.frozen
class Surroundings:
    """What a visit may look at.

    Attributes:
        desk: The name of the desk, with which every key begins.
        store: Where its tickets are.
        directory: Who is there; without one nobody is asked, and nobody is missing.
        assigner: Who gives tickets to people; none leaves them in the queues.
        delivers: Whether somebody carries notices to people.
        opens: Whether the desk opens tickets of its own, for customers who write too late.
        settle_us: How long timers and facts wait for facts that are still on their way.
    """

    desk: str
    store: Store
    directory: Directory | None
    assigner: Assigner | None
    delivers: bool
    opens: bool = True
    settle_us: int = 0

    def chosen(self, ticket: Ticket, turns: Mapping[str, int], now_us: int) -> str | None:
        """Return whom the assigner gives *ticket* to, where *turns* says whose turn was when.

        Raises:
            LookupError: It chose somebody who is not there.
        """
        directory, assigner = self.directory, self.assigner
        if directory is None or assigner is None:
            return None
        there = sorted(set(directory.on_duty(ticket.tier, as_instant(now_us))))
        loads = self.store.loads(self.desk)
        wanted = {word: directory.having(word) for word in assigner.skills_for(ticket)}
        candidates = [
            Candidate(
                agent,
                loads.get(agent, 0),
                turns.get(agent, 0),
                frozenset(word for word, people in wanted.items() if agent in people),
            )
            for agent in there
        ]
        agent = assigner.choose(ticket, candidates)
        if agent is not None and agent not in there:
            raise LookupError(f"chose {agent!r}, who is none of the candidates {there}")
        return agent
