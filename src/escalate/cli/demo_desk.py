"""The desk of ``escalate demo``: made up, like everybody in it. What happens there is in ``demo_story``."""

from __future__ import annotations

from escalate.core.model import Tier
from escalate.core.policy import EscalationPolicy, Path
from escalate.core.protocol import Check, Receiver, RequestType
from escalate.core.rules import Rule
from escalate.core.sla import SLAPolicy, Step, Target
from escalate.core.workcalendar import WorkCalendar


def policy() -> EscalationPolicy:
    """Return the policy of the desk: a bot and three lines, office hours, an answer or a handover in 12 h."""
    return EscalationPolicy(
        "demo",
        [
            Tier("bot", "Chat bot", kind="bot", calendar="always"),
            Tier("N1", "First line"),
            Tier("N2", "Product specialists"),
            Tier("N3", "Developers"),
        ],
        [
            Path("bot", "N1"),
            Path("N1", "N2", requires=("summary", "tried")),
            Path("N2", "N3", requires=("summary", "tried", "hypothesis")),
            Path("N2", "N1", kind="return"),
            Path("N3", "N2", kind="return"),
        ],
        entry="N1",
        sla=_promises(),
        rules=_rules(),
        request_types=[
            RequestType(
                "login", tier="bot", checklist=[Check("caps_lock", ask="Caps lock off?", who="bot")]
            )
        ],
        receivers=[Receiver("N1's lead"), Receiver("manager", calendar="always")],
        fallback="manager",
        calendars={
            "office": WorkCalendar(
                timezone="America/Sao_Paulo", hours={"mon-fri": ["09:00-12:00", "13:00-18:00"]}
            )
        },
    )


def _promises() -> SLAPolicy:
    warning = Step("75%", notify="N1's lead")
    taking_over = Step("100%", escalate_to="N2", notify="manager")
    return SLAPolicy(
        [
            Target(
                "ownership", "12h", name="12h in N1", tiers=("N1",), steps=(warning, taking_over)
            ),
            Target("ownership", "24h", name="24h above", tiers=("N2", "N3")),
            Target("resolution", "40h", name="solved in 40h", calendar="office", default=True),
        ]
    )


def _rules() -> list[Rule]:
    return [
        Rule(
            "no use",
            on="attempt_failed",
            at=("bot",),
            when='attempts("answer") >= 2',
            escalate_to="N1",
        ),
        Rule("vip", on="opened", at=("N1",), when='"vip" in tags', escalate_to="N2"),
    ]
