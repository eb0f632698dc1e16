"""A PostgreSQL server of the tests' own: started from what is installed, gone with the tests.

Or the one that ``ESCALATE_TEST_POSTGRES`` names, as psycopg reads it; there each store has a schema of its
own, which is dropped afterwards. Nothing is left behind: no user, no folder, no changed permission.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

VARIABLE: Final = "ESCALATE_TEST_POSTGRES"
INSTALL: Final = (
    f"install PostgreSQL (Debian: apt install postgresql), or name a database in {VARIABLE}"
)
_USERS: Final = ("postgres", "nobody")  # who runs the server where the tests run as root


class NoPostgres(RuntimeError):
    """There is no PostgreSQL on this machine."""


@contextmanager
def server() -> Iterator[str]:
    """Let a server run for the length of a ``with``, and give the words by which it is found.

    Raises:
        NoPostgres: None is installed, and none is named.
    """
    named = os.environ.get(VARIABLE)
    if named:
        yield named
        return
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="escalate-pg-", dir=_base()))
    try:
        who = _who()
        if who:
            shutil.chown(folder, who["user"], who["group"])
        data = folder / "data"
        command = [
            binaries / "initdb",
            "-D",
            data,
            "-A",
            "trust",
            "-U",
            "escalate",
            "-N",
            "-E",
            "UTF8",
        ]
        done = subprocess.run(
            [*map(str, command), "--locale=C"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            **who,
        )
        if done.returncode:
            raise NoPostgres(f"initdb failed: {done.stderr.strip()}")
        with _running(binaries, folder, data, who) as conninfo:
            yield conninfo
    finally:
        shutil.rmtree(folder)


@contextmanager
def _running(binaries: Path, folder: Path, data: Path, who: dict[str, Any]) -> Iterator[str]:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "fsync": "off",  # nothing here is to outlive the machine
        "max_connections": "60",
    }
    given = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [str(binaries / "postgres"), "-D", str(data), *given],
            cwd=folder,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C in the tests is for the tests
            **who,
        )
    conninfo = f"host={folder} user=escalate dbname=postgres"
    try:
        _wait_for(conninfo, process, folder / "log")
        yield conninfo
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGQUIT)
            process.wait(20)


def _wait_for(conninfo: str, process: subprocess.Popen[bytes], log: Path) -> None:
    import psycopg

    for _ in range(600):
        try:
            psycopg.connect(conninfo).close()
        except psycopg.OperationalError:
            if process.poll() is not None:
                break
            time.sleep(0.05)
        else:
            return
    raise NoPostgres(f"the server does not answer: {log.read_text(errors='replace')[-500:]}")


def _binaries() -> Path:
    found = shutil.which("postgres")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    raise NoPostgres(INSTALL)


def _base() -> str:
    """Return a folder for temporary things that another user can reach as it is."""
    for place in (tempfile.gettempdir(), "/tmp", "/var/tmp"):  # noqa: S108 - mkdtemp makes one of its own
        path = Path(place).resolve()
        if all(each.stat().st_mode & 0o001 for each in (path, *path.parents)):
            return str(path)
    raise NoPostgres(f"no folder for temporary files that others may enter; {INSTALL}")


def _who() -> dict[str, Any]:
    """Return what makes a process run as somebody else where we are root, which PostgreSQL refuses."""
    if os.geteuid():
        return {}
    for name in _USERS:
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise NoPostgres(f"nobody to run the server as; {INSTALL}")


@contextmanager
def schema_in(conninfo: str) -> Iterator[str]:
    """Give the words by which an empty schema in that database is found; it is dropped at the end."""
    import psycopg

    name = f"escalate_test_{secrets.token_hex(6)}"
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
    try:
        yield f"{conninfo} options='-c search_path={name}'"
    finally:
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute("SET client_min_messages = warning")
            connection.execute(f"DROP SCHEMA {name} CASCADE")
