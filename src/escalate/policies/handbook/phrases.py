"""Phrases that handbooks and the command share: what a clock times, a rule waits for, a step does."""

from __future__ import annotations

from escalate.core.clockkinds import BUILT_IN
from escalate.core.doing import Doing
from escalate.policies.handbook.language import Language


def clock_words(name: str, language: Language) -> str:
    """Return what a clock times.

    >>> from escalate.policies.handbook.language import find_language
    >>> clock_words("ownership", find_language("pt-BR"))
    'Respondido ou repassado'
    """
    key = f"clock.{name}" if name in BUILT_IN else "clock.other"
    return language.say(key, name=language.quoted(name))


def waiting_words(word: str, language: Language) -> str:
    """Return when the event of that *word* comes; a signal of the host is called by its name."""
    known = word not in ("idle", "other") and language.knows(f"on.{word}")
    return language.say(f"on.{word}" if known else "on.other", name=language.quoted(word))


def doing_words(doing: Doing, language: Language) -> str:
    """Return what a step or a rule does.

    >>> from escalate.policies.handbook.language import find_language
    >>> doing_words(Doing(escalate_to="N2", notify=["lead", "boss"]), find_language("en"))
    'it goes up to N2; lead and boss told'
    """
    say, listed = language.say, language.listed
    deeds = [say(f"do.{doing.move[0]}", tier=doing.move[1])] if doing.move else []
    deeds += [say("do.notify", who=listed(doing.notify))] if doing.notify else []
    deeds += [say("do.invite", who=doing.invite)] if doing.invite else []
    deeds += [say("do.priority", value=doing.set_priority)] if doing.set_priority else []
    deeds += [say("do.tag", value=say("join.comma").join(doing.tag))] if doing.tag else []
    deeds += [say("do.ask", who=doing.ask_approval)] if doing.ask_approval else []
    deeds += [say("do.classify")] if doing.classify else []
    return language.said(*deeds)
