"""One pass over a log, in one process or in many: what is gathered case by case, and put together."""

from __future__ import annotations

import copy
import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Protocol, Self, TypeVar

from escalate.errors import BadInput
from escalate.offline.log import Case, Log
from escalate.offline.quality import DataQuality
from escalate.offline.sharding import Shard, merged_quality

Source = Log | Sequence[Shard]
Progress = Callable[[Iterable[Case]], Iterable[Case]]


class Gatherer(Protocol):
    """Something that is gathered over the cases of a log.

    Its state is plain values that can be pickled. Cases come in any order and in any parts: what is gathered
    in parts and merged equals what is gathered at once, so sums are whole numbers, and a list of
    examples keeps the smallest by a key of its own, not the first that came.
    """

    def add(self, case: Case) -> None:
        """Take in one case; no other call brings the same one."""

    def merge(self, other: Self) -> None:
        """Take in what another has gathered over other cases."""


G = TypeVar("G", bound=Gatherer)


def gather(
    source: Source, empty: G, *, executor: Executor | None = None, progress: Progress = iter
) -> tuple[G, DataQuality]:
    """Return what is gathered over *source*, beginning with *empty*, and the quality of the whole log.

    Args:
        source: A log in memory, or all shards of one.
        empty: Has seen no case; it is left as it is.
        executor: Where shards are read and gathered, such as a process pool; else here, one after the
            other. Only descriptors go there, and only what was gathered comes back.
        progress: Wraps the cases of a log in memory as they go by.

    Raises:
        BadInput: an executor was given with a log in memory, or there is no shard, or some are missing.
    """
    if isinstance(source, Log):
        if executor is not None:
            raise BadInput("executor", "a log in memory", "shards(path, n), since no rows travel")
        return _gathered(progress(source.cases), empty), source.quality
    _check_whole(source)
    # Tuples and no generator: all are submitted before the first is waited for.
    if executor is None:
        parts: Iterable[tuple[G, DataQuality]] = (_of_shard(each, empty) for each in source)
    else:
        waiting = [executor.submit(_of_shard, each, empty) for each in source]
        # Each is let go as it is taken in: the parts need not all fit beside the whole.
        waiting.reverse()
        parts = (waiting.pop().result() for _ in source)
    whole, qualities = copy.deepcopy(empty), []
    for part, quality in parts:
        whole.merge(part)
        qualities.append(quality)
    return whole, merged_quality(qualities)


def _gathered(cases: Iterable[Case], empty: G) -> G:
    gatherer = copy.deepcopy(empty)
    with _log_is_no_garbage():
        for case in cases:
            gatherer.add(case)
    return gatherer


@contextmanager
def _log_is_no_garbage() -> Iterator[None]:
    """Let the garbage collector pass over what is there: it would go through all rows again and again."""
    if gc.get_freeze_count():  # the host has frozen something, which is its own to thaw
        yield
        return
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _of_shard(shard: Shard, empty: G) -> tuple[G, DataQuality]:
    log = shard.read()
    return _gathered(log.cases, empty), log.quality


def _check_whole(parts: Sequence[Shard]) -> None:
    numbers = sorted(each.number for each in parts)
    if not parts or numbers != list(range(parts[0].of)) or len({each.path for each in parts}) > 1:
        raise BadInput("log", parts, "a log, or every shard of one file")
