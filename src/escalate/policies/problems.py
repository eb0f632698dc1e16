"""All that is wrong with a file, gathered while it is read on: one look tells what to mend."""

from __future__ import annotations

from typing import Any

import attrs

from escalate.core.limits import PROBLEMS
from escalate.errors import BadInput, InvalidCondition, SeveralProblems
from escalate.policies.lines import Parts
from escalate.policies.tables import Place


@attrs.define
class Problems:
    """What was found wrong so far.

    Attributes:
        found: Each mistake with its place.
        kept: For each list that was read, the indexes of the items that could be.
        lost: Whether something that others name could not be read, name and all; then nothing can be said
            about the names that are left.
    """

    found: list[tuple[Parts, BadInput]] = attrs.field(factory=list)
    kept: dict[Parts, list[int]] = attrs.field(factory=dict)
    lost: bool = False
    _meant: set[Parts] = attrs.field(factory=set)

    def note(self, wrong: BadInput, place: Place, *, meant: str | None = None) -> None:
        """Keep what is *wrong* at *place*; *meant* is the key of it that was probably meant."""
        self.found.append((place.parts, wrong))
        if meant is not None:
            self._meant.add((*place.parts[:-1], meant))

    def follows(self, wrong: BadInput, place: Place) -> bool:
        """Whether *wrong* may only follow from a mistake that was noted, and so is better left unsaid."""
        blamed = {parts for parts, _ in self.found} | self._meant
        parts = place.parts
        if any(parts[: len(other)] == other for other in blamed if other):
            return True
        tops = {other[0] for other in blamed if other}
        last = str(parts[-1]) if parts else ""
        if wrong.what.endswith("_to"):
            return "paths" in tops  # the way that leads there may be the one that was misspelt
        if last == "calendar" and wrong.got is None:
            return bool(tops & {"tiers", "calendars"})
        words = "priorities" in tops or any("checklist" in other for other in blamed)
        return isinstance(wrong, InvalidCondition) and words

    def error(self, file: str) -> BadInput:
        """Return the one error to raise: the only mistake, or all of them, in the order of the file."""
        ordered = [wrong for _, wrong in sorted(self.found, key=_line_of)]
        if len(ordered) == 1:
            return ordered[0]
        wanted = "a file without them"
        return SeveralProblems(
            file, len(ordered), wanted, file=file, problems=tuple(ordered[:PROBLEMS])
        )


def _line_of(found: tuple[Parts, Any]) -> int:
    return found[1].line or 0
