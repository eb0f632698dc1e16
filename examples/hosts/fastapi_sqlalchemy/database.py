"""The database of the desk: one session for one transaction, and hooks for rows that are written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from sqlalchemy import create_engine, event, inspect, select
from sqlalchemy.orm import Session, sessionmaker

from examples.hosts.fastapi_sqlalchemy.models import Base

Row = TypeVar("Row")
Hook = Callable[[Any], object]


class Database:
    """Where tickets, comments and agents are kept.

    Args:
        url: A database of SQLite or PostgreSQL, as SQLAlchemy names them.
        more: What else ``sqlalchemy.create_engine`` takes.

    """

    def __init__(self, url: str, **more: Any) -> None:
        self.engine = create_engine(url, **more)
        if self.engine.dialect.name == "sqlite":
            # Without this, two requests that have both read may both wait to write, and one fails.
            event.listen(self.engine, "connect", _leave_begin_to_us)
            event.listen(self.engine, "begin", _begin)
        self.dialect: Any = self.engine.dialect.name
        self.paramstyle: Any = self.engine.dialect.paramstyle
        self._before: list[tuple[type, Hook]] = []
        self._after: list[tuple[type, Hook]] = []
        self.sessions = sessionmaker(self.engine)
        event.listen(self.sessions, "before_flush", self._before_flush)
        event.listen(self.sessions, "after_flush", _remember)
        event.listen(self.sessions, "before_commit", self._before_commit)
        self._at_hand: ContextVar[Session | None] = ContextVar("session", default=None)
        Base.metadata.create_all(self.engine)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Give the session at hand; without any, a new one that is committed at the end."""
        known = self._at_hand.get()
        if known is not None:
            yield known
            return
        with self.sessions() as made:
            token = self._at_hand.set(made)
            try:
                with made.begin():
                    yield made
            finally:
                self._at_hand.reset(token)
        for call in made.info.pop("after", ()):
            call()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Keep what is written in a ``with``, or nothing of it; within another, a part of that."""
        outermost = self._at_hand.get() is None
        with self.session() as session:
            if outermost:
                yield session
                return
            after = list(session.info.get("after", ()))
            try:
                with session.begin_nested():
                    yield session
            except BaseException:
                session.info["after"] = after
                raise

    def on_commit(self, call: Callable[[], object]) -> None:
        """Call once what is at hand is committed, or now if nothing is."""
        known = self._at_hand.get()
        if known is None:
            call()
        else:
            known.info.setdefault("after", []).append(call)

    def run(self, sql: str, values: Any) -> Any:
        """Run plain SQL in the session at hand; what it returns can be read without one."""
        with self.session() as session:
            result = session.connection().exec_driver_sql(sql, values)
            return result.freeze()() if result.returns_rows else result

    def locked(self, kind: type[Row], key: object) -> Row | None:
        """Return a row as it is now, which nobody else changes before the end of the transaction."""
        query = select(kind).where(inspect(kind).primary_key[0] == key).with_for_update()
        with self.session() as session:
            return session.scalar(query.execution_options(populate_existing=True))

    # -- for whoever wants to know of rows

    def before_change(self, kind: type[Row]) -> Callable[[Hook], Hook]:
        """Have a function called with each row of *kind* before a change of it; its error stops that."""
        return lambda hook: self._before.append((kind, hook)) or hook

    def after_write(self, kind: type[Row]) -> Callable[[Hook], Hook]:
        """Have a function called with each row of *kind* that is new or changed, before the commit."""
        return lambda hook: self._after.append((kind, hook)) or hook

    def _before_flush(self, session: Session, *_: object) -> None:
        for row in session.dirty:
            _call(self._before, row)

    def _before_commit(self, session: Session) -> None:
        session.flush()
        for row in session.info.pop("written", ()):
            if row in session:  # and was not rolled back with a part of the work
                _call(self._after, row)


def _call(hooks: list[tuple[type, Hook]], row: object) -> None:
    for kind, hook in hooks:
        if isinstance(row, kind):
            hook(row)


def _remember(session: Session, _: object) -> None:
    session.info.setdefault("written", []).extend([*session.new, *session.dirty])


def _leave_begin_to_us(connection: Any, _record: object) -> None:
    connection.isolation_level = None


def _begin(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
