"""Stores that open connections of their own: as many as threads work at once, each used by one at a time."""

from __future__ import annotations

import os
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any, Final, Self

from escalate.errors import EscalateError, StoreFailed
from escalate.stores.asking import ParamStyle, Row, doing
from escalate.stores.schema import Dialect
from escalate.stores.sql import SqlStore

_FORKED: Final[list[Any]] = []
"""Connections of a process that this one was forked from. They are its; to close them here would harm it."""


class _Here(threading.local):
    """What this thread works on now: a connection, whether it has begun something, whether it failed."""

    connection: Any = None
    begun = False
    hurt = False


class OwningStore(SqlStore, ABC):
    """A store in SQL with its own connections; a ``with`` closes them at its end."""

    begin: str

    def __init__(self, *, paramstyle: ParamStyle, dialect: Dialect) -> None:
        super().__init__(self._never, paramstyle=paramstyle, dialect=dialect)
        self._here = _Here()
        self._idle: list[Any] = []
        self._pid = os.getpid()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __del__(self) -> None:
        if hasattr(self, "_idle"):  # it was refused before it had any
            self.close()

    def close(self) -> None:
        """Close the connections that nobody uses now. The store opens new ones if it is asked again."""
        while self._idle:
            connection = self._idle.pop()
            if self._pid == os.getpid():
                _close(connection)
            else:
                _FORKED.append(connection)

    @abstractmethod
    def _connect(self) -> Any:
        """Open a connection."""

    def _do(self, connection: Any, sql: str, values: Any) -> Any:
        """Run a statement on a connection of ours, and return its cursor."""
        return connection.execute(sql, values)

    @staticmethod
    def _never(sql: str, values: Any) -> Any:
        raise AssertionError("every statement runs on a connection of _ask")

    @contextmanager
    def _connected(self) -> Iterator[None]:
        """Let this thread work on one connection; what it begins is committed at the end, or undone."""
        here = self._here
        if here.connection is not None:
            yield
            return
        here.connection = self._taken()
        here.begun = here.hurt = False
        try:
            yield
            if here.begun and here.hurt:  # whoever caught what failed must not commit the rest
                raise StoreFailed("COMMIT", "a statement before it failed")
            if here.begun:
                self._say("COMMIT")
                here.begun = False
        finally:
            self._give_back()

    def _taken(self) -> Any:
        if self._pid != os.getpid():
            _FORKED.extend(self._idle)
            self._idle, self._pid = [], os.getpid()
        try:
            return self._idle.pop()
        except IndexError:
            return self._connect()

    def _give_back(self) -> None:
        here = self._here
        connection, here.connection = here.connection, None
        if here.begun and not here.hurt:
            here.connection = connection
            with suppress(EscalateError):  # then it is hurt, and closing it undoes all
                self._say("ROLLBACK")
            here.connection = None
        here.begun = False
        if here.hurt:
            _close(connection)
            self.close()  # a server that went took the others along: no need to find out one by one
        else:
            self._idle.append(connection)

    @contextmanager
    def _begun(self) -> Iterator[None]:
        with self._connected():
            here = self._here
            if not here.begun:
                self._say(self.begin)
                here.begun = True
            try:
                yield
            except BaseException:
                # Undone here and now: whoever catches this further out must not commit half of it.
                if here.begun and not here.hurt:
                    here.begun = False
                    self._say("ROLLBACK")
                raise

    def _whole(self) -> AbstractContextManager[None]:
        return self._begun()

    def _all_of(self) -> AbstractContextManager[None]:
        return self._begun()

    def _say(self, sql: str) -> None:
        self._ask(sql, (), lambda cursor: cursor)

    def _ask(self, sql: str, values: Row, then: Callable[[Any], Any]) -> Any:
        with self._connected():
            here = self._here
            try:
                return then(self._do(here.connection, self._in_style(sql), self._given(values)))
            except Exception as why:
                here.hurt = True  # maybe it is gone for good: the next one is new
                raise StoreFailed(doing(sql), f"{type(why).__name__}: {why}") from why


def _close(connection: Any) -> None:
    with suppress(Exception):  # it is thrown away because it failed; that it fails again is no news
        connection.close()
