"""The looks of a report: two palettes, and rules that reach nothing outside of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

SCOPE: Final = "escalate-report"
LIGHT: Final = {
    "paper": "#ffffff",
    "ink": "#1c2330",
    "soft": "#4a5568",
    "line": "#c9d1dc",
    "tint": "#eef2f7",
    "mark": "#1f5fae",
    "part": "#5a8ccb",
    "back": "#7a4b00",
    "odd": "#b3261e",
    "warn": "#fff3d9",
    "warn-ink": "#5c3d00",
    "heat1": "#5a8ccb",
    "heat2": "#3b74bb",
    "heat3": "#1f5fae",
    "heat4": "#123f78",
}
DARK: Final = {
    "paper": "#12161d",
    "ink": "#e8ecf2",
    "soft": "#b3bdcb",
    "line": "#3a4453",
    "tint": "#1f2630",
    "mark": "#7db2f2",
    "part": "#4f86c6",
    "back": "#e3b062",
    "odd": "#ff9a90",
    "warn": "#3a2d10",
    "warn-ink": "#ffdf9e",
    "heat1": "#4f86c6",
    "heat2": "#6ea3e0",
    "heat3": "#97c3f7",
    "heat4": "#cfe4ff",
}
TEXTS: Final = (
    ("ink", "paper"),
    ("ink", "tint"),
    ("soft", "paper"),
    ("mark", "paper"),
    ("warn-ink", "warn"),
    ("odd", "paper"),
)
"""Pairs of text and ground that meet; WCAG asks for 4.5 to 1."""
MARKS: Final = (
    *((mark, "paper") for mark in ("mark", "back", "odd", "part")),
    *((mark, "tint") for mark in ("mark", "part", "heat1", "heat2", "heat3", "heat4")),
)
"""Pairs of a drawn thing and its ground; WCAG asks for 3 to 1."""

_RULES: Final = """
& {
  color: var(--ink); background: var(--paper); overflow-wrap: anywhere; text-align: left;
  font: 1rem/1.5 system-ui, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", sans-serif;
}
* { box-sizing: border-box; }
h1, h2, h3, h4, h5 { line-height: 1.25; margin: 0 0 .5rem; color: inherit; }
.name { font-size: 1.05rem; font-weight: 600; }
section { margin: 2rem 0; }
section > h2 { border-top: 3px solid var(--mark); padding-top: .75rem; }
p { margin: 0 0 .6rem; }
a { color: var(--mark); }
nav ul { columns: 16rem; padding-left: 1.2rem; margin: 0; }
.figures {
  display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 21rem), 1fr));
  align-items: start;
}
.figure { border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; min-width: 0; }
.scroll + .name { margin-top: 1.25rem; }
.wide-figure { grid-column: 1 / -1; }
.value { font-size: 1.75rem; font-weight: 650; line-height: 1.2; margin: 0 0 .5rem; }
.value small { font-size: 1rem; font-weight: 400; color: var(--soft); white-space: nowrap; }
.definition, .key, .left-out, .more { color: var(--soft); font-size: .875rem; }
.doubt { background: var(--warn); color: var(--warn-ink); border-left: .3rem solid; padding: .4rem .6rem; }
.left-out { margin-top: 1rem; }
.remark { max-width: 45rem; }
.in-short { border: 2px solid var(--mark); border-radius: .5rem; padding: 1rem; }
section.in-short > h2 { border-top: 0; padding-top: 0; }
.in-short ul { margin: 0; padding-left: 1.2rem; max-width: 45rem; }
.chart { margin: 0 -.3rem .5rem; padding: 0 .3rem; overflow-x: auto; }
details { margin-top: .4rem; }
summary { cursor: pointer; color: var(--mark); font-size: .875rem; padding: .2rem 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .875rem; margin: .25rem 0; width: auto; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; caption-side: top; }
th, td {
  padding: .3rem .6rem; text-align: right; vertical-align: top; border-bottom: 1px solid var(--line);
  overflow-wrap: normal; font-variant-numeric: tabular-nums; color: inherit; background: none;
}
th[scope=row] { font-weight: 400; }
th[scope=row], td.text, th.text {
  text-align: left; max-width: 24rem; overflow-wrap: anywhere; min-width: 6rem;
}
thead th { background: var(--tint); }
svg { display: block; font-size: 14px; overflow: visible; }
svg text { fill: var(--ink); font: inherit; font-size: 14px; }
svg .small { font-size: 12px; fill: var(--soft); }
svg .tiny { font-size: 11px; fill: var(--soft); }
svg .head { font-weight: 650; }
svg .mid { text-anchor: middle; }
svg .end { text-anchor: end; }
svg .track { fill: var(--tint); }
svg .none { fill: none; stroke: var(--line); stroke-dasharray: 2 3; }
svg .mark { fill: var(--mark); }
svg .part { fill: var(--part); stroke: var(--mark); }
svg .point { fill: var(--paper); stroke: var(--ink); stroke-width: 2; }
svg .whisker { stroke: var(--ink); stroke-width: 2; }
svg .median { stroke: var(--ink); stroke-width: 4; }
svg .axis { stroke: var(--soft); }
svg .grid { stroke: var(--line); stroke-dasharray: 3 3; }
svg .curve {
  fill: none; stroke: var(--mark); stroke-width: 2; stroke-linejoin: round;
  vector-effect: non-scaling-stroke;
}
svg .heat1 { fill: var(--heat1); }
svg .heat2 { fill: var(--heat2); }
svg .heat3 { fill: var(--heat3); }
svg .heat4 { fill: var(--heat4); }
svg .box { fill: var(--tint); stroke: var(--ink); stroke-width: 1.5; }
svg .pill { fill: var(--paper); stroke: var(--line); }
svg .way { fill: none; }
svg .way.on { stroke: var(--mark); }
svg .way.back { stroke: var(--back); stroke-dasharray: 7 4; }
svg .way.odd { stroke: var(--odd); stroke-dasharray: 2 3; }
svg .tip.on { fill: var(--mark); }
svg .tip.back { fill: var(--back); }
svg .tip.odd { fill: var(--odd); }
"""
_SELECTORS: Final = re.compile(r"^[^ {}][^{}]*(?= \{)", re.MULTILINE)
_PAGE: Final = """
body { margin: 0; background: var(--paper); }
.escalate-report { max-width: 68rem; margin: 0 auto; padding: 1rem; }
.skip { position: absolute; left: -999rem; }
.skip:focus { position: static; }
@page { margin: 14mm; }
@media print {
  .escalate-report { max-width: none; padding: 0; font-size: 10pt; }
  .escalate-report nav, .escalate-report details:not(.counted) { display: none; }
  .escalate-report .skip, .escalate-report .counted summary { display: none; }
  .escalate-report .counted::details-content { content-visibility: visible; }
  .escalate-report .figure, .escalate-report tr { break-inside: avoid; }
  .escalate-report h2, .escalate-report h3, .escalate-report thead { break-after: avoid; }
  .escalate-report svg, .escalate-report .doubt, .escalate-report thead th { print-color-adjust: exact; }
  .escalate-report .scroll, .escalate-report .chart { overflow: visible; }
}
"""


def fragment() -> str:
    """Return the rules of a report inside somebody else's page: each begins with the report's own class."""
    return f".{SCOPE} {{ {_variables(LIGHT)} color-scheme: light; }}\n{_scoped()}"


def page() -> str:
    """Return the rules of a page that is all report: also for the dark, and for paper."""
    light = f":root {{ {_variables(LIGHT)} color-scheme: light; }}\n"
    dark = f":root {{ {_variables(DARK)} color-scheme: dark; }}"
    return f"{light}@media screen and (prefers-color-scheme: dark) {{ {dark} }}\n{_scoped()}{_PAGE}"


def _scoped() -> str:
    return _SELECTORS.sub(lambda found: _inside(found[0]), _RULES.lstrip())


def _inside(selectors: str) -> str:
    parts = selectors.split(", ")
    return ", ".join(f".{SCOPE}" if part == "&" else f".{SCOPE} {part}" for part in parts)


def _variables(palette: Mapping[str, str]) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in palette.items())
