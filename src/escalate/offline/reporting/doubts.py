"""What each part of a data quality report is called."""

from __future__ import annotations

from typing import Final

OF_ROWS: Final = (
    ("unreadable", "Unreadable rows, left out"),
    ("unmapped_words", "Rows whose status word the mapping does not explain"),
    ("unmapped_tiers", "Rows that lead to no line of support"),
    ("unmapped_priorities", "Rows whose priority the mapping does not explain"),
    ("doubtful", "Instants in doubt, read as the earlier offset"),
    ("ties", "Rows at the same instant as the one before, kept in the log's order"),
)
"""Kinds of doubt about single rows: the attribute of DataQuality, and its heading."""
OF_ALL: Final = (
    ("zones", "Clocks in doubt"),
    ("cut", "Cut by the window of the extract"),
    ("leaks", "Values that may tell the future"),
)
"""Kinds of doubt about the log as a whole."""
