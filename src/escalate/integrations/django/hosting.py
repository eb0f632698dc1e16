"""A Django model as the host of a desk: which of its columns say what, and in which words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import connections, models, transaction
from django.db.models.signals import post_delete, post_save

from escalate.core.events import Breached
from escalate.core.facts import Seen
from escalate.core.instants import as_instant
from escalate.core.model import Actor
from escalate.core.status import as_status
from escalate.errors import BadInput, nearest
from escalate.runtime.hosted import HostedDesk
from escalate.runtime.hosts import Happened
from escalate.runtime.ticking import Ticked

_PARTS: Final = ("status", "tier", "priority", "assignee")


class ModelHost:
    """The tickets of one model.

    Args:
        model: The model; tickets go by the text of their primary key.
        columns: For ``status``, ``tier``, ``priority`` and ``assignee``: the column that shows it, as
            far as there is one. ``"queue__slug"`` is the slug of the queue that the ticket points to.
        words: For each of these: what the host's values are called in the policy, such as
            ``{"status": {1: "open", 3: "resolved"}}``. Of several values of one word, the first is the
            one that is written; a value without a word, or none at all, is no news. Without an entry, values
            are words.
        fields: Columns that conditions may read as ``fields.name``.
        using: The alias of the database.

    Raises:
        BadInput: *columns* or *words* names something else than the four.
    """

    def __init__(
        self,
        model: type[models.Model],
        columns: Mapping[str, str],
        *,
        words: Mapping[str, Mapping[Any, str]] | None = None,
        fields: tuple[str, ...] = (),
        using: str = "default",
    ) -> None:
        for name in (*columns, *(words or {})):
            if name not in _PARTS:
                raise BadInput("ModelHost.columns", name, nearest(name, _PARTS))
        self.model = model
        self._columns = dict(columns)
        self._words = {name: dict(known) for name, known in (words or {}).items()}
        self._fields = fields
        self._using = using

    # -- what escalate asks of a host

    def transaction(self) -> AbstractContextManager[object]:
        """Return a block of Django's own, which joins a transaction that is open."""
        return transaction.atomic(using=self._using)

    def on_commit(self, call: Callable[[], object]) -> None:
        """Call once what is open has been committed."""
        transaction.on_commit(lambda: call() and None, using=self._using)

    def load(self, ticket_id: str) -> Seen | None:
        """Return what a row shows, and lock it."""
        connection = connections[self._using]
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:  # it locks no rows: take the file before looking
                cursor.execute("UPDATE escalate_schema SET version = version WHERE 1 = 0")
        row = self._rows().select_for_update(of=("self",)).filter(pk=ticket_id).first()
        return None if row is None else self.shown_by(row)

    def apply(self, ticket_id: str, events: Happened) -> None:
        """Save what was decided, by the model's own save(), and what the desk knows of the ticket."""
        if events.changes:
            row = self._rows().get(pk=ticket_id)
            written = [
                self._write(row, *each) for each in events.changes.items() if self._has(*each)
            ]
            for name in self._fields:
                if name in events.changes.get("fields", {}):
                    setattr(row, name, events.changes["fields"][name])
                    written.append(name)
            if written:
                row.save(using=self._using, update_fields=written)
        self._note(events)

    # -- what hosts ask

    def shown_by(self, row: models.Model) -> Seen:
        """Return what *row* shows, saved or not."""
        shown: dict[str, Any] = {}
        for name, column in self._columns.items():
            value = _value(row, column)
            word = self._words[name].get(value) if name in self._words else value
            if word not in (None, ""):
                shown[name] = str(word)
            elif name == "assignee":
                shown[name] = None
        if self._fields:
            shown["fields"] = {name: getattr(row, name) for name in self._fields}
        return Seen(**shown)

    def refresh(self, row: models.Model) -> None:
        """Bring *row* up to date with what was decided, lest its next save() write over that.

        Views keep a row in memory and save it more than once; what a rule changed in between is not in it.
        """
        names = [column.partition("__")[0] for column in self._columns.values()]
        row.refresh_from_db(using=self._using, fields=[*names, *self._fields])

    def check(self, desk: HostedDesk, row: models.Model, by: Actor | None = None) -> None:
        """Veto what *row* is about to show, if the policy does not allow it; for ``Model.clean``.

        Raises:
            ValidationError: It does not; the message says why, and what may happen instead.
        """
        if row.pk is None:
            return
        answer = desk.guard(str(row.pk), self.shown_by(row), by)
        if answer.refusal is not None:
            raise ValidationError(f"{answer.refusal}; possible now: {', '.join(answer.may)}")

    def sweep(self, desk: HostedDesk) -> Ticked:
        """Reconcile every ticket of the model that is not done, or that the desk thinks is not."""
        live = {ticket.id for ticket in desk.live()}
        rows = self._rows().order_by("pk")
        status = self._columns.get("status")
        if status is not None and "__" not in status and "status" in self._words:
            done = [own for own, word in self._words["status"].items() if as_status(word).is_done]
            rows = rows.exclude(**{f"{status}__in": done})
        shown = {str(key) for key in rows.values_list("pk", flat=True).iterator()}
        return desk.reconcile_all(sorted(live | shown))

    # -- rows and words

    def _rows(self) -> models.QuerySet[Any]:
        return self.model._default_manager.using(self._using)

    def _has(self, name: str, value: object) -> bool:
        if name not in self._columns:
            return False
        # What the host has no word for stays as it is.
        return name not in self._words or value in self._words[name].values() or value is None

    def _write(self, row: models.Model, name: str, value: Any) -> str:
        """Put *value* into its column, and return the name of the field that was written."""
        if name in self._words and value is not None:
            value = next(own for own, word in self._words[name].items() if word == value)
        column, _, rest = self._columns[name].partition("__")
        if rest and value is not None:
            related: Any = row._meta.get_field(column).related_model
            value = related._default_manager.using(self._using).get(**{rest: value})
        setattr(row, column, value)
        return column

    def _note(self, events: Happened) -> None:
        from escalate.integrations.django.models import TicketState  # once Django's apps are loaded

        ticket = events.ticket
        due = [clock.due_us for clock in ticket.clocks.values() if clock.is_live and clock.due_us]
        values = {
            "tier": ticket.tier,
            "status": str(ticket.status),
            "priority": ticket.priority,
            "assignee": ticket.assignee,
            "due_at": as_instant(min(due)) if due else None,
        }
        state, _ = TicketState.objects.using(self._using).update_or_create(
            pk=ticket.id, defaults=values
        )
        late = [event.at for event in events if isinstance(event, Breached)]
        if late and state.breached_at is None:
            state.breached_at = late[0]
            state.save(using=self._using, update_fields=["breached_at"])


def _value(row: models.Model, column: str) -> Any:
    for name in column.split("__"):
        row = getattr(row, name, None)  # type: ignore[assignment]
    return row


def connect(desk: HostedDesk, model: type[models.Model]) -> None:
    """Have *desk* look at each ticket of *model* that is saved or deleted.

    What signals do not tell of, bulk updates and raw SQL, a sweep finds: ``manage.py escalate_tick --sweep``.
    """

    def saved(instance: models.Model, raw: bool = False, **_: object) -> None:
        if raw:
            return  # a fixture that is being loaded may refer to rows that are not there yet
        if desk.reconcile(str(instance.pk)) and isinstance(desk.host, ModelHost):
            desk.host.refresh(instance)

    def deleted(instance: models.Model, **_: object) -> None:
        desk.reconcile_all([str(instance.pk)])

    # Django holds receivers weakly; with an id, a module that is loaded twice is connected once.
    key = f"escalate/{desk.name}/{model._meta.label}"
    for signal, hook in ((post_save, saved), (post_delete, deleted)):
        signal.disconnect(sender=model, dispatch_uid=key)
        signal.connect(hook, sender=model, weak=False, dispatch_uid=key)
