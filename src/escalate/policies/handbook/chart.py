"""The flowchart of a handbook: tiers and the ways between them, with what goes along them by itself."""

from __future__ import annotations

from collections.abc import Iterator

from escalate.core.doing import Doing
from escalate.core.policy import Path
from escalate.policies.diagram import to_mermaid
from escalate.policies.handbook.page import Chart, Way
from escalate.policies.handbook.teller import Teller
from escalate.policies.mermaid import escaped, quoted


def chart(teller: Teller) -> Chart:
    """Return the flowchart of a policy."""
    policy, say = teller.policy, teller.language.say
    place = {tier.name: index for index, tier in enumerate(policy.tiers)}
    ways = tuple(
        Way(place[path.source], place[path.target], path.kind, _text(path, teller))
        for path in policy.paths
    )
    boxes = tuple((tier.name, tier.title) for tier in policy.tiers)
    english = teller.language.code == "en"
    mermaid = to_mermaid(policy, statuses=False) if english else _mermaid(teller, ways)
    return Chart(mermaid, boxes, ways, say("chart.alt"), say("chart.source"))


def _mermaid(teller: Teller, ways: tuple[Way, ...]) -> str:
    """Return the diagram with the words of another language, each way with its number in the list."""
    lines = ["flowchart TB"]
    for index, tier in enumerate(teller.policy.tiers):
        title = "" if tier.title == tier.name else escaped(tier.title)
        lines.append(f"  t{index}[{quoted(escaped(tier.name), title)}]")
    for number, way in enumerate(ways, 1):
        label = quoted(escaped(f"{number} {teller.language.say(f'kind.{way.kind}')}"))
        arrow = "==>" if way.kind == "escalate" else "-->"
        lines.append(f"  t{way.source} {arrow}|{label}| t{way.target}")
    return "\n".join(lines) + "\n"


def _text(path: Path, teller: Teller) -> str:
    said = teller.language.said(teller.path(path), *automatic(path, teller))
    lead = teller.between(path)
    return teller.language.labelled(lead, said) if said else lead


def automatic(path: Path, teller: Teller) -> Iterator[str]:
    """Yield what takes a path by itself: rules, and steps of promises."""
    language, policy = teller.language, teller.policy
    for rule in policy.rules:
        if _takes(rule, rule.at, path):
            what = f"{language.quoted(rule.name)}{language.say('join.comma')}{teller.rule_on(rule)}"
            yield language.say("path.automatic", what=what)
    for target in policy.sla.targets:
        for step in target.steps:
            if _takes(step, target.tiers, path):
                what = language.labelled(teller.promise(target), teller.step_at(step))
                yield language.say("path.automatic", what=what)


def _takes(doing: Doing, at: tuple[str, ...], path: Path) -> bool:
    return doing.move == (path.kind, path.target) and (not at or path.source in at)
