"""A store in one file: for a desk in one process or several on one machine, with nothing to install."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Final
from weakref import WeakValueDictionary

from escalate.errors import BadInput, StoreFailed, TicketBusy
from escalate.stores.base import Stored
from escalate.stores.owning import OwningStore

_PAUSE_S: Final = 0.001
_GAP_S: Final = 0.005  # some pauses long, so that whoever waits finds it


class SQLiteStore(OwningStore):
    """Keeps everything in the SQLite file at *path*, which it makes if it is not there.

    Safe from several threads and processes of one machine. What was kept is on the disk when a call
    returns: it outlives a crash and a power cut. Readers never wait. Those who write do, one after the
    other, for as long as writing takes; while a visit thinks, only its own ticket is held. A ticket that
    two processes visit at once is kept by the first, and the other's ``append`` is a ``VersionConflict``,
    upon which a desk visits it again.

    Args:
        path: The file; two more beside it, ending in ``-wal`` and ``-shm``, belong to it. It must not be
            on a network drive.
        wait_s: How many seconds to wait for those who write before giving up.

    Raises:
        BadInput: *path* is ``":memory:"``; that is :class:`~escalate.MemoryStore`.
        NewerSchema: A later release made the file.
        StoreFailed: The file cannot be opened, or is none of SQLite.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, SQLiteStore(f"{folder}/desk.db") as store:
    ...     store.load("main", "T-1")
    Stored(ticket=None, version=0)
    """

    begin = "BEGIN IMMEDIATE"

    def __init__(self, path: str | PathLike[str], *, wait_s: float = 30.0) -> None:
        name = fspath(path)
        if not name or name == ":memory:" or name.startswith("file:"):
            raise BadInput("SQLiteStore.path", name, 'a file, e.g. "desk.db"; or a MemoryStore()')
        super().__init__(paramstyle="qmark", dialect="sqlite")
        # Absolute, so that a program that changes its folder goes on with the same file.
        self._path = str(Path(name).absolute())
        self._wait_s = wait_s
        self._batch_ended_s = 0.0
        self._locks: WeakValueDictionary[tuple[str, str], _Lock] = WeakValueDictionary()
        self._guard = threading.Lock()
        self.prepare()

    def __repr__(self) -> str:
        return f"SQLiteStore({self._path!r})"

    def _connect(self) -> Any:
        try:
            connection = sqlite3.connect(
                self._path,
                timeout=0,  # who waits longer and longer, as SQLite does by itself, may wait for ever
                isolation_level=None,
                check_same_thread=False,  # one thread at a time uses it, not always the same
            )
        except sqlite3.Error as why:
            raise StoreFailed(f"open {self._path}", str(why)) from why
        try:
            self._do(connection, "PRAGMA journal_mode = WAL", ())
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")  # an erased text is gone from the file
        except sqlite3.Error as why:
            connection.close()
            raise StoreFailed(f"open {self._path}", str(why)) from why
        return connection

    def _do(self, connection: Any, sql: str, values: Any) -> Any:
        """Run a statement; while somebody else has the file, ask again and again, evenly."""
        until_s = None
        while True:
            try:
                return connection.execute(sql, values)
            except sqlite3.OperationalError as why:
                # Within a transaction waiting would be in vain, and harm others.
                if why.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or connection.in_transaction:
                    raise
                until_s = until_s or time.monotonic() + self._wait_s
                if time.monotonic() >= until_s:
                    raise
                time.sleep(_PAUSE_S)

    @contextmanager
    def _all_of(self) -> Iterator[None]:
        # A batch has the file for a while, and the next one comes at once: others first.
        if time.monotonic() - self._batch_ended_s < _GAP_S:
            time.sleep(_GAP_S)
        with self._begun():
            yield
        self._batch_ended_s = time.monotonic()

    @contextmanager
    def locked(self, desk: str, ticket_id: str, *, wait: bool = True) -> Iterator[Stored]:
        """Hold the ticket's lock in this process; the file is locked only once something is written."""
        with self._held(desk, ticket_id, wait=wait), self._connected():
            yield self.load(desk, ticket_id)

    @contextmanager
    def _held(self, desk: str, ticket_id: str, *, wait: bool) -> Iterator[None]:
        with self._guard:
            lock = self._locks.setdefault((desk, ticket_id), _Lock())
        if not lock.inner.acquire(blocking=wait):
            raise TicketBusy(ticket_id)
        try:
            yield
        finally:
            lock.inner.release()

    def _hold(self, desk: str, ticket_id: str) -> AbstractContextManager[object]:
        return self._held(desk, ticket_id, wait=False)


class _Lock:
    """A lock that is forgotten once nobody holds it or waits for it."""

    def __init__(self) -> None:
        self.inner = threading.RLock()
