"""The part of docs/reference/study.md that says what each figure is, as the code says it.

``python -m tests.offline.studying.reference`` writes it anew.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterator
from pathlib import Path

from escalate import load_policy
from escalate.offline import Chapter, Log, PriorityColumn, TierColumn, read, study
from tests.offline.logs import TIERS, WORDS

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "reference" / "study.md"
BEGIN = "<!-- from here on written by python -m tests.offline.studying.reference -->\n"

# Cases that between them tell all that a log can tell, so that no figure is left out for want of it.
_LOG = b"""case,when,state,line,team,who,kind,mark,event,about,assignee,impact,subject,product
1,2026-03-02T09:00Z,Received,N1,desk,Ann,login,,Opened,,,low,Cannot log in,web
1,2026-03-02T09:10Z,In work,N2,product,Bob,login,,MilestoneReached,reset,Bob,low,Cannot log in,web
1,2026-03-02T09:20Z,Solved,N2,product,Bob,login,4,Resolved,,Bob,low,Cannot log in,web
1,2026-03-09T09:20Z,Closed,N2,product,Bob,login,4,Closed,,Bob,low,Cannot log in,web
2,2026-03-03T09:00Z,Asked,N1,desk,Ann,login,5,Waiting,,Ann,high,Cannot log in,web
2,2026-03-04T09:00Z,Parked,N1,desk,Ann,login,5,Held,,Ann,high,Cannot log in,web
"""


def page() -> str:
    """Return the page as it should be: what people wrote, and behind it what the code says."""
    written = PAGE.read_text(encoding="utf-8").partition(BEGIN)[0]
    return written + BEGIN + "\n" + "\n".join(_lines())


def full_log() -> Log:
    """Return a log of which no figure is left out, given a policy and who is a bot."""
    return read(
        io.BytesIO(_LOG),
        case="case",
        at="when",
        status="state",
        words=WORDS,
        tier=TierColumn("line", order=TIERS),
        team="team",
        priority=PriorityColumn("impact", {"low": "low", "high": "high"}),
        attributes={
            "resource": "who",
            "request_type": "kind",
            "rating": "mark",
            "event": "event",
            "about": "about",
            "assignee": "assignee",
            "subject": "subject",
            "product": "product",
        },
    )


def _lines() -> Iterator[str]:
    log = full_log()
    policy = load_policy(ROOT / "examples" / "replay" / "policy.toml")
    found = study(log, policy=policy, bots=["N1"])
    nothing = study(Log(()))
    for chapter in found.chapters:
        yield f"## {chapter.title} (`{chapter.key}`)\n"
        yield from _figures(chapter, nothing[chapter.key])


def _figures(chapter: Chapter, empty: Chapter) -> Iterator[str]:
    missing = {each.key: each.why for each in (*chapter.figures.left_out, *empty.figures.left_out)}
    told = {each.key: f"*{each.title}*. {each.definition}" for each in chapter.figures}
    for key in dict.fromkeys((*told, *missing)):
        why = f" Left out where {missing[key]}." if key in missing else ""
        text = f"- `{key}`: {told.get(key, '')}{why}"
        yield textwrap.fill(text, 110, subsequent_indent="  ", break_long_words=False) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
