"""Tickets to ask with: plain ones, nasty ones, and examples that anybody can learn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

from escalate.classifiers.base import TicketText, ticket_of
from escalate.core.model import Draft, Tier

TIERS: Final[tuple[Tier, ...]] = (
    Tier("N1", title="First line", handles=("simple and known requests",)),
    Tier("N2", title="Product specialists", handles=("what needs product knowledge",)),
    Tier("N3", title="Those who built it", handles=("defects and outages",)),
)

_PLAIN: Final = (
    "I forgot my password",
    "Please reset my password, it has expired",
    "How do I change my e-mail address?",
    "The VPN drops every few minutes since this morning",
    "The invoice shows the wrong tax rate for Portugal",
    "API returns 500 for every export since the last release",
    "Production is down for all users",
    "Não consigo entrar no sistema",
    "A integração com o ERP está devolvendo erro",
    "系统登录不了，密码是对的",
    "数据导出以后丢失了一半的记录",
    "Thank you!",
    "Hello\n\nIt is still broken, see my last message",
)


def sample_tickets() -> tuple[TicketText, ...]:
    """Return tickets in several languages, with and without priority, tags, fields and request type."""
    plain = [ticket_of(text, id=f"T-{number}") for number, text in enumerate(_PLAIN)]
    return (
        *plain,
        ticket_of(_PLAIN[3], id="T-20", priority="urgent", channel="phone", tags=["vip"]),
        ticket_of(_PLAIN[4], id="T-21", priority="low", fields={"impact": 1, "urgency": "low"}),
        ticket_of(_PLAIN[6], id="T-22", priority="high", fields={"impact": "high", "urgency": 3}),
        ticket_of(_PLAIN[0], id="T-23", request_type="login", milestones=frozenset({"asked"})),
    )


def altered(ticket: TicketText, **changes: Any) -> TicketText:
    """Return *ticket* with some of its fields changed."""
    values = {field.name: getattr(ticket, field.name) for field in attrs.fields(Draft)}
    return ticket_of(ticket.text, **{**values, **changes})


NASTY: Final[Mapping[str, str]] = {
    "empty": "",
    "blank": " \t\r\n\u00a0\u2003",
    "a megabyte": "the printer is on fire " * 45_600,
    "a megabyte without a blank": "a" * 1_048_576,
    "NUL": "pass\x00word\x00",
    "control characters": "\x1b[31mred\x07\x7f\x85",
    "lone surrogates": "half a \ud83d smile \ude00",
    "right to left": "\u202eהסיסמה לא עובדת\u202c كلمة المرور لا تعمل",
    "emoji sequences": "👩\u200d👩\u200d👧\u200d👦 🇧🇷 👍🏽 1\ufe0f\u20e3 ❤\ufe0f\u200d🔥",
    "mixed normal forms": "Cafe\u0301 Café ﬁle Å A\u030a \u1100\u1161 가 ｆｕｌｌ",
    "marks on marks": "Z" + "\u0301\u0323" * 500,
    "digits of many scripts": "１２３ ٤٥٦ 七八九 Ⅷ ²",
    "a template": "{ticket.text} %s ${HOME} {{7*7}} </script><script>",
}
"""Texts that customers, or those who wish them ill, have sent; by what is nasty about them."""

_TAUGHT: Final[Mapping[int, Sequence[str]]] = {
    0: ("password", "reset", "login", "unlock", "address"),
    1: ("invoice", "configuration", "report", "integration", "permission"),
    2: ("crash", "outage", "exception", "corrupt", "regression"),
}
_AROUND: Final = (
    "please help with the {0} and the {1}",
    "{0} and {1} again",
    "question about {1} {0}",
    "since today: {0}, {1}, thanks",
)


def taught(tiers: Sequence[Tier]) -> tuple[tuple[TicketText, str], ...]:
    """Return examples that are easy to learn from: each tier of *tiers* has words of its own."""
    examples: list[tuple[TicketText, str]] = []
    for place, tier in enumerate(tiers):
        own = [f"{word}{'' if place < 3 else place}" for word in _TAUGHT[place % 3]]
        for first in own:
            for second in own:
                if first != second:
                    text = _AROUND[len(examples) % len(_AROUND)].format(first, second)
                    examples.append((ticket_of(text, id=f"E-{len(examples)}"), tier.name))
    return tuple(examples)
