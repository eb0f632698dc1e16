"""Which letters of a text are personal data, by their form and their check digits.

Every search here takes time in proportion to the text: patterns of bounded length that start only where
a word starts, and windows of bounded length over what they find. Where in doubt, it masks: hiding an order
number costs a classifier little.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from typing import Final

Span = tuple[int, int, str]
"""From where to where, and what stands there instead."""

# A word ends where letters without accents end: Chinese writes a number right behind its words.
_BETWEEN: Final = " \\t.\\-/()\u00a0\u2007\u2009\u202f\u2010-\u2015"
_CHAIN: Final = re.compile(rf"[+(]?\d(?:[{_BETWEEN}]{{0,3}}\d)*")
_DIGITS: Final = re.compile(r"\d+")
_IBAN: Final = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}")
_CPF: Final = re.compile(r"(?<!\d)[0-9]{3}\.?[0-9]{3}\.?[0-9]{3}-?[0-9]{2}(?!\d)")
_CNPJ: Final = re.compile(
    r"(?<![A-Za-z0-9])[0-9A-Za-z]{2}\.?[0-9A-Za-z]{3}\.?[0-9A-Za-z]{3}/?[0-9A-Za-z]{4}-?[0-9]{2}(?![A-Za-z0-9])"
)
_IPV4: Final = re.compile(r"(?<![A-Za-z0-9.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?!\.?[A-Za-z0-9])")
_IPV6: Final = re.compile(
    r"(?<![A-Za-z0-9:.])[0-9A-Fa-f:.]{2,45}(?:%[A-Za-z0-9]{1,15})?(?![A-Za-z0-9:])"
)
_DATES: Final = {
    (4, 2, 2),
    (4, 1, 2),
    (4, 2, 1),
    (4, 1, 1),
    (2, 2, 4),
    (1, 2, 4),
    (2, 1, 4),
    (1, 1, 4),
}


def mask(text: str) -> str:
    """Return *text* with personal data masked, each by a word in brackets for what it was.

    - ``[email]``: something, an ``@``, and a name with a dot.
    - ``[iban]``: an account number whose check digits (ISO 13616, modulo 97) are right.
    - ``[cnpj]``, ``[cpf]``: Brazilian tax numbers whose check digits are right; a CNPJ may hold letters.
    - ``[ip]``: an IP address of version 4 or 6.
    - ``[card]``: 13 to 19 digits whose Luhn check digit is right.
    - ``[phone]``: 8 to 15 digits in groups or after a ``+``, or 10 to 15 in a row; not a date.

    >>> mask("Ana <ana@example.com>, +55 11 98765-4321, card 4111 1111 1111 1111, since 2026-11-22")
    'Ana <[email]>, [phone], card [card], since 2026-11-22'
    """
    for find in (_emails, _ibans, _cnpjs, _cpfs, _ipv4s, _ipv6s, _numbers):
        text = _replaced(text, find)
    return text


def _replaced(text: str, find: Callable[[str], Iterator[Span]]) -> str:
    parts, end = [], 0
    for start, stop, word in find(text):
        if start >= end:
            parts += [text[end:start], word]
            end = stop
    return "".join([*parts, text[end:]])


def _emails(text: str) -> Iterator[Span]:
    end = 0
    for at in re.finditer("[@＠]", text):
        start = at.start()
        while start > max(end, at.start() - 64) and _of_address(text[start - 1]):
            start -= 1
        stop = at.end()
        while stop < min(len(text), at.end() + 255) and (
            text[stop].isalnum() or text[stop] in ".-"
        ):
            stop += 1
        domain = text[at.end() : stop].rstrip(".-")
        if start < at.start() and "." in domain.lstrip(".-"):
            end = at.end() + len(domain)
            yield start, end, "[email]"


def _of_address(letter: str) -> bool:
    return letter.isalnum() or letter in "._%+-'"


def _ibans(text: str) -> Iterator[Span]:
    for found in _IBAN.finditer(text):
        letters, stop, place = "", None, found.start()
        while place < len(text) and len(letters) < 34:
            if not _of_code(text[place]):
                break
            letters += text[place].upper()
            place += 1
            ends_here = place == len(text) or not _of_code(text[place])
            if ends_here and len(letters) >= 15 and _is_iban(letters):
                stop = place
            # One separator between two groups.
            if place + 1 < len(text) and text[place] in " -.\u00a0":
                place += 1
        if stop is not None:
            yield found.start(), stop, "[iban]"


def _of_code(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()


def _is_iban(letters: str) -> bool:
    # Words that follow a short code could add up by chance; accounts are mostly digits.
    if 2 * sum(letter.isdigit() for letter in letters) < len(letters):
        return False
    return int("".join(str(int(each, 36)) for each in letters[4:] + letters[:4])) % 97 == 1


def _cnpjs(text: str) -> Iterator[Span]:
    for found in _CNPJ.finditer(text):
        # Letters count by their code, as Receita Federal says of the CNPJ with letters (2026).
        values = [ord(letter.upper()) - 48 for letter in found[0] if letter.isalnum()]
        first = _check_digit(values[:12], (5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2))
        second = _check_digit(values[:13], (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2))
        if values[12:] == [first, second]:
            yield found.start(), found.end(), "[cnpj]"


def _cpfs(text: str) -> Iterator[Span]:
    for found in _CPF.finditer(text):
        values = [int(letter) for letter in found[0] if letter.isdigit()]
        first = _check_digit(values[:9], range(10, 1, -1))
        second = _check_digit(values[:10], range(11, 1, -1))
        if values[9:] == [first, second]:
            yield found.start(), found.end(), "[cpf]"


def _check_digit(values: list[int], weights: range | tuple[int, ...]) -> int:
    left = sum(value * weight for value, weight in zip(values, weights, strict=True)) % 11
    return 0 if left < 2 else 11 - left


def _ipv4s(text: str) -> Iterator[Span]:
    for found in _IPV4.finditer(text):
        if all(int(part) <= 255 for part in found[0].split(".")):
            yield found.start(), found.end(), "[ip]"


def _ipv6s(text: str) -> Iterator[Span]:
    for found in _IPV6.finditer(text):
        word = found[0].rstrip(".")
        if word.count(":") >= 2 and any(letter.isalnum() for letter in word) and _is_ip(word):
            yield found.start(), found.start() + len(word), "[ip]"


def _is_ip(word: str) -> bool:
    try:
        ip_address(word)
    except ValueError:
        return False
    return True


def _numbers(text: str) -> Iterator[Span]:
    for chain in _CHAIN.finditer(text):
        groups = [found.span() for found in _DIGITS.finditer(text, *chain.span())]
        at = 0
        while at < len(groups):
            before = text[chain.start()] if at == 0 else ""
            # A bracket belongs to the number only if it closes inside.
            marked = before == "+" or (before == "(" and ")" in chain[0])
            start = chain.start() if marked else groups[at][0]
            word, until = _number(text, groups, at, marked=marked)
            if word:
                yield start, groups[until - 1][1], word
            at = until


def _number(text: str, groups: list[tuple[int, int]], at: int, *, marked: bool) -> tuple[str, int]:
    """Return what the groups of digits from *at* on are, and which group comes after that."""
    until, ends = at, []
    digits = ""
    while until < len(groups) and len(digits) + groups[until][1] - groups[until][0] <= 19:
        digits += text[slice(*groups[until])]
        until += 1
        ends.append((until, len(digits)))
    for end, length in reversed(ends):
        if length >= 13 and _luhn(digits[:length]):
            return "[card]", end
    if _is_date(text, groups[at : at + 3]):
        return "", at + 3
    for end, length in reversed(ends):
        grouped = marked or end - at > 1
        if (8 if grouped else 10) <= length <= 15:
            return "[phone]", end
    return "", at + 1


def _luhn(digits: str) -> bool:
    doubled = [int(each) * (2 - (place % 2 == 0)) for place, each in enumerate(reversed(digits))]
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0


def _is_date(text: str, groups: list[tuple[int, int]]) -> bool:
    if tuple(stop - start for start, stop in groups) not in _DATES:
        return False
    (_, first), (second, third), (fourth, _) = groups
    return text[first:second] == text[third:fourth] and text[first:second] in ("-", "/", ".")
