"""Make the rows that hosts join, and the tables of the store."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


def prepare(apps: Any, editor: Any) -> None:
    """Make the tables of the store, or bring those of an earlier release to what this one needs."""
    from escalate.integrations.django.storing import DjangoStore

    DjangoStore(editor.connection.alias).prepare()


class Migration(migrations.Migration):
    """The first one."""

    initial = True
    dependencies = []  # noqa: RUF012 - as Django has them
    operations = [  # noqa: RUF012
        migrations.CreateModel(
            name="TicketState",
            fields=[
                ("ticket", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("tier", models.CharField(db_index=True, max_length=100)),
                ("status", models.CharField(db_index=True, max_length=20)),
                ("priority", models.CharField(max_length=100)),
                ("assignee", models.CharField(max_length=200, null=True)),
                ("due_at", models.DateTimeField(db_index=True, null=True)),
                ("breached_at", models.DateTimeField(db_index=True, null=True)),
            ],
            options={"verbose_name": "ticket"},
        ),
        migrations.RunPython(prepare, migrations.RunPython.noop),
    ]
