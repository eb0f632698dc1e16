"""Every store that ships keeps to the contract, on its own connections and on those of a host."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from escalate.stores import Store
from escalate.testing import store_checks

CHECKS = pytest.mark.parametrize("check", store_checks(), ids=lambda check: check.__name__)


@CHECKS
def test_keeps_the_store_contract(
    check: Callable[[Callable[[], Store]], None], make_store: Callable[[], Store]
) -> None:
    """Whoever writes a store pastes these lines; those that ship pass them too."""
    check(make_store)
