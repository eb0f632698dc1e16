"""Regular expressions from a user's file, kept to those that cannot run away.

``re`` backtracks: some short patterns take years on some short texts. A pattern is accepted when
its form alone shows that there are few ways to try it on a text of :data:`MAX_TEXT` characters.
"""

from __future__ import annotations

import re
import warnings
from typing import Final, NoReturn

import attrs

from escalate.errors import PatternRefused

MAX_PATTERN: Final = 200
MAX_TEXT: Final = 128
_MAX_UNBOUNDED: Final = 3
_MAX_WAYS: Final = 4096
# What one unbounded quantifier counts: with three of them, no other choice is left.
_UNBOUNDED_WAYS: Final = 16

_WANTED: Final = "a pattern such as ' 2nd', '^Team (A|B)$' or '(?i)second line': "
_OPENING: Final = re.compile(r"\((\?:|\?P<[^>=!]*>|\?i\)|(?!\?))")
_SET: Final = re.compile(r"\[\^?\]?(?:[^\]\\]|\\.)*\]", re.DOTALL)
# What follows it, "?" or "+", makes it lazy or possessive: neither tries more.
_QUANTIFIER: Final = re.compile(r"(?:([*+?])|\{(?!\})(\d*)(?:(,)(\d*))?\})[?+]?")
_SIGNS: Final[dict[str, tuple[int, int | None]]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}


def guarded(pattern: str, what: str = "pattern") -> re.Pattern[str]:
    """Return *pattern* compiled, once it is known that no text can make it slow.

    At most 200 characters; groups are plain, named or ``(?:...)``, and ``(?i)`` may stand in
    front. No back-references, no look-around, no ``*``, ``+`` or ``{n,}`` on a group, at most
    three of them elsewhere, and 4,096 ways through alternatives and repetitions, where each ``*``
    or ``+`` counts as 16.

    Raises:
        PatternRefused: *pattern* is none of these; *what* says where it was given.

    >>> guarded(" 2nd").search("V13 2nd 3rd").group()
    ' 2nd'
    """
    if not isinstance(pattern, str) or len(pattern) > MAX_PATTERN:
        raise PatternRefused(what, pattern, f"{_WANTED}text of at most {MAX_PATTERN} characters")
    compiled = _compiled(pattern, what)
    _Scan(pattern, what).check()
    return compiled


def matches(pattern: re.Pattern[str], text: str) -> bool:
    """Return whether *pattern* is found anywhere in *text*; never in one over 128 characters.

    >>> matches(guarded("a"), "a" * 129)
    False
    """
    return len(text) <= MAX_TEXT and pattern.search(text) is not None


def _compiled(pattern: str, what: str) -> re.Pattern[str]:
    try:
        with warnings.catch_warnings():
            # re warns of what a later Python may read otherwise: a user's file should not bet on it
            warnings.simplefilter("error")
            return re.compile(pattern)
    except (re.error, OverflowError, RecursionError, Warning) as error:
        raise PatternRefused(what, pattern, f"{_WANTED}{error}") from error


@attrs.define
class _Level:
    """One group that is open: the ways through its earlier branches and through this one."""

    earlier: int = 0
    branch: int = 1

    @property
    def ways(self) -> int:
        return self.earlier + self.branch


class _Scan:
    """Walks a pattern that compiles, one element with its quantifier at a time."""

    def __init__(self, pattern: str, what: str) -> None:
        self._pattern = pattern
        self._what = what
        self._at = 0
        self._levels = [_Level()]
        self._unbounded = 0

    def check(self) -> None:
        """Raise PatternRefused unless the pattern is harmless."""
        while self._at < len(self._pattern):
            self._element()
        if self._levels[0].ways > _MAX_WAYS:
            self._refuse("fewer alternatives, '?' and repetitions, or several patterns")

    def _element(self) -> None:
        char = self._pattern[self._at]
        if char == "(":
            self._open()
        elif char == "|":
            level = self._levels[-1]
            self._levels[-1] = _Level(earlier=level.ways)
            self._at += 1
        elif char == ")":
            self._at += 1
            self._quantified(self._levels.pop().ways, is_group=True)
        else:
            self._at = self._end_of_atom(char)
            self._quantified(1, is_group=False)

    def _open(self) -> None:
        found = _OPENING.match(self._pattern, self._at)
        if found is None:
            self._refuse("no look-around, back-reference or flag: groups are (...) or (?:...)")
        self._at = found.end()
        if found[1] != "?i)":
            self._levels.append(_Level())

    def _end_of_atom(self, char: str) -> int:
        if char == "[":
            found = _SET.match(self._pattern, self._at)
            if found is None:
                self._refuse("a set of characters that ends with ']'")
            return found.end()
        if char == "\\":
            if self._pattern[self._at + 1] in "123456789":
                self._refuse("no back-references")
            return self._at + 2
        return self._at + 1

    def _quantified(self, ways: int, *, is_group: bool) -> None:
        """Multiply the branch by the *ways* through an element that ends here, repeats included."""
        least, most = self._quantifier()
        if most is None:
            if is_group:
                self._refuse("no '*', '+' or '{n,}' on a group: put it on a character or a set")
            self._unbounded += 1
            if self._unbounded > _MAX_UNBOUNDED:
                self._refuse(f"at most {_MAX_UNBOUNDED} of '*', '+' and '{{n,}}'")
            ways = _UNBOUNDED_WAYS
        else:
            # Clamped, since a repeat of repeats has more ways than there is memory for.
            ways = ways ** min(most, 64) * (most - least + 1)
        level = self._levels[-1]
        level.branch = min(level.branch * ways, _MAX_WAYS + 1)

    def _quantifier(self) -> tuple[int, int | None]:
        """Return the least and most repeats that the text here asks for, and step over it."""
        found = _QUANTIFIER.match(self._pattern, self._at)
        if found is None:
            return 1, 1
        self._at = found.end()
        sign, low, comma, high = found.groups()
        if sign:
            return _SIGNS[sign]
        most = high if comma else low
        return int(low or 0), int(most) if most else None

    def _refuse(self, wanted: str) -> NoReturn:
        raise PatternRefused(self._what, self._pattern, _WANTED + wanted)
