"""Learning, keeping what was learned, and whether what a classifier promises about doubt comes true."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, Final

from escalate.classifiers.base import Classifier, as_classifier
from escalate.core.model import Verdict
from escalate.errors import BadInput
from escalate.testing.classifiers.bench import ClassifierBench, Example, brief
from escalate.testing.classifiers.checks import (
    check,
    covers,
    has_holdout,
    learns,
    means_probability,
    repeats,
    saves,
)

_ENOUGH_RIGHT: Final = Fraction(2, 3)
_OTHER_EXAMPLES: Final = "give the bench examples of what it is made for"
_SIGMAS: Final = 4.0
"""How far from what was promised a count may lie: chance alone goes further once in 30 000 times."""


@check(learns)
def learns_by_fit(bench: ClassifierBench) -> None:
    """``fit(tickets, labels)`` returns the classifier that has learned: itself or a new one."""
    told = bench.tell(partial(_fit, bench.new(), bench.examples), "fit")
    try:
        fitted = as_classifier(told)
    except BadInput as why:
        raise AssertionError(f"fit returned {told!r}; end it with 'return self'") from why
    bench.asked_all(fitted)


@check(learns)
def learns_what_it_is_taught(bench: ClassifierBench) -> None:
    """Of the examples that it answers for after learning them, at least two of three are right."""
    fitted = _taught(bench)
    said = [(bench.ask(fitted, ticket).tier, label) for ticket, label in bench.examples]
    answered = [(tier, label) for tier, label in said if tier is not None]
    right = sum(tier == label for tier, label in answered)
    assert not answered or Fraction(right, len(answered)) >= _ENOUGH_RIGHT, (
        f"{right} of {len(answered)} examples are right after fit; does each label stay with its "
        f"ticket? if so, {_OTHER_EXAMPLES}"
    )


@check(learns, repeats)
def learns_the_same_every_time(bench: ClassifierBench) -> None:
    """Two that learn from the same examples give the same verdicts, and so does one that learns again."""
    once = _taught(bench)
    expected = bench.asked_all(once)
    for which, other in (
        ("another one", _taught(bench)),
        ("one that learns twice", bench.fitted(_taught(bench))),
    ):
        for ticket, before, after in zip(
            bench.tickets, expected, bench.asked_all(other), strict=True
        ):
            assert before.tier == after.tier, (
                f"after fit {brief(ticket.text)} got {before.tier}, and {after.tier} from {which}; seed "
                "what is random with a fixed number, and begin every fit anew"
            )


@check(learns)
def refuses_examples_that_cannot_be(bench: ClassifierBench) -> None:
    """Fewer labels than tickets, or no examples at all, are an error that says so, and no model."""
    tickets = [ticket for ticket, _ in bench.examples]
    labels = [label for _, label in bench.examples]
    for what, examples in (
        ("a label too few", (tickets, labels[:-1])),
        ("a ticket too few", (tickets[:-1], labels)),
        ("no examples", ([], [])),
    ):
        classifier: Any = bench.new()
        try:
            told = as_classifier(bench.tell(partial(_refused, classifier, *examples), what))
        except BadInput:
            continue
        # Without examples some stay as they are, and abstain or promise nothing: that is sound.
        assert not examples[0], f"fit took {what}; compare their lengths, and raise BadInput"
        bench.asked_all(told)


def _taught(bench: ClassifierBench) -> Classifier:
    try:
        return bench.fitted(bench.new())
    except BadInput as why:
        raise AssertionError(f"{why}; {_OTHER_EXAMPLES}") from why


def _fit(classifier: Any, examples: Sequence[Example]) -> Any:
    return classifier.fit([ticket for ticket, _ in examples], [label for _, label in examples])


def _refused(classifier: Any, tickets: Any, labels: Any) -> Any:
    """Return what fit returns; nothing if it refuses as it should."""
    try:
        return classifier.fit(tickets, labels)
    except ValueError:  # BadInput is one
        return None


@check(saves)
def comes_back_from_a_file(bench: ClassifierBench) -> None:
    """What ``save(path)`` keeps, ``load(path)`` brings back: the same name, version and verdicts."""
    classifier = bench.ready()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "classifier")
        loaded = _loaded(bench, classifier, path)
        second = Path(folder, "again")
        _save(bench, loaded, second)
        assert path.exists(), "save(path) wrote no file at path; write there, and nowhere else"
        assert second.exists(), "what was loaded cannot be saved again"
    before, after = ((each.name, each.version) for each in (classifier, loaded))
    assert before == after, f"{before} came back as {after}"
    if repeats(bench):
        return
    for ticket, said in zip(bench.tickets, bench.asked_all(classifier), strict=True):
        again = bench.ask(loaded, ticket)
        assert (said.tier, said.reason) == (again.tier, again.reason), (
            f"{brief(ticket.text)} got {said.tier or said.reason}, and {again.tier or again.reason} "
            "after save and load; keep everything that a verdict depends on"
        )
        assert _near(said, again), (
            f"{brief(ticket.text)} got a confidence of {said.confidence}, and {again.confidence} after "
            "save and load; keep numbers as precisely as they are used"
        )


@check(saves)
def keeps_no_pickle(bench: ClassifierBench) -> None:
    """The file is JSON or a documented binary form: a pickle runs whatever somebody wrote into it."""
    classifier = bench.ready()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "classifier")
        _save(bench, classifier, path)
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            if file.is_file():
                assert not _holds_a_pickle(file.read_bytes()), (
                    f"{file.name} is, or holds, a pickle; write JSON, or arrays with allow_pickle=False"
                )


@check(saves)
def refuses_a_broken_file(bench: ClassifierBench) -> None:
    """A file that was cut off, is empty or is another one is an error that says so, and no classifier."""
    classifier = bench.ready()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "classifier")
        _save(bench, classifier, path)
        if not path.is_file():
            return
        whole = path.read_bytes()
        for what, content in (
            ("cut off", whole[: len(whole) // 2]),
            ("empty", b""),
            ("another one", b'{"hello": "world"}'),
        ):
            path.write_bytes(content)
            try:
                loaded = bench.tell(
                    partial(_read, bench, classifier, path), f"a file that is {what}"
                )
            except AssertionError as why:
                raise AssertionError(
                    f"a file that is {what}: {why.__cause__!r}; raise BadInput, which is a ValueError"
                ) from why
            assert loaded is None, f"a file that is {what} came back as {loaded!r}; raise BadInput"


def _save(bench: ClassifierBench, classifier: Any, path: Path) -> None:
    bench.tell(lambda: classifier.save(path), "save(path)")


def _loaded(bench: ClassifierBench, classifier: Any, path: Path) -> Classifier:
    _save(bench, classifier, path)
    load = bench.load or type(classifier).load
    return as_classifier(bench.tell(lambda: load(path), "load(path)"))


def _read(bench: ClassifierBench, classifier: Any, path: Path) -> Any:
    """Return what load makes of a file; nothing if it refuses as it should."""
    load = bench.load or type(classifier).load
    try:
        return load(path)
    except ValueError:  # BadInput and json.JSONDecodeError are some
        return None


def _holds_a_pickle(content: bytes) -> bool:
    # Protocols 2 to 5 begin with PROTO and a number; a zip file names its members, as torch does.
    begins = content[:1] == b"\x80" and content[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05")
    oldest = content[:1] in (b"c", b"(") and b"\n" in content[:80] and content.endswith(b".")
    inside = b"\x80\x04\x95" in content or b"\x80\x05\x95" in content
    return begins or oldest or inside or b".pkl" in content


def _near(one: Verdict, other: Verdict) -> bool:
    if one.confidence is None or other.confidence is None:
        return one.confidence == other.confidence
    return abs(one.confidence - other.confidence) < 1e-3


# -- doubt


@check(means_probability, has_holdout)
def is_right_as_often_as_it_says(bench: ClassifierBench) -> None:
    """Of verdicts at 80 % four in five are right, as far as chance lets one say: on the held-out tickets."""
    classifier = bench.ready()
    told = []
    for ticket, label in bench.holdout:
        said = bench.ask(classifier, ticket)
        if said.tier is not None and said.confidence is not None and said.meaning == "probability":
            told.append((said.confidence, said.tier == label))
    told.sort()
    half = len(told) // 2
    for name, part in (
        ("all", told),
        ("the surer half", told[half:]),
        ("the other half", told[:half]),
    ):
        expected = math.fsum(confidence for confidence, _ in part)
        spread = math.sqrt(math.fsum(p * (1 - p) for p, _ in part))
        right = sum(was_right for _, was_right in part)
        # One verdict is granted: a few hundred that are all but certain have hardly any spread.
        assert abs(right - expected) <= _SIGMAS * spread + 1, (
            f"of {len(part)} held-out verdicts ({name}) {right} are right, by their confidence it should "
            f"be {expected:.1f}; calibrate it on tickets that it did not learn from, or declare "
            "meaning = 'score'"
        )


@check(covers, has_holdout)
def covers_as_often_as_it_promises(bench: ClassifierBench) -> None:
    """``set_of`` holds the right tier for a share of 1 - ``alpha`` of the held-out tickets, or more."""
    classifier: Any = bench.ready()
    held = 0
    for ticket, label in bench.holdout:
        names = bench.tell(partial(classifier.set_of, ticket, bench.tiers), ticket.text)
        unknown = set(names) - {tier.name for tier in bench.tiers}
        assert not unknown, f"set_of holds {sorted(unknown)}, which are no tiers of the policy"
        held += label in names
    many, alpha = len(bench.holdout), float(classifier.alpha)
    least = many * (1 - alpha) - _SIGMAS * math.sqrt(many * alpha * (1 - alpha))
    assert held >= least, (
        f"{held} of {many} sets hold the right tier, and {1 - alpha:.0%} were promised; fit it on tickets "
        "that the classifier inside did not learn from"
    )
