"""What a verdict may be. Whoever asks a classifier checks its answer here, and here alone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any, Final

from escalate.core.model import Tier, Verdict
from escalate.errors import InvalidVerdict

MEANINGS: Final = ("probability", "score", "none")
MOST_WHY: Final = 100
"""How many features may stand in a verdict: it is kept in a journal for years, and read by people."""
LONGEST_WORD: Final = 200
"""How many letters a feature or a reason may have."""


def check_verdict(said: object, tiers: Sequence[Tier]) -> Verdict:
    """Return what a classifier said of a ticket under *tiers*, in plain words and numbers.

    Numbers of numpy and words of any other kind of ``str`` come back as ``float`` and ``str``, so that
    what is journalled reads back the same.

    Raises:
        InvalidVerdict: It is nonsense: no verdict, a tier that is not there, a score that is no number.

    >>> check_verdict(Verdict("N2", 0.9), [Tier("N1"), Tier("N2")]).tier
    'N2'
    >>> check_verdict(Verdict("N7"), [Tier("N1"), Tier("N2")])
    Traceback (most recent call last):
    ...
    escalate.errors.inputs.InvalidVerdict: Verdict.tier: got 'N7', wanted one of N1, N2
    """
    if not isinstance(said, Verdict):
        raise InvalidVerdict("classify", said, "a Verdict, or ABSTAIN(reason)")
    names = [tier.name for tier in tiers]
    if said.tier is not None and said.tier not in names:
        raise InvalidVerdict("Verdict.tier", said.tier, f"one of {', '.join(names)}")
    if said.meaning not in MEANINGS:
        raise InvalidVerdict("Verdict.meaning", said.meaning, f"one of {', '.join(MEANINGS)}")
    return Verdict(
        tier=None if said.tier is None else str(said.tier),
        confidence=_confidence(said.confidence),
        scores=_scores(said.scores, names),
        why=_why(said.why),  # type: ignore[arg-type]  # mypy loses what tuple() converts
        meaning=str(said.meaning),
        reason=_word("Verdict.reason", said.reason),
    )


def _confidence(said: object) -> float | None:
    if said is None:
        return None
    number = _number("Verdict.confidence", said)
    # Checked when it was made, but a class derived from Verdict may skip that.
    if not 0 <= number <= 1:
        raise InvalidVerdict("Verdict.confidence", said, "a number from 0 to 1")
    return number


def _scores(said: object, names: Sequence[str]) -> dict[str, float]:
    if not isinstance(said, Mapping):
        raise InvalidVerdict("Verdict.scores", said, "a mapping from the names of tiers to numbers")
    for name in said:
        if name not in names:
            raise InvalidVerdict("Verdict.scores", name, f"names of tiers: {', '.join(names)}")
    return {str(name): _number(f"Verdict.scores[{name!r}]", said[name]) for name in said}


def _why(said: tuple[Any, ...]) -> tuple[tuple[str, float], ...]:
    if len(said) > MOST_WHY:
        raise InvalidVerdict(
            "Verdict.why", f"{len(said)} features", f"the heaviest, {MOST_WHY} at most"
        )
    for pair in said:
        if not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) != 2:
            raise InvalidVerdict("Verdict.why", pair, 'pairs such as ("vpn", 1.5)')
    return tuple((_word("Verdict.why", word), _number("Verdict.why", n)) for word, n in said)


def _number(what: str, said: object) -> float:
    if isinstance(said, Real) and not isinstance(said, bool) and math.isfinite(said):
        return float(said)
    raise InvalidVerdict(what, said, "a finite number")


def _word(what: str, said: object) -> str:
    if isinstance(said, str) and len(said) <= LONGEST_WORD:
        return str(said)
    raise InvalidVerdict(what, said, f"a word or a few, of {LONGEST_WORD} letters at most")
