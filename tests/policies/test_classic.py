"""The policy that new users copy: the same in TOML and in Python."""

from __future__ import annotations

from datetime import date
from pathlib import Path as FilePath

from escalate import EscalationPolicy, Path, SLAPolicy, Target, Tier, WorkCalendar, load_policy
from escalate.core.protocol import Check, Receiver, RequestType
from escalate.core.rules import Rule
from escalate.core.sla import Step

CLASSIC = FilePath(__file__).parents[2] / "examples" / "policies" / "classic.toml"
URGENT = 'priority == "urgent"'
WARNED = (Step("75%", notify="tier_lead"), Step("100%", notify="duty_manager"))

PYTHON = EscalationPolicy(
    "support",
    [
        Tier("N1", "First line", handles=["simple and known requests"], calendar="office"),
        Tier("N2", "Product specialists", calendar="office"),
        Tier("N3", "Those who built it", calendar="office"),
    ],
    [
        Path("N1", "N2", requires=["summary", "tried"]),
        Path("N2", "N3", requires=["summary", "tried", "hypothesis"]),
        Path("N2", "N1", kind="return"),
        Path("N3", "N2", kind="return"),
        Path("N1", "N3", when=URGENT),
    ],
    sla=SLAPolicy(
        [
            Target(
                "ownership",
                "2h",
                tiers=["N1"],
                when=URGENT,
                calendar="always",
                steps=[Step("100%", escalate_to="N2", notify="duty_manager")],
            ),
            Target(
                "ownership",
                "2h",
                when=URGENT,
                calendar="always",
                steps=[Step("100%", notify="duty_manager")],
            ),
            Target(
                "ownership",
                "12h",
                tiers=["N1"],
                steps=[
                    Step("75%", notify="tier_lead"),
                    Step("100%", escalate_to="N2", notify="duty_manager"),
                ],
            ),
            Target("ownership", "24h", default=True, steps=WARNED),
            Target(
                "resolution",
                "4h",
                when=URGENT,
                calendar="always",
                steps=[Step("50%", notify="duty_manager"), Step("100%", notify="duty_manager")],
            ),
            Target("resolution", "80h", default=True, steps=WARNED),
        ]
    ),
    rules=[
        Rule(
            "not a simple login",
            on="milestone",
            at=["N1"],
            when='request_type == "login" and reached("password_verified") and reached("network_ok")',
            escalate_to="N2",
        ),
        Rule("vip starts higher", on="opened", at=["N1"], when='"vip" in tags', escalate_to="N2"),
        Rule(
            "silent pause",
            on="idle",
            after="3d",
            when='status in ("pending", "on_hold")',
            notify="duty_manager",
        ),
    ],
    request_types=[
        RequestType(
            "login",
            tier="N1",
            channels=["chat", "phone", "email"],
            checklist=[
                Check("password_verified", ask="Is the password right?", who="agent"),
                Check("network_ok", ask="Does another site open?", who="agent"),
            ],
        )
    ],
    receivers=[Receiver("tier_lead", calendar="office"), Receiver("duty_manager", "always")],
    calendars={
        "office": WorkCalendar(
            timezone="America/Sao_Paulo",
            hours={"mon-fri": ["09:00-12:00", "13:00-18:00"]},
            holidays=[date(2026, 12, 25)],
        )
    },
    fallback="duty_manager",
    on_exhausted="duty_manager",
    entry="N1",
    max_bounces=2,
    version="2026-11",
)


def test_the_classic_policy_reads_alike_in_toml_and_in_python() -> None:
    """Whoever moves from the file to code, or back, has the very same policy."""
    assert load_policy(CLASSIC) == PYTHON
