"""Settings for trying it out; what django-helpdesk asks for, and two lines for escalate."""

from __future__ import annotations

from examples.hosts.django_desk.settings import *  # noqa: F403

ESCALATE_DESK = "examples.hosts.django_helpdesk.escalation.desk"
SITE_ID = 1
ROOT_URLCONF = "examples.hosts.django_helpdesk.urls"
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.sites",
    "bootstrap4form",
    "helpdesk",
    "escalate.integrations.django",
]
HELPDESK_TEAMS_MODE_ENABLED = False
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
