"""Errors on their way between processes."""

from __future__ import annotations

import pickle

import pytest
from tblib import pickling_support

from escalate.errors import BadInput, EscalateError, InvalidCalendar, PathNotAllowed

ERRORS = [
    InvalidCalendar("hours", "9-5", "a span such as 09:00-17:00"),
    BadInput("share", 2, "a number from 0 to 1"),
    PathNotAllowed("T-1", "N1", "N3", ("N2",)),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_of_a_worker_says_the_same_where_it_arrives(error: EscalateError) -> None:
    """Whatever carries it, such as a cluster that sends tracebacks along, its fields come with it."""
    pickling_support.install(type(error))
    arrived = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert (type(arrived), str(arrived), arrived.args) == (type(error), str(error), error.args)
