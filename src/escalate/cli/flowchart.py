"""The tiers of a policy as a picture of letters, with how many tickets went which way."""

from __future__ import annotations

from collections.abc import Mapping

from escalate.core.policy import EscalationPolicy


def flowchart(policy: EscalationPolicy, moves: Mapping[tuple[str, str], int]) -> str:
    """Return the tiers of *policy* side by side and its paths below, each with its count in *moves*.

    A move that the policy has no path for is drawn with ``!``.

    >>> from escalate import EscalationPolicy, Path
    >>> policy = EscalationPolicy("desk", ["N1", "N2"], [Path("N1", "N2")])
    >>> print(flowchart(policy, {("N1", "N2"): 3}))
    [ N1 ]      [ N2 ]
       |---- 3 --->|
    """
    columns, at = [], 0
    boxes = ""
    for name in policy.tier_names:
        box = f"[ {name} ]"
        boxes = f"{boxes:<{at}}{box}"
        columns.append(at + len(box) // 2)
        at = len(boxes) + 6
    place = dict(zip(policy.tier_names, columns, strict=True))
    declared = [(path.source, path.target) for path in policy.paths]
    others = [move for move in moves if move not in declared and set(move) <= set(place)]
    rows = [
        _arrow(place[a], place[b], moves.get((a, b), 0), "-") for a, b in dict.fromkeys(declared)
    ]
    rows += [_arrow(place[a], place[b], moves[a, b], "!") for a, b in others]
    return "\n".join([boxes, *rows])


def _arrow(start: int, end: int, count: int, line: str) -> str:
    left, right = sorted((start, end))
    label = f" {count:,} ".center(right - left - 1, line)
    shaft = f"{label[:-1]}>" if end > start else f"<{label[1:]}"
    return " " * left + "|" + shaft + "|"
