"""``escalate outbox``: what a desk has not delivered, and what it has given up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import attrs
import click

from escalate.cli.text import printable, several
from escalate.core.model import Actor
from escalate.errors import NoSuchLetter
from escalate.runtime.mailroom import Mailroom
from escalate.runtime.outbox import Letter
from escalate.stores.looking import LookedAt, looking_into, opened_at


@attrs.frozen
class Found:
    """A letter, the desk in whose outbox it is, and how it failed last."""

    desk: str
    letter: Letter
    why: str


@click.command(short_help="List what a desk has not delivered; send it again.")
@click.argument("store")
@click.option("--desk", help="Only the desk of this name; a store may hold several.")
@click.option("--dead", is_flag=True, help="Only dead letters: what was given up.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.option("--resend", "ids", multiple=True, metavar="ID", help="Try this one anew; repeatable.")
@click.option("--all", "every", is_flag=True, help="Try all dead letters anew.")
@click.option("--by", help="Who has it tried anew; kept beside its failures.")
def outbox(
    store: str,
    desk: str | None,
    dead: bool,
    as_json: bool,
    ids: tuple[str, ...],
    every: bool,
    by: str | None,
) -> None:
    """List what the desks in STORE still have to tell people, and what they have given up.

    STORE is a SQLite file; or words for libpq, such as service=desk; or postgresql: for what PGHOST and
    the like say. Keep passwords in PGPASSWORD, ~/.pgpass or a service. Listing changes nothing.

    What is tried anew goes out with the desk's next tick, not from here.
    """
    if (ids or every) and not by:
        raise click.UsageError("--resend and --all need --by NAME: who has it tried anew?")
    if by and not (ids or every):
        raise click.UsageError("--by goes with --resend or --all")
    with looking_into(store) as looked_at:
        found = list(_found(looked_at, desk))
    if by:
        chosen = [each for each in found if each.letter.is_dead] if every else []
        chosen += [_one(found, each) for each in ids]
        _resend(store, chosen, Actor(by))
        return
    shown = [each for each in found if each.letter.is_dead or not dead]
    if as_json:
        click.echo(json.dumps({"letters": [_plain(each) for each in shown]}, indent=2))
    else:
        for line in _lines(shown):
            click.echo(printable(line))


def _found(store: LookedAt, desk: str | None) -> Iterator[Found]:
    for name in store.desks():
        if desk in (None, name):
            room = Mailroom(store, name, _now)
            for letter in (*room.outbox(), *room.outbox(dead=True)):
                where = f"{letter.kind} for event {letter.number}"
                why = letter.trouble or store.last_failure(name, letter.ticket_id, where)
                yield Found(name, letter, why)


def _now() -> datetime:
    return datetime.now(UTC)


def _one(found: list[Found], wanted: str) -> Found:
    known = [each for each in found if each.letter.id == wanted]
    if not known:
        raise click.UsageError(f"the outbox holds no {wanted!r}; without --resend it is listed")
    if len(known) > 1:
        desks = printable(", ".join(each.desk for each in known))
        raise click.UsageError(f"{wanted!r} is in several desks; choose by --desk: {desks}")
    return known[0]


def _resend(where: str, chosen: list[Found], by: Actor) -> None:
    if not chosen:
        click.echo("nothing was given up")
        return
    with opened_at(where) as store:
        for each in chosen:
            room, came = (
                Mailroom(store, each.desk, _now),
                f"goes out with the next tick of {each.desk}",
            )
            try:
                room.resend(each.letter.ticket_id, each.letter.number, by=by)
            except NoSuchLetter:  # a worker was faster
                came = "went out meanwhile"
            click.echo(printable(f"{each.letter.id}: {came}"))


def _lines(found: list[Found]) -> Iterator[str]:
    for each in found:
        letter = each.letter
        told = f" {letter.receiver}, about {letter.about}" if letter.receiver else ""
        when = "given up" if letter.at is None else f"next try {letter.at:%Y-%m-%d %H:%M:%S} UTC"
        failed = f", {letter.tries} failed" if letter.tries else ""
        why = f": {each.why}" if each.why else ""
        yield f"{each.desk}  {letter.id}  {letter.kind}{told}; {when}{failed}{why}"
    dead = sum(each.letter.is_dead for each in found)
    yield f"{several(len(found) - dead, 'letter')} waiting, {dead} given up"


def _plain(found: Found) -> dict[str, Any]:
    letter = found.letter
    return {
        "id": letter.id,
        "desk": found.desk,
        "ticket_id": letter.ticket_id,
        "number": letter.number,
        "kind": letter.kind,
        "receiver": letter.receiver,
        "about": letter.about,
        "dead": letter.is_dead,
        "at": None if letter.at is None else letter.at.isoformat(),
        "tries": letter.tries,
        "why": found.why,
    }
