"""Events in words: each kind has a sentence of its own, whatever it holds."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from escalate import Actor, Status
from escalate.core import events as e
from escalate.core.events import Event
from escalate.core.model import ABSTAIN, Attempt, Verdict
from escalate.offline.telling import SENTENCES, tell, who

EXAMPLES: dict[str, Any] = {
    "id": "T-1",
    "tier": "N1",
    "policy": ("desk", "1"),
    "priority": "high",
    "source": "N1",
    "target": "N2",
    "bounce": False,
    "handoff": None,  # what was handed over is shown apart
    "status": Status.OPEN,
    "assignee": "Ana",
    "attempt": Attempt("reset"),
    "verdict": Verdict("N2", 0.9),
    "why": "path",
    "name": "vip",
    "value": 3,
    "request": 4,
    "due_us": 0,
    "deliver_us": 0,
    "score": 5,
}


KINDS = [
    thing
    for thing in vars(e).values()
    if isinstance(thing, type) and issubclass(thing, Event) and thing not in (Event, e.Moved)
]  # what is written to journals; of moves only their kinds are


def an_event(make: type[Event], **values: Any) -> Event:
    """An event of this kind, with something in every field that wants it."""
    given = {"at_us": 0, "by": Actor("Ana")} | values
    if issubclass(make, e.StatusChanged):
        given.setdefault("source", Status.NEW)
    for field in attrs.fields(make):
        if field.default is attrs.NOTHING and field.name not in given:
            given[field.name] = EXAMPLES.get(field.name, f"the {field.name}")
    return make(**given)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_of_event_has_a_sentence(kind: type[Event]) -> None:
    """What happens to a ticket is told in words, never as the name of a class."""
    sentence = tell(an_event(kind))
    assert " " in sentence
    assert kind.__name__ not in sentence
    assert "<" not in sentence


def test_no_sentence_is_left_over() -> None:
    """A kind of event that is gone takes its sentence with it."""
    assert set(SENTENCES) == set(KINDS)


def test_no_two_kinds_of_event_are_told_alike() -> None:
    """Whoever reads the story can tell a reply from a note and a promise from a breach."""
    same = {e.Replied, e.BotReplied}  # who answers says whether it is a bot
    sentences = [tell(an_event(kind)) for kind in set(KINDS) - same]
    assert len(set(sentences)) == len(sentences)


@pytest.mark.parametrize(
    ("event", "says"),
    [
        (an_event(e.NotifyAsked, instead_of="lead", receiver="boss"), "boss is told instead of lead"),
        (an_event(e.StepReached, held=False), "its condition does not hold"),
        (an_event(e.AttemptRecorded, attempt=Attempt("reset", True)), "tries: reset, which worked"),
        (an_event(e.AttemptRecorded), "tries: reset, in vain"),
        (an_event(e.ApprovalAsked, receiver="boss", kind="escalate", target="N2"), "to escalate it to N2"),
        (an_event(e.Classified, verdict=ABSTAIN("too short")), "the classifier abstains: too short"),
        (an_event(e.Classified, placed="N2"), "says N2, 90% sure; it starts in N2"),
        (an_event(e.Advised, move=("return", "N1"), notify=("boss",)), "would return it to N1, tell boss"),
        (an_event(e.Escalated, bounce=True), "N1 > N2, where it has been before"),
        (an_event(e.Closed, cancelled=True), "Ana cancels it"),
        (an_event(e.Closed, cancelled=True, into="T-2"), "Ana merges it into T-2"),
        (an_event(e.CustomerReplied, automatic=True), "an automatic message"),
        (an_event(e.CustomerReplied, source=Status.RESOLVED), "which reopens it"),
        (an_event(e.CustomerReplied, source=Status.RESOLVED, status=Status.RESOLVED), "the customer writes"),
        (an_event(e.Opened, tags=frozenset({"vip"}), request_type="login"), "a login request, tagged vip"),
    ],
)  # fmt: skip
def test_what_a_sentence_says(event: Event, says: str) -> None:
    """The parts of an event that matter are in its sentence."""
    assert says in tell(event)


@pytest.mark.parametrize(
    ("by", "name"),
    [
        (Actor("Ana"), "Ana"),
        (Actor("", "customer"), "the customer"),
        (Actor("vip", "rule"), "the rule 'vip'"),
        (Actor("", "system"), "the clock"),
        (Actor("N1: 75%", "system"), "the step 'N1: 75%'"),
        (Actor("", "bot"), "somebody (bot)"),
    ],
)
def test_who_acted_is_the_subject(by: Actor, name: str) -> None:
    """People, rules, steps and clocks are told apart."""
    assert who(an_event(e.Noted, by=by)) == name
