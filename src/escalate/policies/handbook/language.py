"""How one language says a text, a number of things, a list, an amount of time and an instant."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Final

import attrs

from escalate.core.instants import as_instant
from escalate.core.opentime.zonedays import find_zone
from escalate.errors import BadInput, nearest
from escalate.policies.handbook.texts import Texts, en, pt_br, zh_cn

_HOUR_US: Final = 3_600_000_000
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@attrs.frozen(eq=False)
class Language:
    """One language of the handbook.

    Attributes:
        code: As HTML and people write it: ``"pt-BR"``.
        texts: What it says, by key.
        plural: Which form of a text a count takes: 0 for the first, 1 for the second.
    """

    code: str
    texts: Texts
    plural: Callable[[float], int]

    def say(self, key: str, **values: object) -> str:
        """Return the text of *key* with *values* in its blanks; ``n`` chooses its plural form.

        Values are never read as texts: a name of a policy may hold braces.
        """
        text = self.texts[key]
        if isinstance(text, tuple):
            count = values["n"]
            assert isinstance(count, int | float)  # what is counted has a count
            text = text[min(self.plural(count), len(text) - 1)]
        return text.format_map(values)

    def knows(self, key: str) -> bool:
        """Whether it has a text of that *key*."""
        return key in self.texts

    def listed(self, items: Iterable[str], word: str = "and") -> str:
        """Return *items* as a sentence lists them.

        >>> find_language("en").listed(["a", "b", "c"]), find_language("zh-CN").listed(["a", "b", "c"])
        ('a, b and c', 'a、b和c')
        """
        *most, last = items
        if not most:
            return last
        return self.say(f"join.{word}", most=self.say("join.comma").join(most), last=last)

    def said(self, *parts: str) -> str:
        """Return *parts* one after the other, without the empty ones."""
        return self.say("join.semicolon").join(part for part in parts if part)

    def labelled(self, lead: str, text: str) -> str:
        """Return *text* behind what it is about."""
        return self.say("colon", lead=lead, text=text)

    def quoted(self, text: str) -> str:
        """Return *text* between the quotes of the language."""
        return self.say("quote", text=text)

    def time(self, us: int) -> str:
        """Return an amount of time in hours, minutes and seconds.

        >>> find_language("pt-BR").time(5_400_000_000), find_language("en").time(0)
        ('1 hora 30 minutos', '0 minutes')
        """
        hours, rest = divmod(us, _HOUR_US)
        minutes, rest = divmod(rest, 60_000_000)
        found = [self.say("unit.h", n=hours)] if hours else []
        found += [self.say("unit.min", n=minutes)] if minutes or not us else []
        found += [self.say("unit.s", n=self._seconds(rest))] if rest else []
        return self.say("join.units").join(found)

    def days_and_time(self, us: int) -> str:
        """Return an amount of wall-clock time with its days apart.

        >>> find_language("en").days_and_time(324_000_000_000)
        '3 days 18 hours'
        """
        days, rest = divmod(us, 24 * _HOUR_US)
        parts = [self.say("unit.day", n=days)] if days else []
        parts += [self.time(rest)] if rest or not days else []
        return self.say("join.units").join(parts)

    @staticmethod
    def _seconds(us: int) -> float:
        return us // 1_000_000 if us % 1_000_000 == 0 else us / 1_000_000

    def weekday(self, name: str) -> str:
        """Return how it writes ``"mon"``."""
        return self.say(f"day.{name}")

    def date(self, day: date) -> str:
        """Return how it writes a date.

        >>> [find_language(code).date(date(2026, 3, 6)) for code in LANGUAGES]
        ['6 March 2026', '6 de março de 2026', '2026年3月6日']
        """
        return self.say("date", day=day.day, month=self.say(f"month.{day.month}"), year=day.year)

    def instant(self, at: datetime | int, zone: str) -> str:
        """Return how it writes an instant, or microseconds since the epoch, on the wall of *zone*."""
        there = (as_instant(at) if isinstance(at, int) else at).astimezone(find_zone(zone))
        seconds = f":{there:%S}" if there.second else ""
        return self.say(
            "instant",
            weekday=self.weekday(_WEEKDAYS[there.weekday()]),
            day=there.day,
            month=self.say(f"month.{there.month}"),
            year=there.year,
            time=f"{there:%H:%M}{seconds}",
        )


LANGUAGES: Final = ("en", "pt-BR", "zh-CN")
_TABLES: Final = {"en": en.TEXTS, "pt-BR": pt_br.TEXTS, "zh-CN": zh_cn.TEXTS}
_PLURALS: Final[dict[str, Callable[[float], int]]] = {
    "en": lambda count: int(count != 1),
    "pt-BR": lambda count: int(count >= 2),  # "0 hora", "1,5 hora", "2 horas"
    "zh-CN": lambda count: 0,
}


@lru_cache
def find_language(code: str) -> Language:
    """Return the language of that *code*, in whatever case.

    Raises:
        BadInput: A handbook cannot be had in it.
    """
    for known in LANGUAGES:
        if code.lower().replace("_", "-") == known.lower():
            return Language(known, _TABLES[known], _PLURALS[known])
    raise BadInput("lang", code, nearest(code, LANGUAGES))
