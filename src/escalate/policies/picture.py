"""A policy's flowchart as SVG, for where nothing may be loaded, with the way that a ticket took."""

from __future__ import annotations

from collections.abc import Collection
from html import escape

from escalate.core.explained import plain
from escalate.core.policy import EscalationPolicy, Path
from escalate.policies.handbook.drawing import draw
from escalate.policies.handbook.page import Chart, Way


def to_svg(policy: EscalationPolicy, *, through: Collection[tuple[str, str]] = ()) -> str:
    """Return *policy* as an SVG picture; see :meth:`EscalationPolicy.to_svg`."""
    place = {name: number for number, name in enumerate(policy.tier_names)}
    ways = tuple(
        Way(place[path.source], place[path.target], path.kind, _told(path)) for path in policy.paths
    )
    boxes = tuple((tier.name, tier.title) for tier in policy.tiers)
    gone = [f"{source} > {target}" for source, target in through]
    alt = f"The tiers of {policy.name} and the paths between them"
    alt = f"{alt}; a ticket went {', '.join(gone)}" if gone else alt
    marked = [
        i for i, path in enumerate(policy.paths) if (path.source, path.target) in set(through)
    ]
    return "\n".join(draw(Chart("", boxes, ways, alt, ""), _shown, marked=marked))


def _told(path: Path) -> str:
    asks = f" with {', '.join(path.requires)}" if path.requires else ""
    return f"{path.kind} {path.source} > {path.target}{asks}"


def _shown(text: str) -> str:
    return escape(plain(text))
