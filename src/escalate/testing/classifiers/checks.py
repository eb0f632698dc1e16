"""What a check is: a promise, a function that holds a classifier against it, and whom it concerns."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import attrs

from escalate.classifiers.base import can_fit, can_save, is_deterministic, meaning_of
from escalate.testing.classifiers.bench import ENOUGH, ClassifierBench, as_bench

Need = Callable[[ClassifierBench], str]
"""Says why a check does not concern a classifier; empty if it does."""


@attrs.frozen
class Check:
    """One promise of a classifier, and how to find out whether it is kept.

    Call it with a class or function that makes a classifier, or with a :class:`ClassifierBench`. It
    raises an AssertionError that says what to mend. Where it does not concern the classifier it does
    nothing; :meth:`not_applicable` says why.

    Attributes:
        run: What holds a bench against the promise.
        needs: What a classifier has to declare for the check to concern it.
    """

    run: Callable[[ClassifierBench], None]
    needs: tuple[Need, ...] = ()

    @property
    def name(self) -> str:
        """The name, as ``expected_failed_checks`` has it."""
        return self.run.__name__

    @property
    def __name__(self) -> str:
        """The name, as pytest looks for it."""
        return self.name

    @property
    def promise(self) -> str:
        """What the classifier promises."""
        return inspect.getdoc(self.run) or ""

    def not_applicable(self, thing: object) -> str:
        """Return why it does not concern a classifier; empty if it does."""
        bench = as_bench(thing)
        return next((why for why in (need(bench) for need in self.needs) if why), "")

    def __call__(self, thing: object) -> None:
        """Hold a classifier against the promise.

        Raises:
            AssertionError: It does not keep it.
        """
        bench = as_bench(thing)
        if not self.not_applicable(bench):
            self.run(bench)

    def __repr__(self) -> str:
        return self.name


def check(*needs: Need) -> Callable[[Callable[[ClassifierBench], None]], Check]:
    """Make a check of a function that raises where a bench does not keep what its docstring promises."""
    return lambda run: Check(run, needs)


# -- whom a check concerns


def repeats(bench: ClassifierBench) -> str:
    """Those that do not declare otherwise."""
    return "" if is_deterministic(bench.new()) else "it declares deterministic = False"


def batches(bench: ClassifierBench) -> str:
    """Those that look at many tickets at once."""
    return "" if callable(getattr(bench.new(), "classify_many", None)) else "no classify_many"


def learns(bench: ClassifierBench) -> str:
    """Those that learn from examples."""
    return "" if can_fit(bench.new()) else "no fit"


def saves(bench: ClassifierBench) -> str:
    """Those that can be kept in a file."""
    return "" if can_save(bench.ready()) else "no save and load"


def means_probability(bench: ClassifierBench) -> str:
    """Those whose confidence is a probability."""
    meaning = meaning_of(bench.new())
    return "" if meaning == "probability" else f"its confidence means {meaning!r}"


def means_something(bench: ClassifierBench) -> str:
    """Those that declare what their confidence means."""
    return "" if hasattr(bench.new(), "meaning") else "it declares no meaning"


def is_monotone(bench: ClassifierBench) -> str:
    """Those that declare fields of which more never means a lower tier."""
    return "" if getattr(bench.new(), "monotone", None) else "it declares no monotone fields"


def covers(bench: ClassifierBench) -> str:
    """Those that promise sets which hold the right tier."""
    new = bench.new()
    declared = hasattr(new, "alpha") and callable(getattr(new, "set_of", None))
    return "" if declared else "no set_of and alpha"


def has_holdout(bench: ClassifierBench) -> str:
    """Those with enough labelled tickets on the bench."""
    have = len(bench.holdout)
    return "" if have >= ENOUGH else f"holdout has {have} labelled tickets, and {ENOUGH} are needed"
