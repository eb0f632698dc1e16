"""``python -m tests.verify.depth [runs]``: a defect 23 acts from the opening, looked for in two ways.

Random stateful testing, with the default settings of Hypothesis (100 lives of up to 50 acts), is asked some
runs, each with a seed of its own; the proof is asked as often. What counts is who finds it, not how fast.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from itertools import pairwise
from typing import Final

from hypothesis import Phase, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from escalate import EscalationPolicy, Path, Receiver, SLAPolicy, Step, Target
from escalate.core import commands as c
from escalate.core import events as e
from escalate.verify.findings import Finding
from tests.verify.lives import Desk

DEPTH: Final = 23
RUNS: Final = 20
_TIERS: Final = [f"line {n}" for n in range(1, DEPTH + 1)]
_TOLD: Final = [Step("100%", notify="lead")]


def deep() -> EscalationPolicy:
    """A desk of 23 lines, of which only the last tells nobody when it is late: 22 moves, then a wait."""
    return EscalationPolicy(
        "deep",
        _TIERS,
        [Path(lower, higher) for lower, higher in pairwise(_TIERS)],
        sla=SLAPolicy(
            [
                Target("ownership", "8h", tiers=_TIERS[:-1], steps=_TOLD),
                Target("ownership", "8h", tiers=_TIERS[-1:], name="forgotten"),
            ]
        ),
        receivers=[Receiver("lead", "always")],
        fallback="lead",
    )


class Lives(RuleBasedStateMachine):
    """What people who know the desk would write: an act each, and what must never happen."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk(deep())
        self.scene = self.desk.opened(c.Open("T-1"))

    @rule()
    def somebody_hands_on(self) -> None:
        """The ticket goes one line up."""
        self.scene = self.desk.asked(self.scene, c.Escalate())

    @rule()
    def the_customer_writes(self) -> None:
        """Something more is said."""
        self.scene = self.desk.asked(self.scene, c.CustomerReply())

    @rule()
    def somebody_takes_it(self) -> None:
        """Somebody works on it."""
        self.scene = self.desk.asked(self.scene, c.Take())

    @rule()
    def a_day_passes(self) -> None:
        """Nobody does anything."""
        self.scene = self.desk.waited(self.scene, self.scene.at + timedelta(days=1))

    @invariant()
    def no_promise_is_broken_in_silence(self) -> None:
        """The law that the planted defect breaks."""
        broken = [x for x in self.scene.events if isinstance(x, e.Breached)]
        told = [x for x in self.scene.events if isinstance(x, e.NotifyAsked)]
        assert len(told) >= len(broken)


def found_at_random(number: int) -> bool:
    """Whether run *number* of random stateful testing, as it comes, finds the defect."""
    machine = seed(number)(type("Run", (Lives,), {}))
    quietly = settings(database=None, print_blob=False, phases=[Phase.generate])
    try:
        run_state_machine_as_test(machine, settings=settings(quietly, deadline=None))
    except AssertionError:
        return True
    return False


def found_by_proof() -> Finding | None:
    """Return the finding of the proof; none if it misses the defect."""
    findings = deep().verify().verdict("nobody-told").findings
    return next((each for each in findings if each.code == "nobody-told"), None)


def main(words: list[str]) -> int:
    """Print how many runs of each find it."""
    runs = int(words[0]) if words else RUNS
    settings.load_profile("default")
    proofs = sum(found_by_proof() is not None for _ in range(runs))
    lucky = [number for number in range(runs) if found_at_random(number)]
    sys.stdout.write(
        f"a defect at depth {DEPTH}: {proofs} of {runs} proofs find it, and {len(lucky)} of {runs} runs of "
        f"random stateful testing ({settings().max_examples} lives of up to "
        f"{settings().stateful_step_count} acts each; seeds {lucky})\n"
    )
    return 0 if proofs == runs else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
