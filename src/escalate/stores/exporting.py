"""All that a store keeps of one ticket as plain tables, for people who ask for it and for other programs."""

from __future__ import annotations

from typing import Any

from escalate.stores import documents as d
from escalate.stores.base import Store


def export(store: Store, desk: str, ticket_id: str) -> dict[str, Any]:
    """Return all that *store* keeps of a ticket, as tables and lists that ``json.dumps`` takes.

    The keys are ``format``, ``desk``, ``ticket`` (none if it was never opened), ``version``, ``events``,
    ``texts``, ``errands``, ``held``, ``refusals`` and ``failures``; instants are microseconds since 1970
    in UTC.

    Raises:
        NewerDocument: A later release wrote some of it.
        BrokenDocument: Some of it cannot be read.
    """
    stored = store.load(desk, ticket_id)
    return {
        "format": d.FORMAT,
        "desk": desk,
        "ticket": None if stored.ticket is None else d.table(d.write_ticket(stored.ticket)),
        "version": stored.version,
        "events": [d.table(d.write_event(event)) for event in store.events(desk, ticket_id)],
        "texts": [
            {"number": number, "field": field, "text": text}
            for (number, field), text in sorted(store.texts(desk, ticket_id).items())
        ],
        "errands": [
            {"number": each.number, "kind": each.kind, "at_us": each.at_us, "tries": each.tries}
            for each in store.errands(desk, ticket_id)
        ],
        "held": [
            {"number": each.number, "at_us": each.at_us, "fact": d.table(d.write_fact(each.fact))}
            for each in store.held(desk, ticket_id)
        ],
        "refusals": [d.table(d.write_plain(each)) for each in store.refusals(desk, ticket_id)],
        "failures": [
            d.table(d.write_plain(each))
            for each in store.failures(desk)
            if each.ticket_id == ticket_id
        ],
    }
