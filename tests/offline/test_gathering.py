"""One pass over a log leaves the process as it was."""

from __future__ import annotations

import gc
from typing import Self

import pytest

from escalate.offline.gathering import gather
from escalate.offline.log import Case, Log, Row

LOG = Log((Case("17", (Row(0), Row(5))),))


class Frozen:
    """Keeps how many objects the garbage collector passed over while it saw cases."""

    def __init__(self) -> None:
        self.counts: list[int] = []

    def add(self, case: Case) -> None:
        """Look."""
        self.counts.append(gc.get_freeze_count())

    def merge(self, other: Self) -> None:
        """Take in what another saw."""
        self.counts += other.counts


class Fails(Frozen):
    """Cannot be done."""

    def add(self, case: Case) -> None:
        """Fail."""
        raise ZeroDivisionError


def test_the_garbage_collector_passes_over_a_log_and_is_as_before_afterwards() -> None:
    """Rows are no garbage while they are gone through; afterwards everything is looked at again."""
    gc.unfreeze()  # whatever another test may have left
    found, _ = gather(LOG, Frozen())
    assert found.counts[0] > 0
    assert gc.get_freeze_count() == 0
    with pytest.raises(ZeroDivisionError):
        gather(LOG, Fails())
    assert gc.get_freeze_count() == 0


def test_what_the_host_froze_stays_frozen() -> None:
    """A server that froze its objects before it forked finds them so."""
    gc.freeze()
    try:
        before = gc.get_freeze_count()
        gather(LOG, Frozen())
        assert gc.get_freeze_count() == before
    finally:
        gc.unfreeze()
