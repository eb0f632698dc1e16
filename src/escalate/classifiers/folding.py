"""Texts as classifiers compare them: accents, case and width do not count, and no script needs spaces.

Nothing here knows a language. A word is a run of letters and digits; in scripts that are written without
spaces between words (Chinese, Japanese, Thai, Lao, Khmer, Burmese) each letter is a word of its own, so
that a phrase is found wherever it stands.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGEST_TEXT: Final = 20_000
"""How many letters of a text are read; a ticket says what it is about long before that."""

# Han and kana (with the halfwidth forms folded away before), Thai and Lao, Khmer, Burmese.
_ALONE: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
_WORD: Final = re.compile(rf"[{_ALONE}]|[^\W{_ALONE}]+")
_TOKEN: Final = re.compile(rf"[{_ALONE}]|[^\W{_ALONE}]+|[^\w\s]")


def folded(text: str) -> str:
    """Return *text* without differences of case, width and accent; what is too long is cut.

    >>> folded("Ｎão consigo ENTRAR")
    'nao consigo entrar'
    """
    plain = unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).casefold()
    if plain.isascii():
        return plain
    letters = (each for each in unicodedata.normalize("NFD", plain) if not _is_accent(each))
    return unicodedata.normalize("NFKC", "".join(letters))


def _is_accent(letter: str) -> bool:
    # Accents, Hebrew points and Arabic vowel signs may be left out by who writes. Voicing marks of kana,
    # viramas and Thai tones (classes 7 to 9 and 103 to 122) may not: they make another word.
    kind = unicodedata.combining(letter)
    return 10 <= kind <= 36 or kind >= 200


def words_of(text: str) -> list[str]:
    """Return the words of *text*, folded, in order.

    >>> words_of("Senha inválida, 密码错误!")
    ['senha', 'invalida', '密', '码', '错', '误']
    """
    return _WORD.findall(folded(text))


def tokens_of(text: str) -> list[str]:
    """Return the words and the signs of *text*, folded, in order.

    >>> tokens_of("Where's it?")
    ['where', "'", 's', 'it', '?']
    """
    return _TOKEN.findall(folded(text))


def stands_alone(word: str) -> bool:
    """Return whether *word* is one letter of a script that is written without spaces."""
    return len(word) == 1 and _WORD.fullmatch(word) is not None and not _SPACED.fullmatch(word)


_SPACED: Final = re.compile(rf"[^\W{_ALONE}]")
