"""What all properties share: what they are shown, and how a suspicion becomes a finding."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Final

import attrs

from escalate.core.policy import EscalationPolicy
from escalate.verify.alphabet import Act
from escalate.verify.findings import Finding, Verdict
from escalate.verify.realising import Leg, Shows, Trace, realised
from escalate.verify.search import Edge, Space

SPURIOUS: Final = "spurious: the search found a way, and no real ticket was seen to go it"
SEARCHED: Final = "every situation that a ticket can come to was looked at"
TRIED: Final = 12  # suspicions of one kind that are tried before one is called spurious


@attrs.frozen(eq=False)
class Inquiry:
    """What a property is judged by once the search is over.

    Attributes:
        policy: The policy as it is, with its calendars.
        space: What the search found; its policy is open around the clock.
    """

    policy: EscalationPolicy
    space: Space

    @property
    def complete(self) -> bool:
        """Whether the search came to its end."""
        return not self.space.stopped

    def trace(
        self,
        node: int,
        shows: Shows,
        *further: Act | Leg,
        starts: Sequence[datetime] = (),
    ) -> Trace | None:
        """Return a real life that comes to *node*, does *further*, and *shows* what it should."""
        way = [Leg(each.act, each.ages) for each in self.space.way_to(node)]
        way += [each if isinstance(each, Leg) else Leg(each, {}) for each in further]
        return realised(self.policy, way, shows, self.space.alphabet.chief, starts=starts)


class Property(ABC):
    """Something that a policy should have.

    A property may watch the search, edge by edge, and is asked for its verdict once that is over.
    """

    number: ClassVar[int]
    code: ClassVar[str]
    title: ClassVar[str]

    def begin(self, space: Space) -> None:  # noqa: B027 - most need no look before
        """See the space before the search begins."""

    def watch(self, edge: Edge) -> None:  # noqa: B027 - those of conditions watch nothing
        """See *edge*, once."""

    @abstractmethod
    def judge(self, inquiry: Inquiry) -> Verdict:
        """Return the verdict."""

    def proved(self, why: str, **rest: object) -> Verdict:
        """Return that it holds."""
        return self._verdict("proved", why, **rest)

    def refuted(self, why: str, *findings: Finding, **rest: object) -> Verdict:
        """Return that it does not hold."""
        return self._verdict("refuted", why, findings=findings, **rest)

    def unknown(self, why: str, **rest: object) -> Verdict:
        """Return that it is not known."""
        return self._verdict("unknown", why, **rest)

    def stopped(self, inquiry: Inquiry, **rest: object) -> Verdict:
        """Return that the search ended before it could tell."""
        return self.unknown(f"budget: the search ran out of {inquiry.space.stopped}", **rest)

    def _verdict(self, answer: str, why: str, **rest: object) -> Verdict:
        return Verdict(
            number=self.number,
            code=self.code,
            title=self.title,
            answer=answer,  # type: ignore[arg-type]
            why=why,
            **rest,  # type: ignore[arg-type]
        )


@attrs.define(eq=False)
class Suspicions:
    """What looked wrong while the search went on, the earliest first, a few of each kind.

    Attributes:
        kinds: By kind, where it was: the node before, the act, and the ages that mattered.
    """

    kinds: dict[str, list[Edge]] = attrs.field(factory=dict)

    def add(self, kind: str, edge: Edge) -> None:
        """Keep *edge* as one that looks wrong in that way."""
        found = self.kinds.setdefault(kind, [])
        if len(found) < TRIED:
            found.append(edge)

    def shown(self, inquiry: Inquiry, kind: str, shows: Shows) -> Trace | None:
        """Return a real life in which what was suspected happens; none if none was found."""
        for edge in self.kinds.get(kind, ()):
            trace = inquiry.trace(edge.source, shows, Leg(edge.act, edge.ages))
            if trace is not None:
                return trace
        return None


def place_of_deed(policy: EscalationPolicy, name: str) -> str:
    """Return where the rule or step of that name stands in the policy file; empty if nowhere."""
    for i, rule in enumerate(policy.rules):
        if rule.name == name:
            return f"rules[{i}]"
    for i, target in enumerate(policy.sla.targets):
        for j, step in enumerate(target.steps):
            if target.deed_name(step) == name:
                return f"targets[{i}].steps[{j}]"
    return ""
