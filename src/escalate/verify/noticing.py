"""What of a ticket a policy can still notice once time is left open: the search looks at nothing else.

Coarser than :mod:`escalate.core.shape`, which keeps what is left on each clock to the microsecond: here
any amount may be left. What only ever tells somebody is left out too, since telling changes nothing that
a decision reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, Final

import attrs

from escalate.core.checking import condition
from escalate.core.clocks import BREACH
from escalate.core.compiled import idle_name
from escalate.core.condition.tree import Atom, atoms
from escalate.core.conditions import Condition, Constant
from escalate.core.doing import Doing
from escalate.core.policy import EscalationPolicy

Value = str | int | float | bool | None
OTHER: Final = "something else"
SOMEBODY: Final = "somebody"
SOMEBODY_ELSE: Final = "somebody else"
_TIMED: Final = ("age", "in_tier_for")


def unlike(name: str, taken: Iterable[object]) -> str:
    """Return *name*, or one made of it that is none of *taken*: a policy may use any word itself.

    >>> unlike("somebody", ["somebody"])
    "somebody'"
    """
    known = set(taken)
    while name in known:
        name += "'"
    return name


def changes_ticket(doing: Doing) -> bool:
    """Whether *doing* does more than tell somebody, and so may change what is decided later."""
    return bool(doing.move or doing.invite or doing.set_priority or doing.tag or doing.ask_approval)


def tells_somebody(doing: Doing) -> bool:
    """Whether *doing* brings the ticket before a person: tells, asks or moves."""
    return bool(doing.notify or doing.move or doing.invite or doing.ask_approval)


@attrs.frozen(eq=False)
class Noticed:
    """What a policy can notice.

    Attributes:
        policy: The policy.
        later: The comparisons that something may still make once the ticket is open.
        every: All comparisons, those of rules that wait for the opening included.
        words: What rules and clocks listen to.
        acting: The steps, by how plans call them, and the rules that change a ticket.
        bots: Whether a bot's reply is anything but a status.
        names: What conditions read of a ticket, and the tags if something puts one on.
        ages: The (age, time in the tier) to try: one for every way to judge the two.
    """

    policy: EscalationPolicy
    later: tuple[Atom, ...]
    every: tuple[Atom, ...]
    words: frozenset[str]
    acting: frozenset[str]
    bots: bool
    names: frozenset[str] = attrs.field(init=False)
    ages: tuple[tuple[int, int], ...] = attrs.field(init=False)

    @names.default
    def _names(self) -> frozenset[str]:
        put_on = frozenset({"tags"} if self.tags_put_on else ())
        return frozenset(atom.subject.read for atom in self.later) | put_on

    @ages.default
    def _ages(self) -> tuple[tuple[int, int], ...]:
        found: dict[Any, tuple[int, int]] = {}
        tried = [self._instants(name) for name in _TIMED]
        judges = [self.judge(name) for name in _TIMED]
        for age in tried[0]:
            for stay in tried[1]:
                whole = max(age, stay)  # no stay is longer than the ticket is old
                found.setdefault((judges[0](whole), judges[1](stay)), (whole, stay))
        return tuple(found.values())

    @property
    def somebody(self) -> str:
        """Somebody of the desk whom the policy does not name."""
        return unlike(SOMEBODY, self._people())

    @property
    def somebody_else(self) -> str:
        """Somebody else of the desk whom the policy does not name."""
        return unlike(SOMEBODY_ELSE, self._people())

    def _people(self) -> set[object]:
        return {*self.constants("assignee"), *(each.name for each in self.policy.receivers)}

    @property
    def tags_put_on(self) -> frozenset[str]:
        """The tags that rules and steps put on: one that is there already is not put on again."""
        doings = [*self.policy.rules, *(s for t in self.policy.sla.targets for s in t.steps)]
        return frozenset(tag for doing in doings for tag in doing.tag)

    def constants(self, name: str, *, opening: bool = False) -> frozenset[Constant]:
        """Return what *name*, such as ``"moves"`` or ``"tags"``, is compared with."""
        where = self.every if opening else self.later
        found = (atom.constants for atom in where if name in (atom.subject.name, atom.subject.key))
        return frozenset(constant for each in found for constant in each)

    def keys(self, name: str, *, opening: bool = False) -> tuple[str, ...]:
        """Return which fields, attempts, tags or milestones are looked at, in order."""
        where = self.every if opening else self.later
        return tuple(sorted({atom.subject.of or "" for atom in where if atom.subject.name == name}))

    def most(self, name: str) -> int:
        """Return the number beyond which no comparison tells *name* apart."""
        numbers = [n for n in self.constants(name) if isinstance(n, int | float)]
        return int(max(numbers, default=0)) + 1

    def classes(
        self, key: str, values: Iterable[Value], *, opening: bool = False
    ) -> Mapping[Value, Value]:
        """Return, for each of *values*, the first that all comparisons of *key* judge alike."""
        judge = self.judge(key, opening=opening)
        first: dict[Any, Value] = {}
        return {value: first.setdefault(judge(value), value) for value in values}

    def judge(self, key: str, *, opening: bool = False) -> Callable[[Value], tuple[bool, ...]]:
        """Return what says how each comparison of *key* judges a value."""
        where = self.every if opening else self.later
        ranges = [atom.allows for atom in where if atom.subject.key == key]
        return lambda value: tuple(value in allowed for allowed in ranges)

    def field_values(self, name: str, *, opening: bool = False) -> tuple[Value, ...]:
        """Return values of the field *name*, one for every way in which comparisons can judge it."""
        key = f"fields.{name}"
        candidates = _around(self.constants(key, opening=opening))
        return tuple(dict.fromkeys(self.classes(key, candidates, opening=opening).values()))

    def _instants(self, name: str) -> list[int]:
        constants = [n for n in self.constants(name) if isinstance(n, int)]
        return sorted({0, *(max(0, n + by) for n in constants for by in (-1, 0, 1))})


def _around(constants: Iterable[Constant]) -> list[Value]:
    """Return values that lie at, between and beyond *constants*, and none."""
    numbers = sorted(
        {n for n in constants if isinstance(n, int | float) and not isinstance(n, bool)}
    )
    texts = sorted({text for text in constants if isinstance(text, str)})
    flags = [True, False] if any(isinstance(flag, bool) for flag in constants) else []
    found: list[Value] = [None, *flags, *texts]
    if texts:
        found.append(unlike(OTHER, texts))
    for low, high in pairwise(numbers):
        found.append((low + high) / 2)
    if numbers:
        found += [numbers[0] - 1, *numbers, numbers[-1] + 1]
    return found


def noticed_by(policy: EscalationPolicy) -> Noticed:
    """Return what *policy* can notice."""
    later = tuple(atom for opening, atom in _atoms(policy) if not opening)
    every = tuple(atom for _, atom in _atoms(policy))
    kinds = policy.compiled.clocks.values()
    words = frozenset(word for kind in kinds for word in kind.words)
    acting = {
        target.deed_name(step)
        for target in policy.sla.targets
        for step in target.steps
        if changes_ticket(step)
    }
    rules = [rule for rule in policy.rules if changes_ticket(rule)]
    acting |= {idle_name(rule) for rule in rules if rule.after_us is not None}
    return Noticed(
        policy,
        later,
        every,
        words | {rule.on for rule in policy.rules if rule.after_us is None},
        frozenset(acting - {BREACH} | {rule.name for rule in rules if rule.on != "opened"}),
        any(target.bots for target in policy.sla.targets)
        or any(tier.kind == "bot" for tier in policy.tiers)
        or any(rule.on == "bot_replied" for rule in policy.rules),
    )


def _atoms(policy: EscalationPolicy) -> Iterator[tuple[bool, Atom]]:
    """Yield each comparison, and whether only a rule that waits for the opening makes it."""
    vocabulary = policy.vocabulary
    written: list[tuple[bool, Any]] = [(False, path.when) for path in policy.paths]
    written += [(False, target.when) for target in policy.sla.targets]
    written += [(False, step.when) for target in policy.sla.targets for step in target.steps]
    written += [(rule.on == "opened", rule.when) for rule in policy.rules]
    for opening, value in written:
        read = condition(value, vocabulary, "when", clock=True)
        if isinstance(read, Condition):
            yield from ((opening, atom) for atom in atoms(read.tree))
