"""The tables of a store in SQL, as text for each dialect, and the way from every earlier version.

Every key begins with ``desk``. Instants are microseconds since 1970 in UTC; documents and texts are JSON,
kept as text so that they come back to the letter. Flags are 0 or 1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

from escalate.errors import BadInput, nearest

Dialect = Literal["sqlite", "postgresql"]

# In PostgreSQL texts are compared by code point, as Python does, so that pages do not depend on a locale.
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "sqlite": {
        "{text}": "TEXT",
        "{int}": "INTEGER",
        "{serial}": "INTEGER PRIMARY KEY AUTOINCREMENT",
    },
    "postgresql": {
        "{text}": 'TEXT COLLATE "C"',
        "{int}": "BIGINT",
        "{serial}": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    },
}

STEPS: Final[tuple[str, ...]] = (
    """\
CREATE TABLE escalate_tickets (
    desk {text} NOT NULL,
    ticket {text} NOT NULL,
    version {int} NOT NULL,
    seq {int} NOT NULL,
    opened_us {int},
    changed_us {int},
    due_us {int},
    errand_us {int},
    tier {text},
    assignee {text},
    done {int} NOT NULL,
    document TEXT,
    PRIMARY KEY (desk, ticket)
);
CREATE INDEX escalate_due ON escalate_tickets (desk, due_us, ticket) WHERE due_us IS NOT NULL;
CREATE INDEX escalate_errands_due ON escalate_tickets (desk, errand_us, ticket) WHERE errand_us IS NOT NULL;
CREATE INDEX escalate_live ON escalate_tickets (desk, assignee) WHERE done = 0;
CREATE TABLE escalate_events (
    desk {text} NOT NULL,
    ticket {text} NOT NULL,
    number {int} NOT NULL,
    at_us {int} NOT NULL,
    event {text} NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (desk, ticket, number)
);
CREATE TABLE escalate_texts (
    desk {text} NOT NULL,
    ticket {text} NOT NULL,
    number {int} NOT NULL,
    field {text} NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (desk, ticket, number, field)
);
CREATE TABLE escalate_commands (
    desk {text} NOT NULL,
    ticket {text} NOT NULL,
    command {text} NOT NULL,
    PRIMARY KEY (desk, ticket, command)
);
CREATE TABLE escalate_errands (
    desk {text} NOT NULL,
    ticket {text} NOT NULL,
    number {int} NOT NULL,
    kind {text} NOT NULL,
    at_us {int} NOT NULL,
    tries {int} NOT NULL,
    PRIMARY KEY (desk, ticket, number)
);
CREATE TABLE escalate_refusals (
    number {serial},
    desk {text} NOT NULL,
    ticket {text} NOT NULL,
    at_us {int} NOT NULL,
    document TEXT NOT NULL
);
CREATE INDEX escalate_refusals_of ON escalate_refusals (desk, ticket);
CREATE TABLE escalate_failures (
    number {serial},
    desk {text} NOT NULL,
    ticket {text} NOT NULL,
    at_us {int} NOT NULL,
    document TEXT NOT NULL
);
CREATE INDEX escalate_failures_of ON escalate_failures (desk, ticket);
CREATE TABLE escalate_turns (
    desk {text} NOT NULL,
    tier {text} NOT NULL,
    agent {text} NOT NULL,
    number {int} NOT NULL,
    PRIMARY KEY (desk, tier, agent)
);
CREATE TABLE escalate_last_turns (
    desk {text} NOT NULL,
    tier {text} NOT NULL,
    number {int} NOT NULL,
    PRIMARY KEY (desk, tier)
);
CREATE TABLE escalate_policies (
    number {serial},
    desk {text} NOT NULL,
    name {text} NOT NULL,
    version {text} NOT NULL,
    at_us {int} NOT NULL,
    published_by TEXT NOT NULL,
    document TEXT,
    UNIQUE (desk, name, version)
);
""",
    """\
CREATE TABLE escalate_shown (
    desk {text} NOT NULL,
    ticket {text} NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (desk, ticket)
);
""",
    """\
CREATE TABLE escalate_held (
    desk {text} NOT NULL,
    ticket {text} NOT NULL,
    number {int} NOT NULL,
    at_us {int} NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (desk, ticket, number)
);
""",
    """\
ALTER TABLE escalate_policies ADD COLUMN proof TEXT;
""",
)
"""What brings the tables from each version to the next; the first makes them, from version 0 to 1."""

WHOLE_NUMBERS: Final = frozenset(re.findall(r"(\w+) \{int\}", "".join(STEPS)))
"""The columns that hold whole numbers; the others that are written hold texts."""

VERSIONS: Final = """\
CREATE TABLE IF NOT EXISTS escalate_schema (version {int} NOT NULL);
"""
"""The table that says which version the tables have."""


def statements(text: str, dialect: Dialect) -> tuple[str, ...]:
    """Return the statements of *text*, one by one, in the words of *dialect*."""
    for word, meant in _WORDS[dialect].items():
        text = text.replace(word, meant)
    return tuple(each.strip() for each in text.split(";") if each.strip())


def ddl(dialect: Dialect) -> str:
    """Return the SQL that makes all tables from nothing, for a migration of the host's own.

    Raises:
        BadInput: There is no such dialect.

    >>> ddl("postgresql").splitlines()[0]
    'CREATE TABLE IF NOT EXISTS escalate_schema (version BIGINT NOT NULL);'
    """
    known_dialect(dialect)
    made = [each for text in (VERSIONS, *STEPS) for each in statements(text, dialect)]
    made.append(f"INSERT INTO escalate_schema (version) VALUES ({len(STEPS)})")  # noqa: S608 - a number
    return ";\n".join(made) + ";\n"


def known_dialect(dialect: str) -> None:
    """Check that there is such a dialect.

    Raises:
        BadInput: There is none.
    """
    if dialect not in _WORDS:
        raise BadInput("dialect", dialect, nearest(dialect, _WORDS))
