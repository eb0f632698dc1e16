"""Work in a thread of its own that is waited for only so long."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final

MOST_AT_ONCE: Final = 8
"""How many may be at work; a thread cannot be ended, so those that hang must not pile up."""


class Places:
    """Threads for work that may hang, only so many at once. A copy in another process has its own.

    Args:
        most: How many may be at work at once.
    """

    def __init__(self, most: int = MOST_AT_ONCE) -> None:
        self._most = most
        self._free = threading.BoundedSemaphore(most)

    def __reduce__(self) -> tuple[type[Places], tuple[int]]:
        # A semaphore does not pickle, and what hangs there hangs there.
        return Places, (self._most,)

    def start(self, work: Callable[[], object], *, within_s: float = 0.0) -> Task | None:
        """Start *work* in a thread of its own and return it.

        None if no place is free *within_s* seconds, or the process has no thread left to give.
        """
        if not self._free.acquire(timeout=within_s):
            return None
        task = Task(work, self._free.release)
        try:
            task.start()
        except RuntimeError:
            self._free.release()
            return None
        return task


class Task(threading.Thread):
    """Work that was started. A daemon: one that hangs must not keep the process from ending."""

    def __init__(self, work: Callable[[], object], after: Callable[[], None]) -> None:
        super().__init__(name="escalate-classifier", daemon=True)
        self._work, self._after = work, after
        self._returned: list[Any] = []
        self._raised: list[BaseException] = []

    def run(self) -> None:
        """Do the work, and keep what came of it."""
        try:
            self._returned.append(self._work())
        except BaseException as why:  # noqa: BLE001 - raised again where it is waited for
            self._raised.append(why)
        finally:
            self._after()

    def result(self, within_s: float) -> Any:
        """Return what the work returned, or raise what it raised.

        Raises:
            TimeoutError: It is not done after *within_s* seconds.
        """
        self.join(within_s)
        if self._raised:
            raise self._raised[0]
        if not self._returned:
            raise TimeoutError(f"no answer in {within_s} s")
        return self._returned[0]
