"""The pilot before the switch: what the policy would have done, beside what people did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import sha256

import attrs

from escalate.core import events as e
from escalate.core.events import Event


def takes_part(ticket_id: str, share: float) -> bool:
    """Whether a ticket is one of that *share* of all, from 0 to 1; always the same ones.

    >>> [takes_part("T-1", 1.0), takes_part("T-1", 0.0)]
    [True, False]
    """
    drawn = int.from_bytes(sha256(ticket_id.encode()).digest()[:8], "big")
    return drawn < share * 2**64


@attrs.frozen(kw_only=True)
class ShadowReport:
    """What a policy that only advised would have done; ``str()`` makes a page of it.

    Attributes:
        tickets: How many tickets took part.
        agreed: Moves that it would have made and people made next.
        otherwise: Moves that it would have made, and people moved the ticket elsewhere.
        unmoved: Moves that it would have made, and nobody has moved the ticket since.
        unadvised: Moves that people made without its advice.
        notices: How often it would have told each receiver.
        violations: What people did that it does not allow, by what it contradicts.
        breaches: How many promises were broken.
    """

    tickets: int
    agreed: int
    otherwise: int
    unmoved: int
    unadvised: int
    notices: Mapping[str, int]
    violations: Mapping[str, int]
    breaches: int

    def __str__(self) -> str:
        told = ", ".join(f"{name} {times}" for name, times in self.notices.items()) or "nobody"
        broke = ", ".join(f"{why} {times}" for why, times in self.violations.items()) or "nothing"
        return "\n".join(
            (
                f"{self.tickets} tickets, {self.breaches} promises broken",
                f"moves it would have made: {self.agreed} as people did, {self.otherwise} otherwise, "
                f"{self.unmoved} where nobody moved the ticket",
                f"moves that people made without its advice: {self.unadvised}",
                f"it would have told: {told}",
                f"people did what it does not allow: {broke}",
            )
        )


def shadow_report(journals: Iterable[Iterable[Event]]) -> ShadowReport:
    """Return what *journals* say, each that of one ticket under a policy that only advises."""
    moves: Counter[str] = Counter()
    notices: Counter[str] = Counter()
    violations: Counter[str] = Counter()
    tickets = breaches = 0
    for journal in journals:
        tickets += 1
        advised: str | None = None
        for event in journal:
            match event:
                case e.Advised(move=move, notify=told):
                    notices.update(told)
                    # Advice that came again before anybody moved is one advice: the last counts.
                    advised = advised if move is None else move[1]
                case e.Moved(target=target):
                    same = "agreed" if advised == target else "otherwise"
                    moves["unadvised" if advised is None else same] += 1
                    advised = None
                case e.PathViolated(why=why):
                    violations[why] += 1
                case e.Breached():
                    breaches += 1
                case _:
                    pass
        moves["unmoved"] += advised is not None
    names = ("agreed", "otherwise", "unmoved", "unadvised")
    return ShadowReport(
        tickets=tickets,
        notices=dict(sorted(notices.items())),
        violations=dict(sorted(violations.items())),
        breaches=breaches,
        **{name: moves[name] for name in names},
    )
