"""The policy as the search sees it: open around the clock, and with functions that may answer either way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from escalate.core.conditions import Opaque
from escalate.core.policy import EscalationPolicy
from escalate.core.sla import SLAPolicy
from escalate.core.workcalendar import WorkCalendar


@attrs.define(eq=False)
class Answers:
    """What Python functions answer, in the order in which they are asked; every row of answers in turn.

    >>> answers = Answers()
    >>> [answers.next(None) for _ in answers.rows()]
    [False, True]
    """

    _row: list[bool] = attrs.field(factory=list)
    _asked: int = 0
    many: bool = False

    def next(self, _ticket: Any) -> bool:
        """Return the next answer of the row."""
        if self._asked == len(self._row):
            self._row.append(False)
        self._asked += 1
        return self._row[self._asked - 1]

    def rows(self) -> Iterator[None]:
        """Yield once for each row of answers; a row is as long as there were questions."""
        self._row = []
        while True:
            self._asked = 0
            yield
            del self._row[self._asked :]
            while self._row and self._row[-1]:
                self._row.pop()
            if not self._row:
                return
            self._row[-1] = True


@attrs.frozen(eq=False)
class Abstracted:
    """A policy made ready for the search.

    Attributes:
        policy: The same policy, open around the clock; its functions ask ``answers``.
        answers: What they answer.
    """

    policy: EscalationPolicy
    answers: Answers


def abstracted(policy: EscalationPolicy) -> Abstracted:
    """Return *policy* as the search sees it."""
    always = WorkCalendar.always("UTC")
    open_policy = policy.with_calendars(lambda _: always)
    answers = Answers()
    if not policy.reads.opaque:
        return Abstracted(open_policy, answers)
    answers.many = True
    free = Opaque(answers.next)

    def freed(thing: Any) -> Any:
        when: Any = getattr(thing, "when", None)
        known = when is None or isinstance(when, str)
        return thing if known else attrs.evolve(thing, when=free)

    targets = [
        attrs.evolve(freed(target), steps=[freed(step) for step in target.steps])
        for target in open_policy.sla.targets
    ]
    changed = attrs.evolve(
        open_policy,
        paths=[freed(path) for path in open_policy.paths],
        rules=[freed(rule) for rule in open_policy.rules],
        sla=SLAPolicy(targets),
    )
    return Abstracted(changed, answers)
