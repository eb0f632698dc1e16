"""Holidays as a policy file gives them: dates, or a country whose public holidays are meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from escalate.core.opentime.openinghours import read_holidays
from escalate.errors import nearest
from escalate.policies.tables import Place, table, text

_INSTALL: Final = 'pip install "escalate-tiers[holidays]"'


def read_dates_off(value: object, place: Place) -> Any:
    """Return the dates of ``{ country = "BR", subdivision = "SP" }``; anything else as it is.

    Raises:
        InvalidFile: The country or its part is unknown, or the ``holidays`` package is missing.
    """
    if not isinstance(value, Mapping):
        return value
    given = table(value, place, ("country", "subdivision"))
    country = text(given.get("country"), place.key("country"))
    part = text(given["subdivision"], place.key("subdivision")) if "subdivision" in given else None
    return _of_country(country, part, place)


def named_dates_off(
    country: str, part: str | None, years: Iterable[int], place: Place, *, otherwise: str
) -> dict[date, str]:
    """Return the public holidays of a country, or of a *part* of it, in *years*, with their names.

    *otherwise* says what works without the package.

    Raises:
        InvalidFile: The country or its part is unknown, or the ``holidays`` package is missing.
    """
    found: Mapping[date, str] = _container(country, part, place, otherwise, years=list(years))
    return dict(found)


def _of_country(country: str, part: str | None, place: Place) -> frozenset[Any]:
    return read_holidays(_container(country, part, place, "a list of dates"))


def _container(country: str, part: str | None, place: Place, otherwise: str, **more: Any) -> Any:
    try:
        import holidays
    except ModuleNotFoundError as missing:
        raise place.wrong(country, f"{_INSTALL}, or {otherwise}") from missing
    known = holidays.list_supported_countries()
    if country not in known:
        raise place.key("country").wrong(country, f"an ISO 3166 code; {nearest(country, known)}")
    if part is not None and part not in known[country]:
        wanted = f"a part of {country}; {nearest(part, known[country])}"
        raise place.key("subdivision").wrong(part, wanted)
    return holidays.country_holidays(country, subdiv=part, **more)
