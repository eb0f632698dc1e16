"""What policies of seldom kinds can come to, and a search that forgets a word of theirs would deny."""

from __future__ import annotations

from typing import Any, Final

import pytest

from escalate import (
    Check,
    EscalationPolicy,
    Path,
    Permission,
    Receiver,
    RequestType,
    SLAPolicy,
    Step,
    Target,
    Tier,
)

LEAD: Final = Receiver("lead", "always")
OWNED: Final = Target("ownership", "8h", default=True, steps=[Step("100%", notify="lead")])
LOGIN: Final = RequestType("login", tier="N1")
TRAPS: Final[dict[str, dict[str, Any]]] = {
    "a request by phone begins with the bot": {
        "request_types": [LOGIN, RequestType("login", tier="bot", channels=["phone"])]
    },
    "a path that reads a verdict": {
        "paths": [Path("N1", "bot", when="classification.confidence < 0.5")]
    },
    "a check that only leads may tick off": {
        "paths": [Path("N1", "bot", when='reached("id")')],
        "request_types": [RequestType("login", tier="N1", checklist=[Check("id")])],
        "permissions": [Permission("ReachMilestone", ["lead"])],
    },
    "an approver who is called somebody": {
        "paths": [Path("N1", "bot", approval="somebody")],
        "receivers": [LEAD, Receiver("somebody", "always")],
    },
    "somebody who may not": {
        "paths": [Path("N1", "bot", when='not (assignee in ("somebody", none))')]
    },
    "a field that is something else": {
        "paths": [Path("N1", "bot", when='fields.kind not in ("something else", "usual")')]
    },
}


def desk(**changes: Any) -> EscalationPolicy:
    """A desk on which a ticket that comes to the bot's tier is lost."""
    given: dict[str, Any] = {
        "paths": [],
        "receivers": [LEAD],
        "fallback": "lead",
        "sla": SLAPolicy([OWNED]),
        **changes,
    }
    tiers = ["N1", Tier("bot", kind="bot")]
    return EscalationPolicy("trap", tiers, given.pop("paths"), **given)


@pytest.mark.parametrize("name", TRAPS)
def test_every_way_into_a_trap_is_found(name: str) -> None:
    """However a ticket gets to where nobody gets it out again, that is told."""
    verdict = desk(**TRAPS[name]).verify().verdict("stranded")
    assert verdict.answer == "refuted", str(verdict)


def test_that_no_verdict_comes_in_is_said() -> None:
    """A verdict could place a ticket anywhere; a policy that asks for none is proved without."""
    said = "No verdicts come in"
    assert any(said in each for each in desk().verify().assumptions)
    asks = desk(**TRAPS["a path that reads a verdict"]).verify()
    assert not any(said in each for each in asks.assumptions)
