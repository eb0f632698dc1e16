"""The Django app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from escalate.runtime.hosted import HostedDesk


class EscalateConfig(AppConfig):
    """Tables, admin pages and the command ``escalate_tick``."""

    name = "escalate.integrations.django"
    label = "escalate"
    verbose_name = "Escalation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load the desk, so that its hooks are connected wherever Django runs."""
        if getattr(settings, "ESCALATE_DESK", None):
            desk()


def desk() -> HostedDesk:
    """Return the desk that ``ESCALATE_DESK`` names.

    Raises:
        ImproperlyConfigured: The setting is missing, or names nothing that can be loaded.
    """
    path = getattr(settings, "ESCALATE_DESK", None)
    if not path:
        wanted = 'the dotted path of your desk, e.g. "support.escalation.desk"'
        raise ImproperlyConfigured(f"ESCALATE_DESK is not set; wanted {wanted}")
    try:
        found: HostedDesk = import_string(path)
    except ImportError as why:
        raise ImproperlyConfigured(f"ESCALATE_DESK = {path!r} cannot be loaded: {why}") from why
    return found
