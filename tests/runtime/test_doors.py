"""What is none of what a door takes says so there, and says what would work; never a bare error."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from escalate import (
    Actor,
    Check,
    Desk,
    EscalationPolicy,
    HostedDesk,
    MemoryStore,
    Status,
    Tier,
    load_policy,
)
from escalate.core import commands as c
from escalate.core.instants import as_instant, as_us
from escalate.errors import BadInput, nearest
from tests.runtime.hosting import hosted
from tests.runtime.shop import POLICY, shop

LAST = datetime.max.replace(tzinfo=timezone(-timedelta(hours=3)))


class TestDesks:
    def test_a_policy_is_no_file_name(self) -> None:
        """Somebody who gives a file's name is told how to read it."""
        for policy in ("policy.toml", None, {}):
            with pytest.raises(BadInput, match=r"Desk.policy.*load_policy"):
                Desk(policy)  # type: ignore[arg-type]
            with pytest.raises(BadInput, match=r"publish.*load_policy"):
                shop()[0].publish(policy, by=Actor("ana"))  # type: ignore[arg-type]
            with pytest.raises(BadInput, match="policy_for"):
                hosted(policy)  # type: ignore[arg-type]

    def test_a_function_that_returns_no_policy(self) -> None:
        """The ticket for which it does is not opened."""
        desk, host, _ = hosted(lambda _: "policy.toml")  # type: ignore[arg-type]
        host.rows["T-1"] = {"status": "new"}
        with pytest.raises(BadInput, match="policy_for"):
            desk.reconcile("T-1")
        assert desk.live() == ()

    @pytest.mark.parametrize("listeners", [print, "print", None, [print, "x"]])
    def test_listeners_are_several_functions(self, listeners: Any) -> None:
        """One function, or no function, is told from a list of them."""
        with pytest.raises(BadInput, match="listeners"):
            shop(listeners=listeners)
        with pytest.raises(BadInput, match="listeners"):
            hosted(listeners=listeners)

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"clock": 5}, "clock.*a function"),
            ({"name": ""}, "name.*1 to 200"),
            ({"name": 5}, "name.*1 to 200"),
            ({"store": "desk.db"}, "SQLiteStore"),
        ],
    )
    def test_what_a_desk_stands_on(self, wrong: dict[str, Any], said: str) -> None:
        """A store and no file name, a clock and no number, a name that is one."""
        with pytest.raises(BadInput, match=said):
            Desk(POLICY, **wrong)
        with pytest.raises(BadInput, match=said):
            HostedDesk(POLICY, **{"host": None, "store": MemoryStore()} | wrong)

    @pytest.mark.parametrize("command", ["take", c.Take, None])
    def test_a_command_is_no_word(self, command: Any) -> None:
        """Neither are facts."""
        desk, _ = shop()
        desk.open(id="T-1")
        embedded, host, _ = hosted()
        host.save("T-1", status="new", tier="N1")
        for each in (desk, embedded):
            with pytest.raises(BadInput, match=r"commands\.Take"):
                each.handle("T-1", command)
            with pytest.raises(BadInput, match=r"facts\.StatusIs"):
                each.observe("T-1", command)

    @pytest.mark.parametrize("limit", ["x", 0, -1, 1.5, True])
    def test_a_limit_is_a_whole_number(self, limit: Any) -> None:
        """Of visits, 1 or more."""
        for desk in (shop()[0], hosted()[0]):
            with pytest.raises(BadInput, match=r"tick\(limit\)"):
                desk.tick(limit)

    @pytest.mark.parametrize("key", ["", "  ", "x" * 201, 7])
    def test_a_key_is_a_short_text(self, key: Any) -> None:
        """Not empty, and no longer than any key should be."""
        with pytest.raises(BadInput, match="1 to 200 letters"):
            shop()[0].open(id=key)
        with pytest.raises(BadInput, match="1 to 200 letters"):
            hosted()[0].reconcile(key)
        assert shop()[0].open(id="x" * 200).id == "x" * 200


class TestParts:
    def test_kinds_are_a_few_words(self) -> None:
        """The nearest one is named."""
        with pytest.raises(BadInput, match=r"Tier.kind: got 'humn'; did you mean 'human'"):
            Tier("N1", kind="humn")  # type: ignore[arg-type]
        with pytest.raises(BadInput, match=r"Actor.kind: got 'x'; known: agent"):
            Actor("ana", "x")  # type: ignore[arg-type]
        with pytest.raises(BadInput, match=r"Check.who"):
            Check("a", who="cat")  # type: ignore[arg-type]
        with pytest.raises(BadInput, match=r"EscalationPolicy.on_reopen"):
            EscalationPolicy("x", ["N1"], on_reopen="resum")  # type: ignore[arg-type]

    @pytest.mark.parametrize("source", [None, 7, POLICY])
    def test_a_policy_is_read_from_a_file_or_a_mapping(self, source: Any) -> None:
        """And from nothing else."""
        with pytest.raises(BadInput, match=r"a file, e.g."):
            load_policy(source)

    def test_a_hint_shows_the_word_and_not_its_class(self) -> None:
        """The words of an enum read as words."""
        assert nearest("opne", Status).startswith("did you mean 'open'? known: ")


class TestTheEndOfTime:
    def test_an_instant_after_the_last_is_none(self) -> None:
        """In UTC it would lie in the year 10000."""
        last = datetime.max.replace(tzinfo=UTC)
        assert as_instant(as_us(last)) == last
        with pytest.raises(BadInput, match="years 1 to 9999"):
            as_us(LAST)
        with pytest.raises(BadInput, match="years 1 to 9999"):
            as_us(datetime.min.replace(tzinfo=timezone(timedelta(hours=3))))

    def test_a_desk_whose_clock_is_there_says_so(self) -> None:
        """Instead of failing somewhere within."""
        desk = Desk(POLICY, clock=lambda: datetime(2026, 3, 2, tzinfo=UTC))
        desk._clock = lambda: LAST
        with pytest.raises(BadInput, match="years 1 to 9999"):
            desk.open()
        with pytest.raises(BadInput, match="years 1 to 9999"):
            desk.tick()
