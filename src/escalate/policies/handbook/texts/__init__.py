"""What a handbook says, a table for each language. Every table has the same keys and the same blanks.

A text with a count has one form for each plural of its language: ``(one, other)``, or ``(other,)`` where
the noun does not change.
"""

from __future__ import annotations

from collections.abc import Mapping

Text = str | tuple[str, ...]
Texts = Mapping[str, Text]
