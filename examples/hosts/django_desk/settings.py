"""Settings for trying it out: python -m django migrate --settings examples.hosts.django_desk.settings."""

from __future__ import annotations

import os
from typing import Any

SECRET_KEY = os.environ.get("SECRET_KEY", "only for trying things out")
USE_TZ = True
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "examples.hosts.django_desk.apps.DeskConfig",
    "escalate.integrations.django",
]
ESCALATE_DESK = "examples.hosts.django_desk.escalation.desk"
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("DESK_DATABASE", "desk.sqlite3"),
        # Without it, two requests that have both read may both wait to write, and one fails.
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
    }
}
ROOT_URLCONF = "examples.hosts.django_desk.urls"
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
