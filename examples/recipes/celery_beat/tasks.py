"""Celery beat says when, a worker ticks: ``celery -A examples.recipes.celery_beat.tasks worker -B``."""

from __future__ import annotations

import os

from celery import Celery

from examples.recipes.desk import desk

EVERY_S = float(os.environ.get("TICK_EVERY_S", "30"))

app = Celery("desk", broker=os.environ.get("CELERY_BROKER", "redis://localhost"))
app.conf.broker_transport_options = {
    name: os.environ[f"CELERY_{name.upper()}"]
    for name in ("data_folder_in", "data_folder_out", "control_folder")  # of a broker in files
    if f"CELERY_{name.upper()}" in os.environ
}
app.conf.beat_schedule = {
    "escalate": {
        "task": "escalate.tick",
        "schedule": EVERY_S,
        # Ticks that nobody has taken are worth nothing: what they would have done, the next one does.
        "options": {"expires": EVERY_S},
    }
}


@app.task(name="escalate.tick", ignore_result=True)
def tick() -> None:
    """Fire what is due; two at the same time share the work."""
    desk().tick()
