"""What earlier releases stored is read by this one, as they meant it (SEMANTICS 6.3)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from escalate.core import fold
from escalate.runtime.policytext import read_policy
from escalate.stores import Failure, Refusal, SQLiteStore, documents, schema
from escalate.stores.documents import (
    event_classes,
    fact_classes,
    read_event,
    read_fact,
    read_plain,
    read_text,
    read_ticket,
    table,
    write_event,
    write_ticket,
)
from tests.runtime.shop import POLICY
from tests.stores.golden_journal import FOLDER, shapes, told

FILES = sorted(FOLDER.glob("*.json"))


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def golden(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What one release wrote."""
    found: dict[str, Any] = json.loads(request.param.read_text(encoding="utf-8"))
    return found


def test_journals_of_every_release_are_read(golden: dict[str, Any]) -> None:
    """Each journal folds to the very ticket that the release had, and is written as it was."""
    for journal in golden["journals"]:
        events = [read_event(json.dumps(each), "an event") for each in journal["events"]]
        ticket = read_ticket(json.dumps(journal["ticket"]), "a ticket")
        assert fold(None, events) == ticket
        if golden["format"] == documents.FORMAT:
            assert [table(write_event(each)) for each in events] == journal["events"]
            assert table(write_ticket(ticket)) == journal["ticket"]


def test_what_stands_beside_them_is_read(golden: dict[str, Any]) -> None:
    """Refusals, failures, texts, policies and the facts that desks hold as well."""
    (refusal,) = (read_plain(Refusal, json.dumps(each), "it") for each in golden["refusals"])
    assert (refusal.why, refusal.by and refusal.by.roles) == ("no \ud800", {"lead", "boss"})
    (failure,) = (read_plain(Failure, json.dumps(each), "it") for each in golden["failures"])
    assert (failure.at_us, failure.why) == (-1, "\x00")
    assert all(read_text(written, "it") == text for written, text in golden["texts"].items())
    (policy,) = (read_policy(json.dumps(each), "it") for each in golden["policies"])
    assert policy == POLICY
    facts = [read_fact(json.dumps(each), "it") for each in golden["facts"]]
    assert facts == told()
    assert {type(each) for each in facts} == set(fact_classes())


def test_this_release_has_a_file() -> None:
    """What can be stored has not changed since the file of this format was written, or FORMAT has."""
    newest = json.loads(FILES[-1].read_text(encoding="utf-8"))
    assert newest["format"] == documents.FORMAT
    said = "raise FORMAT in stores/documents.py, and run python -m tests.stores.golden_journal"
    assert shapes() == newest["shapes"], said
    written = {event["event"] for each in newest["journals"] for event in each["events"]}
    assert written == {cls.__name__ for cls in event_classes()}


def test_tables_of_every_release_are_brought_up_to_date(
    golden: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Steps that were released never change: the tables of that release become those of this one."""
    now = schema.STEPS
    assert list(now[: len(golden["schema"])]) == golden["schema"]
    monkeypatch.setattr(schema, "STEPS", tuple(golden["schema"]))
    SQLiteStore(tmp_path / "desk.db").close()
    monkeypatch.setattr(schema, "STEPS", now)
    with SQLiteStore(tmp_path / "desk.db") as store:
        assert store.ids("main") == ()
