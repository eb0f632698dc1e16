"""Whether the words of a case are words of the policy that it is run under."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from escalate.core import commands as c
from escalate.core import facts as f
from escalate.core.clockkinds import BUILT_IN, WORDS
from escalate.core.policy import EscalationPolicy
from escalate.core.status import Status
from escalate.errors import nearest
from escalate.policies.tables import Place
from escalate.testing.cases.values import NONE, Case, Expected, ExpectedClock

_NAMED: Final[dict[type, dict[str, str]]] = {
    c.Open: {"tier": "tier", "priority": "priority", "request_type": "request type"},
    c.Escalate: {"to": "tier"},
    c.Return: {"to": "tier"},
    c.Transfer: {"to": "tier"},
    c.Invite: {"tier": "tier"},
    c.SetPriority: {"priority": "priority"},
    c.SetRequestType: {"name": "request type"},
    c.ReachMilestone: {"name": "milestone"},
    c.Signal: {"name": "signal"},
    c.Promise: {"clock": "clock"},
    f.ReceiverMissing: {"receiver": "receiver"},
}
"""Which values of which command are words of the policy, and of which kind."""

_EXPECTED: Final = {
    "tier": "tier",
    "priority": "priority",
    "request_type": "request type",
    "milestones": "milestone",
    "invited": "tier",
    "approvals": "receiver",
    "rules": "rule",
}


def check_words(case: Case, policy: EscalationPolicy) -> None:
    """Check that *case* names nothing that *policy* does not have.

    What a command names may be unknown where its refusal is expected.

    Raises:
        InvalidFile: A word is unknown; the message names its place and the nearest that is known.
    """
    known = _known(policy)
    if not _is_refused(case.expect if not case.steps else None):
        _check_named(case.opening, case.place, known)
    for step in case.steps:
        if step.deed is not None and not _is_refused(step.expect):
            _check_named(step.deed, step.place, known)
        if step.expect is not None:
            _check_expected(step.expect, step.place.key("expect"), known)
    if case.expect is not None:
        _check_expected(case.expect, case.place.key("expect"), known)


def _is_refused(expect: Expected | None) -> bool:
    return expect is not None and expect.refused is not None


def _known(policy: EscalationPolicy) -> dict[str, tuple[str, ...]]:
    own = {WORD for rule in policy.rules for WORD in [rule.on]}
    heard = own.union(*(clock.words for clock in policy.clocks)) - set(WORDS) - set(Status)
    return {
        "tier": policy.tier_names,
        "priority": policy.priorities,
        "request type": tuple(each.name for each in policy.request_types),
        "milestone": policy.milestones,
        "receiver": tuple(each.name for each in policy.receivers),
        "rule": tuple(rule.name for rule in policy.rules),
        "signal": tuple(heard),
        "clock": (*BUILT_IN, *(clock.name for clock in policy.clocks)),
        "target": (NONE, *(target.name for target in policy.sla.targets)),
    }


def _check_named(deed: object, place: Place, known: dict[str, tuple[str, ...]]) -> None:
    for key, kind in _NAMED.get(type(deed), {}).items():
        _check(getattr(deed, key), kind, place.key(key), known)


def _check_expected(expect: Expected, place: Place, known: dict[str, tuple[str, ...]]) -> None:
    for key, kind in _EXPECTED.items():
        value = getattr(expect, key)
        if isinstance(value, tuple):
            for index, each in enumerate(value):
                _check(each, kind, place.key(key).item(index), known)
        else:
            _check(value, kind, place.key(key), known)
    for index, notice in enumerate(expect.notices or ()):
        at = place.key("notices").item(index)
        _check(notice.receiver, "receiver", at, known)
    for name, clock in (expect.clocks or {}).items():
        _check_clock(name, clock, place.key("clocks"), known)
    if expect.handoff is not None:
        _check(expect.handoff.source, "tier", place.key("handoff").key("from"), known)


def _check_clock(
    name: str, clock: ExpectedClock, place: Place, known: dict[str, tuple[str, ...]]
) -> None:
    # Each invitation and each approval has a clock of its own, such as accept:N3.
    _check(name.partition(":")[0], "clock", place.key(name), known)
    _check(clock.target, "target", place.key(name).key("target"), known)


def _check(value: Any, kind: str, place: Place, known: dict[str, Iterable[str]] | Any) -> None:
    if value is not None and value not in known[kind]:
        raise place.wrong(
            value, f"a {kind} that the policy has; {nearest(str(value), known[kind])}"
        )
