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
    Rule,
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
    tiers: list[Tier | str] = ["N1", Tier("bot", kind="bot")]
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


def steps(**targets: list[Step]) -> SLAPolicy:
    """Promises of an hour for urgent tickets, and of a day for all, with these steps."""
    return SLAPolicy(
        [
            Target(
                "ownership",
                "1h",
                when='priority == "urgent"',
                name="urgent",
                steps=targets.get("urgent", [Step("100%", notify="lead")]),
            ),
            Target(
                "ownership",
                "8h",
                default=True,
                name="usual",
                steps=targets.get("usual", [Step("100%", notify="lead")]),
            ),
        ]
    )


WARNED: Final = Step("50%", notify="lead")
VIP: Final = '"vip" in tags'
NO_VIP: Final = '"vip" not in tags'
MISSED: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "a late change passes the warning by, and only tags": (
        "forgotten",
        {"sla": steps(urgent=[WARNED, Step("100%", tag="late")])},
    ),
    "a late change passes the warning by, and nobody hears of the breach": (
        "nobody-told",
        {"sla": steps(urgent=[WARNED, Step("80%", when=VIP, notify="lead")])},
    ),
    "each of two steps comes while the other one's condition holds": (
        "forgotten",
        {
            "sla": steps(
                usual=[
                    Step("50%", when=VIP, notify="lead"),
                    Step("60%", when=NO_VIP, notify="lead"),
                ]
            )
        },
    ),
    "each of two rules looks while the other one's condition holds": (
        "silent-pause",
        {
            "rules": [
                Rule("vip", on="idle", after="1d", when=VIP, notify="lead"),
                Rule("rest", on="idle", after="2d", when=NO_VIP, notify="lead"),
            ]
        },
    ),
}


@pytest.mark.parametrize("name", MISSED)
def test_a_word_that_may_be_missed_is_no_proof(name: str) -> None:
    """What speaks in each situation may still be heard in none, and a ticket shows it."""
    code, changes = MISSED[name]
    verdict = desk(**changes).verify().verdict(code)
    assert verdict.answer == "refuted", str(verdict)
    for finding in verdict.findings:
        assert finding.trace is not None
        assert finding.trace.replay() == finding.trace


def test_a_word_behind_those_that_may_be_missed_is_one() -> None:
    """Where the last step speaks whatever happens, all the others may be passed by."""
    conditional = [Step("50%", when=VIP, notify="lead"), Step("100%", notify="lead")]
    report = desk(sla=steps(urgent=conditional, usual=conditional)).verify()
    assert report.verdict("nobody-told").answer == "proved"
    assert report.verdict("forgotten").answer == "proved"
