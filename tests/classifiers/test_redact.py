"""Personal data stays in the house."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate import Tier, Verdict
from escalate.classifiers import Redact, TicketText, mask, ticket_of
from tests.classifiers.saying import TIERS

MASKED = [
    ("ana@example.com", "[email]"),
    ("o'neil+x@mail.example.co.uk", "[email]"),
    ("joão@exemplo.com.br", "[email]"),
    ("用户@例子.公司", "[email]"),
    ("4111 1111 1111 1111", "[card]"),
    ("5500-0000-0000-0004", "[card]"),
    ("378282246310005", "[card]"),
    ("GB82 WEST 1234 5698 7654 32", "[iban]"),
    ("de89370400440532013000", "[iban]"),
    ("MT84 MALT 0110 0001 2345 MTLC AST0 01S", "[iban]"),
    ("529.982.247-25", "[cpf]"),
    ("52998224725", "[cpf]"),
    ("11.222.333/0001-81", "[cnpj]"),
    ("12.ABC.345/01DE-35", "[cnpj]"),
    ("192.168.0.1", "[ip]"),
    ("2001:db8::ff00:42:8329", "[ip]"),
    ("fe80::1%eth0", "[ip]"),
    ("+55 11 98765-4321", "[phone]"),
    ("(11) 98765-4321", "[phone]"),
    ("11987654321", "[phone]"),
    ("+４４ ２０ ７９４６ ０９５８", "[phone]"),
]
KEPT = [
    "2026-11-22 10:30:45",
    "22/11/2026",
    "order 4711, error 0x80070005",
    "version 10.2, 1.234,56 EUR",
    "ticket 20261122",
    "std::vector<int> at 12:30",
    "write to me @home",
    "[email] [phone] [card]",
    "",
]


@pytest.mark.parametrize(("secret", "word"), MASKED)
def test_it_is_masked_wherever_it_stands(secret: str, word: str) -> None:
    """At the start, in brackets, before a full stop, in the middle of a sentence."""
    for before, after in (("", ""), ("I am ", "."), ("(", ")"), ("É: ", ", ok?"), ("看", " 好")):
        if before == "看" and "@" in secret:
            before = "看 "  # noqa: PLW2901 - an address takes every letter before it
        assert mask(f"{before}{secret}{after}") == f"{before}{word}{after}"


@pytest.mark.parametrize("text", KEPT)
def test_what_tells_about_the_problem_stays(text: str) -> None:
    """Dates, times, versions, error codes and short numbers are no personal data."""
    assert mask(text) == text


@pytest.mark.parametrize(
    ("secret", "word"),
    [
        ("4111111111111111", "[card]"),
        ("12ABC34501DE35", "[cnpj]"),
        ("GB82WEST12345698765432", "[iban]"),
    ],
)
def test_check_digits_decide(secret: str, word: str) -> None:
    """A code of the same form with one digit changed is not taken for what it is not."""
    assert mask(secret) == word
    places = [place for place, letter in enumerate(secret) if letter.isdigit()]
    for place in places[4:]:
        wrong = f"{secret[:place]}{(int(secret[place]) + 1) % 10}{secret[place + 1 :]}"
        assert word not in mask(wrong)


words = st.text(st.characters(blacklist_categories=["Nd", "Cs"], blacklist_characters="@＠+(.:%"))


@given(words, st.sampled_from(MASKED), words)
def test_nothing_around_a_secret_lets_it_through(
    before: str, secret: tuple[str, str], after: str
) -> None:
    """Whatever words stand around it."""
    assert secret[0] not in mask(f"{before} {secret[0]} {after}")


@given(st.text(st.sampled_from("0123456789 .-/()+@aAbBfF:%\n"), max_size=80))
def test_masking_twice_is_masking_once(text: str) -> None:
    """A mask holds nothing that would be masked."""
    once = mask(text)
    assert mask(once) == once


@given(words)
def test_words_without_numbers_and_addresses_stay(text: str) -> None:
    """Nothing is lost of a text that holds no personal data."""
    assert mask(text) == text


@pytest.mark.parametrize(
    "piece", ["1", "1 ", "@", "a@", "a.", ":", "a:", "DE89", "1.1", "+(", "0-"]
)
def test_a_long_text_made_to_hurt_is_read_in_proportion(piece: str) -> None:
    """Each letter of a text is looked at a bounded number of times; without that this would take long."""
    assert len(mask(piece * (200_000 // len(piece)))) <= 1_600_000


class Hears:
    """Keeps what it is given."""

    name, version = "hears", "1"

    def __init__(self) -> None:
        self.heard: list[TicketText] = []

    def classify(self, ticket: TicketText, tiers: list[Tier]) -> Verdict:
        """Keep the ticket."""
        self.heard.append(ticket)
        return Verdict("N1")


def one(redact: Redact, ticket: TicketText) -> object:
    """Ask about one ticket."""
    return redact.classify(ticket, TIERS)


def many(redact: Redact, ticket: TicketText) -> object:
    """Ask about many tickets."""
    return redact.classify_many([ticket], TIERS)


@pytest.mark.parametrize("ask", [one, many])
def test_what_leaves_is_masked_and_the_ticket_is_not(ask: Callable[..., object]) -> None:
    """Text, fields and keys of people are masked; the rest, and the ticket itself, stays as it was."""
    fields = {"mail": "ana@example.com", "more": ["+55 11 98765-4321", 7], "urgent": True}
    ticket = ticket_of(
        "I am ana@example.com", requester="ana@example.com", fields=fields, tags=["vip"]
    )
    before = ticket_of(
        "I am ana@example.com", requester="ana@example.com", fields=fields, tags=["vip"]
    )
    hears = Hears()
    ask(Redact(hears), ticket)
    (heard,) = hears.heard
    assert ticket == before
    assert "example.com" not in repr(heard)
    assert (heard.text, heard.requester) == ("I am [email]", "[email]")
    assert heard.fields == {"mail": "[email]", "more": ["[phone]", 7], "urgent": True}
    assert attrs.evolve(heard.ticket, requester="", fields={}) == attrs.evolve(
        ticket.ticket, requester="", fields={}
    )
