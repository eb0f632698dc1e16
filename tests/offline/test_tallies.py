"""Examples of a count do not depend on the order or the parts in which cases came."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from escalate.offline.replays.tallies import Tally

CASES = st.lists(st.tuples(st.integers(0, 9), st.text("abc", max_size=3)), unique=True, max_size=20)


@given(CASES, st.integers(0, 20))
def test_the_first_five_cases_are_kept_in_whatever_parts_they_came(cases, at):
    """By their first instant, then by id; each ticket counts once, however often it was seen."""
    whole, part = Tally(), Tally()
    for tally, some in ((whole, cases[:at]), (part, cases[at:])):
        for case in some:
            tally.add(case)
            tally.add(case)
    whole.merge(part)
    assert (whole.times, whole.tickets) == (2 * len(cases), len(cases))
    assert whole.cases == [name for _, name in sorted(cases)[:5]]
