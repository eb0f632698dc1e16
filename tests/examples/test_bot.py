"""The bot of examples/bot: what it answers, when it stops, and what it leaves to a person."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "examples" / "bot" / "bot.py"
MONDAY = datetime(2026, 3, 2, 17, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def bot() -> ModuleType:
    """The example as a module."""
    spec = importlib.util.spec_from_file_location("bot_example", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["bot_example"] = module
    spec.loader.exec_module(module)
    return module


def told(lines: list[str]) -> list[str]:
    """What the bot said."""
    return [line.removeprefix("bot:").strip() for line in lines if line.startswith("bot:")]


def test_it_answers_what_it_knows(bot: ModuleType) -> None:
    """A known question gets its answer, and a thank you ends the matter."""
    lines = list(bot.talk("I can't log in", "Thanks", at=MONDAY))
    assert told(lines) == ["Please try another browser.", "Glad to hear it. Have a good day."]


@pytest.mark.parametrize(
    "words",
    [
        ("I can't log in", "It still fails", "It still fails"),
        ("I can't log in", "Let me talk to a person"),
        ("This is ridiculous!!!",),
    ],
)
def test_it_hands_over_and_is_silent(bot: ModuleType, words: tuple[str, ...]) -> None:
    """Two failures, a wish or anger, and a person has it; whatever comes then, the bot says nothing."""
    lines = list(bot.talk(*words, "My password?", "I can't log in", "Hello?", at=MONDAY))
    assert "          (ana has it, in N1)" in lines
    assert told(lines)[-1] == "I am handing you over to a person, who can read all of this."
    packet = lines[-1]
    for line in (*words, "Hello?", *told(lines)):
        assert line in packet
    assert "account_locked: Is the account locked? (agent)" in packet


def test_the_person_sees_what_was_tried(bot: ModuleType) -> None:
    """Attempts and checks of the bot are in the packet, so that nobody asks again."""
    (*_, packet) = bot.talk("My password is wrong", "It still fails", "It still fails", at=MONDAY)
    tried = packet[packet.index("Tried") : packet.index("To check")]
    assert tried.count("answer: in vain") == 2
    assert "caps_lock" in tried
    assert "other_browser" in tried


@pytest.mark.parametrize(
    ("at", "zone", "when"),
    [
        (MONDAY.replace(day=6, hour=23), "Europe/Lisbon", "Monday, 09 March, 12:00"),
        (MONDAY.replace(day=6, hour=23), "Asia/Tokyo", "Monday, 09 March, 21:00"),
        (MONDAY.replace(hour=15, minute=30), "America/Sao_Paulo", "Monday, 02 March, 13:00"),
    ],
)
def test_when_nobody_is_there_the_customer_knows_when(
    bot: ModuleType, at: datetime, zone: str, when: str
) -> None:
    """At night, at the weekend and at lunch the next opening is told on the customer's own clock."""
    lines = list(bot.talk("I want a person", at=at, zone=zone))
    assert told(lines)[-1].endswith(f"we open on {when} your time.")
    assert "          (nobody yet has it, in N1)" in lines


def test_it_runs_as_a_script() -> None:
    """Whoever tries it sees three conversations."""
    done = subprocess.run(
        [sys.executable, str(SCRIPT)], capture_output=True, text=True, check=True
    ).stdout
    assert done.count("---") == 3
    assert done.count("Said so far") == 2
