"""How weights are learned: softmax regression by stochastic gradient descent, in whole numbers.

Each step looks at one example, compares the shares that the weights give the labels with the right one,
and moves the weights of its grams. The step size falls in a straight line to 0, which ends the descent near
the average of what it wandered around (Bottou, "Stochastic Gradient Descent Tricks", 2012). Few rounds with
large steps leave the weights small, and so stand in for a penalty on them.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Final

import attrs

from escalate.classifiers.text.lanes import ArrayRows, PackedRows, Rows
from escalate.classifiers.text.vocabulary import ONE, Vector

_UNIT_BITS: Final = 44
"""A sum of 2**44 is one unit of evidence. Evidence stays below 2**10, so sums have 2**54 to go to 2**62."""

_STEP: Final = 1 << (
    _UNIT_BITS - 24
)  # two factors of 4096: a gram's weight is in the move and in the sum


@attrs.frozen
class Training:
    """How to learn.

    Attributes:
        epochs: How often each example is looked at.
        rate: How large the first step is.
        seed: Which order the examples are looked at in.
        fast: Whether numpy does the sums; none means where it is installed. The weights are the same.
    """

    epochs: int = 5
    rate: float = 6.0
    seed: int = 0
    fast: bool | None = None

    def rows(self, grams: int, labels: int) -> Rows:
        """Return rows of zeros."""
        fast = find_spec("numpy") is not None if self.fast is None else self.fast
        return (ArrayRows if fast else PackedRows)(grams, labels)


def shares_of(evidence: Sequence[float]) -> list[float]:
    """Return the share of each label: softmax, which numpy is not asked for, as its exp may differ.

    >>> shares_of([0.0, 0.0])
    [0.5, 0.5]
    """
    most = max(evidence)
    powers = [math.exp(each - most) for each in evidence]
    total = math.fsum(powers)
    return [power / total for power in powers]


def learn(
    examples: Sequence[Vector], answers: Sequence[int], rows: Rows, training: Training
) -> float:
    """Bring *rows* to give each example its answer, and return what one unit of evidence is there.

    Args:
        examples: The grams of each text.
        answers: The place of the right label of each.
        rows: Zeros at first.
        training: How.
    """
    order = list(range(len(examples)))
    dice = random.Random(training.seed)  # noqa: S311 - an order to learn in is no secret
    steps = training.epochs * len(order)
    unit = float(1 << _UNIT_BITS)
    step = 0
    for _ in range(training.epochs):
        dice.shuffle(order)
        for place in order:
            numbers, weights = examples[place]
            size = training.rate * (1 - step / steps) * _STEP
            shares = shares_of([each / unit for each in rows.sums(numbers, weights)])
            moves = [round(size * share) for share in shares]
            moves[answers[place]] -= round(size)
            rows.lower(numbers, weights, moves)
            step += 1
    return unit / ONE
