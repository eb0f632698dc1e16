"""A bot in front of a help desk: it answers what it knows, and knows when to stop.

It answers from a small table. It hands over after two answers that did not help, when the customer asks
for a person, and when a word says that somebody is angry. From then on it is silent: the person who
takes over gets all that was said, tried and checked (``desk.handoff``). If nobody is on duty, the
ticket waits in its queue and the customer is told when somebody will be there, on their own clock.

Run it: ``python examples/bot/bot.py``. Everybody in it is made up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

import attrs

from escalate import (
    Actor,
    Check,
    Desk,
    EscalationPolicy,
    Path,
    RequestType,
    Rule,
    Tier,
    WorkCalendar,
)
from escalate.core import commands
from escalate.runtime import Directory, Person, RoundRobin, Staff
from escalate.testing import ManualClock

BOT: Final = Actor("help-bot", "bot")
OFFICE: Final = WorkCalendar("America/Sao_Paulo", {"mon-fri": ["09:00-12:00", "13:00-18:00"]})
POLICY: Final = EscalationPolicy(
    "chat",
    [
        Tier("bot", "Help bot", kind="bot", calendar="always"),
        Tier("N1", "First line", calendar="office"),
        Tier("N2", "Product specialists", calendar="office"),
    ],
    [Path("bot", "N1"), Path("N1", "N2", requires=("summary",)), Path("N1", "bot", "return")],
    # What the bot knows about itself is in the policy, where the desk can read it and change it.
    rules=[
        Rule("wants a person", on="human_requested", at=["bot"], escalate_to="N1"),
        Rule(
            "two answers did not help",
            on="attempt_failed",
            at=["bot"],
            when='attempts("answer") >= 2',
            escalate_to="N1",
        ),
        Rule(
            "angry",
            on="field_changed",
            at=["bot"],
            when='"angry" in tags',
            escalate_to="N1",
            set_priority="high",
        ),
    ],
    request_types=[
        RequestType(
            "login",
            tier="bot",
            channels=["chat"],
            checklist=[
                Check("caps_lock", ask="Is caps lock off?", who="bot"),
                Check("other_browser", ask="Does another browser work?", who="bot"),
                Check("account_locked", ask="Is the account locked?", who="agent"),
            ],
        )
    ],
    calendars={"office": OFFICE},
)
STAFF: Final = Staff([Person("ana", tiers=["N1"], hours=OFFICE)])


@attrs.frozen
class Answer:
    """What the bot says when it reads *word*, and the check that is gone through by that."""

    word: str
    says: str
    milestone: str


ANSWERS: Final = (
    Answer("password", "Please look whether caps lock is on, and try again.", "caps_lock"),
    Answer("log in", "Please try another browser.", "other_browser"),
)
HUMAN: Final = ("person", "human", "somebody real")
ANGER: Final = ("ridiculous", "lawyer", "useless", "!!!")
NO_HELP: Final = ("still", "does not work", "didn't help")
THANKS: Final = ("thanks", "works now")


@attrs.frozen
class Bot:
    """Talks to one customer.

    Attributes:
        desk: The desk it works at.
        say: How the customer hears it.
        directory: Who is on duty, as the desk knows it.
        clock: The desk's clock.
        zone: The customer's time zone.
        ticket: The id of the conversation's ticket.
    """

    desk: Desk
    say: Callable[[str], object]
    directory: Directory
    clock: Callable[[], datetime]
    zone: ZoneInfo
    ticket: str

    def hears(self, words: str) -> None:
        """Take in what the customer writes; answer, hand over, or be silent."""
        self.desk.handle(self.ticket, commands.CustomerReply(words))
        self.reacts(words)

    def reacts(self, words: str) -> None:
        """Do what the words ask for, as long as the conversation is the bot's."""
        if not self.in_charge:
            return  # a person has it now
        said = words.lower()
        if any(word in said for word in ANGER):
            self.desk.handle(self.ticket, commands.Tag("angry", by=BOT))
        elif any(word in said for word in HUMAN):
            self.desk.handle(self.ticket, commands.RequestHuman())
        elif any(word in said for word in THANKS):
            self._speak("Glad to hear it. Have a good day.", then="resolve")
            return
        elif any(word in said for word in NO_HELP):
            self._note_failure()
        if self.in_charge:
            self._answer(said)
        else:
            self._part()

    @property
    def in_charge(self) -> bool:
        """Whether the conversation is the bot's: its ticket is in the bot's tier and not done."""
        ticket = self.desk.ticket(self.ticket)
        return ticket.tier == "bot" and not ticket.status.is_done

    def _answer(self, said: str) -> None:
        reached = self.desk.ticket(self.ticket).milestones
        for answer in ANSWERS:
            if answer.word in said and answer.milestone not in reached:
                break
        else:
            # Nothing in the table: go on with the checklist before giving up.
            left = [check for check in self.desk.next_checks(self.ticket) if check.who == "bot"]
            if not left:
                self._note_failure()
                if self.in_charge:
                    self._speak("I am not sure. Could you say it in other words?")
                else:
                    self._part()
                return
            answer = Answer("", left[0].ask, left[0].milestone)
        self._speak(answer.says)
        self.desk.handle(self.ticket, commands.ReachMilestone(answer.milestone, by=BOT))

    def _note_failure(self) -> None:
        self.desk.handle(self.ticket, commands.RecordAttempt("answer", worked=False, by=BOT))

    def _part(self) -> None:
        """Say who comes next; a note, as the desk lets no bot reply once people have the ticket."""
        if self.directory.on_duty("N1", self.clock()):
            words = "I am handing you over to a person, who can read all of this."
        else:
            opens = OFFICE.next_open(self.clock()).astimezone(self.zone)
            when = f"{opens:%A, %d %B, %H:%M} your time"
            words = f"Nobody is here right now. Your message is in the queue; we open on {when}."
        self.say(words)
        self.desk.handle(self.ticket, commands.Note(f"told the customer: {words}", by=BOT))

    def _speak(self, words: str, then: commands.Then = "stay") -> None:
        self.desk.handle(self.ticket, commands.Reply(words, then=then, by=BOT))
        self.say(words)


def talk(first: str, *words: str, at: datetime, zone: str = "Europe/Lisbon") -> Iterator[str]:
    """Yield a whole conversation that begins at *at*, and what the person is given at the end."""
    heard: list[str] = []
    clock = ManualClock(at)
    desk = Desk(POLICY, clock=clock, directory=STAFF, assigner=RoundRobin(), new_id=lambda: "T-1")
    opened = desk.open(subject=first, channel="chat", requester="cust-81", request_type="login")
    bot = Bot(desk, heard.append, STAFF, clock, ZoneInfo(zone), opened.id)
    for number, line in enumerate((first, *words)):
        yield f"customer: {line}"
        if number:
            bot.hears(line)
        else:
            bot.reacts(line)
        yield from (f"bot:      {each}" for each in heard)
        heard.clear()
        clock.advance(minutes=1)
    ticket = desk.ticket(opened.id)
    if ticket.tier == "bot":
        return
    yield f"          ({ticket.assignee or 'nobody yet'} has it, in {ticket.tier})"
    # The bot was still thinking. The desk does not let it speak any more.
    bot.reacts("password")
    yield ""
    yield desk.handoff(opened.id).text()


def main() -> None:
    """Print three conversations: one that helps, one that needs a person, one at night."""
    monday = datetime(2026, 3, 2, 17, 30, tzinfo=UTC)
    stories = {
        "It helps": ("I can't log in", "Thanks, it works now"),
        "It does not help": (
            "My password is wrong",
            "It still fails",
            "Still no luck, it does not work",
        ),
    }
    for title, lines in stories.items():
        print(f"--- {title}", *talk(*lines, at=monday), "", sep="\n")  # noqa: T201
    night = monday.replace(day=6, hour=23)
    told = talk("I can't log in", "I want a person", at=night)
    print("--- On Friday night", *told, sep="\n")  # noqa: T201


if __name__ == "__main__":
    main()
