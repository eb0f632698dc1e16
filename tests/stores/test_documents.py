"""What is stored and read back is equal, to the letter and the microsecond; what cannot be read is named."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, get_type_hints

import attrs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from escalate import Actor, EscalationPolicy, Verdict
from escalate.core import commands as c
from escalate.core import events as e
from escalate.core import fold
from escalate.core.engine import step
from escalate.errors import BadInput, BrokenDocument, NewerDocument
from escalate.runtime.policytext import read_policy, write_policy
from escalate.stores import Failure, Refusal
from escalate.stores.codec import form_of
from escalate.stores.documents import (
    event_classes,
    read_event,
    read_plain,
    read_text,
    read_ticket,
    write_event,
    write_plain,
    write_text,
    write_ticket,
)
from escalate.testing import START, walk
from escalate.testing.strategies import policies, walks
from escalate.testing.walks import Stride

WORDS: Final = st.text(st.characters(), max_size=20)
VALUES: Final = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False),
        WORDS,
        st.decimals(allow_nan=False),
        st.datetimes(timezones=st.just(UTC)),
        st.dates(),
        st.frozensets(st.integers()),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.one_of(WORDS, st.just("~")), inner, max_size=3),
    ),
)


def types_in(thing: Any) -> Any:
    """What something is made of: equal things may differ in it, as 1 and True do."""
    if isinstance(thing, dict):
        return {name: types_in(each) for name, each in thing.items()}
    if isinstance(thing, list | tuple):
        return type(thing), [types_in(each) for each in thing]
    if attrs.has(type(thing)):
        return type(thing), [
            types_in(getattr(thing, each.name)) for each in attrs.fields(type(thing))
        ]
    return dict if isinstance(thing, dict) else type(thing)


class TestWrittenAndReadBack:
    @given(policy=policies(), strides=walks())
    def test_events_and_tickets_of_any_life(
        self, policy: EscalationPolicy, strides: list[Stride]
    ) -> None:
        """A journal that was stored is the journal, and so is the ticket beside it."""
        life = walk(policy, strides)
        read = [read_event(write_event(each), "an event") for each in life.journal]
        assert read == life.journal
        assert types_in(read) == types_in(life.journal)
        ticket = read_ticket(write_ticket(life.ticket), "a ticket")
        assert ticket == life.ticket
        assert types_in(ticket) == types_in(life.ticket)
        assert fold(None, read) == ticket
        assert ticket.shape(policy, now=life.end) == life.ticket.shape(policy, now=life.end)

    @given(value=VALUES)
    def test_values_of_a_host(self, value: Any) -> None:
        """Whatever a host puts in a field comes back as what it was: a tuple is no list, 1 is not 1.0."""
        event = e.FieldSet(at_us=1, by=Actor(), name="x", value=value)
        read = read_event(write_event(event), "an event")
        assert isinstance(read, e.FieldSet)
        assert read == event
        assert types_in(read.value) == types_in(value)

    @given(text=WORDS)
    @example(text="\x00\ud800 Grüße 🛠\r\n")
    def test_texts(self, text: str) -> None:
        """Any text comes back, in a form that every database takes."""
        written = write_text(text)
        assert read_text(written, "a text") == text
        assert "\x00" not in written
        written.encode()

    @given(
        scores=st.dictionaries(WORDS, st.floats(allow_nan=False)),
        why=st.lists(st.tuples(WORDS, st.floats(allow_nan=False))),
    )
    def test_verdicts(self, scores: dict[str, float], why: list[tuple[str, float]]) -> None:
        """What a classifier said comes back with all its numbers, the infinite ones too."""
        verdict = Verdict("N1", 0.1 + 0.2, scores, tuple(why), "score")
        event = e.Classified(at_us=1, by=Actor("bot", "bot"), verdict=verdict, placed="N1")
        assert read_event(write_event(event), "an event") == event

    @given(who=WORDS, why=WORDS, roles=st.frozensets(WORDS))
    def test_refusals_failures_and_actors(self, who: str, why: str, roles: frozenset[str]) -> None:
        """What stands beside the journal comes back as well."""
        by = Actor(who, roles=roles)
        for thing in (
            by,
            Refusal(ticket_id=who, at_us=-1, by=by, asked="Take", code="x", why=why),
            Refusal(ticket_id=who, at_us=9, by=None, asked="T", code="x", why=why, command_id=who),
            Failure(at_us=2**60, ticket_id=who, where=why, why=who),
        ):
            assert read_plain(type(thing), write_plain(thing), "it") == thing

    @settings(max_examples=25)
    @given(policy=policies(), acts=st.booleans())
    def test_policies(self, policy: EscalationPolicy, acts: bool) -> None:
        """A policy comes back equal, also one that only advises; one of Python functions has no text."""
        if not acts:
            policy = policy.advisory()
        written = write_policy(attrs.evolve(policy, calendars={}, **_without_calendars(policy)))
        assert written is not None
        assert read_policy(written, "it") == attrs.evolve(
            policy, calendars={}, **_without_calendars(policy)
        )
        assert write_policy(policy) is None  # its calendars are none that a file can say


def _without_calendars(policy: EscalationPolicy) -> dict[str, Any]:
    return {
        "tiers": [attrs.evolve(tier, calendar=None) for tier in policy.tiers],
        "receivers": [attrs.evolve(each, calendar=None) for each in policy.receivers],
        "sla": attrs.evolve(
            policy.sla,
            targets=[attrs.evolve(each, calendar=None) for each in policy.sla.targets],
        ),
    }


def _opened() -> dict[str, Any]:
    outcome = step(None, c.Open("T-1"), EscalationPolicy("p", ["N1"]), now=START)
    return dict(json.loads(write_event(outcome.events[0])))


class TestWhatCannotBeRead:
    @pytest.mark.parametrize(
        "change",
        [
            {"format": 2},
            {"event": "Teleported"},
            {"soul": "old"},
            {"fields": {"x": {"~": "matrix", "of": []}}},
        ],
        ids=str,
    )
    def test_what_a_later_release_wrote_is_named(self, change: dict[str, Any]) -> None:
        """A newer format, event, field or kind of value is refused by name, never dropped."""
        with pytest.raises(NewerDocument, match=r"ticket 'T-1', event 1 has .*upgrade"):
            read_event(json.dumps(_opened() | change), "ticket 'T-1', event 1")

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "[]",
            "{}",
            "null",
            '{"format":1}',
            '{"format":"1","event":"Opened"}',
            '{"format":1,"event":"Opened"}',
            json.dumps(_opened())[:-9],
            json.dumps(_opened() | {"clocks": [["start"]]}),
            json.dumps(_opened() | {"clocks": 7}),
            "[" * 100_000,
        ],
    )
    def test_what_nobody_wrote_is_named(self, text: str) -> None:
        """A document that was cut off or changed is one error of ours, whatever is wrong with it."""
        with pytest.raises(BrokenDocument, match="event 1 cannot be read"):
            read_event(text, "event 1")

    @pytest.mark.parametrize("text", ["", "7", '"cut', "{}"])
    def test_a_broken_text_is_named(self, text: str) -> None:
        """The same with what people wrote."""
        with pytest.raises(BrokenDocument):
            read_text(text, "a text")

    @pytest.mark.parametrize("text", ["", "[]", "{}", '{"format":1,"acts":true}'])
    def test_a_broken_policy_is_named(self, text: str) -> None:
        """The same with policies."""
        with pytest.raises(BrokenDocument):
            read_policy(text, "policy 'p'")

    def test_a_newer_policy_is_named(self) -> None:
        """A later release's policy is not read by half."""
        with pytest.raises(NewerDocument):
            read_policy('{"format":2,"acts":true,"policy":{}}', "policy 'p'")


class TestWhatCannotBeWritten:
    @pytest.mark.parametrize(
        "value", [object(), {1: 2}, 10**5000, [{"x": b""}]], ids=lambda v: str(type(v))
    )
    def test_a_value_that_no_document_can_hold(self, value: object) -> None:
        """A host that puts an object in a field is told what would work."""
        event = e.FieldSet(at_us=1, by=Actor(), name="x", value=value)
        with pytest.raises(BadInput, match="stor"):
            write_event(event)

    def test_an_event_that_is_none_of_ours(self) -> None:
        """Only events of the library are stored."""

        class Mine(e.Event):
            pass

        with pytest.raises(BadInput, match="got 'Mine'"):
            write_event(Mine(at_us=1, by=Actor()))

    def test_types_without_a_form(self) -> None:
        """A field of a type that cannot be stored is found as soon as somebody adds it."""
        for hint in (int | bytes, complex, list[int], dict):
            with pytest.raises(TypeError):
                form_of(hint)


def test_every_event_is_known() -> None:
    """All events that the engine can write have a form; the two that stand for others need none."""
    named = {
        each
        for each in vars(e).values()
        if isinstance(each, type) and issubclass(each, e.Event) and each not in (e.Event, e.Moved)
    }
    assert set(event_classes()) == named
    assert all(get_type_hints(each) for each in named)


def test_equal_sets_are_written_alike() -> None:
    """A document does not depend on the order in which Python keeps a set."""
    words = [f"w{number}" for number in range(50)]
    one = Actor("ana", roles=words)
    two = Actor("ana", roles=reversed(words))
    assert write_plain(one) == write_plain(two)


def test_dates_of_hosts() -> None:
    """A few values as they are written: a table in a table, a date, an exact number."""
    fields = {
        "day": date(2026, 3, 2),
        "sum": Decimal("1.10"),
        "at": datetime(2026, 3, 2, tzinfo=UTC),
    }
    event = e.FieldSet(at_us=1, by=Actor(), name="x", value=fields)
    assert json.loads(write_event(event))["value"]["sum"] == {"~": "decimal", "of": "1.10"}
