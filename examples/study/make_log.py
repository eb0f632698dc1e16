"""Writes tickets.csv: twelve weeks of a small desk that never was, the same to the byte each time.

What it has in it is known, so what a study finds can be held against it: logins that go up for want of one
check, two teams that hand VPN tickets to and fro, invoices that come back, Mondays that overflow.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Sao_Paulo")
FIRST_DAY = datetime(2026, 1, 5, tzinfo=ZONE)
WEEKS = 12
LAST_DAY = FIRST_DAY + timedelta(weeks=WEEKS)
A_DAY = (19, 12, 11, 11, 9)  # tickets from Monday to Friday
COLUMNS = (
    "case_id",
    "timestamp",
    "activity",
    "line",
    "org:group",
    "resource",
    "priority",
    "request_type",
    "subject",
    "rating",
)
AGENTS = {
    "desk": ("ana", "bruno", "carla", "davi"),
    "network": ("eva", "fabio"),
    "identity": ("gil", "helena"),
    "builders": ("ines",),
}
LINE = {"desk": "N1", "network": "N2", "identity": "N2", "builders": "N3"}
SUBJECTS = {
    "login": ("Can't log in", "Password not accepted", "Locked out of my account", "Login fails"),
    "vpn": ("VPN drops every hour", "VPN will not connect", "No VPN from home"),
    "invoice": ("Invoice has the wrong amount", "Copy of an invoice please", "Invoice missing"),
    "export": ("Export of the report is empty", "Report export stops at 1,000 rows"),
    "howto": ("How do I share a folder?", "How to add a colleague?", "Where do I change my mail?"),
}
SHARES = {"login": 30, "howto": 26, "invoice": 18, "vpn": 16, "export": 10}


@dataclass
class Ticket:
    """A ticket while its story is made up; each row is what changes, and when."""

    id: str
    kind: str
    subject: str
    priority: str
    at: datetime
    dice: random.Random
    team: str = "desk"
    agent: str = ""
    rows: list[tuple[str, ...]] = field(default_factory=list)

    def row(self, status: str, minutes: float = 0.0, rating: str = "") -> None:
        """Something happens after so many minutes of office hours."""
        self.at = _open(self.at, minutes)
        if self.at >= LAST_DAY:
            return  # the extract ends here, as extracts do
        when = self.at.isoformat(timespec="seconds")
        who = (LINE[self.team], self.team, self.agent)
        what = (self.priority, self.kind, self.subject, rating)
        self.rows.append((self.id, when, status, *who, *what))

    def passed_to(self, team: str, minutes: float) -> None:
        """It goes to another team, where somebody takes it later."""
        self.team, self.agent = team, ""
        self.row("open", minutes)
        self.agent = self.dice.choice(AGENTS[team])
        self.row("open", self.dice.uniform(10, 150))

    def waits(self) -> None:
        """The customer is asked, and takes a while to answer."""
        self.row("pending", self.dice.uniform(5, 20))
        self.row("open", self.dice.expovariate(1 / 420))

    def ends(self, minutes: float) -> None:
        """It is solved, rated by some, and closed two days later."""
        self.row("resolved", minutes)
        pleased = 4.6 - 0.25 * len({row[4] for row in self.rows}) - 0.04 * len(self.rows)
        rating = str(max(1, min(5, round(self.dice.gauss(pleased, 0.7)))))
        if self.dice.random() < 0.4:
            self.row("resolved", self.dice.uniform(30, 300), rating)
        self.row("closed", 2 * 8 * 60)


def _open(at: datetime, minutes: float) -> datetime:
    """Return the instant after so many minutes of Monday to Friday, 9 to 17."""
    left = timedelta(minutes=minutes)
    while True:
        opens, closes = (
            at.replace(hour=9, minute=0, second=0),
            at.replace(hour=17, minute=0, second=0),
        )
        at = max(at, opens)
        if at.weekday() < 5 and at + left < closes:
            return at + left
        if at.weekday() < 5 and at < closes:
            left -= closes - at
        at = (opens + timedelta(days=1)).replace(hour=9, minute=0)


def tickets() -> Iterator[Ticket]:
    """Yield each ticket with its whole story."""
    dice = random.Random(20260105)  # noqa: S311 - a made-up desk, no secret
    number = 1000
    for day in range(7 * WEEKS):
        date = FIRST_DAY + timedelta(days=day)
        for _ in range(A_DAY[date.weekday()] if date.weekday() < 5 else 0):
            number += 1
            kind = dice.choices(list(SHARES), list(SHARES.values()))[0]
            subject = dice.choice(SUBJECTS[kind])
            priority = dice.choices(("low", "normal", "high", "urgent"), (15, 60, 20, 5))[0]
            at = date + timedelta(hours=9, minutes=min(dice.triangular(0, 479, 70), 479))
            ticket = Ticket(f"T-{number}", kind, subject, priority, at.replace(microsecond=0), dice)
            _story(ticket, dice)
            yield ticket


def _story(ticket: Ticket, dice: random.Random) -> None:
    ticket.row("new")
    ticket.agent = dice.choice(AGENTS["desk"])
    ticket.row("open", dice.expovariate(1 / 45))
    {"login": _login, "vpn": _vpn, "invoice": _invoice, "export": _export, "howto": _howto}[
        ticket.kind
    ](ticket, dice)


def _login(ticket: Ticket, dice: random.Random) -> None:
    """Half go up, where the password is reset within minutes: one check more would have kept them."""
    if dice.random() < 0.5:
        ticket.passed_to("identity", dice.uniform(10, 40))
        ticket.ends(dice.uniform(2, 6))
    else:
        ticket.ends(dice.uniform(5, 30))


def _vpn(ticket: Ticket, dice: random.Random) -> None:
    """Two teams each think that it is the other's."""
    ticket.passed_to("network", dice.uniform(15, 60))
    for _ in range(dice.choices((0, 1, 2), (45, 35, 20))[0]):
        ticket.passed_to("identity", dice.uniform(60, 400))
        ticket.passed_to("network", dice.uniform(60, 400))
    if dice.random() < 0.4:
        ticket.waits()
    ticket.ends(dice.uniform(60, 480))


def _invoice(ticket: Ticket, dice: random.Random) -> None:
    """Every fifth is not what was meant, and comes back."""
    if dice.random() < 0.5:
        ticket.waits()
    ticket.row("resolved", dice.uniform(10, 60))
    if dice.random() < 0.2:
        ticket.row("open", dice.uniform(60, 600))
    ticket.ends(dice.uniform(10, 60))


def _export(ticket: Ticket, dice: random.Random) -> None:
    """A defect: through all lines to those who built it."""
    ticket.passed_to("network", dice.uniform(20, 90))
    ticket.passed_to("builders", dice.uniform(60, 600))
    if dice.random() < 0.3:
        ticket.row("on_hold", dice.uniform(10, 60))
        ticket.row("open", dice.uniform(480, 2400))
    ticket.ends(dice.uniform(240, 2400))


def _howto(ticket: Ticket, dice: random.Random) -> None:
    if dice.random() < 0.25:
        ticket.waits()
    ticket.ends(dice.uniform(3, 25))


def main(path: str) -> None:
    """Write the log to *path*."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for ticket in tickets():
            writer.writerows(ticket.rows)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "tickets.csv")
