"""Whether a value of a file is what an attribute takes, told by the attribute's own annotation."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin

import attrs

from escalate.core.doing import some_words
from escalate.core.rules import wall_us
from escalate.core.sla import as_text
from escalate.errors import BadInput, nearest
from escalate.policies.tables import Place


def _is_whole(value: object) -> bool:
    # As much as a TOML file holds by its standard; Python reads more, and fails to write it.
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def _is_number(value: object) -> bool:
    return _is_whole(value) or (isinstance(value, float) and math.isfinite(value))


_PLAIN: Final[dict[Any, tuple[Callable[[object], bool], str]]] = {
    str: (lambda value: isinstance(value, str), "text"),
    bool: (lambda value: isinstance(value, bool), "true or false"),
    int: (_is_whole, "a whole number"),
    float: (_is_number, "a number"),
}
_WORDS: Final = (tuple[str, ...], frozenset[str])


def check_value(field: attrs.Attribute[Any], hint: Any, value: object, place: Place) -> None:
    """Check that *value* is one that *field*, annotated with *hint*, takes.

    What a field converts is for its converter to judge; only lists of words are looked at before.

    Raises:
        InvalidFile: It is not.
    """
    convert: Any = field.converter
    if hint in _WORDS:
        _check_words(field, value, place)
    elif convert is wall_us and not isinstance(value, str):  # in Python a number is microseconds
        raise place.wrong(value, 'an amount such as "3d", "12h" or "30m"')
    elif convert is not None and convert is not as_text:  # a file gives conditions as texts only
        _try_converter(convert, value, place)
    else:
        _check_plain(hint, value, place)


def _check_words(field: attrs.Attribute[Any], value: object, place: Place) -> None:
    convert: Any = field.converter
    lone = convert is some_words
    if lone and isinstance(value, str):
        return
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        wanted = 'a list of words, e.g. ["vip"]'
        raise place.wrong(value, f"a word, or {wanted}" if lone else wanted)


def _try_converter(convert: Any, value: object, place: Place) -> None:
    try:
        convert(value)
    except BadInput as why:
        # A calendar says which day of its hours it means: hours['mon'].
        key = place.path.rpartition(".")[2]
        inside = why.what.removeprefix(key) if why.what.startswith(f"{key}[") else ""
        raise place.inside(inside).wrong(why.got, why.wanted, why.code) from why
    except (TypeError, ValueError) as why:
        raise place.wrong(value, f"another value: {why}") from why


def _check_plain(hint: Any, value: object, place: Place) -> None:
    if get_origin(hint) is Literal:
        if value not in get_args(hint):
            raise place.wrong(value, nearest(str(value), get_args(hint)))
        return
    options = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    if value is None and NoneType in options:
        return
    kinds = [_PLAIN[kind] for kind in _PLAIN if kind in options]
    if kinds and not any(fits(value) for fits, _ in kinds):
        raise place.wrong(value, " or ".join(wanted for _, wanted in kinds))
