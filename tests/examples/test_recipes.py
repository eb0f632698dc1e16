"""Recipes for running the clock, each with the real thing behind it."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import procrastinate
import psycopg
import pytest
from sqlalchemy.pool import NullPool

from escalate import Desk, SQLiteStore
from escalate.testing import ManualClock
from examples.hosts.fastapi_sqlalchemy.escalation import TicketHost, embed
from examples.hosts.fastapi_sqlalchemy.help_desk import HelpDesk
from examples.recipes.desk import POLICY
from examples.recipes.procrastinate_wake.wake import wake_when_due

ROOT = Path(__file__).parents[2]
UNITS = ROOT / "examples" / "recipes" / "systemd_timer"


@pytest.fixture
def late(tmp_path: Path) -> Iterator[Callable[[], str]]:
    """A desk in a file with a ticket that is long due: tells in which tier it is."""
    yesterday = ManualClock(datetime.now(UTC) - timedelta(days=1))
    with SQLiteStore(tmp_path / "desk.db") as store:
        desk = Desk(POLICY, store=store, clock=yesterday)
        ticket = desk.open(subject="No net")
        yield lambda: str(desk.ticket(ticket.id).tier)


def environment(folder: Path, **more: str) -> dict[str, str]:
    """What a process of a recipe finds."""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "PYTHONPATH": path, "DESK_DATABASE": str(folder / "desk.db"), **more}


@contextmanager
def process(command: list[str], cwd: Path, env: dict[str, str]) -> Iterator[Iterator[str]]:
    """Run a command within a ``with``, and give the lines that it says."""
    running = subprocess.Popen(
        command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert running.stdout is not None
    watchdog = threading.Timer(60, running.kill)  # a test that fails, and does not hang
    watchdog.start()
    try:
        yield iter(running.stdout)
    finally:
        watchdog.cancel()
        running.terminate()
        running.communicate()


def test_celery_beat_ticks(late: Callable[[], str], tmp_path: Path) -> None:
    """A beat and a worker, on a broker in files: what is due is escalated."""
    for name in ("queue", "control"):
        (tmp_path / name).mkdir()
    env = environment(
        tmp_path,
        CELERY_BROKER="filesystem://",
        CELERY_DATA_FOLDER_IN=str(tmp_path / "queue"),
        CELERY_DATA_FOLDER_OUT=str(tmp_path / "queue"),
        CELERY_CONTROL_FOLDER=str(tmp_path / "control"),
        TICK_EVERY_S="2",
    )
    celery = [sys.executable, "-m", "celery", "-A", "examples.recipes.celery_beat.tasks"]
    options = ["worker", "-B", "--pool", "solo", "-l", "INFO", "--without-gossip"]
    assert late() == "N1"
    said = []
    with process([*celery, *options], tmp_path, env) as lines:
        for line in lines:
            said.append(line)
            if "escalate.tick" in line and "succeeded" in line and late() == "N2":
                break
    assert late() == "N2", "".join(said)


class TestProcrastinate:
    @pytest.fixture
    def app(self, postgres: str) -> Iterator[procrastinate.App]:
        """Jobs in the database of the host."""
        app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector(conninfo=postgres))
        with app.open():
            app.schema_manager.apply_schema()
            yield app

    def jobs(self, postgres: str) -> list[datetime]:
        """When somebody is to be woken."""
        with psycopg.connect(postgres) as connection:
            found = connection.execute(
                "SELECT scheduled_at FROM procrastinate_jobs WHERE status = 'todo' ORDER BY 1"
            )
            return [at for (at,) in found.fetchall()]

    def test_a_job_comes_and_goes_with_the_transaction_that_makes_it_due(
        self, app: procrastinate.App, postgres: str
    ) -> None:
        """What is rolled back wakes nobody; what is committed is escalated by the worker."""
        clock = ManualClock(datetime.now(UTC) - timedelta(days=1))
        host = TicketHost(
            "postgresql+psycopg://", poolclass=NullPool, creator=lambda: psycopg.connect(postgres)
        )
        desk, people = embed(POLICY, host, clock=clock), HelpDesk(host)

        @app.task
        def wake() -> None:
            clock.advance(hours=5)
            desk.tick()

        def connection() -> object:
            with host.session() as session:
                return session.connection().connection.driver_connection

        wake_when_due(host, wake, connection)

        def request() -> None:
            with host.transaction():
                people.open("No net")
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            request()
        assert self.jobs(postgres) == []
        number = people.open("No net")
        assert self.jobs(postgres) == [clock() + timedelta(hours=4, microseconds=1)]
        worker = app.with_connector(procrastinate.PsycopgConnector(conninfo=postgres))
        worker.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)
        shown = people.show(number)
        assert shown is not None
        assert shown["line"] == "N2"
        assert desk.failures() == ()


class TestSystemd:
    @pytest.fixture
    def units(self, tmp_path: Path) -> Path:
        """A folder as the units expect one, and the units in it."""
        python = tmp_path / ".venv" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.symlink_to(sys.executable)
        shutil.copy(UNITS / "tick.py", tmp_path)
        for unit in UNITS.glob("escalate-tick.*"):
            text = unit.read_text().replace("/srv/desk", str(tmp_path))
            (tmp_path / unit.name).write_text(text.replace("User=desk\n", ""))
        return tmp_path

    @staticmethod
    def read(unit: Path) -> configparser.ConfigParser:
        """Return a unit file."""
        parser = configparser.ConfigParser(interpolation=None, strict=True)
        parser.optionxform = str  # type: ignore[assignment,method-assign]
        parser.read_string(unit.read_text())
        return parser

    def test_the_service_ticks(self, late: Callable[[], str], units: Path) -> None:
        """What systemd would start, started: what is due is escalated."""
        service = self.read(units / "escalate-tick.service")["Service"]
        name, _, value = service["Environment"].partition("=")
        env = {**environment(units), name: value}
        # A virtual environment that is a link finds no packages by itself.
        env["PYTHONPATH"] = os.pathsep.join([str(ROOT), *sys.path])
        done = subprocess.run(
            service["ExecStart"].split(),
            cwd=service["WorkingDirectory"],
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (0, "1 tickets moved on\n"), done.stderr
        assert late() == "N2"

    def test_the_timer_starts_the_service(self, units: Path) -> None:
        """They go by one name, the timer has a time, and systemd finds no fault with either."""
        timer, service = units / "escalate-tick.timer", units / "escalate-tick.service"
        assert self.read(timer)["Timer"]["OnCalendar"] == "*:*:0/30"
        assert self.read(timer)["Install"]["WantedBy"] == "timers.target"
        assert self.read(service)["Service"]["Type"] == "oneshot"
        verify = shutil.which("systemd-analyze")
        if verify:  # where systemd is not, the unit files are read all the same
            done = subprocess.run(
                [verify, "verify", str(service), str(timer)],
                capture_output=True,
                text=True,
                check=False,
            )
            assert (done.returncode, done.stderr) == (0, "")
