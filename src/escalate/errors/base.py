"""The root of the tree, and the words that errors share."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from reprlib import Repr
from typing import Any, ClassVar

_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxother = 300
_SHORT.maxlist = _SHORT.maxtuple = _SHORT.maxset = _SHORT.maxfrozenset = _SHORT.maxdict = 20


class EscalateError(Exception):
    """Whatever escalate raises on purpose; ``code`` is stable across releases."""

    code: ClassVar[str] = "escalate-error"

    def __reduce__(self) -> str | tuple[Any, ...]:
        # What sends errors between processes, as tblib does for Dask, takes a class without a reduction
        # of its own for one that forgets what it was made of, and makes the error again without fields.
        return super().__reduce__()


def shown(value: object) -> str:
    """Return *value* as errors show it: on one line, and short whatever it is.

    >>> shown("x" * 1_000) == "'" + "x" * 147 + "..." + "x" * 148 + "'"
    True
    """
    try:
        return _SHORT.repr(value)
    except ValueError:  # Python writes no number of more than 4300 digits
        return f"a {type(value).__name__} too long to show"


def nearest(word: str, known: Iterable[str], *, alike: float = 0.6) -> str:
    """Return a hint that names the known words, and the closest one if it is *alike* enough (0 to 1).

    >>> nearest("esclate", ["escalate", "return"])
    "did you mean 'escalate'? known: escalate, return"
    """
    words = sorted(f"{each}" for each in known)  # plain texts: a word of an enum shows as itself
    close = get_close_matches(word, words, n=1, cutoff=alike)
    hint = f"did you mean {close[0]!r}? " if close else ""
    return f"{hint}known: {', '.join(words) or 'none'}"
