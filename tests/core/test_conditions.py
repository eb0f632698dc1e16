"""The condition language as a policy author meets it: what can be said, and how a mistake is shown."""

from __future__ import annotations

import copy
import pickle
import sys
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from escalate.core.condition.ranges import Flags, Numbers, Span, Words
from escalate.core.conditions import (
    Condition,
    Opaque,
    Vocabulary,
    as_condition,
    implies,
    overlap,
    parse,
    wall_time_us,
    within,
)
from escalate.core.model import Draft
from escalate.core.status import Status
from escalate.errors import BadInput, ConditionFailed, InvalidCondition, TooManyCases

WORDS = Vocabulary(
    tiers=("N1", "N2", "N3"),
    request_types=("login", "vpn"),
    milestones=("password_verified", "network_ok"),
)
HOUR = 3_600_000_000


def a_ticket(**changes: Any) -> SimpleNamespace:
    """A ticket with everything that a condition may look at."""
    values: dict[str, Any] = {
        "id": "T-1",
        "priority": "normal",
        "status": Status.OPEN,
        "tier": "N1",
        "assignee": None,
        "channel": None,
        "request_type": None,
        "moves": 0,
        "bounces": 0,
        "reopens": 0,
        "tags": frozenset(),
        "milestones": frozenset(),
        "attempts": (),
        "classification": None,
        "fields": {},
        "opened_us": 0,
        "entered_us": 0,
    }
    return SimpleNamespace(**(values | changes))


def holds(text: str, *, now_us: int = 0, words: Vocabulary = WORDS, **changes: Any) -> bool:
    """Judge a condition on a ticket with these values."""
    return parse(text, words, clock=True).holds(a_ticket(**changes), now_us)


class TestNames:
    def test_priority_goes_by_the_order_of_the_policy(self) -> None:
        """Priorities compare by the policy's own list, not by the alphabet."""
        words = Vocabulary(priorities=("p4", "p3", "p1"))
        assert holds('priority >= "p3"', words=words, priority="p1")
        assert not holds('priority > "p3"', words=words, priority="p3")
        assert holds('"p4" < priority', words=words, priority="p3")

    def test_an_unknown_stored_priority_is_neither_high_nor_low(self) -> None:
        """A priority that the policy does not list makes every ordered comparison false."""
        for sign in ("<", "<=", ">", ">="):
            assert not holds(f'priority {sign} "high"', priority="P0")
        assert holds('priority != "high"', priority="P0")

    def test_tags(self) -> None:
        """A tag is there or not."""
        assert holds('"vip" in tags', tags=frozenset({"vip"}))
        assert holds('"vip" not in tags')
        assert holds('not "vip" in tags')

    def test_status_and_tier_take_lists(self) -> None:
        """Round and square brackets both hold a list."""
        assert holds('status in ("pending", "open")')
        assert holds('tier not in ["N2", "N3"]')

    def test_nobody_and_nothing_is_none(self) -> None:
        """``none`` says that there is no assignee, channel or request type."""
        for name in ("assignee", "channel", "request_type"):
            assert holds(f"{name} == none")
            assert not holds(f"{name} != none")
            assert holds(f"{name} == None")
        assert holds('assignee in ("ana", none)')
        assert holds('assignee != "ana"')
        assert not holds('assignee == "ana"')

    def test_milestones(self) -> None:
        """A milestone is reached or not."""
        assert holds('reached("network_ok")', milestones=frozenset({"network_ok"}))
        assert holds('not reached("network_ok")')

    def test_attempts_counts_every_recorded_attempt_of_that_name(self) -> None:
        """What worked counts like what did not, and other attempts do not count."""
        tried = [("reset", True), ("reset", False), ("reboot", False)]
        attempts = tuple(SimpleNamespace(what=what, worked=worked) for what, worked in tried)
        assert holds('attempts("reset") == 2', attempts=attempts)
        assert holds('attempts("never") == 0', attempts=attempts)

    def test_counts(self) -> None:
        """Moves, bounces and reopens are whole numbers."""
        assert holds("moves > 1 and bounces == 0 and reopens in (0, 1)", moves=2)

    def test_a_classification_that_is_not_there_makes_comparisons_false(self) -> None:
        """Before a verdict, neither a comparison nor its contrary is true."""
        for text in ('classification.tier == "N2"', 'classification.tier != "N2"'):
            assert not holds(text)
        assert not holds("classification.confidence < 1")
        verdict = SimpleNamespace(tier="N2", confidence=0.7)
        text = 'classification.tier == "N2" and classification.confidence >= 0.7'
        assert holds(text, classification=verdict)

    def test_a_verdict_without_confidence_makes_comparisons_false(self) -> None:
        """A verdict may say a tier and no confidence, or abstain."""
        sure = SimpleNamespace(tier="N2", confidence=None)
        assert holds('classification.tier == "N2"', classification=sure)
        assert not holds("classification.confidence >= 0", classification=sure)
        abstained = SimpleNamespace(tier=None, confidence=None)
        assert not holds('classification.tier != "N2"', classification=abstained)

    def test_time_is_measured_at_the_instant_that_is_given(self) -> None:
        """Age and time in the tier are wall-clock time up to the event's own instant."""
        assert holds('age >= "2h"', now_us=2 * HOUR)
        assert not holds('age > "2h"', now_us=2 * HOUR)
        assert holds('in_tier_for < "90m"', now_us=2 * HOUR, entered_us=HOUR)

    def test_a_ticket_of_the_engine_is_judged(self) -> None:
        """The engine's own working ticket has what conditions read."""
        ticket = Draft("1", "N1", 0, ("support", "1"), tags=frozenset({"vip"}), priority="high")
        assert parse('"vip" in tags and priority >= "high"', WORDS).holds(ticket, 0)


class TestFields:
    @pytest.mark.parametrize("value", ["5", True, None, [5], {"n": 5}, float("nan"), b"5"])
    def test_a_value_of_another_type_makes_every_comparison_false(self, value: object) -> None:
        """A stored "5" is no number: it is not below 7, and not unequal to 7 either."""
        for sign in ("<", "<=", "==", "!=", ">=", ">"):
            assert not holds(f"fields.seats {sign} 7", fields={"seats": value})
        for sign in ("in", "not in"):
            assert not holds(f"fields.seats {sign} (7, 8)", fields={"seats": value})

    @pytest.mark.parametrize("value", [5, True, None, ["a"], {"a": 5}, b"a", float("nan")])
    def test_what_is_no_text_is_neither_equal_nor_unequal_to_one(self, value: object) -> None:
        """A list where a word was meant is no error when a ticket is judged, and no word."""
        for text in ('== "a"', '!= "a"', 'in ("a",)', 'not in ("a",)'):
            assert not holds(f"fields.region {text}", fields={"region": value})

    @pytest.mark.parametrize("value", [0, 1, None, [True], "true"])
    def test_what_is_no_yes_or_no_is_neither(self, value: object) -> None:
        """A stored 1 is not true, and not unequal to true either."""
        for text in ("== true", "!= true", "in (true, false)", "not in (true,)"):
            assert not holds(f"fields.outage {text}", fields={"outage": value})

    def test_a_missing_field_makes_every_comparison_false_and_its_negation_true(self) -> None:
        """``not (fields.x < 5)`` holds where there is no x at all."""
        assert not holds("fields.seats < 5")
        assert not holds("fields.seats != 5")
        assert holds("not (fields.seats < 5)")
        assert holds("not fields.seats != 5")

    def test_numbers_words_and_yes_or_no(self) -> None:
        """A field is compared as what it is compared with."""
        fields = {"seats": 12, "share": 0.5, "region": "emea", "outage": True, "região": "sul"}
        assert holds("10 <= fields.seats < 20 and fields.share == 0.5", fields=fields)
        assert holds('fields.region in ("emea", "apac")', fields=fields)
        assert holds('fields.região == "sul"', fields=fields)
        assert holds("fields.outage == true and fields.outage != False", fields=fields)
        assert not holds("fields.seats == true", fields={"seats": 1})
        assert not holds("fields.outage == 1", fields=fields)


class TestForm:
    @pytest.mark.parametrize(
        ("written", "printed"),
        [
            ("moves>1and bounces<2", None),
            ("  moves > 1", "moves > 1"),
            ("moves > 1\n  and bounces == 0\t", "moves > 1 and bounces == 0"),
            ("1 <= moves <= 3", "moves >= 1 and moves <= 3"),
            ("3 == moves", "moves == 3"),
            (
                "moves == 1 and (moves == 2 and moves == 3)",
                "moves == 1 and moves == 2 and moves == 3",
            ),
            ("moves == 1 or moves == 2 and moves == 3", "moves == 1 or moves == 2 and moves == 3"),
            (
                "(moves == 1 or moves == 2) and moves == 3",
                "(moves == 1 or moves == 2) and moves == 3",
            ),
            ("not (moves == 1)", "not moves == 1"),
            ("not (moves == 1 and moves == 2)", "not (moves == 1 and moves == 2)"),
            ("not 'vip' in tags", '"vip" not in tags'),
            ("tier in ['N1']", 'tier in ("N1",)'),
            ("moves in (1, 2, 1)", "moves in (1, 2)"),
            ("'say \"hi\"' in tags", '"say \\"hi\\"" in tags'),
            ("fields.x == 5.0", "fields.x == 5"),
            ("fields.x > -0.00000012", "fields.x > -0.00000012"),
            ("fields.x == True", "fields.x == true"),
            ("assignee == None", "assignee == none"),
            ("age >= '36h' and age < '1.5s'", 'age >= "1d12h" and age < "1.5s"'),
            ("attempts('reset')<3", 'attempts("reset") < 3'),
        ],
    )
    def test_prints_one_way_only(self, written: str, printed: str | None) -> None:
        """However it was written, a condition prints the same, and reads back as itself."""
        if printed is None:
            with pytest.raises(InvalidCondition):
                parse(written, WORDS, clock=True)
            return
        condition = parse(written, WORDS, clock=True)
        assert str(condition) == printed
        assert parse(printed, WORDS, clock=True) == condition

    def test_equal_conditions_under_other_priorities_differ(self) -> None:
        """What "at least high" means belongs to the condition."""
        others = Vocabulary(priorities=("high", "low"))
        assert parse('priority >= "high"', WORDS) != parse('priority >= "high"', others)

    def test_reads_and_constants_tell_what_it_looks_at(self) -> None:
        """A policy knows which values its decisions can notice."""
        condition = parse(
            '"vip" in tags and "x" not in tags and reached("network_ok") or attempts("reset") >= 2 '
            'and fields.seats in (1, 5) and classification.confidence > 0.5 and age > "1h"',
            WORDS,
            clock=True,
        )
        assert condition.reads == {
            "tags", "milestones", "attempts", "fields.seats", "classification", "age",
        }  # fmt: skip
        assert condition.constants == {
            "tags": {"vip", "x"},
            "milestones": {"network_ok"},
            "attempts.reset": {2},
            "fields.seats": {1, 5},
            "classification.confidence": {0.5},
            "age": {HOUR},
        }
        assert condition.field_types == {"fields.seats": "number"}

    def test_field_types(self) -> None:
        """A policy can compare across conditions what type each field has."""
        condition = parse('fields.a == 1 and fields.b == "1" and fields.c != true', WORDS)
        assert condition.field_types == {
            "fields.a": "number",
            "fields.b": "text",
            "fields.c": "flag",
        }

    def test_pickles_and_copies(self) -> None:
        """A condition travels to another process with its policy."""
        condition = parse('priority >= "high"', WORDS)
        for other in (pickle.loads(pickle.dumps(condition)), copy.deepcopy(condition)):  # noqa: S301  # our own bytes
            assert other == condition
            assert other.holds(a_ticket(priority="urgent"), 0)

    def test_any_channel_unless_the_policy_lists_them(self) -> None:
        """A policy that names its channels wants them spelt right."""
        assert holds('channel == "fax"', channel="fax")
        with pytest.raises(InvalidCondition, match="did you mean 'phone'"):
            parse('channel == "fone"', Vocabulary(channels=("chat", "phone")))


# The sign ‸ stands where the caret must point.
MISTAKES = [
    ("‸", "a comparison such as"),
    ("‸   ", "a comparison such as"),
    ("moves >‸", "a comparison such as"),
    ("moves >‸  ", "a comparison such as"),
    ('tier == ‸"N9"', "known: N1, N2, N3"),
    ('tier in ("N1", ‸"N22")', "did you mean 'N2'"),
    ('status == ‸"opne"', "did you mean 'open'"),
    ('priority >= ‸"hihg"', "did you mean 'high'"),
    ('classification.tier == ‸"L2"', "a tier of this policy"),
    ('request_type == ‸"logn"', "a request type of this policy; did you mean 'login'"),
    ('reached(‸"netwrk_ok")', "a milestone of this policy; did you mean 'network_ok'"),
    ('"é" in tags and tier == ‸"N9"', "a tier of this policy"),
    ('"日本" in tags or ‸prority == "high"', "did you mean 'priority'"),
    ('moves > 1\n  and tier == ‸"N9"', "a tier of this policy"),
    ("tier == ‸N1", 'words are quoted: "N1"'),
    ('‸N1 == "N1"', "a name that conditions know"),
    ("‸moves", "moves compared with something"),
    ('‸attempts("x")', 'attempts("x") compared with something'),
    ("‸fields.outage", "fields.outage == true"),
    ("not ‸tags", '"word" in tags'),
    ("‸true", "something about the ticket"),
    ("moves > 1 and ‸5", "something about the ticket"),
    ('‸1 < 2 and tier == "N1"', "a name of the ticket on one side"),
    ("moves > ‸bounces", "one constant"),
    ("tier == ‸fields.tier", "one constant"),
    ('tier == ‸["N1"]', "one constant"),
    ('(‸moves > 1) == "N1"', "join comparisons with and, or"),
    ('tier in ‸"N1"', "a list of constants"),
    ('tier in (‸"N1")', "a list of constants"),
    ("tier in ‸tier", "a list of constants"),
    ("tier in ‸[]", "at least one constant"),
    ('‸"a" in ("a", "b")', "a name before in"),
    ('‸("vip", "gold") in tags', "one tag in quotes"),
    ("‸5 in tags", "one tag in quotes"),
    ('‸tags == "vip"', '"word" in tags'),
    ('‸tags in ("vip",)', '"word" in tags'),
    ('‸reached("network_ok") == true', "alone, or not"),
    ("‸reached()", 'reached("milestone")'),
    ("‸reached(network_ok)", 'reached("milestone")'),
    ('‸attempts("a", "b") > 1', 'attempts("what") >= 2'),
    ("‸attempts > 1", 'attempts("what") >= 2'),
    ("‸reached", 'reached("milestone")'),
    ("‸fields == 1", "did you mean 'fields.x'"),
    ("‸classification == 1", "did you mean 'classification.tier'"),
    ("‸classification.why == 1", "a name that conditions know"),
    ("‸fields.a.b == 1", "fields.name, classification.tier or .confidence"),
    ('‸tier.name == "N1"', "fields.name, classification.tier or .confidence"),
    ("fields.‸class == 1", "kept for Python"),
    ("fields.‸True == 1", "kept for Python"),
    ("moves > ‸not bounces", "a comparison such as"),
    ('\n  \n tier == ‸"N9"', "a tier of this policy"),
    (f"{'(' * 20}‸(moves > 1{')' * 21}", "nested at most 20 deep"),
    (f"{'not ' * 21}‸moves > 1", "nested at most 20 deep"),
    ("fields.‸5 == 1", "a name after the dot"),
    ("fields.‸(x) == 1", "a name after the dot"),
    ("fields.‸-x == 1", "a name after the dot"),
    ("fields‸[0] == 1", "fields.name"),
    ('fields‸["x"] == 1', "fields.name"),
    ('‸tier < "N2"', "no order"),
    ('‸assignee >= "ana"', "no order"),
    ('"a" < ‸fields.x', "no order"),
    ("‸fields.x > true", "no order"),
    ("fields.x == ‸none", "a missing field makes comparisons false"),
    ("tier == ‸none", "a word in quotes"),
    ("assignee == ‸5", "a word in quotes, or none"),
    ('fields.x == 5 or fields.x == ‸"5"', "a number, as elsewhere"),
    ('fields.x in ("a", ‸5)', "a text, as elsewhere"),
    ("fields.x == true and fields.x < ‸1", "a flag, as elsewhere"),
    ("moves > ‸1.5", "a whole number"),
    ("moves > ‸-1", "a whole number"),
    ('moves > ‸"1"', "a whole number"),
    ("moves == ‸true", "a whole number"),
    ("classification.confidence > ‸80", "a share of 1"),
    ('classification.confidence > ‸"80%"', "a share of 1"),
    ("age > ‸2h", 'in quotes: "2h"'),
    ("age > ‸2", "a length of wall-clock time"),
    ('age > ‸"soon"', "a length of wall-clock time"),
    ('age > ‸"-2h"', "a length of wall-clock time"),
    ('age > ‸"0.0000001s"', "a length of wall-clock time"),
    ("fields.x == ‸1e5", "a number such as"),
    ("fields.x == ‸1_000", "a number such as"),
    ("fields.x == ‸0x1F", "a number such as"),
    ("fields.x == ‸007", "a number such as"),
    ("fields.x == ‸5.", "a number such as"),
    ("fields.x == ‸.5", "a name or a constant here"),
    ("fields.x == ‸2j", "a number such as"),
    ("fields.x == ‸--5", "one constant"),
    ('fields.x == ‸-"a"', "one constant"),
    ('(moves > 1 or ‸(tier == "N1"', "a bracket that closes it"),
    ("moves > 1‸)", "a bracket that it closes"),
    ('tier in ("N1"‸]', "a bracket that it closes"),
    ("moves > 1 and ‸)", "a bracket that it closes"),
    ("(moves > 1 and ‸)", "a name or a constant here"),
    ("moves > ‸and bounces > 1", "a name or a constant here"),
    ("moves ‸not > 1", "not in, or and not"),
    ('tier ‸"N1"', "an operator before it"),
    ('"a" ‸"b" in tags', "an operator before it"),
    ('tier in ("N1" ‸"N2")', "an operator before it"),
    ('""‸"vip""" in tags', "an operator before it"),
    ('‸"vip in tags', "a quote that closes it"),
    ('"a‸\\n" in tags', "a quote or another backslash"),
    ('"a‸\tb" in tags', "characters that can be seen"),
    ('"a‸\u202eb" in tags', "characters that can be seen"),
    ("moves > 1 ‸AND bounces > 1", "and, in small letters"),
    ("moves ‸= 1", "== to compare"),
    ("moves ==‸= 1", "=="),
    ("moves ‸<> 1", "!= to compare"),
    ("moves > 1 ‸&& bounces > 1", "and"),
    ("moves > 1 ‸|| bounces > 1", "or"),
    ('‸!reached("network_ok")', "not"),
    ("‸ﬁelds.x == 1", "plain, composed letters"),
]

FORBIDDEN = {
    "arithmetic": "moves ‸+ 1 > 2",
    "subtraction": "moves ‸- 1 > 2",
    "negation": "‸-moves > 2",
    "power": "2 ‸** 9 > moves",
    "bits": "moves ‸~ 1",
    "other call": "‸len(tags) > 1",
    "method": '‸tier.lower() == "n1"',
    "dunder": "‸tags.__class__ == 1",
    "import": '‸__import__("os") == 1',
    "call of a call": 'reached("network_ok")‸("x")',
    "keyword argument": "attempts(what‸='x') > 1",
    "star argument": "attempts(‸*tags) > 1",
    "subscript": "tags‸[0] == 1",
    "slice": 'tier‸[0:1] == "N"',
    "regex": 'tier ‸~ "N."',
    "matrix": "moves ‸@ 2",
    "f-string": 'f‸"{tier}" in tags',
    "bytes": 'b‸"vip" in tags',
    "raw string": "r‸'vip' in tags",
    "lambda": "‸lambda: 1",
    "walrus": "(x ‸:= 1) > 1",
    "conditional": 'moves > 1 ‸if reached("network_ok") else 2',
    "comprehension": "[x ‸for x in tags]",
    "generator": "any(x ‸for x in tags)",
    "set": "tier in ‸{1}",
    "dict": "‸{} == 1",
    "tuple alone": "‸(moves > 1, bounces > 1)",
    "is": "assignee ‸is none",
    "is not": "assignee ‸is not none",
    "await": "‸await moves",
    "yield": "(‸yield)",
    "ellipsis": "moves > ‸...",
    "statement": "moves > 1‸; bounces > 1",
    "assignment": "moves ‸= 1",
    "comment": "moves > 1 ‸# always",
    "continuation": "moves > 1 ‸\\\n",
    "null": "moves > 1‸\x00",
    "form feed": "moves ‸\x0c> 1",
    "no-break space": "moves‸\xa0> 1",
    "surrogate": "moves > 1‸\ud800",
    "byte order mark": "‸\ufeffmoves > 1",
}


class TestMistakes:
    @pytest.mark.parametrize(("marked", "wanted"), MISTAKES)
    def test_an_error_points_at_the_place_and_says_what_works(
        self, marked: str, wanted: str
    ) -> None:
        """The caret stands under what is wrong, and the message says what would be right."""
        error = self.error_of(marked)
        assert error.column == marked.index("‸")
        assert wanted in error.wanted

    @pytest.mark.parametrize("marked", FORBIDDEN.values(), ids=FORBIDDEN)
    def test_what_the_language_does_not_have_is_refused_where_it_stands(self, marked: str) -> None:
        """Nothing of Python beyond the language gets through."""
        assert self.error_of(marked).column == marked.index("‸")

    @staticmethod
    def error_of(marked: str) -> InvalidCondition:
        """Read a text with the mark taken out, and return what it raises."""
        with pytest.raises(InvalidCondition) as caught:
            parse(marked.replace("‸", ""), WORDS, clock=True)
        return caught.value

    def test_the_message_shows_the_text_with_a_caret(self) -> None:
        """A policy author sees the condition and the place in it."""
        error = self.error_of('moves > 1 and tier == ‸"N9"')
        assert str(error) == (
            'condition: got "N9", wanted a tier of this policy; known: N1, N2, N3\n'
            '  moves > 1 and tier == "N9"\n'
            "                        ^"
        )
        assert error.code == "invalid-condition"
        assert isinstance(error, BadInput)

    def test_a_long_text_is_shown_around_the_place(self) -> None:
        """The caret stays in sight however long the condition is."""
        head = "moves > 1 and " * 20
        message = str(self.error_of(f'{head}tier == ‸"N9"'))
        excerpt, caret = message.splitlines()[1:]
        assert excerpt[caret.index("^") :].startswith('"N9"')
        assert len(caret) < 80

    def test_the_error_pickles(self) -> None:
        """An error from another process says the same here."""
        error = self.error_of('tier == ‸"N9"')
        other = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own bytes, just written
        assert (other.text, other.column, other.got, other.wanted) == (
            error.text, error.column, error.got, error.wanted,
        )  # fmt: skip
        assert str(other) == str(error)

    @pytest.mark.parametrize("name", ["age", "in_tier_for"])
    def test_wall_clock_time_is_for_rules_and_steps(self, name: str) -> None:
        """A target or path that depended on the hour would change without an event."""
        with pytest.raises(InvalidCondition, match="only rules and steps") as caught:
            parse(f'moves > 1 and "2h" < {name}', WORDS)
        assert caught.value.column == len('moves > 1 and "2h" < ')

    def test_a_policy_without_request_types_knows_none(self) -> None:
        """Where nothing is declared, nothing can be named."""
        with pytest.raises(InvalidCondition, match="known: none"):
            parse('request_type == "login"', Vocabulary())

    @pytest.mark.parametrize("value", [5, None, b"moves > 1", ["moves > 1"]])
    def test_only_text_is_read(self, value: Any) -> None:
        """Something else than text is refused as that."""
        with pytest.raises(InvalidCondition, match="the text of a condition"):
            parse(value, WORDS)

    def test_too_long_says_how_long(self) -> None:
        """The limit is named, so that an author knows how much to take away."""
        with pytest.raises(InvalidCondition, match=r"got 1,300 characters, wanted at most 1,000"):
            parse("moves > 1 or " * 100, WORDS)

    def test_nothing_is_printed_and_nothing_warned(self, capfd: pytest.CaptureFixture[str]) -> None:
        """Odd texts leave no trace on the terminal: warnings would become errors here."""
        for text in ('"\\d" in tags', "5or moves", '1 is "a"', "(" * 999, "not " * 249):
            with pytest.raises(InvalidCondition):
                parse(text, WORDS)
        assert capfd.readouterr() == ("", "")

    @pytest.mark.parametrize("failure", [ValueError, RecursionError, MemoryError])
    def test_what_the_parser_cannot_bear_is_an_error_like_any_other(
        self, failure: type[Exception], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A parser that gives up is told as a condition too hard to read."""

        def give_up(*_: object, **__: object) -> None:
            raise failure

        with monkeypatch.context() as patch:
            patch.setattr("ast.parse", give_up)
            found = self.error_of("‸moves > 1")
        assert found.wanted == "a simpler one"

    def test_little_stack_is_no_crash(self) -> None:
        """Deep in somebody's call stack a condition is read or refused as ever."""

        def dig(depth: int) -> Condition:
            return dig(depth - 1) if depth else parse("not " * 15 + "moves > 1", WORDS)

        assert dig(sys.getrecursionlimit() - 300).reads == {"moves"}


class TestOpaque:
    def test_a_function_stands_in_for_a_condition(self) -> None:
        """Code may judge a ticket where a policy is written in Python."""
        condition = as_condition(is_long_open, WORDS)
        assert isinstance(condition, Opaque)
        assert condition.is_opaque
        assert condition.holds(a_ticket(moves=3), 0)
        assert str(condition).endswith("test_conditions.is_long_open")
        for known in (condition.reads, condition.constants, condition.field_types):
            assert not known
        assert pickle.loads(pickle.dumps(Opaque(divmod))) == Opaque(divmod)  # noqa: S301  # our own bytes

    def test_an_exception_in_it_is_never_swallowed(self) -> None:
        """Whoever reads the log learns which function failed, on which ticket, and why."""
        with pytest.raises(
            ConditionFailed, match=r"fails failed on ticket 'T-1': KeyError: 'x'"
        ) as caught:
            Opaque(fails).holds(a_ticket(), 0)
        assert isinstance(caught.value.__cause__, KeyError)
        assert caught.value.code == "condition-failed"
        copied = pickle.loads(pickle.dumps(caught.value))  # noqa: S301  # our own bytes
        assert str(copied) == str(caught.value)

    @pytest.mark.parametrize("answer", [None, 1, "yes", []])
    def test_an_answer_that_is_no_yes_or_no_is_an_error(self, answer: object) -> None:
        """A forgotten return is found at the first ticket, not read as no."""
        with pytest.raises(ConditionFailed, match="it returned"):
            Opaque(lambda _: answer).holds(a_ticket(), 0)

    def test_a_callable_without_a_name_is_called_by_its_class(self) -> None:
        """A partial is named as one."""
        assert str(Opaque(partial(is_long_open))) == "functools.partial"


def is_long_open(ticket: Any) -> bool:
    """A host's own judgement."""
    return bool(ticket.moves > 2)


def fails(ticket: Any) -> bool:
    """A host's own mistake."""
    return bool(ticket.fields["x"])


class TestAsCondition:
    def test_text_function_condition_or_none(self) -> None:
        """A policy takes a condition in any form."""
        condition = parse("moves > 1", WORDS)
        assert as_condition("moves > 1", WORDS) == condition
        assert as_condition(condition, WORDS) == condition
        assert as_condition(None, WORDS) is None
        opaque = Opaque(is_long_open)
        assert as_condition(opaque, WORDS) is opaque

    def test_a_condition_of_another_policy_is_checked_again(self) -> None:
        """What was right there may be wrong here."""
        foreign = parse('tier == "L9"', Vocabulary(tiers=("L9",)))
        with pytest.raises(InvalidCondition, match="known: N1"):
            as_condition(foreign, WORDS)
        timed = parse('age > "2h"', WORDS, clock=True)
        assert as_condition(timed, WORDS, clock=True) == timed
        with pytest.raises(InvalidCondition, match="only rules and steps"):
            as_condition(timed, WORDS)

    def test_anything_else_is_refused(self) -> None:
        """A number is no condition."""
        with pytest.raises(BadInput, match="a text, a function"):
            as_condition(5, WORDS)


def cases(text: str, *, true: bool = True) -> list[dict[str, Any]]:
    """The cases of a condition, as plain dicts."""
    return [dict(case) for case in parse(text, WORDS, clock=True).ranges(true=true)]


class TestRanges:
    def test_one_case_for_each_way_to_be_true(self) -> None:
        """And narrows a case, or adds one."""
        assert cases('"vip" in tags and (moves > 1 or tier == "N3")') == [
            {"tags.vip": Flags({True}), "moves": Numbers.compared(">", 1, "count")},
            {"tags.vip": Flags({True}), "tier": Words({"N3"})},
        ]

    def test_whole_numbers_have_no_gaps_between_them(self) -> None:
        """No ticket has more than two and fewer than three moves, or fewer than none."""
        assert cases("moves > 2 and moves < 3") == []
        assert cases("moves < 0") == []
        assert cases("moves >= 0", true=False) == []
        assert cases("not moves > 2")[0]["moves"].spans == (Span(0, 2, False, False),)
        assert cases('age > "1s" and age < "1.000001s"') == []

    def test_between_two_numbers_of_a_field_there_is_room(self) -> None:
        """A field may hold any number, and its ends stay exact."""
        (case,) = cases("fields.x > 2 and fields.x <= 3 and fields.x != 2.5")
        assert case["fields.x"].spans == (Span(2, 2.5, True, True), Span(2.5, 3, True, False))
        assert cases("fields.x < 0.1 and fields.x > 0.1") == []
        assert cases("fields.x < 5")[0]["fields.x"].spans == (Span(None, 5, True, True),)

    def test_a_missing_value_is_a_case_of_its_own(self) -> None:
        """``not (fields.x < 5)`` is true of 5, and of nothing at all."""
        (case,) = cases("not (fields.x < 5)")
        assert None in case["fields.x"]
        assert 5 in case["fields.x"]
        assert "5" in case["fields.x"]
        assert None not in cases("fields.x >= 5")[0]["fields.x"]
        assert None in cases('not fields.t == "a"')[0]["fields.t"]
        assert None not in cases('fields.t != "a"')[0]["fields.t"]
        assert None in cases("not fields.f == true")[0]["fields.f"]
        assert cases("fields.f in (true, false)")[0]["fields.f"] == Flags({True, False}, True)
        assert None in cases('assignee != "ana"')[0]["assignee"]

    def test_contradictions_have_no_case(self) -> None:
        """What can never be true is seen to be so."""
        assert cases('tier == "N1" and tier != "N1"') == []
        assert cases('"vip" in tags and not "vip" in tags') == []
        assert cases('priority >= "high" and priority == "low"') == []
        assert cases('not (reached("network_ok") or not reached("network_ok"))') == []

    def test_equal_cases_are_told_once(self) -> None:
        """Saying it twice makes no second case."""
        assert len(cases("moves > 1 or moves > 1 or moves >= 2")) == 1

    def test_known_words_close_a_list(self) -> None:
        """Outside all tiers of the policy there is no ticket, unless its tier is unknown."""
        somewhere = parse('tier not in ("N1", "N2", "N3")', WORDS).ranges()
        assert somewhere
        assert within(somewhere, WORDS) == ()
        undecided = parse('not classification.tier in ("N1", "N2", "N3")', WORDS).ranges()
        assert within(undecided, WORDS)
        untyped = parse('request_type not in ("login", "vpn")', WORDS).ranges()
        assert within(untyped, WORDS)[0]["request_type"] == Words({None})

    def test_overlap_of_two_conditions(self) -> None:
        """Two conditions meet where one ticket satisfies both."""
        high, normal = (parse(f"priority {rest}", WORDS) for rest in ('>= "high"', '== "normal"'))
        vip = parse('"vip" in tags', WORDS)
        assert overlap(high.ranges(), vip.ranges())
        assert overlap(high.ranges(), normal.ranges()) == ()

    def test_implies(self) -> None:
        """One condition can be shown to follow from another."""
        urgent, high = parse('priority == "urgent"', WORDS), parse('priority >= "high"', WORDS)
        assert implies(urgent, high)
        assert not implies(high, urgent)
        not_n1, upper = parse('tier != "N1"', WORDS), parse('tier in ("N2", "N3")', WORDS)
        assert not implies(not_n1, upper)
        assert implies(not_n1, upper, WORDS)

    def test_too_many_cases_is_an_error_of_its_own(self) -> None:
        """A proof that cannot be made says so, and does not take for ever."""
        text = " and ".join(f"(fields.a{n}<1 or fields.b{n}<1)" for n in range(20))
        with pytest.raises(TooManyCases, match="at most 256 cases") as caught:
            parse(text, WORDS).ranges()
        assert caught.value.code == "too-many-cases"
        assert len(parse(text, WORDS).ranges(true=False)) == 20

    def test_a_subject_of_two_types_cannot_be_joined(self) -> None:
        """Conditions that take one field for a number and for a text belong to no one policy."""
        number, text = parse("fields.x == 1", WORDS), parse('fields.x == "1"', WORDS)
        with pytest.raises(BadInput, match="one type"):
            overlap(number.ranges(), text.ranges())


class TestWallTime:
    @pytest.mark.parametrize(
        ("text", "us"),
        [
            ("2h", 2 * HOUR),
            ("3d", 72 * HOUR),
            ("1w", 168 * HOUR),
            ("1d 12h", 36 * HOUR),
            (" 1.5h ", 3 * HOUR // 2),
            ("0s", 0),
            ("0.000001s", 1),
            ("", None),
            ("2", None),
            ("h", None),
            ("-2h", None),
            ("12h1d", None),
            ("2 hours", None),
            ("0.0000001s", None),
            ("1" * 10 + "h", None),
        ],
    )
    def test_lengths_of_time(self, text: str, us: int | None) -> None:
        """Days have 24 hours here: this is the clock on the wall, not opening time."""
        assert wall_time_us(text) == us
