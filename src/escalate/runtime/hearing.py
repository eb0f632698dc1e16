"""How an observer hears: in a thread of its own, in order, and whatever it does, it holds up nobody."""

from __future__ import annotations

import logging
import os
import threading
from collections import deque
from contextvars import Context, copy_context
from typing import Final

from escalate.runtime.watching import Observer

MOST_WAITING: Final = 10_000
_LINGER_S: Final = 1.0
_log: Final = logging.getLogger("escalate.runtime")


class Ear:
    """One observer of one desk.

    Args:
        observer: Who hears.
        within_s: How many seconds the desk waits for it before it leaves it behind.
        desk: The name of the desk, for log lines.
    """

    def __init__(self, observer: Observer, within_s: float, desk: str) -> None:
        self._observer = observer
        self._within_s = within_s
        self._fields = {"what": "observer", "desk": desk, "observer": type(observer).__name__}
        self._begin()

    def _begin(self) -> None:
        self._pid = os.getpid()
        self._changed = threading.Condition()
        self._waiting: deque[tuple[str, object, Context]] = deque()
        self._thread: threading.Thread | None = None
        self._told = self._heard = self._missed = 0
        self._behind = False

    def tell(self, method: str, report: object) -> None:
        """Have the observer hear *report* by its *method*, after all that it was told before."""
        if self._pid != os.getpid():
            self._begin()  # a fork has no thread but its own, and what was told was told there
        with self._changed:
            if len(self._waiting) >= MOST_WAITING:
                self._missed += 1
                return
            # With the caller's context: what a tracer knows of this request is known there as well.
            self._waiting.append((method, report, copy_context()))
            self._told += 1
            if self._thread is None or not self._thread.is_alive():
                # A daemon: one that hangs must not keep the process from ending.
                self._thread = threading.Thread(
                    target=self._hear, name="escalate-observer", daemon=True
                )
                self._thread.start()
            self._changed.notify_all()

    def settle(self) -> None:
        """Wait until all that was told is heard, but not for long, and not for one that hangs anyway."""
        if self._told == self._heard or threading.current_thread() is self._thread:
            return
        with self._changed:
            until = self._told
            if self._behind or self._pid != os.getpid():
                return
            if not self._changed.wait_for(lambda: self._heard >= until, self._within_s):
                self._behind = True
                _log.error(
                    "observer %s is left behind: not done in %s s",
                    self._fields["observer"],
                    self._within_s,
                    extra=self._fields,
                )

    def _hear(self) -> None:
        while True:
            with self._changed:
                if not self._changed.wait_for(lambda: self._waiting, _LINGER_S):
                    self._thread = None  # the next report starts another one
                    return
                method, report, context = self._waiting.popleft()
            try:
                context.run(getattr(self._observer, method), report)
            except BaseException as why:  # noqa: BLE001 - an observer is anybody's code; told here
                self._say_failed(method, why)
            self._heard_one()

    def _heard_one(self) -> None:
        with self._changed:
            self._heard += 1
            missed = 0
            if not self._waiting:
                self._behind = False
                missed, self._missed = self._missed, 0
            self._changed.notify_all()
        if missed:
            _log.warning(
                "observer %s has missed %d reports",
                self._fields["observer"],
                missed,
                extra={**self._fields, "missed": missed},
            )

    def _say_failed(self, method: str, why: BaseException) -> None:
        _log.error(
            "observer %s failed in %s: %s",
            self._fields["observer"],
            method,
            type(why).__name__,
            extra={**self._fields, "error": type(why).__name__},
            exc_info=why if _log.isEnabledFor(logging.DEBUG) else None,
        )
