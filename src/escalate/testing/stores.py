"""What every store must keep to, as checks that ship: the contract of :mod:`escalate.stores.base`.

Paste this into the tests of a store::

    @pytest.mark.parametrize("check", store_checks(), ids=lambda check: check.__name__)
    def test_keeps_the_store_contract(check):
        check(lambda: MyStore(...))  # an empty store each time
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any, Final

import attrs

from escalate.core import commands as c
from escalate.core.engine import Outcome, evolve, fold, step
from escalate.core.events import Erased
from escalate.core.facts import Did, Seen
from escalate.core.instants import as_us
from escalate.core.model import Actor, Ticket
from escalate.core.policy import EscalationPolicy, Path
from escalate.core.sla import SLAPolicy, Target
from escalate.errors import EscalateError, TicketBusy, VersionConflict
from escalate.stores.base import (
    Due,
    Entry,
    Errand,
    Failure,
    Held,
    PolicyText,
    Rebuilt,
    Refusal,
    Store,
    Stored,
    Turn,
)
from escalate.testing.walks import START

MakeStore = Callable[[], Store]
Check = Callable[[MakeStore], None]

_POLICY: Final = EscalationPolicy(
    "checked",
    ["N1", "N2"],
    [Path("N1", "N2")],
    sla=SLAPolicy(
        [
            Target("resolution", "1h", when='priority == "urgent"'),
            Target("resolution", "2h", when='priority == "high"'),
            Target("resolution", "3h", default=True),
        ]
    ),
)
_T0: Final = as_us(START)
_HOUR: Final = 3_600_000_000


def check_store(make: MakeStore) -> None:
    """Hold a store against the whole contract; *make* returns an empty one each time.

    Raises:
        AssertionError: It does not keep to it; the message says what it did.

    >>> from escalate import MemoryStore
    >>> check_store(MemoryStore)
    """
    for check in store_checks():
        check(make)


def store_checks() -> tuple[Check, ...]:
    """Return every check, each of which takes a function that makes an empty store."""
    return (
        keeps_what_is_appended,
        keeps_an_entry_whole_or_not_at_all,
        appends_only_to_the_version_that_was_read,
        takes_no_gap_in_a_journal,
        keeps_desks_apart,
        keeps_texts_by_event_and_field,
        keeps_what_a_host_shows,
        knows_commands_by_ticket,
        says_what_is_due_before_an_instant,
        forgets_timers_that_were_replaced,
        keeps_errands_until_they_are_done,
        strikes_off_what_is_done,
        holds_facts_until_they_are_handed_over,
        keeps_the_visits_of_a_batch,
        leaves_out_of_a_batch_what_failed,
        sees_in_a_batch_what_was_kept_in_it,
        leaves_every_ticket_whole_when_a_batch_fails,
        gives_a_turn_once,
        counts_what_people_have,
        keeps_refusals_and_failures,
        publishes_a_version_once,
        deletes_texts_that_are_erased,
        rebuilds_from_events,
        purges_what_is_over,
        rolls_back_what_ends_in_an_error,
        locks_a_ticket_for_one_at_a_time,
        loses_nothing_to_threads,
    )


def _open(store: Store, ticket_id: str = "T-1", desk: str = "main", **more: Any) -> Ticket:
    outcome = step(
        None, c.Open(ticket_id, subject=f"about {ticket_id}", **more), _POLICY, now=START
    )
    with store.locked(desk, ticket_id) as stored:
        store.append(desk, ticket_id, _entry(outcome), expected_version=stored.version)
    assert outcome.ticket is not None
    return outcome.ticket


def _entry(outcome: Outcome, command_id: str | None = None) -> Entry:
    return Entry(
        ticket=outcome.ticket,
        events=outcome.events,
        texts=outcome.texts,
        command_id=command_id,
    )


def _note(ticket: Ticket, text: str, minutes: int = 1) -> Outcome:
    return step(ticket, c.Note(text), _POLICY, now=START + timedelta(minutes=minutes))


def keeps_what_is_appended(make: MakeStore) -> None:
    """What was appended comes back: the ticket, its version, and the journal it is the fold of."""
    store = make()
    assert store.load("main", "T-1") == Stored(), "a ticket that was never opened is not empty"
    ticket = _open(store)
    assert store.load("main", "T-1") == Stored(ticket, 1), "the ticket did not come back"
    more = _note(ticket, "seen")
    version = store.append("main", "T-1", _entry(more), expected_version=1)
    assert version == 2, f"the second append gave version {version}"
    journal = store.events("main", "T-1")
    assert fold(None, journal) == more.ticket, "the journal is not that of the ticket"
    assert store.events("main", "T-1", after=1) == more.events, "after=1 left out the wrong events"
    assert store.events("main", "T-1", limit=1) == journal[:1], "limit=1 gave others than the first"
    assert store.ids("main") == ("T-1",)
    assert store.live("main") == (more.ticket,)


def keeps_an_entry_whole_or_not_at_all(make: MakeStore) -> None:
    """An append that fails leaves nothing behind: no event, text, command, errand or turn."""
    store = make()
    ticket = _open(store)
    outcome = _note(ticket, "lost")
    entry = Entry(
        ticket=outcome.ticket,
        events=outcome.events,
        texts=outcome.texts,
        command_id="k",
        refusal=_refusal("T-1"),
        errands={2: Errand(2, "notify", _T0)},
        held={-1: _fact("T-1", -1)},
        turns=(Turn("N1", "ana", 7),),
    )
    _refused(store, "T-1", entry, 1)
    assert store.load("main", "T-1") == Stored(ticket, 1), "a failed append changed the ticket"
    assert len(store.events("main", "T-1")) == 1, "a failed append left an event"
    assert set(store.texts("main", "T-1")) == {(1, "subject")}, "a failed append left a text"
    assert not store.knows_command("main", "T-1", "k"), "a failed append left a command id"
    assert not store.refusals("main"), "a failed append left a refusal"
    assert not store.errands("main", "T-1"), "a failed append left an errand"
    assert not store.held("main"), "a failed append left a fact that is held"
    assert not store.turns("main", "N1"), "a failed append left a turn"


def _refused(store: Store, ticket_id: str, entry: Entry, version: int) -> None:
    try:
        with store.locked("main", ticket_id):
            store.append("main", ticket_id, entry, expected_version=version)
    except EscalateError:
        return
    raise AssertionError(f"it kept what it must refuse: {entry}")


def appends_only_to_the_version_that_was_read(make: MakeStore) -> None:
    """Who read an old version is told so, and nothing of theirs is kept."""
    store = make()
    ticket = _open(store)
    store.append("main", "T-1", _entry(_note(ticket, "first")), expected_version=1)
    for version in (0, 1, 3):
        try:
            store.append("main", "T-1", _entry(_note(ticket, "late")), expected_version=version)
        except VersionConflict:
            continue
        raise AssertionError(f"it is at version 2 and took an append to version {version}")
    assert len(store.events("main", "T-1")) == 2


def takes_no_gap_in_a_journal(make: MakeStore) -> None:
    """Events are numbered without a gap and none is written over."""
    store = make()
    ticket = _open(store)
    second = _note(ticket, "second")
    assert second.ticket is not None
    third = _note(second.ticket, "third")
    _refused(store, "T-1", _entry(third), 1)
    store.append("main", "T-1", _entry(second), expected_version=1)
    _refused(store, "T-1", _entry(second), 2)


def keeps_desks_apart(make: MakeStore) -> None:
    """Two desks in one store never see anything of each other."""
    store = make()
    ticket = _open(store, desk="east")
    entry = Entry(
        ticket=ticket,
        command_id="k",
        refusal=_refusal("T-1"),
        errands={1: Errand(1, "classify", _T0)},
        held={-1: _fact("T-1", -1)},
        turns=(Turn("N1", "ana", 1),),
    )
    store.append("east", "T-1", entry, expected_version=1)
    store.fail("east", Failure(at_us=_T0, ticket_id="T-1", where="x", why="y"))
    store.publish("east", _book("1"))
    far = _T0 + 99 * _HOUR
    found = (
        store.load("west", "T-1").ticket,
        *store.events("west", "T-1"),
        *store.texts("west", "T-1"),
        *store.errands("west", "T-1"),
        *store.held("west"),
        *store.held("west", "T-1"),
        *store.due("west", before_us=far),
        *store.due_errands("west", until_us=far),
        *store.ids("west"),
        *store.live("west"),
        *store.loads("west"),
        *store.turns("west", "N1"),
        *store.refusals("west"),
        *store.failures("west"),
        *store.policies("west"),
    )
    assert found == (None,), f"the desk 'west' sees {found}"
    assert not store.knows_command("west", "T-1", "k")
    _open(store, desk="west")
    assert store.load("east", "T-1").version == 2


def keeps_texts_by_event_and_field(make: MakeStore) -> None:
    """Texts of any characters come back as they were, beside the events and not in them."""
    store = make()
    ticket = _open(store)
    text = "Grüße 🛠 <b>'\"; DROP TABLE texts; -- \x00 \u202e\r\n end"
    store.append("main", "T-1", _entry(_note(ticket, text)), expected_version=1)
    assert dict(store.texts("main", "T-1")) == {(1, "subject"): "about T-1", (2, "text"): text}
    assert not store.texts("main", "T-2")


def keeps_what_a_host_shows(make: MakeStore) -> None:
    """What a ticket's host was last seen to show is kept until it shows something else."""
    store = make()
    ticket = _open(store)
    assert store.load("main", "T-1").shown is None, "a ticket without a host shows something"
    for version, (given, kept) in enumerate(
        [("one", "one"), (None, "one"), ("two", "two")], start=1
    ):
        entry = Entry(ticket=ticket, shown=given, command_id=f"c-{version}")
        with store.locked("main", "T-1"):
            store.append("main", "T-1", entry, expected_version=version)
        shown = store.load("main", "T-1").shown
        assert shown == kept, f"after {given!r} was appended it shows {shown!r}, not {kept!r}"
    store.rebuild("main")
    shown = store.load("main", "T-1").shown
    assert shown == "two", f"after a rebuilding it shows {shown!r}"


def knows_commands_by_ticket(make: MakeStore) -> None:
    """The id of a command is known from then on, also if nothing came of it, on its ticket only."""
    store = make()
    ticket = _open(store)
    _open(store, "T-2")
    store.append("main", "T-1", Entry(ticket=ticket, command_id="k"), expected_version=1)
    assert store.knows_command("main", "T-1", "k"), "it forgot a command that changed nothing"
    assert not store.knows_command("main", "T-2", "k"), "it knows a command of another ticket"
    assert not store.knows_command("main", "T-1", "K"), "it knows a command nobody gave"


def says_what_is_due_before_an_instant(make: MakeStore) -> None:
    """Timers strictly before an instant, the earliest first, page by page; at the instant, none."""
    store = make()
    for name, priority in (("c", "normal"), ("b", "urgent"), ("a", "high"), ("d", "urgent")):
        _open(store, name, priority=priority)
    hours = {"b": 1, "d": 1, "a": 2, "c": 3}
    everything = tuple(Due(_T0 + hour * _HOUR, name) for name, hour in hours.items())
    far = _T0 + 99 * _HOUR
    assert store.due("main", before_us=far, limit=9) == everything, "not the earliest first"
    assert store.due("main", before_us=_T0 + _HOUR, limit=9) == (), "it gave what is due only now"
    assert store.due("main", before_us=_T0 + _HOUR + 1, limit=9) == everything[:2]
    assert store.due("main", before_us=far, limit=3) == everything[:3]
    found: list[Due] = []
    while page := store.due("main", before_us=far, after=found[-1] if found else None):
        found += page
    assert tuple(found) == everything, "page by page it gave others"


def forgets_timers_that_were_replaced(make: MakeStore) -> None:
    """A ticket is due for its present timer only; one that is done is due no more."""
    store = make()
    ticket = _open(store)
    raised = step(ticket, c.SetPriority("urgent"), _POLICY, now=START)
    store.append("main", "T-1", _entry(raised), expected_version=1)
    far = _T0 + 99 * _HOUR
    assert store.due("main", before_us=far, limit=9) == (Due(_T0 + _HOUR, "T-1"),)
    done = step(raised.ticket, c.Resolve(), _POLICY, now=START)
    store.append("main", "T-1", _entry(done), expected_version=2)
    assert store.due("main", before_us=far, limit=9) == (), "a resolved ticket has a timer"
    assert store.live("main") == (), "a resolved ticket is live"
    assert store.ids("main") == ("T-1",)


def keeps_errands_until_they_are_done(make: MakeStore) -> None:
    """An errand is there until it is struck off; put off, it is due later."""
    store = make()
    ticket = _open(store)
    first, second = Errand(1, "classify", _T0), Errand(2, "notify", _T0 + 2 * _HOUR)

    def put(version: int, **errands: Errand | None) -> None:
        by_number = {int(key[1:]): errand for key, errand in errands.items()}
        store.append(
            "main", "T-1", Entry(ticket=ticket, errands=by_number), expected_version=version
        )

    put(1, e1=first, e2=second)
    assert store.errands("main", "T-1") == (first, second)
    assert store.due_errands("main", until_us=_T0, limit=9) == (Due(_T0, "T-1"),), (
        "not at its instant"
    )
    assert store.due_errands("main", until_us=_T0 - 1, limit=9) == (), "an errand before its time"
    later = Errand(1, "classify", _T0 + 3 * _HOUR, tries=1)
    put(2, e1=later)
    assert store.errands("main", "T-1") == (later, second)
    put(3, e2=None)
    far = _T0 + 99 * _HOUR
    assert store.due_errands("main", until_us=far, limit=9) == (Due(later.at_us, "T-1"),)
    put(4, e1=None)
    assert store.errands("main", "T-1") == ()
    assert store.due_errands("main", until_us=far, limit=9) == ()


def strikes_off_what_is_done(make: MakeStore) -> None:
    """Errands of several tickets go at once; whoever has read one of these tickets looks again."""
    store = make()
    for name in ("T-1", "T-2", "T-3"):
        ticket = _open(store, name)
        owed = {number: Errand(number, "notify", _T0 + number) for number in (1, 2)}
        store.append("main", name, Entry(ticket=ticket, errands=owed), expected_version=1)
    store.strike("main", [("T-2", 1), ("T-1", 1), ("T-2", 2), ("T-9", 7)])
    left = {
        name: [each.number for each in store.errands("main", name)] for name in store.ids("main")
    }
    assert left == {"T-1": [2], "T-2": [], "T-3": [1, 2]}, f"what is left is {left}"
    due = store.due_errands("main", until_us=_T0 + _HOUR, limit=9)
    assert due == (Due(_T0 + 1, "T-3"), Due(_T0 + 2, "T-1")), f"due are {due}"
    ticket = _open(store, "T-4")
    _refused(store, "T-2", Entry(ticket=ticket, command_id="late"), 2)
    store.strike("main", [("T-2", 2)])
    store.strike("main", [])
    assert store.load("main", "T-3").version == 2, "a ticket that was not named has changed"


def _fact(ticket_id: str, number: int, minutes: int = 0) -> Held:
    at = START + timedelta(minutes=minutes)
    command = c.Reply(f"Grüße \x00 {number}", by=Actor("ana", roles={"lead"}), id=f"k{number}")
    return Held(ticket_id, number, as_us(at), Did(command, occurred_at=at))


def holds_facts_until_they_are_handed_over(make: MakeStore) -> None:
    """Facts come back as they came, texts and all, until they are handed over; in a batch as well."""
    store = make()
    for name in ("T-2", "T-1"):
        ticket = _open(store, name)
        facts = {number: _fact(name, number, minutes=9 + number) for number in (-1, -2)}
        facts |= {-3: Held(name, -3, _T0, Seen(assignee=None, fields={"x": (1, 2.5)}))}
        owed = {number: Errand(number, "fact", _T0 - number) for number in facts}
        entry = Entry(ticket=ticket, held=facts, errands=owed)
        assert not entry.is_empty, "an entry with facts to hold counts as empty"
        with store.locked("main", name) as stored:
            store.append("main", name, entry, expected_version=stored.version)
    wanted = tuple(facts.values())
    found = store.held("main", "T-1")
    assert found == wanted, f"what came were {wanted}, what is held are {found}"
    everybody = [(each.ticket_id, each.number) for each in store.held("main")]
    assert everybody == [(name, -number) for name in ("T-1", "T-2") for number in (1, 2, 3)]
    due = store.due_errands("main", until_us=_T0 + 1, limit=9)
    assert [each.ticket_id for each in due] == ["T-1", "T-2"], "nobody is told to hand them over"
    store.rebuild("main")
    assert store.held("main", "T-1") == wanted, "a rebuilding has touched what is held"
    with store.batch("main") as batch:
        batch.due_errands("main", until_us=_T0 + 1, limit=9)
        with batch.locked("main", "T-1", wait=False) as stored:
            done = Entry(ticket=stored.ticket, held={-1: None, -3: None}, errands={-1: None})
            batch.append("main", "T-1", done, expected_version=stored.version)
        assert batch.held("main", "T-1") == wanted[1:2], "the batch does not see what it kept"
    assert store.held("main", "T-1") == wanted[1:2], "a fact that was handed over is held"
    assert len(store.held("main", "T-2")) == 3, "a fact of another ticket is gone"


def _ticked(store: Store, ticket_id: str, text: str = "in a batch") -> None:
    """Visit a ticket of a batch: a note is kept, and somebody is to be told of it."""
    with store.locked("main", ticket_id, wait=False) as stored:
        assert stored.ticket is not None, f"ticket {ticket_id!r} is not in the batch"
        noted = _note(stored.ticket, text)
        number = noted.events[-1].seq
        entry = attrs.evolve(_entry(noted), errands={number: Errand(number, "notify", _T0)})
        store.append("main", ticket_id, entry, expected_version=stored.version)


_NAMES: Final = ("T-1", "T-2", "T-3")


def _three_due(make: MakeStore) -> Store:
    store = make()
    for name in _NAMES:
        _open(store, name, priority="urgent")
    return store


def keeps_the_visits_of_a_batch(make: MakeStore) -> None:
    """What is due comes in order; all that was kept in the batch is there after it, a second visit too."""
    store = _three_due(make)
    with store.batch("main") as batch:
        due = batch.due("main", before_us=_T0 + 2 * _HOUR, limit=9)
        assert [each.ticket_id for each in due] == list(_NAMES), f"a batch gets {due}"
        for each in (*due, due[0]):
            _ticked(batch, each.ticket_id)
    for name in _NAMES:
        times = 2 if name == "T-1" else 1
        stored, journal = store.load("main", name), store.events("main", name)
        assert stored.version == 1 + times, f"{name!r} is at version {stored.version}"
        assert stored.ticket == fold(None, journal), f"{name!r} is not the fold of its events"
        assert len(journal) == len(store.texts("main", name)) == 1 + times
        assert len(store.errands("main", name)) == times
    with store.batch("main") as batch:
        due = batch.due_errands("main", until_us=_T0, limit=9)
        assert [each.ticket_id for each in due] == list(_NAMES), f"errands are due for {due}"
        (first, second) = batch.errands("main", "T-1")
        asks = batch.events("main", "T-1", after=second.number - 1, limit=1)
        assert asks == store.events("main", "T-1")[-1:], (
            "the event that asks for an errand is another"
        )
        with batch.locked("main", "T-1", wait=False) as stored:
            done = Entry(ticket=stored.ticket, errands={first.number: None, second.number: None})
            batch.append("main", "T-1", done, expected_version=stored.version)
    assert store.errands("main", "T-1") == (), "an errand that was done in a batch is still there"
    assert len(store.due_errands("main", until_us=_T0, limit=9)) == 2


def leaves_out_of_a_batch_what_failed(make: MakeStore) -> None:
    """A visit that fails leaves nothing, and costs no other one of its batch anything."""
    store = _three_due(make)
    before = store.load("main", "T-2")
    with store.batch("main") as batch:
        batch.due("main", before_us=_T0 + 2 * _HOUR, limit=9)
        _ticked(batch, "T-1")
        assert before.ticket is not None
        gap = _note(before.ticket, "lost")
        wrong = attrs.evolve(_entry(gap), events=(*gap.events, *gap.events))
        _refused(batch, "T-2", wrong, 1)
        _refused(batch, "T-2", _entry(gap), 7)
        taken = Entry(ticket=before.ticket, turns=(Turn("N1", "ana", 7),), command_id="k")
        _refused(batch, "T-2", taken, 1)
        with suppress(ZeroDivisionError), batch.locked("main", "T-2", wait=False):
            raise ZeroDivisionError
        _ticked(batch, "T-3")
    assert store.load("main", "T-2") == before, "a visit that failed has changed its ticket"
    assert len(store.events("main", "T-2")) == 1, "a visit that failed left an event"
    assert not store.knows_command("main", "T-2", "k"), "a visit that failed left a command id"
    for name in ("T-1", "T-3"):
        assert len(store.events("main", name)) == 2, f"the visit to {name!r} is gone with another"


def sees_in_a_batch_what_was_kept_in_it(make: MakeStore) -> None:
    """Whatever is asked of a batch knows the visits before: journals, texts, what is due, whose turn."""
    store = _three_due(make)
    with store.batch("main") as batch:
        batch.due("main", before_us=_T0 + 2 * _HOUR, limit=9)
        _ticked(batch, "T-1", "seen")
        assert len(batch.events("main", "T-1")) == 2, "the journal lacks what was kept in the batch"
        assert batch.texts("main", "T-1")[2, "text"] == "seen"
        with batch.locked("main", "T-2", wait=False) as stored:
            given = step(stored.ticket, c.Assign("ana"), _POLICY, now=START)
            turns = (Turn("N1", "ana", 1),)
            entry = attrs.evolve(_entry(given, "k"), turns=turns)
            batch.append("main", "T-2", entry, expected_version=stored.version)
        assert dict(batch.turns("main", "N1")) == {"ana": 1}, (
            "a turn of the batch is not seen in it"
        )
        assert dict(batch.loads("main")) == {"ana": 1}, "nobody has what was given in the batch"
        assert batch.knows_command("main", "T-2", "k")
        assert batch.load("main", "T-2").version == 2
        _ticked(batch, "T-2")
        _open(batch, "T-4", priority="urgent")
        due = batch.due("main", before_us=_T0 + 2 * _HOUR, limit=9)
        assert [each.ticket_id for each in due] == [*_NAMES, "T-4"], f"due in the batch are {due}"
    assert store.load("main", "T-2").version == 3
    assert len(store.events("main", "T-4")) == 1


def leaves_every_ticket_whole_when_a_batch_fails(make: MakeStore) -> None:
    """After a batch that ended in an error each ticket is as one of its visits left it, whole."""
    store = _three_due(make)
    with suppress(ZeroDivisionError), store.batch("main") as batch:
        for each in batch.due("main", before_us=_T0 + 2 * _HOUR, limit=9):
            _ticked(batch, each.ticket_id)
        raise ZeroDivisionError
    for name in _NAMES:
        stored, journal = store.load("main", name), store.events("main", name)
        assert (stored.ticket, stored.version) == (fold(None, journal), len(journal))
        assert len(store.texts("main", name)) == len(journal), (
            "a text without its event, or the like"
        )
    with store.batch("main") as batch:  # and nothing is held any more
        assert len(batch.due("main", before_us=_T0 + 2 * _HOUR, limit=9)) == 3
        _ticked(batch, "T-2")


def gives_a_turn_once(make: MakeStore) -> None:
    """Of two who would give the same turn of a tier, one is told that somebody was faster."""
    store = make()
    first, second = _open(store), _open(store, "T-2")
    store.append(
        "main", "T-1", Entry(ticket=first, turns=(Turn("N1", "ana", 1),)), expected_version=1
    )
    taken = Entry(ticket=second, turns=(Turn("N1", "rui", 1),))
    try:
        store.append("main", "T-2", taken, expected_version=1)
    except VersionConflict:
        assert dict(store.turns("main", "N1")) == {"ana": 1}, "a turn that was refused was kept"
    else:
        raise AssertionError("turn 1 of N1 was given twice")
    both = (Turn("N1", "rui", 2), Turn("N2", "eva", 1), Turn("N1", "ana", 3))
    store.append("main", "T-2", Entry(ticket=second, turns=both), expected_version=1)
    assert dict(store.turns("main", "N1")) == {"ana": 3, "rui": 2}
    assert dict(store.turns("main", "N2")) == {"eva": 1}


def counts_what_people_have(make: MakeStore) -> None:
    """How many tickets each assignee has, those that are done left out."""
    store = make()
    for name in ("T-1", "T-2", "T-3", "T-4"):
        ticket = _open(store, name)
        agent = "rui" if name == "T-3" else "ana"
        given = step(ticket, c.Assign(agent), _POLICY, now=START)
        if name == "T-4":
            given = step(ticket, c.Resolve(), _POLICY, now=START)
        store.append("main", name, _entry(given), expected_version=1)
    assert dict(store.loads("main")) == {"ana": 2, "rui": 1}


def _refusal(ticket_id: str, why: str = "no") -> Refusal:
    return Refusal(ticket_id=ticket_id, at_us=_T0, by=Actor("ana"), asked="Take", code="x", why=why)


def keeps_refusals_and_failures(make: MakeStore) -> None:
    """What was refused and what failed can be read, oldest first, and stands in no journal."""
    store = make()
    ticket = _open(store)
    first, second, third = _refusal("T-1", "1"), _refusal("T-9", "2"), _refusal("T-1", "3")
    store.append("main", "T-1", Entry(ticket=ticket, refusal=first), expected_version=1)
    store.refuse("main", second)
    store.append("main", "T-1", Entry(ticket=ticket, refusal=third), expected_version=2)
    assert store.refusals("main") == (first, second, third)
    assert store.refusals("main", "T-1") == (first, third)
    assert len(store.events("main", "T-1")) == 1, "a refusal made an event"
    fourth = attrs.evolve(_refusal("T-1", "4"), command_id='k"\\%')
    store.append("main", "T-1", Entry(ticket=ticket, refusal=fourth), expected_version=3)
    assert store.refused("main", "T-1", 'k"\\%') == fourth, "it forgot a command that was refused"
    for ticket_id, command_id in (("T-1", "k"), ("T-1", "%"), ("T-9", 'k"\\%')):
        found = store.refused("main", ticket_id, command_id)
        assert found is None, f"command {command_id!r} of {ticket_id!r} was never refused: {found}"
    failures = tuple(Failure(at_us=_T0, ticket_id="", where="x", why=why) for why in "ab")
    for failure in failures:
        store.fail("main", failure)
    assert store.failures("main") == failures


def _book(
    text: str | None, who: str = "ana", version: str = "1", proof: str | None = None
) -> PolicyText:
    by = Actor(who, roles={"lead"})
    return PolicyText(name="p", version=version, text=text, by=by, at_us=_T0, proof=proof)


def publishes_a_version_once(make: MakeStore) -> None:
    """A name and version is published once, the first stays, and the newest comes last."""
    store = make()
    first = _book('{"name": "p 🛠"}')
    assert store.publish("main", first), "a new policy was not taken"
    assert not store.publish("main", _book("other", "rui")), "a version was published twice"
    assert store.policies("main") == (first,)
    assert store.newest("main") == ("p", "1")
    unwritten = _book(None, version="0")
    assert store.publish("main", unwritten), "a policy without a text was not taken"
    assert store.policies("main") == (first, unwritten), "the newest does not come last"
    assert store.newest("main") == ("p", "0"), "it gave another one as the newest"
    proved = _book("2", version="2", proof='{"answers": "✓"}')
    store.publish("main", proved)
    assert store.policies("main")[-1] == proved, "the proof of a policy was not kept with it"
    assert store.newest("other") is None, "a desk without policies has a newest one"


def deletes_texts_that_are_erased(make: MakeStore) -> None:
    """An Erased deletes all that was written before it, on its ticket only, and nothing else."""
    store = make()
    ticket, _ = _open(store), _open(store, "T-2")
    erased = Erased(at_us=_T0, by=Actor("ana"), seq=2)
    entry = Entry(ticket=evolve(ticket, erased), events=(erased,))
    store.append("main", "T-1", entry, expected_version=1)
    assert not store.texts("main", "T-1"), "an erased text is still there"
    assert set(store.texts("main", "T-2")) == {(1, "subject")}, "a text of another ticket is gone"
    later = _note(evolve(ticket, erased), "later")
    store.append("main", "T-1", _entry(later), expected_version=2)
    assert dict(store.texts("main", "T-1")) == {(3, "text"): "later"}
    assert fold(None, store.events("main", "T-1")) == later.ticket


def rebuilds_from_events(make: MakeStore) -> None:
    """Tickets and what is due are made again from the events; where they are right nothing changes."""
    store = make()
    ticket = _open(store, priority="urgent")
    _open(store, "T-2")
    wrong = step(ticket, c.Resolve(), _POLICY, now=START).ticket
    store.append("main", "T-1", Entry(ticket=wrong), expected_version=1)
    errand = Errand(1, "notify", _T0)
    store.append("main", "T-1", Entry(ticket=wrong, errands={1: errand}), expected_version=2)
    assert store.rebuild("main") == Rebuilt(("T-1",)), "not just the ticket that was wrong"
    assert store.load("main", "T-1") == Stored(ticket, 4), (
        "the ticket is not the fold of its events"
    )
    far = _T0 + 99 * _HOUR
    assert store.due("main", before_us=far, limit=1) == (Due(_T0 + _HOUR, "T-1"),)
    assert store.due_errands("main", until_us=far, limit=9) == (Due(_T0, "T-1"),)
    assert store.rebuild("main") == Rebuilt(), "a second time changed something"


def purges_what_is_over(make: MakeStore) -> None:
    """What was done before an instant goes with all that belongs to it; the rest stays.

    So does a ticket that somebody has told something of which is not followed yet.
    """
    store = make()
    for name in ("T-1", "T-2", "T-3"):
        ticket = _open(store, name)
        done = step(ticket, c.Resolve(), _POLICY, now=START + timedelta(minutes=int(name[-1])))
        entry = Entry(
            ticket=done.ticket if name != "T-3" else ticket,
            events=done.events if name != "T-3" else (),
            command_id="k",
            refusal=_refusal(name),
            errands={1: Errand(1, "notify", _T0)},
        )
        store.append("main", name, entry, expected_version=1)
        store.fail("main", Failure(at_us=_T0 + _HOUR, ticket_id=name, where="x", why=name))
    before_us = _T0 + 90_000_000  # between the first and the second
    assert store.purge("main", before_us=before_us) == ("T-1",), "not just what is old and over"
    found = (
        store.load("main", "T-1").ticket,
        *store.events("main", "T-1"),
        *store.texts("main", "T-1"),
        *store.errands("main", "T-1"),
    )
    assert found == (None,), f"the purged ticket still has {found}"
    assert not store.knows_command("main", "T-1", "k")
    assert store.ids("main") == ("T-2", "T-3")
    far = _T0 + 99 * _HOUR
    errands = store.due_errands("main", until_us=far, limit=9)
    assert [each.ticket_id for each in errands] == ["T-2", "T-3"]
    assert [each.why for each in store.failures("main")] == ["T-2", "T-3"]
    assert not store.refusals("main"), "a refusal of before is still there"
    assert store.purge("main", before_us=before_us) == ()
    assert store.texts("main", "T-2"), "a text of a ticket that stays is gone"
    told = Entry(ticket=store.load("main", "T-2").ticket, held={-1: _fact("T-2", -1)})
    store.append("main", "T-2", told, expected_version=2)
    assert store.purge("main", before_us=far) == (), "a fact that is held was purged"
    store.append("main", "T-2", attrs.evolve(told, held={-1: None}), expected_version=3)
    assert store.purge("main", before_us=far) == ("T-2",), "it keeps what is over and was told"


def rolls_back_what_ends_in_an_error(make: MakeStore) -> None:
    """A visit that ends in an error before it appends leaves nothing, and frees the ticket."""
    store = make()
    ticket = _open(store)
    with suppress(ZeroDivisionError), store.locked("main", "T-1"):
        raise ZeroDivisionError
    with _held(store):  # by somebody else: whoever holds a ticket already may hold it again
        pass
    assert store.load("main", "T-1") == Stored(ticket, 1)


def locks_a_ticket_for_one_at_a_time(make: MakeStore) -> None:
    """While one holds a ticket, another waits, or is told at once that it is busy."""
    store = make()
    _open(store)
    with _held(store):
        try:
            with store.locked("main", "T-1", wait=False):
                raise AssertionError("two hold the same ticket")
        except TicketBusy:
            pass
    with store.locked("main", "T-1", wait=False) as stored:
        assert stored.version == 1


@contextmanager
def _held(store: Store) -> Iterator[None]:
    """Hold the ticket in another thread."""
    answered, release = threading.Event(), threading.Event()
    held: list[str] = []

    def hold() -> None:
        try:
            with store.locked("main", "T-1", wait=False) as stored:
                held.append(f"version {stored.version}")
                answered.set()
                release.wait(10)
        except EscalateError:
            answered.set()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert answered.wait(10), "it waits for a ticket although it was asked not to"
        assert held, "a free ticket could not be locked"
        yield
    finally:
        release.set()
        thread.join(10)


def loses_nothing_to_threads(make: MakeStore) -> None:
    """Many threads on few tickets: every event is kept once, in one row, with its text."""
    store = make()
    names = ("T-1", "T-2")
    for name in names:
        _open(store, name)
    troubles: list[BaseException] = []

    def write(worker: int) -> None:
        try:
            for turn in range(5):
                name = names[(worker + turn) % len(names)]
                with store.locked("main", name) as stored:
                    assert stored.ticket is not None
                    outcome = _note(stored.ticket, f"{worker}/{turn}")
                    store.append("main", name, _entry(outcome), expected_version=stored.version)
        except BaseException as why:  # noqa: BLE001 - told to the thread that checks
            troubles.append(why)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not troubles, f"a thread failed: {troubles[0]!r}"
    written = [text for name in names for text in store.texts("main", name).values()]
    said = sorted(text for text in written if "/" in text)
    assert said == sorted(f"{worker}/{turn}" for worker in range(6) for turn in range(5))
    for name in names:
        assert fold(None, store.events("main", name)) == store.load("main", name).ticket
