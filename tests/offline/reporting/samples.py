"""Figures of every kind, as studies and replays have them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from escalate import load_policy
from escalate.offline import DataQuality, Example, Notice, read
from escalate.offline.figures import Figure, Figures, LeftOut, Share, Spread, measure
from escalate.offline.figures.values import Chapter, Value
from escalate.offline.intervals import wilson
from escalate.offline.reporting import Found

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "replay"
POLICY = load_policy(EXAMPLE / "policy.toml")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WHY = "Counted by hand for a test."
LONG_WHY = "Counted by hand for a test, and over again, which takes long to tell. " * 3


def figure(key: str, value: Value, chart: str = "none", doubt: str = "", why: str = WHY) -> Figure:
    """A figure that is called by its key."""
    return Figure(key, key.replace("_", " ").capitalize(), value, why, chart, doubt)  # type: ignore[arg-type]


def heat(days: tuple[str, ...] = DAYS) -> dict[str, dict[str, Value]]:
    """Arrivals by hour of the week: most in office hours."""
    return {
        day: {f"{hour:02d}": max(0, 40 - (hour - 11) ** 2 - 5 * place) for hour in range(24)}
        for place, day in enumerate(days)
    }


def line(days: int = 90) -> dict[str, Value]:
    """A backlog that grows and is worked off."""
    first = date(2026, 1, 1)
    return {f"{first + timedelta(days=day)}": 200 + (day * 37) % 60 - day for day in range(days)}


FLOW: dict[str, Value] = {
    "N1": {"N2": 1834, "N3": 12},
    "N2": {"N1": 310, "N3": 422},
    "N3": {"N1": 3, "N2": 96},
}
LONG = (
    "Nobody on the third floor can print since the update of last night",
    "三楼的打印机从昨天晚上更新以后一直不能打印任何文件请尽快处理",
    "W" * 80,
)
TIMES = Spread.of(3_600_000_000 * hours * hours // 7 for hours in range(100))
FIGURES = (
    figure("cases", 7554),
    figure("kept", Share(4547, 7554)),
    figure(
        "resolution", Spread(7554, 290.25, 100.5, 501.0), doubt="The window is short: & <b>no</b>."
    ),
    figure("agreed", wilson(14, 20), why=LONG_WHY),
    figure("by_tier", {"N1": 4547, "N2": 2100, "N3": 907}, "bars"),
    figure("shares", {"N1": Share(4547, 7554), "N2": Share(0, 0), "N3": Share(1, 3)}, "bars"),
    figure(
        "spreads",
        {"N1": TIMES, "N3": Spread(10, 5.5, 3.0, 12.0), "N2": Spread(0, None, None, None)},
    ),
    figure("estimates", {"desk a": wilson(40, 50), "desk b": wilson(2, 3)}, "bars"),
    figure("groups", {"N1": {"low": 1, "high": 4}, "N2": {"low": 7}}, "bars"),
    figure("long_names", dict.fromkeys(LONG, Share(4547, 7554)), "bars"),
    figure("long_groups", {LONG[0]: {LONG[1]: 4}}, "bars"),
    figure("arrivals", heat(), "heat"),
    figure("backlog", line(), "line"),
    figure("backlog_by_tier", {"N1": line(20), "N2": line(10)}, "line"),
    figure("peaks", {"Monday": Share(42, 12.5), "Sunday": Share(1, 12.5)}, "bars"),
    figure("solved", {"The printer of the third floor prints no more": {"N1": 4, "N2": 1}}, "heat"),
    figure("solved_by", {name: {LONG[0]: 4, "N2": 1} for name in LONG}, "heat"),
    figure("moves", FLOW, "flow"),
    figure("ways", {LONG[0]: {LONG[2]: 4}, LONG[1]: {LONG[0]: 123456}}, "flow"),
    figure("hours_before_move", {"N1": {"N2": Spread(1834, 9.0, 4.1, 30.0)}}),
    figure("stays_by_line", {"N1": Spread(7554, 9.0, 4.1, 30.0)}),
)
QUALITY = DataQuality(
    rows=65533,
    unreadable=(Notice("no case", 2, (Example(7, ""), Example(9, "<script>alert(1)</script>"))),),
    unmapped_words=(Notice("Parked\u202e", 120, (Example(12, "Parked"),)),),
)
CHAPTER = Chapter(
    "all",
    "Every kind of figure",
    Figures(FIGURES, (LeftOut("by_team", "the log tells no team: map a team column"),)),
    ("Two in three tickets stay where they came in.",),
)
SAMPLE = Found([CHAPTER], QUALITY)


def example() -> Found:
    """What the log of the project's own example tells."""
    log = read(EXAMPLE / "log.csv", mapping=EXAMPLE / "mapping.toml")
    return Found([Chapter("figures", "Figures", measure(log))], log.quality)
