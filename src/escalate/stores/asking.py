"""How a store in SQL asks its database: statements, the ways of giving parameters, and savepoints.

What is asked stands in the modules beside this one; nothing here knows a table but one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from typing import Any, Final, Literal

from escalate.errors import BadInput, EscalateError, StoreFailed, nearest
from escalate.stores import schema

Execute = Callable[[str, Any], Any]
ParamStyle = Literal["qmark", "format", "numeric", "named", "pyformat"]
Row = Sequence[Any]
Columns = Sequence[str]
_STYLES: Final = ("format", "named", "numeric", "pyformat", "qmark")
_ROWS_AT_ONCE: Final = 50  # of one INSERT, well below what any database takes


class Asking:
    """Runs statements by an *execute* of somebody else; :class:`~escalate.stores.SqlStore` tells more."""

    def __init__(
        self, execute: Execute, *, paramstyle: ParamStyle, dialect: schema.Dialect
    ) -> None:
        if paramstyle not in _STYLES:
            raise BadInput("paramstyle", paramstyle, nearest(paramstyle, _STYLES))
        schema.known_dialect(dialect)
        self._execute = execute
        self._style: ParamStyle = paramstyle
        self._dialect: schema.Dialect = dialect
        self._translated: dict[str, str] = {}
        self._claims = dialect == "postgresql"  # whether who asks what is due holds it from then on

    # -- all or nothing

    def _whole(self) -> AbstractContextManager[None]:
        """Keep all that is written in the ``with``, or nothing of it."""
        return self._savepoint()

    @contextmanager
    def _savepoint(self) -> Iterator[None]:
        if self._dialect == "sqlite":
            self._claim_file()
        self._run("SAVEPOINT escalate")
        try:
            yield
        except BaseException:
            self._run("ROLLBACK TO SAVEPOINT escalate")
            self._run("RELEASE SAVEPOINT escalate")
            raise
        self._run("RELEASE SAVEPOINT escalate")

    def _claim_file(self) -> None:
        # SQLite has one lock for all. A statement that could write takes it, also if it changes no row;
        # and it has Python's sqlite3 begin a transaction, which a savepoint alone would end by itself.
        self._run("UPDATE escalate_schema SET version = version WHERE 1 = 0")

    # -- statements

    def _insert(self, table: str, columns: Columns, rows: Sequence[Row], tail: str = "") -> None:
        """Insert *rows* in few statements; *tail* says what becomes of those that are there."""
        for some in self._shares(rows):
            source, values = self._values(columns, some)
            self._run(f"INSERT INTO {table} ({', '.join(columns)}) {source}{tail}", *values)

    def _among(self, columns: Columns, keys: Sequence[Row]) -> Iterator[tuple[str, Row]]:
        """Yield conditions that together hold for the rows whose *columns* are *keys*."""
        for some in self._shares(keys):
            source, values = self._values(columns, some)
            yield f"({', '.join(columns)}) IN ({source})", values

    def _values(self, columns: Columns, rows: Sequence[Row]) -> tuple[str, Row]:
        """Return *rows* as a table in SQL, and its parameters."""
        one = f"({', '.join('?' * len(columns))})"
        return f"VALUES {', '.join([one] * len(rows))}", [value for row in rows for value in row]

    def _shares(self, rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
        """Yield *rows* in as many parts as there are to be statements."""
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            yield rows[start : start + _ROWS_AT_ONCE]

    def _pairs(self, sql: str, *values: Any) -> Iterator[tuple[str, int]]:
        return ((name, number) for name, number in self._rows(sql, *values))

    def _rows(self, sql: str, *values: Any) -> Sequence[Row]:
        rows: Sequence[Row] = self._ask(sql, values, _all_rows)
        return rows

    def _run(self, sql: str, *values: Any) -> int:
        changed: int = self._ask(sql, values, _row_count)
        return changed

    def _ask(self, sql: str, values: Row, then: Callable[[Any], Any]) -> Any:
        try:
            return then(self._execute(self._in_style(sql), self._given(values)))
        except EscalateError:
            raise
        except Exception as why:
            # Drivers have no error in common, so all of theirs come here; theirs stays as the cause.
            raise StoreFailed(doing(sql), f"{type(why).__name__}: {why}") from why

    def _in_style(self, sql: str) -> str:
        if self._style == "qmark":
            return sql
        known = self._translated.get(sql)
        if known is None:
            head, *rest = sql.split("?")
            places = count(1)
            mark = {"format": "%s", "numeric": ":{}", "named": ":p{}", "pyformat": "%(p{})s"}
            known = head + "".join(mark[self._style].format(next(places)) + each for each in rest)
            self._translated[sql] = known
        return known

    def _given(self, values: Row) -> Any:
        if self._style in ("named", "pyformat"):
            return {f"p{place}": value for place, value in enumerate(values, start=1)}
        return tuple(values)


def _all_rows(cursor: Any) -> Any:
    return cursor.fetchall()


def _row_count(cursor: Any) -> Any:
    return cursor.rowcount


def doing(sql: str) -> str:
    """Return the first words of a statement: what it does to which table, and no value."""
    return " ".join(sql.split("(", maxsplit=1)[0].split()[:4])
