"""The signs and words of a condition, before anything is read as a tree.

What passes here is made of the language's own words and signs, in an order that can be right, and
nested no deeper than the limit. So the parser behind it meets no surprise, and an error points at the
very place. What the words mean is told in :mod:`escalate.core.condition.reading`.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterator
from typing import Final

import attrs

from escalate.core.condition.types import wall_time_us
from escalate.core.limits import CONDITION, CONDITION_DEPTH
from escalate.errors import InvalidCondition

LONGEST: Final = CONDITION
DEEPEST: Final = CONDITION_DEPTH

_TOKEN: Final = re.compile(
    r"""
    (?P<space>[ \t\r\n]+)
    | (?P<text>"(?:[^"\\]|\\["'\\])*"|'(?:[^'\\]|\\["'\\])*')
    | (?P<number>(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?![\w.]))
    | (?P<between>(?:and|or|in|not[ \t\r\n]+in)(?!\w)|==|!=|<=|>=|[<>](?![<>=])|[.,])
    | (?P<before>not(?!\w)|-)
    | (?P<name>[^\W\d]\w*)
    | (?P<open>[(\[])
    | (?P<close>[)\]])
    """,
    re.VERBOSE,
)
_STRANGE: Final = re.compile(r"[0-9][\w.]*|&&|\|\||<>|:=|\*\*|//|<<|>>|.", re.DOTALL)
_LETTERS: Final = re.compile(r"""(?:[^\\]|\\["'\\])*""")
_LANGUAGE: Final = frozenset({"True", "False", "None"})
_INSTEAD: Final = {
    "=": "== to compare",
    ":=": "== to compare",
    "<>": "!= to compare",
    "&&": "and",
    "&": "and",
    "||": "or",
    "|": "or",
    "!": "not",
    "is": "== to compare",
    "{": "a list in round or square brackets",
}
_OPERATOR: Final = "an operator before it, such as ==, in, and, or"
_OPERAND: Final = "a name or a constant here"


def refusal(text: str, column: int, got: str, wanted: str) -> InvalidCondition:
    """Return the error that points at *column* of *text*."""
    return InvalidCondition("condition", got, wanted, text, column)


def scan(text: str) -> str:
    """Return *text* with every white space a plain blank, each sign where it was.

    Raises:
        InvalidCondition: It is too long or too deep, or is no text of this language.
    """
    if not isinstance(text, str):
        raise refusal(str(text), 0, repr(text), "the text of a condition")
    if len(text) > LONGEST:
        wanted = f"at most {LONGEST:,} characters; split it into several rules or targets"
        raise refusal(text, LONGEST, f"{len(text):,} characters", wanted)
    checker = _Checker(text)
    for kind, found, column in _tokens(text):
        checker.take(kind, found, column)
    checker.finish()
    return re.sub(r"[\t\r\n]", " ", text)


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    column = 0
    while column < len(text):
        match = _TOKEN.match(text, column)
        if match is None:
            raise _strange(text, column)
        kind, found = str(match.lastgroup), match.group()
        _check_letters(text, column, kind, found)
        if kind != "space":
            yield kind, found, column
        column = match.end()


def _check_letters(text: str, column: int, kind: str, found: str) -> None:
    if kind == "text" and not found.isprintable():
        at = column + next(i for i, letter in enumerate(found) if not letter.isprintable())
        raise refusal(text, at, repr(text[at]), "only characters that can be seen")
    if kind == "name" and not _is_plain(found):
        raise refusal(text, column, repr(found), "the same name in plain, composed letters")


def _is_plain(name: str) -> bool:
    # Python reads a name in its composed form; what it would change, a reader could mistake.
    return name.isidentifier() and unicodedata.normalize("NFKC", name) == name


def _strange(text: str, column: int) -> InvalidCondition:
    match = _STRANGE.match(text, column)
    found = match.group() if match else ""
    if found in "\"'":
        return _unreadable_text(text, column, found)
    if found[0].isdigit():
        wanted = "a number such as 5 or 0.8"
        if wall_time_us(found) is not None:
            wanted = f'a length of time in quotes: "{found}"'
        return refusal(text, column, found, wanted)
    shown = found if found.isprintable() else repr(found)
    other = "a comparison with constants; a condition calculates nothing and looks at nothing else"
    return refusal(text, column, shown, _INSTEAD.get(found, other))


def _unreadable_text(text: str, column: int, quote: str) -> InvalidCondition:
    letters = _LETTERS.match(text, column + 1)
    end = letters.end() if letters else column
    if text[end : end + 1] == "\\":
        wanted = "a quote or another backslash after the backslash, or none"
        return refusal(text, end, text[end : end + 2], wanted)
    return refusal(text, column, quote, "a quote that closes it")


@attrs.define
class _Checker:
    """Follows the order of words and signs: operand, operator, operand, and brackets in pairs."""

    text: str
    opened: list[tuple[str, int]] = attrs.field(factory=list)
    last: str = ""
    last_kind: str = ""

    @property
    def _operand_wanted(self) -> bool:
        return self.last_kind not in ("text", "number", "name", "close")

    def take(self, kind: str, found: str, column: int) -> None:
        match kind:
            case "text" | "number" | "name":
                self._operand(kind, found, column)
            case "between":
                self._between(found, column)
            case "before":
                self._before(found, column)
            case "open":
                self._open(found, column)
            case _:
                self._close(found, column)
        self.last, self.last_kind = found, kind

    def finish(self) -> None:
        if self.opened:
            bracket, column = self.opened[-1]
            raise refusal(self.text, column, bracket, "a bracket that closes it")
        if self._operand_wanted:
            end = len(self.text.rstrip())
            got = "the end" if self.last else "nothing"
            raise refusal(self.text, end, got, 'a comparison such as priority >= "high"')

    def _operand(self, kind: str, found: str, column: int) -> None:
        if self.last == "." and kind != "name":
            raise refusal(self.text, column, found, "a name after the dot")
        if kind == "name" and keyword.iskeyword(found):
            if self.last == ".":
                wanted = f"a field of another name: {found!r} is kept for Python"
                raise refusal(self.text, column, found, wanted)
            if found not in _LANGUAGE:
                wanted = f"something else: {found!r} means nothing in a condition"
                raise refusal(self.text, column, found, _INSTEAD.get(found, wanted))
        if not self._operand_wanted:
            lower = found.lower()
            wanted = f"{lower}, in small letters" if lower in ("and", "or", "not") else _OPERATOR
            raise refusal(self.text, column, found, wanted)

    def _between(self, found: str, column: int) -> None:
        if self._operand_wanted:
            raise refusal(self.text, column, found, _OPERAND)

    def _before(self, found: str, column: int) -> None:
        if self.last == ".":
            raise refusal(self.text, column, found, "a name after the dot")
        if not self._operand_wanted:
            wanted = "not in, or and not" if found == "not" else "no arithmetic, only comparisons"
            raise refusal(self.text, column, found, wanted)

    def _open(self, found: str, column: int) -> None:
        if self.last == ".":
            raise refusal(self.text, column, found, "a name after the dot")
        if not self._operand_wanted and (found == "[" or self.last_kind != "name"):
            wanted = "fields.name to look at a field" if found == "[" else _OPERATOR
            raise refusal(self.text, column, found, wanted)
        self.opened.append((found, column))
        if len(self.opened) > DEEPEST:
            wanted = f"brackets nested at most {DEEPEST} deep"
            raise refusal(self.text, column, found, wanted)

    def _close(self, found: str, column: int) -> None:
        if not self.opened or self.opened[-1][0] + found not in ("()", "[]"):
            raise refusal(self.text, column, found, "a bracket that it closes")
        if self._operand_wanted and self.last_kind != "open" and self.last != ",":
            raise refusal(self.text, column, found, _OPERAND)
        self.opened.pop()
