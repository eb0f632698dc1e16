"""The Django app."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """A help desk with tickets and comments."""

    name = "examples.hosts.django_desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"
