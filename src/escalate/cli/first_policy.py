"""The text of a first policy: made from five answers, with a comment on each part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Final

import attrs

from escalate.cli.text import printable
from escalate.errors import BadInput, nearest
from escalate.policies.dates_off import named_dates_off
from escalate.policies.schema import FILE
from escalate.policies.tables import Place
from escalate.policies.tomltext import inline, string

_SOLVED: Final = "solved"
_ALWAYS: Final = ("24/7", "always")
_NEVER_CLOSED: Final = "mon-sun 00:00-24:00"
_LEAD, _MANAGER = "team_lead", "duty_manager"


@attrs.frozen
class Answers:
    """What was answered, as it was written.

    Attributes:
        country: An ISO 3166 code, with a part after a dash if there is one; "none" for no holidays.
        timezone: A zone of the IANA database.
        hours: Days, then spans, several such after semicolons; "24/7" or "always" for a desk that never
            closes.
        tiers: Names, lowest first, with commas between.
        promises: ``tier=amount`` for the lines that promise something, and ``solved=amount``; empty for
            the usual ones.
    """

    country: str = "none"
    timezone: str = "UTC"
    hours: str = "mon-fri 09:00-12:00 13:00-18:00"
    tiers: str = "N1, N2, N3"
    promises: str = ""

    @property
    def tier_names(self) -> list[str]:
        """The names of the lines, lowest first."""
        return [name.strip() for name in self.tiers.split(",") if name.strip()]

    @property
    def usual_promises(self) -> str:
        """What lines of these names could promise: each a day more than the one below, the last nothing.

        >>> Answers(tiers="First, Second").usual_promises
        'First=8h, solved=40h'
        """
        lines = [f"{name}={8 * (n + 1)}h" for n, name in enumerate(self.tier_names[:-1])]
        return ", ".join([*lines, f"{_SOLVED}=40h"])


def first_policy(answers: Answers, years: Iterable[int], *, schema: bool) -> str:
    """Return the text of a policy file with the holidays of *years*; *schema* names one beside it.

    Raises:
        BadInput: An answer cannot be read; the country may need the ``holidays`` extra.
    """
    tiers = answers.tier_names
    if not tiers:
        raise BadInput(
            "tiers", answers.tiers, f'names with commas between, e.g. "{Answers().tiers}"'
        )
    promises = _promises(answers.promises or answers.usual_promises, tiers)
    parts = [
        _head(tiers, schema=schema),
        _calendar(answers, years),
        _RECEIVERS,
        _tiers(tiers),
        _paths(tiers),
        _targets(tiers, promises),
        _RULES if len(tiers) > 1 else "",
    ]
    return "\n".join(part for part in parts if part)


def _head(tiers: Sequence[str], *, schema: bool) -> str:
    return (
        (f"#:schema ./{FILE.name}\n" if schema else "")
        + f"""\
# Who owns a ticket, where it may go, and what is promised meanwhile. After each change:
#     escalate check THIS-FILE
name = "support"
version = "draft"                 # a ticket keeps the version that it was opened under
{f"entry = {string(tiers[0])}":<33} # where a ticket starts that says nothing else
max_bounces = 2                   # after so many, a ticket goes no further back
fallback = "{_MANAGER}"         # who is told when another cannot be reached
"""
    )


def _calendar(answers: Answers, years: Iterable[int]) -> str:
    days = _dates_off(answers.country, years)
    rows = "".join(f'  "{day}",  # {printable(name)}\n' for day, name in sorted(days.items()))
    holidays = f"holidays = [\n{rows}]\n" if rows else "holidays = []\n"
    return f"""\
# When the desk is open. Promises count these hours and no others.
[calendars.office]
timezone = {string(answers.timezone)}
hours = {inline(_hours(answers.hours))}
# Dates, so that a promise never changes by itself; escalate init writes those of the coming years. Or
# {{ country = "BR", subdivision = "SP" }}, which needs the holidays extra wherever this file is read.
{holidays}"""


_RECEIVERS: Final = f"""\
# Who can be told. Roles, not people: your desk knows who has the role today.
[[receivers]]
name = "{_LEAD}"
calendar = "office"
[[receivers]]
name = "{_MANAGER}"
calendar = "always"               # never closes; there without saying
"""
_RULES: Final = f"""\
# What happens by itself, once in each stay in a line.
[[rules]]
name = "silent pause"             # somebody should ask what we are waiting for
on = "idle"
after = "3d"
when = 'status in ("pending", "on_hold")'
notify = "{_LEAD}"
"""


def _tiers(tiers: Sequence[str]) -> str:
    rows = "".join(f"[[tiers]]\nname = {string(name)}\n" for name in tiers)
    return f"# The lines of support, the lowest first.\n{rows}"


def _paths(tiers: Sequence[str]) -> str:
    if len(tiers) < 2:
        return ""
    rows = "# The ways between the lines; tickets take no others.\n"
    for low, high in pairwise(tiers):
        rows += f'[[paths]]\nfrom = {string(low)}\nto = {string(high)}\nrequires = ["summary"]\n'
    for low, high in pairwise(tiers):
        rows += f'[[paths]]\nfrom = {string(high)}\nto = {string(low)}\nkind = "return"\n'
    return rows


def _targets(tiers: Sequence[str], promises: Mapping[str, str]) -> str:
    rows = (
        '# The promises. "ownership" runs from arrival in a line to an answer or a handover;\n'
        '# "resolution" from the opening to the solution.\n'
    )
    for index, tier in enumerate(tiers):
        if tier in promises:
            above = tiers[index + 1] if index + 1 < len(tiers) else None
            rows += f'[[targets]]\nclock = "ownership"\ntiers = [{string(tier)}]\n'
            rows += f"within = {string(promises[tier])}\n{_steps(above)}"
    if _SOLVED in promises:
        rows += f'[[targets]]\nclock = "resolution"\nwithin = {string(promises[_SOLVED])}\n'
        rows += f"default = true\n{_steps(None)}"
    return rows


def _steps(above: str | None) -> str:
    late = {"at": "100%", "notify": _MANAGER}
    if above is not None:
        late = {"at": "100%", "escalate_to": above, "notify": _MANAGER}
    return f"steps = {inline([{'at': '75%', 'notify': _LEAD}, late])}\n"


def _hours(text: str) -> dict[str, list[str]]:
    hours: dict[str, list[str]] = {}
    for part in (_NEVER_CLOSED if text.strip().lower() in _ALWAYS else text).split(";"):
        days, *spans = part.replace(",", " ").split() or [""]
        if not spans:
            raise BadInput(
                "hours",
                text,
                f'days and spans, e.g. "{Answers().hours}; sat 09:00-12:00", or "24/7"',
            )
        hours.setdefault(days, []).extend(spans)
    return hours


def _promises(text: str, tiers: Sequence[str]) -> dict[str, str]:
    promises = {}
    for part in filter(str.strip, text.split(",")):
        name, sign, amount = (word.strip() for word in part.partition("="))
        if not sign:
            raise BadInput("promises", part.strip(), f'a line and an amount, e.g. "{tiers[0]}=8h"')
        if name not in (*tiers, _SOLVED):
            raise BadInput(
                "promises", name, f"a line or {_SOLVED!r}; {nearest(name, (*tiers, _SOLVED))}"
            )
        promises[name] = amount
    return promises


def _dates_off(code: str, years: Iterable[int]) -> dict[date, str]:
    if code.strip().lower() in ("", "none"):
        return {}
    country, _, part = code.strip().partition("-")
    return named_dates_off(
        country.upper(),
        part.upper() or None,
        years,
        Place("country"),
        otherwise="none for no holidays",
    )
