"""What the documentation says of a figure is what the code says."""

from __future__ import annotations

from tests.offline.studying.reference import PAGE, page


def test_the_page_says_what_the_code_says():
    """Each chapter and figure with its definition; python -m tests.offline.studying.reference writes it."""
    assert PAGE.read_text(encoding="utf-8") == page()
