"""Publishing a policy proves it first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as File

import attrs
import pytest

from escalate import Actor, Desk, EscalationPolicy, Path, Receiver, Rule
from escalate.errors import BrokenDocument, NewerDocument, PolicyRefuted
from escalate.runtime.proof import proof_of, read_proof, write_proof
from escalate.stores import MemoryStore, SQLiteStore, Store

EVE = Actor("eve")
FIRST = EscalationPolicy("support", ["N1", "N2"], [Path("N1", "N2")])
LOOP = EscalationPolicy(
    "support",
    ["N1", "N2"],
    [Path("N1", "N2"), Path("N2", "N1")],
    rules=[
        Rule("up", on="alarm", at=["N1"], escalate_to="N2"),
        Rule("down", on="alarm", at=["N2"], escalate_to="N1"),
    ],
    receivers=[Receiver("lead")],
    fallback="lead",
    version="2",
)


def test_a_refuted_policy_is_not_published() -> None:
    """Whoever publishes rules that bounce tickets for ever is told so, and new tickets are spared."""
    desk = Desk(FIRST)
    with pytest.raises(PolicyRefuted, match="endless-moves: Rules and timers move a ticket") as no:
        desk.publish(LOOP, by=EVE)
    assert desk.policy == FIRST
    desk.publish(LOOP, by=EVE, despite=no.value.codes)
    assert desk.policy == LOOP


def test_only_what_is_named_is_let_through() -> None:
    """To know of one thing is not to know of another."""
    with pytest.raises(PolicyRefuted) as no:
        Desk(FIRST).publish(LOOP, by=EVE, despite=["silent-pause"])
    assert "silent-pause" not in no.value.codes
    assert "endless-moves" in no.value.codes


def test_a_desk_starts_with_any_policy() -> None:
    """A start explores nothing: a desk must come up in milliseconds, also with yesterday's policy."""
    assert Desk(LOOP).policy == LOOP


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: File) -> Iterator[Store]:
    """A store that forgets with its process, and one that does not."""
    if request.param == "memory":
        yield MemoryStore()
        return
    with SQLiteStore(tmp_path / "desk.db") as kept:
        yield kept


class TestWhatIsKept:
    def test_an_edition_has_what_its_proof_came_to(self, store: Store) -> None:
        """Whoever asks later what was known of a policy reads it in the book."""
        report = LOOP.verify()
        codes = [each.code for each in report.refuted]
        given = Desk(FIRST, store).publish(LOOP, by=EVE, despite=iter([*codes, "worst-time"]))
        assert given.proof is not None
        first, second = Desk(LOOP, store).policies()
        assert (first.proof, second) == (None, given)
        assert given.proof == proof_of(report, [*codes, "worst-time"])
        assert given.proof.policy == ("support", "2")
        assert given.proof.answers["endless-moves"].answer == "refuted"
        assert given.proof.answers["shadowed"].answer == "proved"
        assert given.proof.answers["shadowed"].why == "by the cases of their conditions"
        assert set(given.proof.despite) == {*codes, "worst-time"}

    def test_without_a_proof_there_is_none(self, store: Store) -> None:
        """Nothing is made up for what nobody looked at, and to publish it again changes nothing."""
        desk = Desk(FIRST, store)
        assert desk.publish(LOOP, by=EVE, proof=False).proof is None
        assert desk.publish(LOOP, by=EVE).proof is None
        assert [each.proof for each in desk.policies()] == [None, None]

    def test_published_again_it_keeps_its_proof(self, store: Store) -> None:
        """What is in the book already is not proved again, and what was known of it stays."""
        desk = Desk(FIRST, store)
        given = desk.publish(LOOP, by=EVE, despite=[each.code for each in LOOP.verify().refuted])
        assert desk.publish(LOOP, by=Actor("rui"), proof=False) == given


def test_a_proof_reads_back_the_same() -> None:
    """The text says the same of the same policy, however long the proof took."""
    text = write_proof(proof_of(LOOP.verify(), ["b", "a", "b"]))
    assert write_proof(read_proof(text, "it")) == text
    assert text == write_proof(proof_of(LOOP.verify(), ["a", "b"]))


def test_a_proof_that_cannot_be_read_is_named() -> None:
    """What a later release wrote is not guessed at, and what is none is told."""
    with pytest.raises(NewerDocument, match="the proof"):
        read_proof('{"format": 2}', "the proof")
    for text in ("", "[]", '{"format": 1}', '{"format": 1, "policy": ["a", "b"], "answers": []}'):
        with pytest.raises(BrokenDocument, match="the proof"):
            read_proof(text, "the proof")


def test_a_proof_that_cannot_be_read_holds_nothing_up() -> None:
    """The desk goes on, and the book is shown; only who asks for that proof is told."""
    store = MemoryStore()
    desk = Desk(FIRST, store)
    (kept,) = store.policies(desk.name)
    store = MemoryStore()
    store.publish(desk.name, attrs.evolve(kept, proof="{"))
    desk = Desk(FIRST, store)
    desk.open(id="T-1")
    assert [each.id for each in desk.queue("N1")] == ["T-1"]
    (edition,) = desk.policies()
    with pytest.raises(BrokenDocument, match="the proof of policy 'support'"):
        _ = edition.proof
