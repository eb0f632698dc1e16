"""Small desks for proofs: a good one, and what can be wrong with it, one thing at a time."""

from __future__ import annotations

from typing import Any, Final

from escalate import (
    Check,
    EscalationPolicy,
    Path,
    Receiver,
    RequestType,
    Rule,
    SLAPolicy,
    Step,
    Target,
    Tier,
    WorkCalendar,
)

OFFICE: Final = WorkCalendar(timezone="Europe/Madrid", hours={"mon-fri": ["09:00-18:00"]})
TOLD: Final = (Step("75%", notify="lead"), Step("100%", notify="duty"))
UP: Final = (Step("75%", notify="lead"), Step("100%", escalate_to="N2", notify="duty"))
PAUSES: Final = Rule(
    "silent pause", on="idle", after="3d", when='status in ("pending", "on_hold")', notify="lead"
)
PATHS: Final = (Path("N1", "N2", requires=["summary"]), Path("N2", "N1", "return"))
TARGETS: Final = (
    Target("ownership", "8h", tiers=["N1"], steps=UP),
    Target("ownership", "16h", default=True, steps=TOLD),
    Target("resolution", "40h", default=True, steps=TOLD),
)
RECEIVERS: Final = (Receiver("lead", "office"), Receiver("duty", "always"))


def desk(**changes: Any) -> EscalationPolicy:
    """A policy with which nothing is wrong, but for *changes*."""
    targets = changes.pop("targets", TARGETS)
    given: dict[str, Any] = {
        "tiers": ["N1", "N2"],
        "paths": PATHS,
        "sla": SLAPolicy(targets),
        "rules": [PAUSES],
        "receivers": RECEIVERS,
        "calendars": {"office": OFFICE},
        "fallback": "duty",
        **changes,
    }
    return EscalationPolicy("desk", given.pop("tiers"), given.pop("paths"), **given)


LOGIN: Final = RequestType("login", "N1", ["chat"], [Check("password_verified")])
BOT: Final = Tier("bot", kind="bot", calendar="office")

GOOD: Final[dict[str, EscalationPolicy]] = {
    "plain": desk(),
    "by priority": desk(
        targets=[
            Target("ownership", "2h", when='priority == "urgent"', calendar="office", steps=TOLD),
            *TARGETS[1:],
        ]
    ),
    "a bot first": desk(
        tiers=[BOT, Tier("N1", calendar="office"), Tier("N2", calendar="office")],
        paths=[Path("bot", "N1"), *PATHS],
        rules=[
            PAUSES,
            Rule("wants a person", on="human_requested", at=["bot"], escalate_to="N1"),
        ],
    ),
    "checks": desk(
        request_types=[LOGIN, RequestType("other")],
        rules=[
            PAUSES,
            Rule(
                "known",
                on="milestone",
                at=["N1"],
                when='request_type == "login" and reached("password_verified")',
                escalate_to="N2",
            ),
        ],
    ),
    "tags": desk(
        rules=[PAUSES, Rule("vip", on="opened", at=["N1"], when='"vip" in tags', escalate_to="N2")]
    ),
    "answers": desk(
        targets=[Target("first_response", "4h", default=True, steps=TOLD), *TARGETS],
    ),
}

BAD: Final[dict[str, tuple[str, EscalationPolicy]]] = {
    "a bot keeps it": (
        "stranded",
        desk(
            tiers=[BOT, Tier("N1", calendar="office"), Tier("N2", calendar="office")],
            request_types=[RequestType("hard", "N1")],
        ),
    ),
    "a promise without a step": (
        "nobody-told",
        desk(targets=[*TARGETS[:2], Target("resolution", "40h", default=True)]),
    ),
    "steps whose conditions leave a gap": (
        "nobody-told",
        desk(
            targets=[
                *TARGETS[:2],
                Target(
                    "resolution",
                    "40h",
                    default=True,
                    steps=[Step("100%", when='priority == "urgent"', notify="duty")],
                ),
            ]
        ),
    ),
    "all asleep": (
        "nobody-told",
        desk(
            fallback="lead",
            targets=[
                *TARGETS[:2],
                Target("resolution", "40h", default=True, calendar="always", steps=TOLD[:1]),
            ],
        ),
    ),
    "to and fro by timers": (
        "endless-moves",
        desk(
            paths=[Path("N1", "N2"), Path("N2", "N1")],
            targets=[
                TARGETS[0],
                Target("ownership", "8h", tiers=["N2"], steps=[Step("100%", escalate_to="N1")]),
            ],
            max_automatic=5,
        ),
    ),
    "to and fro by rules": (
        "endless-moves",
        desk(
            paths=[Path("N1", "N2"), Path("N2", "N1")],
            rules=[
                PAUSES,
                Rule("up", on="alarm", at=["N1"], escalate_to="N2"),
                Rule("down", on="alarm", at=["N2"], escalate_to="N1"),
            ],
            max_automatic=4,
        ),
    ),
    "nothing in the second tier": ("forgotten", desk(targets=[TARGETS[0]])),
    "behind the step that moves": (
        "never-fires",
        desk(
            targets=[
                Target(
                    "ownership",
                    "8h",
                    tiers=["N1"],
                    steps=[*UP, Step("150%", notify="lead")],
                ),
                *TARGETS[1:],
            ]
        ),
    ),
    "a rule for what never is": (
        "never-fires",
        desk(
            rules=[
                PAUSES,
                Rule("late", on="customer_replied", at=["N1"], when="bounces > 1", notify="lead"),
            ],
            paths=PATHS[:1],
        ),
    ),
    "the general before the particular": (
        "shadowed",
        desk(
            targets=[
                TARGETS[0],
                Target("ownership", "2h", tiers=["N1"], when='priority == "urgent"', steps=UP),
                *TARGETS[1:],
            ]
        ),
    ),
    "two rules, two ways": (
        "disagreeing-rules",
        desk(
            tiers=["N1", "N2", "N3"],
            paths=[Path("N1", "N2"), Path("N1", "N3")],
            rules=[
                PAUSES,
                Rule("vip", on="opened", at=["N1"], when='"vip" in tags', escalate_to="N2"),
                Rule("big", on="opened", at=["N1"], when='"big" in tags', escalate_to="N3"),
            ],
        ),
    ),
    "only the urgent are promised anything": (
        "no-promise",
        desk(
            targets=[
                Target("ownership", "8h", when='priority == "urgent"', steps=TOLD),
            ]
        ),
    ),
    "urgent waits longer": (
        "promises-out-of-order",
        desk(
            targets=[
                Target("ownership", "20h", when='priority == "urgent"', steps=TOLD),
                *TARGETS[1:],
            ]
        ),
    ),
    "the answer after the solution": (
        "promises-out-of-order",
        desk(targets=[Target("first_response", "50h", default=True, steps=TOLD), *TARGETS]),
    ),
    "up when it is too late": (
        "promises-out-of-order",
        desk(
            targets=[
                TARGETS[0],
                TARGETS[1],
                Target("resolution", "4h", default=True, steps=TOLD),
            ]
        ),
    ),
    "a tier to which nothing leads": (
        "unreachable",
        desk(
            tiers=["N1", "N2", "N3"],
            paths=[*PATHS, Path("N3", "N2", "return")],
        ),
    ),
    "a bot that should write a summary": (
        "handoff-never-given",
        desk(
            tiers=[BOT, Tier("N1", calendar="office"), Tier("N2", calendar="office")],
            paths=[Path("bot", "N1", requires=["summary"]), *PATHS],
            rules=[
                PAUSES,
                Rule("wants a person", on="human_requested", at=["bot"], escalate_to="N1"),
            ],
        ),
    ),
    "a check of another request": (
        "milestone-out-of-reach",
        desk(
            request_types=[LOGIN, RequestType("other")],
            rules=[
                PAUSES,
                Rule(
                    "known",
                    on="milestone",
                    at=["N1"],
                    when='request_type == "other" and reached("password_verified")',
                    escalate_to="N2",
                ),
            ],
        ),
    ),
    "nobody looks after pauses": ("silent-pause", desk(rules=[])),
    "one request by two names": (
        "request-unclear",
        desk(request_types=[RequestType("log-in"), RequestType("Log in")]),
    ),
}
