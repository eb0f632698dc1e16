"""``python -m benchmarks engine``: what a decision costs, against one send of a statechart."""

from __future__ import annotations

import gc
import sys
import time
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path as FilePath
from statistics import median

from statemachine import State, StateMachine

from benchmarks.harness import human, measure, show_table, show_versions
from escalate import (
    EscalationPolicy,
    Path,
    Receiver,
    Rule,
    SLAPolicy,
    Target,
    WorkCalendar,
    load_policy,
)
from escalate.core import advance, fold, step
from escalate.core import commands as c

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
VOLVO = FilePath(__file__).parents[2] / "shared" / "data" / "volvo_incidents"
EXAMPLE = FilePath(__file__).parents[1] / "examples" / "volvo"


class Guarded(StateMachine):
    """Two states, and a guard on each way: the least that a statechart does for one event."""

    low = State(initial=True)
    high = State()
    go = low.to(high, cond="may") | high.to(low, cond="may")

    def may(self) -> bool:
        """Always."""
        return True


def policy() -> EscalationPolicy:
    """Three tiers, three clocks, and a rule of two parts that is judged at every move."""
    return EscalationPolicy(
        "measured",
        ["N1", "N2", "N3"],
        [Path("N1", "N2"), Path("N2", "N3"), Path("N2", "N1", kind="return")],
        sla=SLAPolicy(
            [
                Target("ownership", "12h", tiers=["N1"]),
                Target("ownership", "24h", default=True),
                Target("first_response", "4h", default=True),
                Target("resolution", "80h", default=True),
            ]
        ),
        rules=[
            Rule("vip", on="entered", when='"vip" in tags and priority >= "high"', notify="lead")
        ],
        receivers=[Receiver("lead")],
        fallback="lead",
        calendars={
            "office": WorkCalendar(
                timezone="America/Sao_Paulo", hours={"mon-fri": ["09:00-12:00", "13:00-18:00"]}
            )
        },
    )


def main() -> None:
    """Print the tables."""
    show_versions("attrs", "python-statemachine")
    measured, machine = policy(), Guarded()
    ticket = step(None, c.Open("T-1"), measured, now=MONDAY).ticket
    assert ticket is not None
    now, escalate, note = MONDAY + timedelta(hours=1), c.Escalate(), c.Note()
    journal = [
        *step(None, c.Open("T-1"), measured, now=MONDAY).events,
        *step(ticket, escalate, measured, now=now).events,
    ]
    calls = {
        "one send, one guard": lambda: machine.send("go"),
        "step: an escalation": lambda: step(ticket, escalate, measured, now=now),
        "step: a note": lambda: step(ticket, note, measured, now=now),
        "fold of two events": lambda: fold(None, journal),
        "advance, nothing due": lambda: advance(ticket, measured, before=now),
    }
    timings = measure(calls)
    base = "one send, one guard"
    rows = [
        (name, human(timings.seconds(name)), f"{timings.ratio(base, name):.1f} x") for name in calls
    ]
    show_table(
        "A decision: three clocks run, ownership ends and begins, a two-part rule is judged, next due known",
        ("what", "CPU", "a send is"),
        rows,
    )
    show_table(
        "Memory", ("what", "bytes"), [("a ticket with three clocks", f"{_bytes(measured):,}")]
    )
    if VOLVO.is_dir():
        _replay()


def _bytes(measured: EscalationPolicy) -> int:
    """Return what one more open ticket takes, its first message not counted."""
    opened = [c.Open(f"T-{number}") for number in range(500)]
    step(None, opened[0], measured, now=MONDAY)
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    tickets = [step(None, command, measured, now=MONDAY).ticket for command in opened]
    gc.collect()
    used = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    messages = [ticket.messages for ticket in tickets if ticket is not None]
    said = sum(sys.getsizeof(each) + sys.getsizeof(each[0]) for each in messages)
    return (used - said) // len(tickets)


def _replay() -> None:
    from escalate.offline import Mapping, read, replay

    rules = load_policy(EXAMPLE / "policy.toml")
    mapping = Mapping.from_file(EXAMPLE / "mapping.toml")
    rates = []
    for _ in range(5):
        start = time.process_time()
        log = read(VOLVO / "volvo_incidents.csv.gz", mapping=mapping)
        read_s = time.process_time() - start
        replay(log, rules)
        rates.append((log.events / (time.process_time() - start), log.events / read_s))
    show_table(
        "Replay of the Volvo IT incident log under examples/volvo/policy.toml, one core",
        ("what", "events a second"),
        [
            ("reading alone", f"{median(rate for _, rate in rates):,.0f}"),
            ("reading and replaying", f"{median(rate for rate, _ in rates):,.0f}"),
        ],
    )
