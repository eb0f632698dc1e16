"""Notices: what people are told, carried by the host's own function, whatever that does.

A function that fails is asked again later; one that hangs is left behind after a while, and holds up
neither a tick nor what other receivers are told.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import attrs

from escalate.core import events as e
from escalate.core.model import Ticket


@attrs.frozen(kw_only=True)
class Notice:
    """Somebody is to be told something, now.

    What one receiver is to be told of one ticket at one instant is one notice.

    Attributes:
        key: The same at every try: what has this key and was carried before need not be carried again.
        ticket: The ticket that it is about.
        events: The events that ask for it, oldest first; they name one receiver and one instant.
        people: Who stands behind the role now; empty if the desk has no directory.
    """

    key: str
    ticket: Ticket
    events: tuple[e.NotifyAsked, ...]
    people: tuple[str, ...]

    @property
    def event(self) -> e.NotifyAsked:
        """The first of them; ``event.receiver`` is the role, ``event.about`` the reason."""
        return self.events[0]


Notify = Callable[[Notice], object]


class Carrier:
    """Carries notices, each in a thread of its own.

    Args:
        notify: The host's function.
        within_s: How many seconds it may take; none means as long as it likes, in the caller's thread.
    """

    def __init__(self, notify: Notify, within_s: float | None) -> None:
        self._notify = notify
        self._within_s = within_s
        self._hanging: dict[str, threading.Thread] = {}

    def carry(self, notice: Notice) -> None:
        """Carry *notice*.

        Raises:
            TimeoutError: It took too long; or an earlier notice to that receiver did, and still hangs.
            Exception: Whatever the host's function raised.
        """
        if self._within_s is None:
            self._notify(notice)
            return
        receiver = notice.event.receiver
        hanging = self._hanging.get(receiver)
        if hanging is not None and hanging.is_alive():
            # At once: each receiver that hangs may hold up a tick once, not at every notice.
            raise TimeoutError(f"an earlier notice to {receiver!r} still hangs")
        raised: list[BaseException] = []

        def go() -> None:
            try:
                self._notify(notice)
            except BaseException as why:  # noqa: BLE001 - a thread keeps it to itself; raised below
                raised.append(why)

        # A daemon: one that hangs must not keep the process from ending.
        thread = threading.Thread(target=go, name="escalate-notice", daemon=True)
        thread.start()
        thread.join(self._within_s)
        if thread.is_alive():
            self._hanging[receiver] = thread
            raise TimeoutError(f"not carried in {self._within_s} s")
        self._hanging.pop(receiver, None)
        if raised:
            raise raised[0]
