"""What can be heard of a desk at work: by observers, and in log lines. It costs the desk nothing."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate import Actor, Desk, MemoryStore
from escalate.core import commands as c
from escalate.errors import PathNotAllowed
from escalate.runtime import Observer, Staff, hearing
from escalate.runtime.watching import FIELDS
from tests.runtime.hosting import hosted
from tests.runtime.shop import ANA, MONDAY, STAFF, names, shop

ROOT = Path(__file__).resolve().parents[2]


class Listens(Observer):
    """Keeps all that it hears, in order."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Any]] = []

    def decided(self, decision: Any) -> None:
        """Keep a decision."""
        self.heard.append(("decided", decision))

    def fired(self, firing: Any) -> None:
        """Keep a timer."""
        self.heard.append(("fired", firing))

    def refused(self, rejection: Any) -> None:
        """Keep a refusal."""
        self.heard.append(("refused", rejection))

    def delivered(self, delivery: Any) -> None:
        """Keep a delivery."""
        self.heard.append(("delivered", delivery))

    def failed(self, trouble: Any) -> None:
        """Keep a failure."""
        self.heard.append(("failed", trouble))

    def ticked(self, tick: Any) -> None:
        """Keep a tick."""
        self.heard.append(("ticked", tick))

    def all(self, what: str) -> list[Any]:
        """All that was heard of one kind."""
        return [report for kind, report in self.heard if kind == what]


class Deaf(Observer):
    """Raises at whatever it hears."""

    def decided(self, decision: Any) -> None:
        """Fail, in words that name somebody."""
        raise RuntimeError("Jo Smith, jo@example.org")

    ticked = failed = fired = decided


class Slow(Observer):
    """Hangs until it is let go."""

    def __init__(self) -> None:
        self.free = threading.Event()
        self.heard = 0

    def decided(self, decision: Any) -> None:
        """Hang."""
        self.free.wait(30)
        self.heard += 1


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """What fails here fails on purpose."""
    with caplog.at_level(logging.CRITICAL, logger="escalate"):
        yield


def test_an_observer_hears_what_a_desk_does() -> None:
    """Decisions, timers with their lateness, refusals, mails, ticks: each once, in order."""
    ears = Listens()
    desk, clock = shop(notify=lambda notice: None, observers=[ears])
    desk.open(id="T-1")
    with pytest.raises(PathNotAllowed):
        desk.handle("T-1", c.Escalate(to="N9", by=ANA))
    clock.advance(hours=2, minutes=30)  # the warning was due after two hours
    desk.tick()
    kinds = [kind for kind, _ in ears.heard]
    assert kinds == ["decided", "refused", "decided", "fired", "delivered", "ticked"]
    (refused,) = ears.all("refused")
    assert (refused.desk, refused.refusal.code) == ("main", "path-not-allowed")
    (firing,) = ears.all("fired")
    assert (firing.event.step, firing.due_at, firing.late_s) == (
        "50%",
        MONDAY + timedelta(hours=2),
        1800.0,
    )
    (delivery,) = ears.all("delivered")
    assert (delivery.notice.event.receiver, delivery.late_s, delivery.tries) == ("lead", 1800.0, 0)
    (tick,) = ears.all("ticked")
    assert (tick.tickets, tick.failed) == (("T-1",), ())
    assert tick.took_s >= 0
    told = [event for decision in ears.all("decided") for event in decision.events]
    assert told == list(desk.history("T-1"))


def test_what_is_not_kept_is_not_heard() -> None:
    """A visit that the database does not take has not happened, for observers neither."""

    class Full(MemoryStore):
        full = False

        def append(self, *args: Any, **more: Any) -> int:
            if self.full:
                raise OSError("no space left on device")
            return super().append(*args, **more)

    ears, store = Listens(), Full()
    desk, clock = shop(store=store, observers=[ears])
    desk.open(id="T-1")
    store.full = True
    clock.advance(hours=3)
    with pytest.raises(OSError, match="no space"):
        desk.handle("T-1", c.Take(by=ANA))
    desk.tick()
    assert len(ears.all("decided")) == 1
    assert ears.all("fired") == []
    (trouble,) = ears.all("failed")
    assert (trouble.ticket_id, trouble.where, type(trouble.error)) == ("T-1", "tick", OSError)
    store.full = False
    desk.tick()
    assert [firing.event.step for firing in ears.all("fired")] == ["50%"]


def test_what_a_host_rolls_back_is_not_heard() -> None:
    """An observer of an embedded desk hears after the commit, or not at all."""
    ears = Listens()
    desk, host, _ = hosted(observers=[ears])
    with pytest.raises(ZeroDivisionError), host.transaction():
        _save_and_fail(host)
    assert ears.heard == []
    with host.transaction():
        host.save("T-1", status="new")
        assert ears.heard == []
    assert [names(each.events) for each in ears.all("decided")] == [["Opened"]]
    assert desk.ticket("T-1")


@given(
    asked=st.lists(
        st.sampled_from([c.Take(by=ANA), c.RequestHuman(), c.Escalate(to="N9"), c.Resolve(by=ANA)]),
        max_size=5,
    ),
    hours=st.integers(1, 40),
)
def test_an_observer_that_fails_changes_nothing(asked: list[c.Command], hours: int) -> None:
    """Whatever an observer does, journals are as if nobody had looked, and others hear all of it."""

    def life(*observers: Observer) -> Desk:
        desk, clock = shop(directory=Staff([]), observers=observers)
        desk.open(id="T-1")
        for command in asked:
            try:
                desk.handle("T-1", command)
            except Exception as why:  # noqa: BLE001 - refused in each life
                assert "Refused" in {each.__name__ for each in type(why).__mro__}  # noqa: PT017
            clock.advance(hours=hours)
            desk.tick()
        return desk

    ears = Listens()
    watched, alone = life(Deaf(), ears), life()
    assert watched.history("T-1") == alone.history("T-1")
    assert watched.failures() == alone.failures()
    heard = [event for decision in ears.all("decided") for event in decision.events]
    assert heard == list(alone.history("T-1"))


def test_an_observer_that_hangs_is_left_behind() -> None:
    """It is waited for once, and not again; once it is back, it has missed nothing that fitted."""
    slow, ears = Slow(), Listens()
    desk, clock = shop(observers=[slow, ears], observe_within_s=0.02)
    try:
        began = time.monotonic()
        for number in range(20):
            desk.open(id=f"T-{number}")
        clock.advance(hours=3)
        assert len(desk.tick().tickets) == 20
        assert time.monotonic() - began < 20  # a deadlock would take 30 s
        assert slow.heard == 0
        assert len(ears.all("fired")) == 20
    finally:
        slow.free.set()
    _until(lambda: slow.heard == 40)
    desk.open(id="T-x")
    assert slow.heard == 41  # waited for again


def test_an_observer_that_hangs_fills_no_memory(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What does not fit into its queue is missed, and it is said how much that was."""
    monkeypatch.setattr(hearing, "MOST_WAITING", 5)
    slow = Slow()
    desk, _ = shop(observers=[slow], observe_within_s=0.02)
    with caplog.at_level(logging.WARNING, logger="escalate"):
        try:
            for number in range(20):
                desk.open(id=f"T-{number}")
        finally:
            slow.free.set()
        _until(lambda: any(getattr(each, "missed", 0) for each in caplog.records))
    (missed,) = [each.missed for each in caplog.records if hasattr(each, "missed")]  # type: ignore[attr-defined]
    assert missed == 20 - slow.heard
    assert slow.heard in (5, 6)  # five wait while it hangs at the first, if it was that quick


def test_an_observer_may_ask_the_desk() -> None:
    """It works in a thread of its own, and what it asks of the desk is done there."""
    seen: list[str] = []

    class Asks(Observer):
        def decided(self, decision: Any) -> None:
            if decision.ticket.assignee is None:
                desk.handle(decision.ticket.id, c.Take(by=ANA))
            seen.append(desk.ticket(decision.ticket.id).assignee or "")

    desk, _ = shop(observers=[Asks()])
    desk.open(id="T-1")
    _until(lambda: len(seen) == 2)
    assert seen == ["ana", "ana"]


def test_an_observer_knows_the_context_of_its_caller() -> None:
    """A tracer that keeps the request in a contextvar finds it where its observer is called."""
    request: ContextVar[str] = ContextVar("request", default="none")
    seen: list[str] = []

    class Traces(Observer):
        def decided(self, decision: Any) -> None:
            seen.append(request.get())

    desk, _ = shop(observers=[Traces()])
    request.set("GET /1")
    desk.open(id="T-1")
    request.set("GET /2")
    desk.handle("T-1", c.Take(by=ANA))
    assert seen == ["GET /1", "GET /2"]


def test_threads_end_when_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A desk that nobody uses any more leaves no thread behind."""
    monkeypatch.setattr(hearing, "_LINGER_S", 0.01)
    before = threading.active_count()
    for _ in range(3):
        desk, _ = shop(observers=[Listens()])
        desk.open(id="T-1")
    _until(lambda: threading.active_count() <= before)


def test_every_log_line_has_fields_of_the_table(caplog: pytest.LogCaptureFixture) -> None:
    """Who reads logs by machine finds each field under the name and meaning that the table gives."""
    with _records(caplog) as records:
        _busy_day(subject="x")
    kinds = {each["what"] for each in records}
    assert kinds == {"decided", "fired", "refused", "delivered", "failed", "ticked", "observer"}
    assert {name for each in records for name in each} <= FIELDS.keys()
    # "missed" and "rule" belong to lines that this day did not bring.
    assert FIELDS.keys() - {name for each in records for name in each} <= {"missed", "rule"}
    assert all(isinstance(value, str | int | float) for each in records for value in each.values())
    (fired,) = [each for each in records if each["what"] == "fired" and each["step"] == "50%"]
    assert (fired["ticket_id"], fired["event"], fired["late_s"]) == ("T-1", "StepReached", 3600.0)
    assert fired["due_at"] == "2026-03-02T11:00:00+00:00"
    refused = next(each for each in records if each["what"] == "refused")
    assert (refused["asked"], refused["code"]) == ("Escalate", "path-not-allowed")


def test_the_page_has_the_fields_as_they_are() -> None:
    """The table of fields in the how-to is the one of the package, to the letter."""
    page = (ROOT / "docs" / "how-to" / "watch-a-desk.md").read_text(encoding="utf-8")
    rows = [f"| `{name}` | {means} |" for name, means in FIELDS.items()]
    assert "\n".join(rows) in page


def test_logs_hold_nothing_of_people(caplog: pytest.LogCaptureFixture) -> None:
    """What customers and agents write, who they are, and the words of errors stay out of logs."""
    with _records(caplog):
        _busy_day(subject="My name is Johanna")
    text = " ".join(f"{each.getMessage()} {vars(each)}" for each in caplog.records)
    for word in ("Johanna", "ana@", "jo@example.org", "'ana'", "cust-81", "smtp said"):
        assert word not in text
    assert all(each.name == "escalate.runtime" for each in caplog.records)
    assert all(each.exc_info is None for each in caplog.records)


def test_who_asks_for_debugging_gets_tracebacks(caplog: pytest.LogCaptureFixture) -> None:
    """At DEBUG an error comes with all that it says; that is for a developer's own machine."""
    with caplog.at_level(logging.DEBUG, logger="escalate"):
        _busy_day(subject="x")
    failed = [each for each in caplog.records if getattr(each, "what", "") == "failed"]
    assert failed
    assert all(each.exc_info for each in failed)
    assert all(each.raised_at.startswith("test_watching.py:") for each in failed)  # type: ignore[attr-defined]


def _save_and_fail(host: Any) -> None:
    host.save("T-1", status="new")
    raise ZeroDivisionError


def _busy_day(subject: str) -> None:
    """A day on which everything happens that logs tell of."""

    def mail(notice: Any) -> None:
        if notice.event.receiver == "lead" and notice.event.about == "call":
            raise ConnectionError("smtp said: ana@example.org is unknown")

    desk, clock = shop(directory=STAFF, notify=mail, observers=[Deaf()])
    desk.open(id="T-1", subject=subject, requester="cust-81")
    desk.handle("T-1", c.Note(f"{subject}, called", by=Actor("ana", "agent")))
    with pytest.raises(PathNotAllowed):
        desk.handle("T-1", c.Escalate(to="N9", reason=subject, by=ANA))
    desk.handle("T-1", c.RequestHuman())
    clock.advance(hours=3)
    desk.tick()


class Fields(logging.Handler):
    """Keeps what the library says with a line, before handlers of others add to it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, Any]] = []
        self._usual = set(vars(logging.makeLogRecord({}))) | {"message", "asctime"}

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the fields that no log line of Python's own has."""
        said = vars(record).items()
        self.found.append({name: each for name, each in said if name not in self._usual})


@contextmanager
def _records(caplog: pytest.LogCaptureFixture) -> Iterator[list[dict[str, Any]]]:
    """The fields of the log lines at INFO."""
    logger, fields = logging.getLogger("escalate"), Fields()
    logger.handlers.insert(0, fields)
    try:
        with caplog.at_level(logging.INFO, logger="escalate"):
            yield fields.found
    finally:
        logger.removeHandler(fields)


def _until(so: Any) -> None:
    """Wait until something is so that another thread brings about."""
    for _ in range(2_000):
        if so():
            return
        time.sleep(0.005)
    pytest.fail("it never was so")
