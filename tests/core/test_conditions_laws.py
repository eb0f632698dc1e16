"""Conditions against a naive oracle: random conditions, random tickets, and a reader that knows no code."""

from __future__ import annotations

import pickle
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import isnan
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from escalate.core.condition.ranges import Flags, Numbers, Range, Span, Words
from escalate.core.conditions import Condition, Vocabulary, implies, overlap, parse, within
from escalate.core.status import Status
from escalate.errors import InvalidCondition, TooManyCases

PRIORITIES = ("low", "normal", "high", "urgent")
TIERS = ("N1", "N2", "N3")
MILESTONES = ("password_verified", 'the "other" one')
TAGS = ("vip", "it's", "back\\slash", "é")
WORDS = Vocabulary(
    priorities=PRIORITIES, tiers=TIERS, request_types=("login", "vpn"), milestones=MILESTONES
)
HOUR = 3_600_000_000
SPANS = {"0s": 0, "1h": HOUR, "90m": 3 * HOUR // 2, "1d12h": 36 * HOUR, "1w": 168 * HOUR}
NOW = 10**15


@dataclass(frozen=True)
class TicketLike:
    """What a condition may look at, and nothing else."""

    priority: str = "normal"
    status: str = Status.NEW
    tier: str = "N1"
    assignee: str | None = None
    channel: str | None = None
    request_type: str | None = None
    moves: int = 0
    bounces: int = 0
    reopens: int = 0
    tags: frozenset[str] = frozenset()
    milestones: frozenset[str] = frozenset()
    attempts: tuple[Any, ...] = ()
    classification: Any = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    opened_us: int = NOW
    entered_us: int = NOW


# A condition as its author thinks of it, told apart from how it is written.


@dataclass(frozen=True)
class Asks:
    """A comparison: the name as it is written, the sign, the constants and how they are written."""

    name: str
    sign: str
    constants: tuple[Any, ...]
    written: str


@dataclass(frozen=True)
class Carries:
    """A tag or a milestone, or its absence."""

    kind: str
    word: str
    absent: bool = False


@dataclass(frozen=True)
class Joined:
    """Parts joined by and, or; or one part with not before it."""

    by: str
    parts: tuple[Any, ...]


def value_of(name: str, ticket: TicketLike) -> Any:
    """What a ticket has under a name, None when it has nothing."""
    if name.startswith("fields."):
        return ticket.fields.get(name[7:])
    if name.startswith("attempts("):
        return len([each for each in ticket.attempts if f'attempts("{each.what}")' == name])
    if name.startswith("classification."):
        found = ticket.classification
        return None if found is None else getattr(found, name[15:])
    if name == "age":
        return NOW - ticket.opened_us
    if name == "in_tier_for":
        return NOW - ticket.entered_us
    return getattr(ticket, name)


def is_like(value: Any, constant: Any) -> bool:
    """Whether a stored value is of the type of a constant, so that they compare at all."""
    if isinstance(constant, bool):
        return isinstance(value, bool)
    if isinstance(constant, str):
        return isinstance(value, str)
    return isinstance(value, int | float) and not isinstance(value, bool) and not isnan(value)


def says(asks: Asks, ticket: TicketLike) -> bool:
    """Judge one comparison, slowly and plainly."""
    value = value_of(asks.name, ticket)
    if asks.name not in ("assignee", "channel", "request_type") and not is_like(
        value, asks.constants[0]
    ):
        return False
    constant = asks.constants[0]
    if asks.sign in ("in", "=="):
        return any(value == each for each in asks.constants)
    if asks.sign in ("not in", "!="):
        return all(value != each for each in asks.constants)
    if asks.name == "priority":
        if value not in PRIORITIES:
            return False
        value, constant = PRIORITIES.index(value), PRIORITIES.index(constant)
    if asks.sign == "<":
        return bool(value < constant)
    if asks.sign == "<=":
        return bool(value < constant or value == constant)
    if asks.sign == ">":
        return bool(value > constant)
    return bool(value > constant or value == constant)


def oracle(thought: Any, ticket: TicketLike) -> bool:
    """Judge a whole condition, slowly and plainly."""
    match thought:
        case Asks():
            return says(thought, ticket)
        case Carries(kind, word, absent):
            return (word in getattr(ticket, kind)) != absent
        case Joined("and", parts):
            return False not in [oracle(part, ticket) for part in parts]
        case Joined("or", parts):
            return True in [oracle(part, ticket) for part in parts]
        case Joined(_, (part,)):
            return not oracle(part, ticket)
    raise AssertionError(thought)


def in_quotes(word: str, draw: random.Random) -> str:
    """A word in either kind of quotes."""
    quote = draw.choice("\"'")
    return quote + word.replace("\\", "\\\\").replace(quote, "\\" + quote) + quote


def text_of(thought: Any, draw: random.Random) -> str:
    """Write a condition as some author might: with more brackets and blanks than it needs, or fewer."""
    match thought:
        case Asks():
            text = thought.written
        case Carries("tags", word, absent):
            text = f"{in_quotes(word, draw)} {'not ' * absent}in tags"
        case Carries(_, word, _):
            text = f"reached( {in_quotes(word, draw)} )"
        case Joined("not", (part,)):
            text = f"not({text_of(part, draw)})"
        case Joined(by, parts):
            gap = draw.choice((" ", "  ", "\n ", "\t"))
            text = f"{gap}{by}{gap}".join(f"({text_of(part, draw)})" for part in parts)
        case _:
            raise AssertionError(thought)
    return f"({text})" if draw.random() < 0.1 else text


SIGNS = ("==", "!=", "<", "<=", ">", ">=", "in", "not in")
EQUAL = ("==", "!=", "in", "not in")
MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
NUMBERS = (4, 5, 6, 5.5, -1, 0.25, 10**20)
SHARES = (0, 0.25, 0.8, 1)
PLAIN = {"none": None, "true": True, "false": False, "None": None, "True": True, "False": False}


def quoted(words: Iterable[str]) -> dict[str, Any]:
    """Each word as it is written, and what it is."""
    return {f'"{word}"': word for word in words}


def numbers(values: Iterable[float]) -> dict[str, Any]:
    """Each number as it is written, and what it is."""
    return {str(value): value for value in values}


NAMES: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "priority": (SIGNS, quoted(PRIORITIES)),
    "status": (EQUAL, quoted(Status)),
    "tier": (EQUAL, quoted(TIERS)),
    "assignee": (EQUAL, {**quoted(("ana", "bo")), "none": None}),
    "channel": (EQUAL, {**quoted(("chat", "phone")), "None": None}),
    "request_type": (EQUAL, {**quoted(("login", "vpn")), "none": None}),
    "classification.tier": (EQUAL, quoted(TIERS)),
    "classification.confidence": (SIGNS, numbers(SHARES)),
    "moves": (SIGNS, numbers(range(4))),
    "bounces": (SIGNS, numbers(range(3))),
    "reopens": (SIGNS, numbers(range(3))),
    'attempts("reset")': (SIGNS, numbers(range(3))),
    "age": (SIGNS, {f'"{text}"': us for text, us in SPANS.items()}),
    "in_tier_for": (SIGNS, {f"'{text}'": us for text, us in SPANS.items()}),
    "fields.n": (SIGNS, numbers(NUMBERS)),
    "fields.t": (EQUAL, quoted(("5", "a", ""))),
    "fields.f": (EQUAL, {text: value for text, value in PLAIN.items() if value is not None}),
}


@st.composite
def comparisons(draw: st.DrawFn) -> Asks:
    """Any name, any sign that it takes, any constant of its type, on either side."""
    name = draw(st.sampled_from(sorted(NAMES)))
    signs, constants = NAMES[name]
    sign = draw(st.sampled_from(signs))
    if sign.endswith("in"):
        some = draw(st.lists(st.sampled_from(sorted(constants)), min_size=1, max_size=3))
        listed = ", ".join(some)
        brackets = draw(st.sampled_from((f"[{listed}]", f"({listed},)")))
        return Asks(
            name, sign, tuple(constants[each] for each in some), f"{name} {sign} {brackets}"
        )
    one = draw(st.sampled_from(sorted(constants)))
    written = f"{name}{sign}{one}"
    if draw(st.booleans()):
        written = f"{one} {MIRRORED[sign]} {name}"
    return Asks(name, sign, (constants[one],), written)


def leaves() -> st.SearchStrategy[Any]:
    """A comparison, a tag or a milestone."""
    tags = st.builds(Carries, st.just("tags"), st.sampled_from(TAGS), st.booleans())
    milestones = st.builds(Carries, st.just("milestones"), st.sampled_from(MILESTONES))
    return st.one_of(comparisons(), comparisons(), tags, milestones)


def joins(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Conditions joined, or turned round."""
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Joined, st.sampled_from(("and", "or")), several),
        st.builds(Joined, st.just("not"), st.tuples(parts)),
    )


def thoughts() -> st.SearchStrategy[Any]:
    """Conditions of any shape, small enough that their cases can be counted."""
    return st.recursive(leaves(), joins, max_leaves=6)


def written(thought: Any, seed: int = 0) -> Condition:
    """Write a condition down and read it."""
    return parse(text_of(thought, random.Random(seed)), WORDS, clock=True)  # noqa: S311  # a way of writing


NO_NUMBERS = (None, "5", "a", "", True, False, [5], {"a": 5}, b"a", float("nan"))
STORED = st.sampled_from(
    (*NO_NUMBERS, 4, 5, 5.0, 5.5, 6, -1, 10**20, float("inf"), float("-inf")),
)


def tickets() -> st.SearchStrategy[TicketLike]:
    """Tickets whose values often meet the constants, and often are of another type or unknown."""
    classification = st.builds(
        SimpleNamespace,
        tier=st.sampled_from((*TIERS, None, "gone")),
        confidence=st.sampled_from((*SHARES, None, 0.5, 0.8000001)),
    )
    attempt = st.builds(SimpleNamespace, what=st.sampled_from(("reset", "reboot")))
    since = st.sampled_from(sorted(SPANS.values())).flatmap(
        lambda us: st.sampled_from((NOW - us, NOW - us - 1, NOW - us + 1))
    )
    count = st.integers(0, 4)
    return st.builds(
        TicketLike,
        priority=st.sampled_from((*PRIORITIES, "unheard of")),
        status=st.sampled_from((*Status, "open", "merged")),
        tier=st.sampled_from((*TIERS, "gone")),
        assignee=st.sampled_from((None, "ana", "bo", "cy")),
        channel=st.sampled_from((None, "chat", "phone", "fax")),
        request_type=st.sampled_from((None, "login", "vpn", "gone")),
        moves=count,
        bounces=count,
        reopens=count,
        tags=st.frozensets(st.sampled_from((*TAGS, "more"))),
        milestones=st.frozensets(st.sampled_from(MILESTONES)),
        attempts=st.lists(attempt, max_size=4).map(tuple),
        classification=st.none() | classification,
        fields=st.dictionaries(st.sampled_from(("n", "t", "f")), STORED),
        opened_us=since,
        entered_us=since,
    )


@given(thoughts(), st.lists(tickets(), min_size=1, max_size=8), st.integers(0, 99))
def test_a_condition_means_what_it_says(thought: Any, some: list[TicketLike], seed: int) -> None:
    """A compiled condition agrees with a reader who judges it word by word."""
    condition = written(thought, seed)
    for ticket in some:
        assert condition.holds(ticket, NOW) is oracle(thought, ticket)


@given(thoughts(), st.integers(0, 99))
def test_a_condition_reads_back_as_it_prints(thought: Any, seed: int) -> None:
    """What is printed is the same condition, and prints the same again."""
    condition = written(thought, seed)
    again = parse(str(condition), WORDS, clock=True)
    assert again == condition
    assert hash(again) == hash(condition)
    assert str(again) == str(condition)


@given(thoughts(), tickets())
def test_a_condition_pickles(thought: Any, ticket: TicketLike) -> None:
    """A condition sent to another process judges there as it did here."""
    condition = written(thought)
    copy = pickle.loads(pickle.dumps(condition))  # noqa: S301  # our own bytes, just written
    assert copy == condition
    assert copy.holds(ticket, NOW) is condition.holds(ticket, NOW)
    assert (copy.reads, copy.constants) == (condition.reads, condition.constants)


PARTS_READ = {
    "age": "opened_us",
    "in_tier_for": "entered_us",
}


@given(thoughts(), tickets(), tickets())
def test_a_condition_looks_at_nothing_but_what_it_reads(
    thought: Any, ticket: TicketLike, other: TicketLike
) -> None:
    """Tickets that agree on what a condition reads get the same answer, whatever else they hold."""
    condition = written(thought)
    changes = {PARTS_READ.get(name, name): name for name in condition.reads if "." not in name}
    same = replace(other, **{name: getattr(ticket, name) for name in changes})
    fields = {name[7:] for name in condition.reads if name.startswith("fields.")}
    same = replace(
        same,
        fields={name: value for name, value in other.fields.items() if name not in fields}
        | {name: value for name, value in ticket.fields.items() if name in fields},
    )
    assert condition.holds(same, NOW) is condition.holds(ticket, NOW)


# Ranges.


def value_at(key: str, ticket: TicketLike) -> Any:
    """What a ticket has under the key of a range."""
    kind, _, word = key.partition(".")
    if kind in ("tags", "milestones"):
        return word in getattr(ticket, kind)
    return value_of(f'attempts("{word}")' if kind == "attempts" else key, ticket)


def lies_in(ticket: TicketLike, cases: Iterable[Mapping[str, Range]]) -> bool:
    """Whether a ticket lies in one of the cases."""
    return any(
        all(value_at(key, ticket) in allowed for key, allowed in case.items()) for case in cases
    )


@given(thoughts(), st.lists(tickets(), min_size=1, max_size=8))
def test_a_ticket_satisfies_a_condition_exactly_if_it_lies_in_a_case(
    thought: Any, some: list[TicketLike]
) -> None:
    """The cases of a condition, and those of its opposite, are all there are."""
    condition = written(thought)
    cases, others = few_cases(condition)
    for ticket in some:
        assert lies_in(ticket, cases) is condition.holds(ticket, NOW)
        assert lies_in(ticket, others) is not condition.holds(ticket, NOW)


def few_cases(condition: Condition) -> tuple[Any, Any]:
    """The cases in which a condition is true and those in which it is false."""
    try:
        return condition.ranges(), condition.ranges(true=False)
    except TooManyCases:
        assume(False)
        raise


def example_of(allowed: Range) -> Any:
    """Some value in a range that is not empty; None stands for one that is missing."""
    match allowed:
        case Words(words, all_but=False) | Flags(values=words):
            return sorted(words, key=repr)[0]
        case Words():
            return next(word for word in ("fresh", "fresher") if word in allowed)
        case Numbers(missing=True):
            return None
        case Numbers(spans=spans):
            return number_in(spans[0])


def number_in(span: Span) -> float:
    """Some number between two ends."""
    if span.low is None and span.high is None:
        return 0
    if span.low is None:
        return span.high - 1
    if span.high is None:
        return span.low + 1 if span.low_open else span.low
    if not span.low_open:
        return span.low
    return (span.low + span.high) / 2 if span.high_open else span.high


def ticket_in(case: Mapping[str, Range]) -> TicketLike:
    """A ticket made to measure for a case."""
    made: dict[str, Any] = {"fields": {}, "tags": set(), "milestones": set()}
    verdict = {"tier": None, "confidence": None}
    for key, allowed in case.items():
        kind, _, word = key.partition(".")
        value = example_of(allowed)
        if kind in ("tags", "milestones"):
            made[kind] |= {word} if value else set()
        elif kind == "fields":
            made["fields"] |= {} if value is None else {word: value}
        elif kind == "classification":
            verdict[word] = value
        elif kind == "attempts":
            made["attempts"] = (SimpleNamespace(what=word),) * value
        elif kind in ("age", "in_tier_for"):
            made[PARTS_READ[kind]] = NOW - value
        else:
            made[kind] = value
    return TicketLike(**made, classification=SimpleNamespace(**verdict))


@given(thoughts())
def test_every_case_is_a_ticket_that_could_be(thought: Any) -> None:
    """No case is empty: a ticket made to measure for it satisfies the condition."""
    condition = written(thought)
    for case in few_cases(condition)[0]:
        assert condition.holds(ticket_in(case), NOW), case


@given(thoughts(), thoughts(), st.lists(tickets(), min_size=1, max_size=8))
def test_a_condition_that_implies_another_never_holds_without_it(
    thought: Any, other: Any, some: list[TicketLike]
) -> None:
    """Whoever concludes one condition from another is right on every ticket; else a ticket shows why."""
    first, second = written(Joined("and", (thought, other))), written(other)
    few_cases(first), few_cases(second)
    try:
        assert implies(first, second)
        backwards = implies(second, first)
        open_cases = overlap(second.ranges(), first.ranges(true=False))
    except TooManyCases:
        assume(False)
    if backwards:
        assert not any(second.holds(each, NOW) and not first.holds(each, NOW) for each in some)
    else:
        shown = ticket_in(open_cases[0])
        assert second.holds(shown, NOW)
        assert not first.holds(shown, NOW)


@given(thoughts(), st.lists(tickets(), min_size=1, max_size=8))
def test_known_words_cut_off_only_tickets_with_unknown_ones(
    thought: Any, some: list[TicketLike]
) -> None:
    """Confined to a policy's words, the cases still hold every ticket that has only those."""
    condition = written(thought)
    cases = within(few_cases(condition)[0], WORDS)
    for ticket in some:
        verdict = ticket.classification
        strange = (
            ticket.priority not in PRIORITIES
            or ticket.status not in list(Status)
            or ticket.tier not in TIERS
            or ticket.request_type == "gone"
            or (verdict is not None and verdict.tier == "gone")
        )
        if not strange:
            assert lies_in(ticket, cases) is condition.holds(ticket, NOW)


# Whatever is written, only one kind of error comes back.

SOUP = st.sampled_from(
    (
        *(*NAMES, *SIGNS, *PLAIN, *"=&|!*{}@#;:`$?%~^/+\\\n\x00\té²５ﬁ\ud800"),
        *("and", "or", "not", "tags", "fields", "reached", "attempts", "classification"),
        *("(", ")", "[", "]", ",", ".", "-", '"', "'", '"vip"', "'a'", '"2h"', "5", "0.8"),
        *("is", "if", "else", "lambda", "for", "await", "yield", "__class__", ":=", "..."),
        *("1e5", "2h", "1_0", "0x1", "f'{x}'", "b'a'", "AND", "\r\n", "\u202e"),
    )
)


def texts() -> st.SearchStrategy[str]:
    """Any text, a soup of the language's words, and conditions with something wrong in them."""
    soup = st.lists(SOUP, max_size=12).flatmap(
        lambda words: st.sampled_from((" ".join(words), "".join(words)))
    )
    return st.one_of(st.text(), soup, st.builds(_damaged, thoughts(), SOUP, st.integers(0, 10**6)))


def _damaged(thought: Any, piece: str, seed: int) -> str:
    draw = random.Random(seed)  # noqa: S311  # where to do damage
    text = text_of(thought, draw)
    start = draw.randrange(len(text) + 1)
    return text[:start] + piece + text[start + draw.choice((0, 0, 1, 3)) :]


def read(text: str, *, clock: bool = True) -> Condition | InvalidCondition:
    """The condition that a text is, or what is wrong with it."""
    try:
        return parse(text, WORDS, clock=clock)
    except InvalidCondition as error:
        return error


@given(texts(), st.booleans(), tickets())
def test_no_text_does_harm(text: str, clock: bool, ticket: TicketLike) -> None:
    """Any text is either a condition that prints, reads back and judges, or an error that points into it."""
    found = read(text, clock=clock)
    if isinstance(found, Condition):
        assert parse(str(found), WORDS, clock=clock) == found
        assert found.holds(ticket, NOW) in (True, False)
        return
    assert found.text == text
    assert 0 <= found.column <= len(text)
    assert str(found).count("\n") == 2
    copy = pickle.loads(pickle.dumps(found))  # noqa: S301  # our own bytes, just written
    assert (str(copy), copy.column) == (str(found), found.column)


@pytest.mark.parametrize(
    "text",
    [
        *("(" * n + "moves > 1" + ")" * n for n in (19, 20, 21, 100, 450)),
        *("not " * n + "moves > 1" for n in (19, 20, 21, 22, 200, 245)),
        *("not(" * n + "1 < moves < 3" + ")" * n for n in (17, 18, 19, 20)),
        *("(" * n + "not 1 < moves < 3" + ")" * n for n in (18, 19, 20)),
        *("(moves > 1 or moves < 9 and " * n + "tier in ('N1',)" + ")" * n for n in (5, 9, 10, 11)),
        "(" * 1_000,
        "[" * 1_000,
        "-" * 990 + "1 < moves",
        "fields." * 140 + "x == 1",
        "1" * 990 + "<moves",
        "fields.x<." + "9" * 900,
        "fields.x<" + "9" * 900 + ".5",
        "moves>1and " * 90 + "moves>1",
        " or ".join(["1<moves<3"] * 80),
        "moves<" + "1<moves<" * 100 + "1",
        "x" * 1_001,
        "moves > 1" + " " * 991,
        "moves > 1" + " " * 992,
        "a" * 10**6,
    ],
    ids=lambda text: f"{text[:14]}... {len(text)}",
)
def test_size_and_depth_do_no_harm(text: str) -> None:
    """A condition that is too long or too deep is refused by name; any other reads back as it prints."""
    found = read(text)
    if isinstance(found, Condition):
        assert parse(str(found), WORDS) == found
    else:
        assert found.column <= len(text)
