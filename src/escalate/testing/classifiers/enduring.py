"""What a classifier lives through: nasty texts, little time, a world that fails, and a desk at work."""

from __future__ import annotations

import socket
import tempfile
import time
import unicodedata
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Final, NoReturn
from unittest.mock import patch

from escalate.classifiers.base import Classifier, TicketText, settled, ticket_of
from escalate.core import events as e
from escalate.core.model import Ticket
from escalate.core.policy import EscalationPolicy
from escalate.runtime.desk import Desk
from escalate.stores.sqlite import SQLiteStore
from escalate.testing.classifiers.bench import ClassifierBench, brief, in_time
from escalate.testing.classifiers.checks import check, repeats
from escalate.testing.classifiers.samples import NASTY


def _survives(bench: ClassifierBench, *kinds: str) -> None:
    classifier = bench.ready()
    for kind in kinds:
        plain = ticket_of(NASTY[kind], id=f"nasty-{kind}")
        mixed = ticket_of(f"{bench.tickets[0].text}\n\n{NASTY[kind]}")
        for ticket in (plain, mixed):
            try:
                bench.ask(classifier, ticket)
            except AssertionError as why:
                raise AssertionError(f"a text with {kind}: {why}") from why


@check()
def survives_an_empty_text(bench: ClassifierBench) -> None:
    """Customers send empty messages, and such without a word."""
    _survives(bench, "empty", "blank")


@check()
def survives_a_megabyte(bench: ClassifierBench) -> None:
    """Customers paste whole logs; they come in time all the same."""
    _survives(bench, "a megabyte", "a megabyte without a blank")


@check()
def survives_control_characters(bench: ClassifierBench) -> None:
    """NUL and escape sequences come with what is pasted from terminals and databases."""
    _survives(bench, "NUL", "control characters")


@check()
def survives_lone_surrogates(bench: ClassifierBench) -> None:
    """Half an emoji is no text that can be encoded; mail and chat programs make such."""
    _survives(bench, "lone surrogates")


@check()
def survives_right_to_left(bench: ClassifierBench) -> None:
    """Arabic and Hebrew, with the marks that turn the direction."""
    _survives(bench, "right to left")


@check()
def survives_emoji_sequences(bench: ClassifierBench) -> None:
    """One picture may be seven characters long."""
    _survives(bench, "emoji sequences")


@check()
def survives_mixed_normal_forms(bench: ClassifierBench) -> None:
    """One letter may be written in several ways, with marks on marks, in any width and script."""
    _survives(bench, "mixed normal forms", "marks on marks", "digits of many scripts", "a template")


@check(repeats)
def reads_all_normal_forms_alike(bench: ClassifierBench) -> None:
    """A text means the same composed and decomposed: phones and file systems differ in that."""
    classifier = bench.ready()
    for ticket in bench.tickets:
        composed, decomposed = (
            bench.ask(classifier, TicketText(ticket, unicodedata.normalize(form, ticket.text)))
            for form in ("NFC", "NFD")
        )
        assert composed.tier == decomposed.tier, (
            f"{brief(ticket.text)} is for {composed.tier} composed, and for {decomposed.tier} "
            "decomposed; begin with unicodedata.normalize('NFKC', ticket.text)"
        )


@check()
def answers_in_time(bench: ClassifierBench) -> None:
    """It answers every ticket within the time that a desk gives it, the first ticket included."""
    classifier = bench.ready()
    for ticket in bench.tickets:
        began = time.monotonic()
        bench.ask(classifier, ticket)
        took = time.monotonic() - began
        assert took <= bench.within_s, (
            f"{brief(ticket.text)} took {took:.2f} s of {bench.within_s} s"
        )


# -- failure injection


class _Offline(OSError):
    """The network is down."""


@check()
def fails_without_harm(bench: ClassifierBench) -> None:
    """Without a network it answers, abstains or raises an ordinary error, in time; then it is as before.

    A desk journals an ordinary error as an abstention. What ends the process, or takes the network's
    failure for an answer to keep, it cannot mend.
    """
    classifier = bench.ready()
    before = None if repeats(bench) else bench.asked_all(classifier)
    with _no_network():
        for ticket in bench.tickets:
            _asked_offline(bench, classifier, ticket)
    if before is not None:
        after = bench.asked_all(classifier)
        changed = [
            t for t, b, a in zip(bench.tickets, before, after, strict=True) if a.tier != b.tier
        ]
        assert not changed, (
            f"after the network came back {brief(changed[0].text)} got another verdict than before; "
            "keep no answer that a failure gave"
        )


def _asked_offline(bench: ClassifierBench, classifier: Classifier, ticket: TicketText) -> None:
    call = partial(settled, partial(classifier.classify, ticket, bench.tiers), bench.within_s)
    began = time.monotonic()
    try:
        in_time(call, bench.within_s)
    except Exception as why:
        took = time.monotonic() - began
        if isinstance(why, TimeoutError) and took >= bench.within_s:
            raise AssertionError(
                f"without a network there was no answer within {bench.within_s} s; bound how often and "
                "how long it tries"
            ) from why
    except BaseException as why:
        raise AssertionError(
            f"without a network it raised {type(why).__name__}, which ends threads and processes; "
            "raise ConnectionError, or return ABSTAIN('unavailable')"
        ) from why


@contextmanager
def _no_network() -> Iterator[None]:
    def refused(*_: object, **__: object) -> NoReturn:
        raise _Offline("the network is unreachable")

    # The event loop of an async classifier has a socket pair of its own, which stays.
    with ExitStack() as stack:
        for name in ("connect", "connect_ex"):
            stack.enter_context(patch.object(socket.socket, name, refused))
        for name in ("create_connection", "getaddrinfo", "gethostbyname"):
            stack.enter_context(patch.object(socket, name, refused))
        yield


# -- a desk at work


_PLACE_AT: Final = 0.8


@check()
def works_in_a_desk(bench: ClassifierBench) -> None:
    """A desk asks it once a ticket, journals its verdict, reads it back the same, and records no failure."""
    policy = EscalationPolicy("check", bench.tiers, (), place_at=_PLACE_AT)
    classifier = bench.ready()
    with tempfile.TemporaryDirectory() as folder, SQLiteStore(Path(folder, "desk.db")) as store:
        desk = Desk(policy, store, classifier=classifier, classify_within_s=bench.within_s)
        for ticket in bench.tickets:
            _follows_a_verdict(bench, desk, desk.open(subject=ticket.text))


def _follows_a_verdict(bench: ClassifierBench, desk: Desk, ticket: Ticket) -> None:
    history = desk.history(ticket.id)
    failures = [f"{each.where}: {each.why}" for each in desk.failures()]
    assert not failures, f"{failures[0]}; what does it do that no other check has found?"
    names = [type(event).__name__ for event in history]
    assert names == ["Opened", "Classified"], f"opening a ticket came to {names}"
    event = history[-1]
    assert isinstance(event, e.Classified)
    said = event.verdict
    sure = said.confidence is None or said.confidence >= _PLACE_AT
    placed = said.tier if sure and said.tier else bench.tiers[0].name
    assert ticket.tier == placed, f"{said} came to {ticket.tier}"
    assert ticket.classification == said, (
        f"the journal has {said}, the ticket {ticket.classification}"
    )
