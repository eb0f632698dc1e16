"""Django: a store on Django's connection, a host over any model, an app with due dates, tick and admin.

Put ``"escalate.integrations.django"`` into ``INSTALLED_APPS`` and the dotted path of your desk into
``ESCALATE_DESK``; docs/how-to/embed-in-django.md shows it whole. Migrations make the tables of the store.
"""

from typing import TYPE_CHECKING

from escalate._lazy import exports

if TYPE_CHECKING:
    from escalate.integrations.django.hosting import ModelHost as ModelHost
    from escalate.integrations.django.hosting import connect as connect
    from escalate.integrations.django.joining import with_escalation as with_escalation
    from escalate.integrations.django.storing import DjangoStore as DjangoStore

_HOMES = {
    "DjangoStore": "storing",
    "ModelHost": "hosting",
    "connect": "hosting",
    "with_escalation": "joining",
}

__all__ = ["DjangoStore", "ModelHost", "connect", "with_escalation"]

# Models can be loaded only once Django's apps are, so each name is loaded on first use.
__getattr__ = exports(
    __name__, {name: f"escalate.integrations.django.{module}" for name, module in _HOMES.items()}
)
