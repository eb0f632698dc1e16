"""The commands under one name."""

from __future__ import annotations

import click

from escalate.cli.check import check, schema
from escalate.cli.demo import demo
from escalate.cli.diagram import diagram
from escalate.cli.explain import explain
from escalate.cli.handbook import handbook
from escalate.cli.init import init
from escalate.cli.new_classifier import new_classifier
from escalate.cli.outbox import outbox
from escalate.cli.plugins import plugins
from escalate.cli.practice import practice
from escalate.cli.replay import replay
from escalate.cli.study import study
from escalate.cli.test import test


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="escalate-tiers", message="escalate %(version)s")
@click.option("--debug", is_flag=True, help="Show where an error happened (or ESCALATE_DEBUG=1).")
def app(debug: bool) -> None:
    """Tiered support escalation: write a policy, see it at work, study and replay your logs."""
    _ = debug  # the guard around the command reads it, since it also guards what comes before


app.add_command(check)
app.add_command(demo)
app.add_command(diagram)
app.add_command(explain)
app.add_command(handbook)
app.add_command(init)
app.add_command(new_classifier)
app.add_command(plugins)
app.add_command(outbox)
app.add_command(practice)
app.add_command(replay)
app.add_command(schema)
app.add_command(study)
app.add_command(test)
