"""The desk of ``escalate demo``: made up, like everybody in it. What happens there is in ``demo_story``."""

from __future__ import annotations

from escalate.core.model import Tier
from escalate.core.policy import EscalationPolicy, Path
from escalate.core.protocol import Check, Receiver, RequestType
from escalate.core.rules import Rule
from escalate.core.sla import SLAPolicy, Step, Target
from escalate.core.workcalendar import WorkCalendar


def policy() -> EscalationPolicy:
    """Return the policy of the desk: three lines, office hours, an answer or a handover in 12 h."""
    return EscalationPolicy(
        "demo",
        [Tier("N1", "First line"), Tier("N2", "Product specialists"), Tier("N3", "Developers")],
        [
            Path("N1", "N2", requires=("summary", "tried")),
            Path("N2", "N3", requires=("summary", "tried", "hypothesis")),
            Path("N2", "N1", kind="return"),
            Path("N3", "N2", kind="return"),
        ],
        sla=_promises(),
        rules=_rules(),
        request_types=[
            RequestType(
                "login",
                tier="N1",
                checklist=[
                    Check("password_verified", ask="Is the password right?"),
                    Check("network_ok", ask="Does another site open?"),
                ],
            )
        ],
        receivers=[Receiver("tier_lead"), Receiver("duty_manager", calendar="always")],
        fallback="duty_manager",
        calendars={
            "office": WorkCalendar(
                timezone="America/Sao_Paulo", hours={"mon-fri": ["09:00-12:00", "13:00-18:00"]}
            )
        },
    )


def _promises() -> SLAPolicy:
    warning = Step("75%", notify="tier_lead")
    taking_over = Step("100%", escalate_to="N2", notify="duty_manager")
    return SLAPolicy(
        [
            Target("ownership", "12h", tiers=("N1",), steps=(warning, taking_over)),
            Target("ownership", "24h", default=True, steps=(warning,)),
            Target("resolution", "80h", default=True),
        ]
    )


def _rules() -> list[Rule]:
    return [
        Rule(
            "not a simple login",
            on="milestone",
            at=("N1",),
            when='request_type == "login" and reached("password_verified") and reached("network_ok")',
            escalate_to="N2",
        ),
        Rule("vip starts higher", on="opened", at=("N1",), when='"vip" in tags', escalate_to="N2"),
    ]
