"""Handbooks as files: whatever a policy says is shown as it is, and nothing in it comes alive."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path as FilePath
from typing import Any

import pytest
from markdown_it import MarkdownIt

from escalate import (
    Check,
    EscalationPolicy,
    Path,
    Receiver,
    RequestType,
    Rule,
    SLAPolicy,
    Step,
    Target,
    Tier,
    load_policy,
)
from escalate.core.explained import plain
from escalate.core.protocol import Goal
from escalate.errors import BadInput
from escalate.policies.handbook.language import LANGUAGES

from ..drawing import draw, in_chromium
from ..test_diagram import POLICIES, WORDS

MARKDOWN = MarkdownIt("commonmark").enable("table")


def squeezed(text: str) -> str:
    """*text* without spaces, as pages and people break lines differently."""
    return "".join(text.split())


class Texts(HTMLParser):
    """The texts and the tags of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        """Keep the tag; nothing that could act may have one."""
        self.tags.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on") or name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.texts.append(data)


def hostile(words: list[str]) -> EscalationPolicy:
    """A policy in which every name was made to break a page."""
    names = [f"{word} z{place}" for place, word in enumerate(words)]
    one, two, who = names[0], names[1], names[-1]
    step = Step("75%", notify=who, invite=two, tag=one)
    target = Target("ownership", "2h", tiers=[one], steps=[step], calendar="always")
    return EscalationPolicy(
        one,
        [Tier(name, f"{name} title", handles=[name], team=name, skills=[name]) for name in names],
        [Path(one, two, approval=who, by=[one], requires=["reason"]), Path(two, one, "return")],
        sla=SLAPolicy([target]),
        rules=[Rule(two, on="opened", escalate_to=two, at=[one], tag=who)],
        request_types=[RequestType(two, one, [who], [Check(one, ask=two)])],
        receivers=[Receiver(who, "always")],
        fallback=who,
        reasons=[one],
        goals=[Goal(who, at_least=1)],
        version=two,
    )


HOSTILE = [hostile(WORDS[place : place + 4]) for place in range(0, len(WORDS) - 3, 3)]


@pytest.mark.parametrize("policy", HOSTILE, ids=lambda policy: ascii(policy.name)[:20])
def test_names_in_markdown_are_shown_as_they_are(policy: EscalationPolicy) -> None:
    """Stars, brackets, tags and addresses in a name are letters, whatever reads the Markdown."""
    rendered = Texts(MARKDOWN.render(policy.to_handbook(against=HOSTILE[0])))
    assert rendered.tags <= {
        "h1", "h2", "h3", "h4", "p", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "br",
        "pre", "code",
    }  # fmt: skip
    shown = squeezed("".join(rendered.texts))
    for tier in policy.tiers:
        assert squeezed(plain(tier.name)) in shown
        assert squeezed(plain(tier.title)) in shown
    assert squeezed(plain(policy.rules[0].name)) in shown


def look(pages: list[str]) -> list[dict[str, Any]]:
    """What headless Chromium sees of *pages* with the network off; skips where it is missing."""
    return in_chromium("look.mjs", pages)


def check_seen(policy: EscalationPolicy, seen: dict[str, Any]) -> None:
    """Check that a page loads nothing, runs nothing, fits a phone, and shows the names of *policy*."""
    assert not seen["errors"]
    assert not seen["asked"]
    assert not seen["alive"]
    assert seen["wider"] == {"phone": 0, "screen": 0}
    assert seen["links"]
    assert seen["printed"]
    assert not seen["unnamed"]
    assert len(seen["boxes"]) == len(policy.tiers)
    assert all(width > 50 for width in seen["boxes"])
    shown = squeezed(seen["text"])
    for tier in policy.tiers:
        assert squeezed(plain(tier.name)) in shown


def test_pages_are_for_screen_phone_and_paper() -> None:
    """One file, no network, no script, in every language, and nothing in a name runs in a browser."""
    cases = [(load_policy(path), lang) for path, lang in zip(POLICIES[-3:], LANGUAGES, strict=True)]
    cases += [(policy, "en") for policy in HOSTILE[::4]]
    pages = [policy.to_handbook(lang=lang, format="html") for policy, lang in cases]
    for (policy, lang), seen in zip(cases, look(pages), strict=True):
        check_seen(policy, seen)
        assert seen["lang"] == lang


@pytest.mark.parametrize("policy", HOSTILE, ids=lambda policy: ascii(policy.name)[:20])
def test_names_in_html_are_shown_as_they_are(policy: EscalationPolicy) -> None:
    """A name never becomes a tag, an attribute or an entity."""
    rendered = Texts(
        policy.to_handbook(format="html", against=HOSTILE[0]).replace("href=", "data-to=")
    )
    assert not rendered.tags & {"script", "img", "b", "iframe", "a"} - {"a"}
    shown = squeezed("".join(rendered.texts))
    for tier in policy.tiers:
        assert squeezed(plain(tier.name)) in shown


def test_the_flowchart_of_another_language_is_drawn_too() -> None:
    """Mermaid draws the diagram of a Chinese handbook."""
    for drawn in draw([flowchart(policy) for policy in (CLASSIC, HOSTILE[1])]):
        assert "error" not in drawn, drawn["error"]
        assert any("升级" in label for label in drawn["labels"]), drawn["labels"]
        assert not drawn["dangerous"]


def flowchart(policy: EscalationPolicy) -> str:
    """The diagram in a Chinese handbook."""
    lines = policy.to_handbook(lang="zh-CN").splitlines()
    start = lines.index("```mermaid")
    return "\n".join(lines[start + 1 : lines.index("```", start)])


CLASSIC = load_policy(FilePath(__file__).parents[3] / "examples" / "policies" / "classic.toml")


def test_a_handbook_says_what_a_tier_needs() -> None:
    """What it handles, its checks, its ways, what it must not, promises with worst cases, who is told."""
    said = CLASSIC.to_handbook("N1")
    for part in (
        "- simple and known requests",
        "| login<br>chat, phone or email | Is the password right? | the agent | password_verified |",
        "- to N2: the handoff must contain: summary, attempts",
        '- to N3: only if the priority is "urgent"',
        "- Not while checks of its request are left",
        "- summary (what it is about)".removeprefix("- "),
        "4 days 20 hours (116 hours), from Wed 23 December 2026, 18:00 to Mon 28 December 2026, 14:00",
        "at 75 % of the time: tier_lead told",
        "tier_lead, to be reached Mon to Fri 09:00-12:00, 13:00-18:00 (America/Sao_Paulo time)",
    ):
        assert part in said


def test_the_examples_come_from_the_engine() -> None:
    """Nobody answers: warned on Monday at five, moved on Tuesday at eleven, as the engine does it."""
    said = CLASSIC.to_handbook("N1")
    assert (
        "| Mon 9 March 2026, 17:00 | Answered or handed over within 12 hours: at 75 % of the time.<br>"
        in said
    )
    assert (
        "<br>duty_manager is told.<br>It goes from N1 to N2.<br>From here on N2 has it. |" in said
    )
    assert "Refused: these checks are left: password_verified and network_ok." in said


def test_what_is_asked_for_must_be_there() -> None:
    """An unknown tier, language or format is refused with those there are."""
    with pytest.raises(BadInput, match="known: N1, N2, N3"):
        CLASSIC.to_handbook("N4")
    with pytest.raises(BadInput, match="known: en, pt-BR, zh-CN"):
        CLASSIC.to_handbook(lang="tlh")
    with pytest.raises(BadInput, match="known: html, md"):
        CLASSIC.to_handbook(format="pdf")


def test_every_promise_that_can_apply_is_in_the_part_of_its_tier() -> None:
    """The first line has four promises; one that never comes to its turn there is left out."""
    said = CLASSIC.to_handbook("N1")
    rows = [line for line in said.splitlines() if "duty_manager told |" in line]
    assert len(rows) == 4
    assert "24 hours" not in said
    assert "24 hours" in CLASSIC.to_handbook("N2")


def test_the_part_of_a_tier_ends_where_the_ticket_leaves_it() -> None:
    """What N2 does then, N2 reads."""
    said = CLASSIC.to_handbook("N1")
    assert "Tue 10 March 2026, 11:00" in said
    assert "Thu 12 March 2026" not in said
    assert "Thu 12 March 2026, 14:00" in CLASSIC.to_handbook()
