"""Classifiers for tests that say what a ticket tells them to say."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs

from escalate import ABSTAIN, Tier, Verdict
from escalate.classifiers import TicketText, ticket_of

N1, N2, N3 = TIERS = (Tier("N1"), Tier("N2"), Tier("N3"))


@attrs.frozen
class Fields:
    """Reads its scores from the ticket's field ``scores``, one for each tier; none of them: abstains."""

    name: str = "fields"
    version: str = "1"
    cost: float = 0.5
    meaning: str = "probability"

    def classify(self, ticket: TicketText, tiers: Sequence[Tier]) -> Verdict:
        """Return the tier with the highest score."""
        scores = dict(zip((tier.name for tier in tiers), ticket.fields["scores"], strict=False))
        if not scores:
            return ABSTAIN("no scores")
        best = max(scores, key=lambda name: scores[name])
        return Verdict(best, scores[best], scores, (("told", 1.0),), self.meaning)

    def save(self, path: str | Path) -> None:
        """Write it as JSON."""
        Path(path).write_text(json.dumps({"name": self.name, "cost": self.cost}), "utf-8")

    @classmethod
    def load(cls, path: str | Path) -> Fields:
        """Read what was saved."""
        table: Mapping[str, object] = json.loads(Path(path).read_text("utf-8"))
        return cls(**table)


def scored(*scores: float, **fields: object) -> TicketText:
    """Return a ticket with these scores."""
    return ticket_of("", fields={"scores": list(scores)}, **fields)
