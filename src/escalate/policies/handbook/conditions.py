"""Conditions in words: what ``"vip" in tags and priority >= "high"`` says to somebody who never read one."""

from __future__ import annotations

from typing import assert_never

from escalate.core.condition.tree import AllOf, AnyOf, Comparison, Has, Not, Tree
from escalate.core.condition.types import Constant, Subject
from escalate.core.conditions import Opaque, Vocabulary, as_condition
from escalate.core.sla import ConditionLike
from escalate.policies.handbook.language import Language


def in_words(when: ConditionLike, vocabulary: Vocabulary, language: Language) -> str:
    """Return what a condition says; empty for none.

    >>> from escalate.policies.handbook.language import find_language
    >>> in_words('"vip" in tags and not priority >= "high"', Vocabulary(), find_language("en"))
    'it is tagged "vip" and it is not so that the priority is at least "high"'
    """
    read = as_condition(when, vocabulary, clock=True)
    match read:
        case None:
            return ""
        case Opaque():
            return language.say("cond.opaque", name=str(read))
        case _:
            return _tree(read.tree, language)


def _tree(tree: Tree, language: Language) -> str:
    match tree:
        case Comparison():
            return _comparison(tree, language)
        case Has():
            return _has(tree, language, "")
        case Not(part):
            if isinstance(part, Has):
                return _has(part, language, "not " if part.subject.name != "tags" else "no ")
            return language.say("cond.not", part=_inside(part, language))
        case AllOf(parts):
            return language.listed((_inside(part, language) for part in parts), "all")
        case AnyOf(parts):
            return language.listed((_inside(part, language) for part in parts), "or")
        case _:
            assert_never(tree)


def _inside(part: Tree, language: Language) -> str:
    # Grouped wherever "and" stands beside "or": a list of words has no precedence.
    said = _tree(part, language)
    return language.say("cond.group", part=said) if isinstance(part, AllOf | AnyOf) else said


def _has(tree: Has, language: Language, negated: str) -> str:
    word = "tag" if tree.subject.name == "tags" else "reached"
    return language.say(f"cond.{negated}{word}", value=language.quoted(tree.subject.of or ""))


def _comparison(tree: Comparison, language: Language) -> str:
    subject = _subject(tree.subject, language)
    if tree.constants == (None,):
        return language.say(
            "cond.none" if tree.sign in ("==", "in") else "cond.some", subject=subject
        )
    shown = [_value(tree.subject, constant, language) for constant in tree.constants]
    if tree.sign.endswith("in"):
        return language.say(
            f"cond.{tree.sign}", subject=subject, values=language.listed(shown, "or")
        )
    return language.say(f"cond.{tree.sign}", subject=subject, value=shown[0])


def _subject(subject: Subject, language: Language) -> str:
    return language.say(f"subject.{subject.name}", of=language.quoted(subject.of or ""))


def _value(subject: Subject, constant: Constant, language: Language) -> str:
    match constant:
        case None | bool():
            return language.say(f"value.{str(constant).lower()}")
        case str() if subject.name == "status":
            return language.say(f"status.{constant}")
        case str():
            return language.quoted(constant)
        case _ if subject.kind == "span":
            return language.days_and_time(int(constant))
        case _:
            return f"{constant}"
