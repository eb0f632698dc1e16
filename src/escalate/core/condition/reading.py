"""Reads the text of a condition: types are checked, and every error points into the text.

Python's own parser makes the syntax tree; nothing is ever evaluated. Of that tree only the few forms
named here are understood, and all others are refused.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Final

import attrs

from escalate.core.condition.meaning import allowed
from escalate.core.condition.scan import DEEPEST, LONGEST, refusal, scan
from escalate.core.condition.tree import AllOf, AnyOf, Comparison, Has, Not, Tree
from escalate.core.condition.types import (
    KINDS,
    MAY_BE_NONE,
    WRITTEN,
    Constant,
    FieldType,
    Subject,
    Vocabulary,
    wall_time_us,
)
from escalate.errors import InvalidCondition, nearest

_SIGNS: Final[dict[type[ast.cmpop], str]] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
_MIRRORED: Final = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_CONSTANTS: Final[dict[str, Constant]] = {"true": True, "false": False, "none": None}
_CALLS: Final = {"reached": 'reached("milestone")', "attempts": 'attempts("what") >= 2'}
_NOUNS: Final = {
    "milestones": "milestone",
    "request_type": "request type",
    "classification.tier": "tier",
}
_COMPARISON: Final = 'a comparison such as priority >= "high"'


def read(text: str, vocabulary: Vocabulary, *, clock: bool = False) -> Tree:
    """Return the tree of *text*.

    Raises:
        InvalidCondition: *text* is no condition, or not one for this *vocabulary*, or looks at the
            wall clock without *clock*.
    """
    plain = scan(text)
    margin = len(plain) - len(plain.lstrip())
    try:
        node = ast.parse(plain.strip(), mode="eval").body
    except SyntaxError as error:
        column = min(margin + max(0, (error.offset or 1) - 1), len(text))
        found, *_ = text[column:].split(maxsplit=1) or ["the end"]
        raise refusal(text, column, found, _COMPARISON) from None
    except (ValueError, RecursionError, MemoryError):
        raise refusal(text, 0, "a condition too hard to read", "a simpler one") from None
    tree = _Reader(text, plain.strip(), margin, vocabulary, clock).tree(node)
    if len(str(tree)) > LONGEST:
        wanted = f"at most {LONGEST:,} characters when it is written out"
        raise refusal(text, 0, "a condition too long", wanted)
    return tree


@attrs.define
class _Reader:
    text: str
    plain: str
    margin: int
    vocabulary: Vocabulary
    clock: bool
    field_types: dict[str, FieldType] = attrs.field(factory=dict)

    def refuse(self, node: ast.AST, wanted: str, got: str | None = None) -> InvalidCondition:
        """Return the error that points at *node*."""
        raw = self.plain.encode()
        start, end = getattr(node, "col_offset", 0), getattr(node, "end_col_offset", 0)
        column = self.margin + len(raw[:start].decode(errors="ignore"))
        found = raw[start:end].decode(errors="ignore")
        shown = found if len(found) <= 60 else f"{found[:57]}..."
        return refusal(self.text, column, got or shown, wanted)

    def tree(self, node: ast.expr, depth: int = 0) -> Tree:
        """Return what *node* says."""
        if depth > DEEPEST:
            raise self.refuse(node, f"conditions nested at most {DEEPEST} deep")
        match node:
            case ast.Compare(ops=[_, _, *_]) if depth == DEEPEST:
                # Written out, 1 <= moves <= 3 is an "and" of two, one level deeper.
                return self.tree(node, depth + 1)
            case ast.BoolOp(op=ast.And(), values=values):
                return _joined(AllOf, [self.tree(value, depth + 1) for value in values])
            case ast.BoolOp(op=ast.Or(), values=values):
                return _joined(AnyOf, [self.tree(value, depth + 1) for value in values])
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Not(self.tree(operand, depth + 1))
            case ast.Compare():
                return self._chain(node)
            case ast.Call(func=ast.Name(id="reached")):
                return Has(self._called(node))
            case _:
                raise self._no_condition(node)

    def _no_condition(self, node: ast.expr) -> InvalidCondition:
        if self._is_constant(node):
            return self.refuse(node, f"something about the ticket: {_COMPARISON}")
        subject = self._subject(node)
        if subject.name == "fields":
            return self.refuse(node, f"{subject} == true, or another comparison")
        if subject.name == "tags":
            return self.refuse(node, '"word" in tags')
        return self.refuse(node, f"{subject} compared with something")

    # comparisons

    def _chain(self, node: ast.Compare) -> Tree:
        sides = [node.left, *node.comparators]
        pairs = zip(sides, node.ops, sides[1:], strict=False)
        return _joined(AllOf, [self._pair(left, op, right) for left, op, right in pairs])

    def _pair(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Tree:
        sign = _SIGNS.get(type(op))
        if sign is None:
            raise self.refuse(left, "== or !=", "a comparison with is")
        if sign.endswith("in"):
            return self._membership(left, sign, right)
        if self._is_constant(left):
            if self._is_constant(right):
                raise self.refuse(left, "a name of the ticket on one side of the comparison")
            left, right, sign = right, left, _MIRRORED[sign]
        subject = self._compared(left)
        return self._comparison(subject, sign, [right], left)

    def _membership(self, left: ast.expr, sign: str, right: ast.expr) -> Tree:
        if isinstance(right, ast.Name) and right.id == "tags":
            if not (isinstance(left, ast.Constant) and isinstance(left.value, str)):
                raise self.refuse(left, 'one tag in quotes, such as "vip" in tags')
            has = Has(Subject("tags", left.value))
            return has if sign == "in" else Not(has)
        if self._is_constant(left):
            raise self.refuse(left, 'a name before in, or tags after it: "vip" in tags')
        subject = self._compared(left)
        if not isinstance(right, ast.Tuple | ast.List):
            raise self.refuse(right, 'a list of constants, such as ["a", "b"], or == for one')
        if not right.elts:
            raise self.refuse(right, "at least one constant in the list")
        return self._comparison(subject, sign, right.elts, left)

    def _compared(self, node: ast.expr) -> Subject:
        subject = self._subject(node)
        if subject.name == "tags":
            raise self.refuse(node, '"word" in tags, or "word" not in tags')
        if subject.name == "milestones":
            raise self.refuse(node, f"{self._source(node)} alone, or not {self._source(node)}")
        if subject.kind == "span" and not self.clock:
            wanted = "no wall-clock time here: only rules and steps may look at it"
            raise self.refuse(node, wanted)
        return subject

    def _comparison(
        self, subject: Subject, sign: str, nodes: list[ast.expr], left: ast.expr
    ) -> Comparison:
        constants = tuple(dict.fromkeys(self._constant(subject, node) for node in nodes))
        numeric = not isinstance(constants[0], str | bool | None)
        if sign[0] in "<>" and not (numeric or subject.kind == "rank"):
            raise self.refuse(left, f"== or in: {subject} has no order here")
        allows = allowed(subject, sign, constants, self.vocabulary.priorities)
        return Comparison(subject, sign, constants, allows)

    # subjects

    def _subject(self, node: ast.expr) -> Subject:
        match node:
            case ast.Name(id=name):
                return self._named(node, name)
            case ast.Attribute(value=ast.Name(id="fields"), attr=name):
                return Subject("fields", name)
            case ast.Attribute(value=ast.Name(id="classification"), attr=name):
                return self._named(node, f"classification.{name}")
            case ast.Call():
                return self._called(node)
            case ast.Attribute():
                raise self.refuse(node, "fields.name, classification.tier or .confidence")
            case ast.Compare() | ast.BoolOp():
                raise self.refuse(node, "a name or a constant; join comparisons with and, or")
            case _:
                raise self.refuse(node, "a name of the ticket")

    def _named(self, node: ast.expr, name: str) -> Subject:
        if name in KINDS and name not in ("fields", "attempts", "milestones"):
            return Subject(name)
        if name in _CALLS:
            raise self.refuse(node, _CALLS[name])
        raise self.refuse(node, f"a name that conditions know; {nearest(name, WRITTEN)}")

    def _called(self, node: ast.Call) -> Subject:
        match node:
            case ast.Call(
                func=ast.Name(id="reached" | "attempts" as name),
                args=[ast.Constant(value=str(word)) as argument],
                keywords=[],
            ):
                kind = "milestones" if name == "reached" else name
                self._check_known(kind, word, argument)
                return Subject(kind, word)
            case ast.Call(func=ast.Name(id=name)) if name in _CALLS:
                raise self.refuse(node, _CALLS[name])
            case _:
                raise self.refuse(node, " or ".join(_CALLS.values()) + "; nothing else is called")

    # constants

    def _is_constant(self, node: ast.expr) -> bool:
        match node:
            case ast.Constant() | ast.Tuple() | ast.List() | ast.UnaryOp(op=ast.USub()):
                return True
            case ast.Name(id=name):
                return name in _CONSTANTS
            case _:
                return False

    def _literal(self, node: ast.expr) -> Constant:
        match node:
            case ast.Constant(value=str() | bool() | None as value):
                return value
            case ast.Constant(value=int() | float() as value):
                return self._plain_number(node, value)
            case ast.UnaryOp(
                op=ast.USub(), operand=ast.Constant(value=int() | float() as value)
            ) if not isinstance(value, bool):
                return -self._plain_number(node, value)
            case ast.Name(id=name) if name in _CONSTANTS:
                return _CONSTANTS[name]
            case ast.Name(id=name) if name not in WRITTEN:
                raise self.refuse(node, f'a constant; words are quoted: "{name}"')
            case _:
                raise self.refuse(node, "one constant: a word in quotes, a number, true or false")

    def _plain_number(self, node: ast.expr, value: int | float) -> int | float:
        if isinstance(value, int):
            return value
        if value in (float("inf"), float("-inf")):
            raise self.refuse(node, "a smaller number")
        return int(value) if value.is_integer() else value

    def _constant(self, subject: Subject, node: ast.expr) -> Constant:
        value = self._literal(node)
        match subject.kind:
            case "word" | "rank":
                self._check_word(subject, value, node)
            case "count":
                if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                    raise self.refuse(node, f"a whole number, as {subject} is a count")
            case "share":
                if isinstance(value, bool | str | None) or not 0 <= value <= 1:
                    raise self.refuse(node, "a share of 1, such as 0.8")
            case "span":
                us = wall_time_us(value) if isinstance(value, str) else None
                if us is None:
                    raise self.refuse(node, 'a length of wall-clock time, such as "2h" or "3d"')
                return us
            case _:
                self._check_field(subject, value, node)
        return value

    def _check_word(self, subject: Subject, value: Constant, node: ast.expr) -> None:
        if value is None and subject.name in MAY_BE_NONE:
            return
        if not isinstance(value, str):
            or_none = ", or none" if subject.name in MAY_BE_NONE else ""
            raise self.refuse(node, f"a word in quotes{or_none}")
        self._check_known(subject.name, value, node)

    def _check_known(self, name: str, word: str, node: ast.expr) -> None:
        known = self.vocabulary.known(name)
        if known is not None and word not in known:
            noun = _NOUNS.get(name, name)
            raise self.refuse(node, f"a {noun} of this policy; {nearest(word, known)}")

    def _check_field(self, subject: Subject, value: Constant, node: ast.expr) -> None:
        found: FieldType
        match value:
            case None:
                wanted = "a word, a number, true or false: a missing field makes comparisons false"
                raise self.refuse(node, wanted)
            case bool():
                found = "flag"
            case str():
                found = "text"
            case _:
                found = "number"
        before = self.field_types.setdefault(subject.key, found)
        if before != found:
            wanted = f"a {before}, as elsewhere in this condition {subject} is compared with one"
            raise self.refuse(node, wanted)

    def _source(self, node: ast.expr) -> str:
        return ast.get_source_segment(self.plain, node) or ""


def _joined(kind: type[AllOf | AnyOf], parts: Iterable[Tree]) -> Tree:
    """Return *parts* joined, those of the same kind taken apart: a and (b and c) is a and b and c."""
    flat: list[Tree] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, kind) else [part])
    return flat[0] if len(flat) == 1 else kind(tuple(flat))
