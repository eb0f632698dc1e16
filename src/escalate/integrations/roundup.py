"""roundup: a store and a host on the database of a tracker, and the detectors that tell of its issues.

A detector of the tracker embeds them in its ``init(db)``; docs/how-to/embed-in-your-desk.md shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from escalate.core import commands as c
from escalate.core.facts import Did, Seen
from escalate.core.model import Actor
from escalate.errors import BadInput, nearest
from escalate.runtime.hosted import HostedDesk
from escalate.runtime.hosts import Happened
from escalate.stores.sql import SqlStore

_PARTS: Final = ("status", "tier", "priority", "assignee")


class RoundupHost:
    """The issues of a tracker, in the database that a detector is given.

    Args:
        db: The database, as roundup hands it to ``init(db)`` of a detector.
        columns: For ``status``, ``tier``, ``priority`` and ``assignee``: the property that shows it, as
            far as there is one. A link shows the key of what it points to, such as a username.
        words: For each of these: what the tracker's values are called in the policy, such as
            ``{"status": {"unread": "new"}}``. Of several values of one word, the first is the one that is
            written; a value without a word, or none at all, is no news. Without an entry, values are words.
        kind: The class of the issues.

    Attributes:
        in_request: Whether roundup commits what is written, or after an error rolls it back; it does where
            detectors run. A script that ticks says that it does not: then each ticket is committed by itself.

    Raises:
        BadInput: *columns* or *words* names something else than the four, or a property that issues
            do not have.
    """

    def __init__(
        self,
        db: Any,
        columns: Mapping[str, str],
        *,
        words: Mapping[str, Mapping[str, str]] | None = None,
        kind: str = "issue",
    ) -> None:
        for name in (*columns, *(words or {})):
            if name not in _PARTS:
                raise BadInput("RoundupHost.columns", name, nearest(name, _PARTS))
        self._db, self.issues = db, db.getclass(kind)
        known = self.issues.getprops()
        for column in columns.values():
            if column not in known:
                raise BadInput("RoundupHost.columns", column, nearest(column, known))
        self._columns = dict(columns)
        self._words = {name: dict(given) for name, given in (words or {}).items()}
        self.in_request = True

    def store(self) -> SqlStore:
        """Return a store on the connection of the tracker; it makes its tables if they are not there."""
        sqlite = self._db.dbtype == "sqlite"
        store = SqlStore(
            self._execute,
            paramstyle="qmark" if sqlite else "format",
            dialect="sqlite" if sqlite else "postgresql",
        )
        store.prepare()
        self._db.sql_commit()  # nobody has written yet: roundup is only about to open the tracker
        return store

    # -- what escalate asks of a host

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep what is written in a ``with``, or nothing of it; outside of requests, commit it."""
        in_request, self.in_request = self.in_request, True
        try:
            yield
            if not in_request:
                self._db.commit()
        except BaseException:
            # All of it: a savepoint would not outlive the first new item, whose number roundup commits.
            self._db.rollback()
            raise
        finally:
            self.in_request = in_request

    def load(self, ticket_id: str) -> Seen | None:
        """Return what an issue shows, and lock its row; none for one that is retired or destroyed."""
        self._db.sql(f"UPDATE _{self.issues.classname} SET id = id WHERE id = {int(ticket_id)}")  # noqa: S608
        self._db.clearCache()  # it may hold what was so before somebody else committed
        if not self.issues.hasnode(ticket_id) or self.issues.is_retired(ticket_id):
            return None
        return self.shown_by(ticket_id)

    def apply(self, ticket_id: str, events: Happened) -> None:
        """Write what was decided by ``issue.set``, detectors and all."""
        written = {
            self._columns[name]: self._own(name, value)
            for name, value in events.changes.items()
            if self._has(name, value)
        }
        if written:
            self.issues.set(ticket_id, **written)

    # -- what detectors ask

    def shown_by(self, ticket_id: str, changed: Mapping[str, Any] | None = None) -> Seen:
        """Return what an issue shows, or would show once *changed* is written."""
        shown: dict[str, Any] = {}
        for name, column in self._columns.items():
            known = changed if changed and column in changed else None
            value = self.issues.get(ticket_id, column) if known is None else known[column]
            word = self._word(name, self._key_of(column, value))
            if word is not None or name == "assignee":
                shown[name] = word
        return Seen(**shown)

    def check(self, desk: HostedDesk, ticket_id: str, changed: Mapping[str, Any]) -> None:
        """Veto what is about to be written, if the policy does not allow it.

        Raises:
            roundup.exceptions.Reject: It does not; the message says why, and what may happen instead.
        """
        from roundup.exceptions import Reject

        answer = desk.guard(ticket_id, self.shown_by(ticket_id, changed))
        if answer.refusal is not None:
            raise Reject(f"{answer.refusal}; possible now: {', '.join(answer.may)}")

    def messages_since(self, ticket_id: str, before: Mapping[str, Any] | None) -> Iterator[Did]:
        """Yield what was said on an issue since it was as *before*: the creator's as the customer's."""
        known = set((before or {}).get("messages") or ())
        creator = self.issues.get(ticket_id, "creator")
        for number in self.issues.get(ticket_id, "messages"):
            if number not in known:
                author = self._db.msg.get(number, "author")
                about: dict[str, Any] = {
                    "text": self._db.msg.get(number, "content"),
                    "id": f"msg-{number}",
                }
                name = str(self._db.user.get(author, "username"))
                if author == creator:
                    yield Did(c.CustomerReply(**about, by=Actor(name, "customer")))
                else:
                    yield Did(c.Reply(**about, by=Actor(name)))

    # -- properties and words

    def _execute(self, sql: str, values: Any) -> Any:
        cursor = self._db.conn.cursor()  # roundup may be reading from its own
        self._db.sql(sql, values, cursor)
        if not self.in_request:
            self._db.sql_commit()
        return cursor

    def _linked(self, column: str) -> Any:
        linked = getattr(self.issues.getprops()[column], "classname", None)
        return None if linked is None else self._db.getclass(linked)

    def _key_of(self, column: str, value: Any) -> str | None:
        if value is None:
            return None
        linked = self._linked(column)
        return str(value if linked is None else linked.get(value, linked.getkey()))

    def _word(self, name: str, key: str | None) -> str | None:
        if key is None or name not in self._words:
            return key or None
        return self._words[name].get(key)

    def _has(self, name: str, value: Any) -> bool:
        if name not in self._columns:
            return False
        # What the tracker has no word for stays as it is.
        return name not in self._words or value in self._words[name].values() or value is None

    def _own(self, name: str, value: Any) -> Any:
        if value is None:
            return None
        if name in self._words:
            value = next(own for own, word in self._words[name].items() if word == value)
        linked = self._linked(self._columns[name])
        return value if linked is None else linked.lookup(value)


def connect(desk: HostedDesk, host: RoundupHost) -> None:
    """Have *desk* look at each issue that is created, changed or retired, hear what is said, and veto."""

    def look(_db: Any, _issues: Any, ticket_id: str, before: Mapping[str, Any] | None) -> None:
        desk.reconcile(ticket_id)
        for said in host.messages_since(ticket_id, before) if before else ():
            desk.observe(ticket_id, said)

    def veto(_db: Any, _issues: Any, ticket_id: str, changed: Mapping[str, Any]) -> None:
        host.check(desk, ticket_id, changed)

    host.issues.audit("set", veto, priority=200)  # after those that change what is written
    for event in ("create", "set", "retire", "restore"):
        host.issues.react(event, look)
