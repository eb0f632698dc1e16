"""The packet that comes with a ticket: what it holds, and that nothing in it is ever markup."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser

from hypothesis import example, given
from hypothesis import strategies as st

from escalate import Handoff
from escalate.core import commands as c
from escalate.runtime import Packet
from tests.runtime.shop import ANA, EVE, MONDAY, shop

NASTY = [
    "<script>alert('x')</script>",
    "# Heading\n\nWhere it is\n  - resolved in N3",
    "[click](http://evil.example) ![pic](http://evil.example/p.png) <http://a.b> www.evil.example",
    "    code\n```\ncode\n```\n- list\n1. list\n+ x\n> quote\n---\n===",
    "\x1b[31mred\x1b[0m \u202eevil \x00 \r hidden",
    "*b* _i_ ~~s~~ `c` | a | b | &lt; \\ {x} $x$ @me #1",
]


def packet_saying(text: str) -> Packet:
    """A packet in which *text* stands wherever a ticket can say something."""
    desk, _ = shop()
    ticket = desk.open(
        subject=text, channel=text, requester=text, tags=[text], fields={text or "x": text}
    )
    told = Handoff(summary=text, hypothesis=text, ask=text)
    for command in (
        c.CustomerReply(text),
        c.RecordAttempt(text, by=ANA),
        c.Escalate(handoff=told, reason=text, by=ANA),
        c.Note(text, by=EVE),
        c.Link(text, text),
        c.Resolve(text, by=EVE),
    ):
        desk.handle(ticket.id, command)
    return desk.handoff(ticket.id)


class Tags(HTMLParser):
    """What a browser would make of it."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[object] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag."""
        self.tags.append(tag)
        self.attributes += attrs


TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40) | st.sampled_from(NASTY)


@given(TEXTS)
@example(NASTY[0])
@example(NASTY[1])
@example(NASTY[2])
@example(NASTY[3])
@example(NASTY[4])
@example(NASTY[5])
def test_no_text_of_a_ticket_is_markup(text: str) -> None:
    """Whatever a customer writes, it is words in each form: no tag, link, heading or escape code."""
    packet = packet_saying(text)
    page = Tags()
    page.feed(packet.html())
    assert set(page.tags) <= {"section", "h2", "h3", "ul", "li", "blockquote", "br"}
    assert page.attributes == [("class", "handoff")]
    plain, marked = packet.text(), packet.markdown()
    for form in (plain, marked, packet.html()):
        assert all(letter.isprintable() or letter == "\n" for letter in form)
    headings = [line for line in plain.split("\n") if line and not line.startswith(" ")]
    assert headings[2:] == [each.title for each in packet.sections()]
    bare = re.sub(r"\\.", "", marked)  # what is left unescaped
    assert not re.search(r"[`*\[\]{}&|~$@<]|_|://|www\.", bare.replace("&nbsp;", ""))
    for line in marked.split("\n"):
        inner = re.sub(r"^(?:#{2,3} |- |  > ?)", "", line)
        assert not re.match(r"\s*(?:[#>+=-]|\d+[.)]( |$)| {4})", inner) or inner == ""


def test_each_text_can_be_read_in_each_form() -> None:
    """What was written is there, word for word, however it is shown."""
    packet = packet_saying("The VPN is down since 9:30 (site 4)")
    for form in (packet.text(), packet.markdown(), packet.html()):
        assert form.count("The VPN is down since 9:30 (site 4)") >= 9


def test_a_packet_has_what_the_next_person_needs() -> None:
    """Where it is, who handed over and why, what is done and left, what was promised and said."""
    desk, clock = shop()
    ticket = desk.open(subject="No login\nsince today", request_type="login")
    desk.handle(ticket.id, c.ReachMilestone("network_ok", by=ANA))
    clock.advance(hours=5)
    desk.tick()
    packet = desk.handoff(ticket)  # as it was when it was opened
    assert (packet.ticket.tier, packet.passed, packet.done) == ("N1", (), ())
    packet = desk.handoff(ticket.id)
    assert packet.title == f"Ticket {ticket.id}: No login"
    assert [(each.source, each.target, each.automatic) for each in packet.passed] == [
        ("N1", "N2", True)
    ]
    assert packet.passed[0].missing == ("summary",)
    assert [each.milestone for each in packet.done] == ["network_ok"]
    assert [each.milestone for each in packet.left] == ["password_verified"]
    assert {each.clock.name for each in packet.clocks} == {"ownership", "resolution"}
    page = str(packet)
    for words in (
        "summary: none recorded",
        "Does another site open?",
        "resolution: due Tue 2026-03-03 17:00 UTC, 11h left",
        "by ownership 4h in N1: 100%",
    ):
        assert words in page
    assert packet.at == clock()
    assert packet.said[0].at == MONDAY


def test_a_packet_is_read_by_people() -> None:
    """Instants are shown to the second, however exactly they were kept."""
    desk, clock = shop()
    clock.set(clock() + timedelta(microseconds=1_234_567))
    page = str(desk.handoff(desk.open()))
    assert "09:00:01 UTC" in page
    assert "234567" not in page


def test_a_text_that_is_gone_says_so() -> None:
    """Where a text was erased, its place says that there is none."""
    desk, _ = shop()
    ticket = desk.open()
    assert "(no text kept)" in str(desk.handoff(ticket.id))
