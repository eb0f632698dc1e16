"""``escalate outbox``: an operator sees what was not delivered, and has it sent again."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from escalate import Desk, SQLiteStore
from escalate.cli import main
from escalate.core import commands as c
from escalate.runtime import Notice
from escalate.stores import PostgresStore, Store
from escalate.testing import ManualClock
from tests.runtime.shop import MONDAY, POLICY

RED = "\x1b[31m"


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """What fails here fails on purpose."""
    with caplog.at_level(logging.CRITICAL, logger="escalate"):
        yield


def broken(notice: Notice) -> None:
    """A mail server that is down, and says so in colour."""
    raise ConnectionError(f"{RED}no mail server")


def desk_in(store: Store, clock: ManualClock, **more: Any) -> Desk:
    """A desk at work in a store."""
    return Desk(POLICY, store, clock=clock, notify_within_s=None, **more)


def fill(store: Store) -> ManualClock:
    """One letter that was given up, and one that waits."""
    clock = ManualClock(MONDAY)
    desk = desk_in(store, clock, notify=broken)
    desk.open(id="T-1")
    desk.handle("T-1", c.RequestHuman())
    for _ in range(11):
        clock.advance(minutes=64)
        desk.tick()
    desk.open(id=f"{RED}T-2")
    desk.handle(f"{RED}T-2", c.RequestHuman())
    return clock


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a store is, as the command is told; there is something in its outbox."""
    if request.param == "sqlite":
        with SQLiteStore(tmp_path / "desk.db") as store:
            fill(store)
        return str(tmp_path / "desk.db")
    conninfo: str = request.getfixturevalue("postgres")
    with PostgresStore(conninfo) as store:
        fill(store)
    return conninfo


def opened(place: str) -> SQLiteStore | PostgresStore:
    """The store there."""
    return SQLiteStore(place) if place.endswith(".db") else PostgresStore(place)


def letters(capsys: pytest.CaptureFixture[str], *args: str) -> list[dict[str, Any]]:
    """What the command lists for programs."""
    assert main(["outbox", *args, "--json"]) == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["letters"]
    return found


def test_lists_what_waits_and_what_was_given_up(
    place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each letter with its ticket, whom it is for, what about, when it is tried next and why it failed."""
    assert main(["outbox", place]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].endswith("given up")
    (dead,) = (line for line in lines if "T-1/4" in line)
    assert dead == (
        "main  T-1/4  notify lead, about call; given up, 12 failed: "
        "GivenUp: given up after 12 tries: event 4 of ticket 'T-1'; "
        "desk.outbox(dead=True) lists it, desk.resend(...) tries it anew"
    )
    (waits,) = (line for line in lines if "T-2/4" in line)
    assert "next try 2026-03-02 20:4" in waits
    assert "1 failed: ConnectionError: \\x1b[31mno mail server" in waits
    assert main(["outbox", place, "--dead"]) == 0
    assert "T-2" not in capsys.readouterr().out


def test_nothing_stored_steers_the_terminal(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Names and errors that somebody else wrote are shown as escapes, also in JSON."""
    for args in ([], ["--json"], ["--resend", f"{RED}T-2/9", "--by", "eve"]):
        main(["outbox", place, *args])
        said = capsys.readouterr()
        assert "\x1b" not in said.out + said.err


def test_tells_programs_the_same(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    """--json holds one object for each letter."""
    dead = letters(capsys, place, "--dead")
    assert [(each["id"], each["dead"], each["at"], each["tries"]) for each in dead][:1] == [
        ("T-1/4", True, None, 12)
    ]
    everything = letters(capsys, place)
    assert {each["id"] for each in everything} > {each["id"] for each in dead}
    assert {each["desk"] for each in everything} == {"main"}


def test_what_is_sent_again_goes_out_with_the_next_tick(
    place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The letter is carried by the desk's own worker, and beside its failures stands who wanted that."""
    assert main(["outbox", place, "--resend", "T-1/4", "--by", "eve"]) == 0
    assert capsys.readouterr().out == "T-1/4: goes out with the next tick of main\n"
    (letter,) = (each for each in letters(capsys, place) if each["id"] == "T-1/4")
    assert (letter["dead"], letter["tries"], letter["why"]) == (False, 0, "sent again by 'eve'")
    told: list[str] = []
    with opened(place) as store:
        before = store.events("main", "T-1")
        clock = ManualClock()
        clock.advance(days=9_000)  # later than the clock of this machine
        desk_in(store, clock, notify=lambda notice: told.append(notice.key)).tick()
        assert store.events("main", "T-1")[: len(before)] == before
    assert told.count("main/T-1/4") == 1
    assert "T-1/4" not in {each["id"] for each in letters(capsys, place)}


def test_all_that_was_given_up_is_sent_again(
    place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """After an outage one command puts back what was given up, and leaves what waits anyway."""
    before = {each["id"]: each for each in letters(capsys, place)}
    assert main(["outbox", place, "--all", "--by", "eve"]) == 0
    capsys.readouterr()
    after = {each["id"]: each for each in letters(capsys, place)}
    assert after.keys() == before.keys()
    for name, letter in after.items():
        assert not letter["dead"]
        assert letter["tries"] == (0 if before[name]["dead"] else before[name]["tries"])
    assert main(["outbox", place, "--all", "--by", "eve"]) == 0
    assert capsys.readouterr().out == "nothing was given up\n"


def test_a_store_with_several_desks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A letter that two desks have is sent again for the one that is named."""
    path = str(tmp_path / "desk.db")
    with SQLiteStore(path) as store:
        for name in ("east", "west"):
            desk = desk_in(store, ManualClock(MONDAY), name=name, notify=broken)
            desk.open(id="T-1")
            desk.handle("T-1", c.RequestHuman())
    assert {each["desk"] for each in letters(capsys, path)} == {"east", "west"}
    assert {each["desk"] for each in letters(capsys, path, "--desk", "west")} == {"west"}
    assert main(["outbox", path, "--resend", "T-1/4", "--by", "eve"]) == 2
    assert "choose by --desk: east, west" in capsys.readouterr().err
    assert main(["outbox", path, "--desk", "west", "--resend", "T-1/4", "--by", "eve"]) == 0
    capsys.readouterr()
    assert {each["desk"]: each["tries"] for each in letters(capsys, path)} == {"east": 1, "west": 0}


def test_listing_leaves_no_trace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Looking makes no file and changes none, whether or not the desk is at work."""
    folder = tmp_path / "100% desk #1?"  # a name that means something in a URI
    folder.mkdir()
    path = folder / "desk.db"

    def everything() -> dict[str, bytes]:
        # The index of the log is shared memory: readers write their marks into it.
        return {
            each.name: b"" if each.name.endswith("-shm") else each.read_bytes()
            for each in folder.iterdir()
        }

    with SQLiteStore(path) as store:
        fill(store)
        at_work = everything()
        assert len(letters(capsys, str(path))) > 1
        assert everything() == at_work
    asleep = everything()
    assert list(asleep) == ["desk.db"]
    assert len(letters(capsys, str(path))) > 1
    assert everything() == asleep


def test_who_looks_holds_up_nobody(postgres: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A ticket that a worker holds is listed all the same, and stays the worker's."""
    with PostgresStore(postgres) as store:
        fill(store)
        with store.locked("main", "T-1"):
            assert "T-1/4" in {each["id"] for each in letters(capsys, postgres)}


@pytest.mark.parametrize(
    ("made", "says"),
    [
        ("missing", "which is not there"),
        ("folder", "got 'a folder'"),
        ("empty", "this file is empty"),
        ("picture", "this is another kind of file"),
        ("others", "no tables of escalate"),
        ("newer", "tables of this store have version 99"),
        ("older", "start the desk once"),
        ("broken", "cannot be read"),
    ],
)
def test_what_is_no_store_is_one_line(
    made: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong path, another file, or tables of another release: a sentence, and nothing is touched."""
    path = tmp_path / "it"
    match made:
        case "folder":
            path.mkdir()
        case "empty":
            path.touch()
        case "picture":
            path.write_bytes(b"PNG" * 999)
        case "others":
            with closing(sqlite3.connect(path)) as other:
                other.execute("CREATE TABLE orders (number INTEGER)")
        case "newer" | "older" | "broken":
            with SQLiteStore(path) as store:
                fill(store)
            with closing(sqlite3.connect(path, isolation_level=None)) as other:
                version = {"newer": 99, "older": 1}.get(made)
                if version:
                    other.execute("UPDATE escalate_schema SET version = ?", [version])
                else:
                    other.execute("UPDATE escalate_failures SET document = '{'")
    before = path.read_bytes() if path.is_file() else None
    for more in ([], ["--all", "--by", "eve"]):
        assert main(["outbox", str(path), *more]) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert says in said.err
        assert said.err.count("\n") == 1
    assert (path.read_bytes() if path.is_file() else None) == before
    assert [each.name for each in tmp_path.iterdir()] == ([] if made == "missing" else ["it"])


def test_a_ticket_of_a_newer_release_is_listed_as_such(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One journal that cannot be read hides no other letter."""
    path = tmp_path / "desk.db"
    with SQLiteStore(path) as store:
        fill(store)
        store._run("UPDATE escalate_events SET document = '{\"format\":99}' WHERE ticket = 'T-1'")
        desk = desk_in(store, ManualClock(MONDAY))
        assert any("format 99" in each.trouble for each in desk.outbox(dead=True))
    found = {each["id"]: each for each in letters(capsys, str(path))}
    assert "format 99" in found["T-1/4"]["why"]
    assert found[f"{RED}T-2/4"]["receiver"] == "lead"


class TestDatabases:
    def test_that_cannot_be_reached(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Where there is no server, the driver's words come in one line."""
        assert main(["outbox", "host=/nowhere dbname=x"]) == 2
        said = capsys.readouterr().err
        assert "connect" in said
        assert said.count("\n") == 1

    def test_without_our_tables(self, postgres: str, capsys: pytest.CaptureFixture[str]) -> None:
        """Another program's database is named as such, and gets no tables."""
        assert main(["outbox", postgres]) == 2
        assert "no tables of escalate" in capsys.readouterr().err
        with psycopg.connect(postgres) as other:
            found = other.execute("SELECT to_regclass('escalate_schema')").fetchone()
        assert found == (None,)

    @pytest.mark.parametrize(
        "where", ["host=x password=hunter2", "postgresql://eve:hunter2@x/desk"]
    )
    def test_passwords_stay_out_of_commands(
        self, where: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Everybody on a machine can read its commands: a password in one is refused, and not repeated."""
        assert main(["outbox", where]) == 2
        said = capsys.readouterr().err
        assert "~/.pgpass" in said
        assert "hunter2" not in said

    def test_words_that_are_none(self, capsys: pytest.CaptureFixture[str]) -> None:
        """What libpq does not understand is not repeated either."""
        assert main(["outbox", "pasword=hunter2"]) == 2
        said = capsys.readouterr().err
        assert "libpq" in said
        assert "hunter2" not in said

    def test_found_by_the_environment(
        self,
        postgres: str,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """postgresql: alone is what PGHOST, PGUSER and the like say, as for every tool of PostgreSQL."""
        with PostgresStore(postgres) as store:
            fill(store)
        given = psycopg.conninfo.conninfo_to_dict(postgres)
        names = {"host": "PGHOST", "user": "PGUSER", "dbname": "PGDATABASE", "options": "PGOPTIONS"}
        for name, value in given.items():
            monkeypatch.setenv(names.get(name, f"PG{name.upper()}"), str(value))
        assert "T-1/4" in {each["id"] for each in letters(capsys, "postgresql:")}


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--resend", "T-1/4"], "--by NAME"),
        (["--all"], "--by NAME"),
        (["--by", "eve"], "--by goes with"),
        (["--resend", "T-1/99", "--by", "eve"], "holds no 'T-1/99'"),
    ],
)
def test_what_does_not_go_together(
    args: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever sends again says who it is; a letter that is not there is named."""
    path = tmp_path / "desk.db"
    with SQLiteStore(path) as store:
        fill(store)
    assert main(["outbox", str(path), *args]) == 2
    assert says in capsys.readouterr().err
