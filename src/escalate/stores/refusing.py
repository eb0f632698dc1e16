"""What a store in SQL keeps of what was refused, and of what of the host went wrong.

A host often rolls back because of a refusal, and what is kept on its connection goes with that. So refusals
may be written apart, on a connection of their own. Where the host's transaction holds all of the database,
as in SQLite, they wait here until it is over.
"""

from __future__ import annotations

import json
import logging
import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

from escalate.stores import documents as d
from escalate.stores import schema
from escalate.stores.asking import Asking, Execute, ParamStyle
from escalate.stores.base import Failure, Refusal

Apart = Callable[[], AbstractContextManager[Execute]]
"""Gives an *execute* on another connection for the length of a ``with``, and commits at its end."""

_MOST_WAITING: Final = 10_000
_log: Final = logging.getLogger("escalate")


class Refusing(Asking):
    """Keeps refusals and failures, which stand in no journal."""

    def __init__(
        self,
        execute: Execute,
        *,
        paramstyle: ParamStyle,
        dialect: schema.Dialect,
        apart: Apart | None = None,
    ) -> None:
        super().__init__(execute, paramstyle=paramstyle, dialect=dialect)
        self._apart = apart
        self._waiting: deque[tuple[str, Refusal]] = deque(maxlen=_MOST_WAITING)
        self._settling = threading.Lock()

    def refusals(self, desk: str, ticket_id: str | None = None) -> tuple[Refusal, ...]:
        """Return the refused commands."""
        self.settle()
        which, values = ("", ()) if ticket_id is None else (" AND ticket = ?", (ticket_id,))
        rows = self._rows(
            f"SELECT document FROM escalate_refusals WHERE desk = ?{which} ORDER BY number",  # noqa: S608
            desk,
            *values,
        )
        kept = tuple(d.read_plain(Refusal, text, "a refusal") for (text,) in rows)
        return kept + tuple(
            each
            for name, each in tuple(self._waiting)
            if name == desk and ticket_id in (None, each.ticket_id)
        )

    def refused(self, desk: str, ticket_id: str, command_id: str) -> Refusal | None:
        """Return why a command of that id was refused before."""
        # The text of the key is looked for in the database, so that only what has it is read here.
        find = "instr" if self._dialect == "sqlite" else "strpos"
        rows = self._rows(
            "SELECT document FROM escalate_refusals WHERE desk = ? AND ticket = ?"  # noqa: S608 - ours
            f" AND {find}(document, ?) > 0 ORDER BY number",
            desk,
            ticket_id,
            f'"command_id":{json.dumps(command_id)}',
        )
        found = [d.read_plain(Refusal, text, "a refusal") for (text,) in rows]
        found += [each for name, each in tuple(self._waiting) if name == desk]
        return next(
            (
                each
                for each in found
                if (each.ticket_id, each.command_id) == (ticket_id, command_id)
            ),
            None,
        )

    def refuse(self, desk: str, refusal: Refusal) -> None:
        """Keep the refusal of a command that has no ticket."""
        if self._apart is None:
            self._put_refusal(desk, refusal)
        else:
            self._waiting.append((desk, refusal))
            self.settle()

    def settle(self) -> None:
        """Write the refusals that wait because the host's transaction holds the database.

        Whatever looks at refusals or at what is due does it. It never raises: what cannot be written now
        waits on, and is logged; up to 10,000 wait, in this process.
        """
        if not self._waiting or self._apart is None or not self._settling.acquire(blocking=False):
            return
        try:
            with self._apart() as execute:
                if self._dialect == "sqlite":  # to wait for one's own transaction would be in vain
                    execute("PRAGMA busy_timeout = 0", self._given(()))
                other = Refusing(execute, paramstyle=self._style, dialect=self._dialect)
                waiting = tuple(self._waiting)
                for desk, refusal in waiting:
                    other._put_refusal(desk, refusal)
            for _ in waiting:
                self._waiting.popleft()
        except Exception as why:  # noqa: BLE001 - a connection of the host's may fail in any way; logged
            _log.info("%d refusals wait to be kept: %s", len(self._waiting), why)
        finally:
            self._settling.release()

    def _put_refusal(self, desk: str, refusal: Refusal) -> None:
        self._run(
            "INSERT INTO escalate_refusals (desk, ticket, at_us, document) VALUES (?, ?, ?, ?)",
            desk,
            refusal.ticket_id,
            refusal.at_us,
            d.write_plain(refusal),
        )

    def fail(self, desk: str, failure: Failure) -> None:
        """Keep *failure*."""
        self._run(
            "INSERT INTO escalate_failures (desk, ticket, at_us, document) VALUES (?, ?, ?, ?)",
            desk,
            failure.ticket_id,
            failure.at_us,
            d.write_plain(failure),
        )

    def failures(self, desk: str) -> tuple[Failure, ...]:
        """Return what went wrong."""
        rows = self._rows(
            "SELECT document FROM escalate_failures WHERE desk = ? ORDER BY number", desk
        )
        return tuple(d.read_plain(Failure, text, "a failure") for (text,) in rows)
