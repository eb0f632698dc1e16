"""The same ticket gets the same verdict: again, elsewhere, in other company; and nothing is changed."""

from __future__ import annotations

import copy
import os
import random
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from escalate.classifiers.base import Classifier, TicketText, check_verdict
from escalate.core.model import Verdict
from escalate.errors import InvalidVerdict
from escalate.testing.classifiers.bench import ClassifierBench, brief
from escalate.testing.classifiers.checks import batches, check, learns, repeats
from escalate.testing.classifiers.elsewhere import CannotTravel, asked_elsewhere
from escalate.testing.classifiers.samples import altered

_SEEDS: Final = ("0", "42")
_THREADS: Final = 8


def _same(
    tickets: Iterable[TicketText],
    expected: Sequence[Verdict],
    found: Sequence[Verdict],
    said: Callable[[str, str, str], str],
) -> None:
    for ticket, before, after in zip(tickets, expected, found, strict=True):
        assert _alike(before, after), said(brief(ticket.text), _told(before), _told(after))


def _alike(one: Verdict, other: Verdict) -> bool:
    """Whether two verdicts say the same; sums of other orders may differ in the last digits."""
    first, second = (_numbers(verdict) for verdict in (one, other))
    same = (one.tier, one.reason, one.meaning) == (other.tier, other.reason, other.meaning)
    return (
        same
        and first.keys() == second.keys()
        and all(abs(first[key] - second[key]) <= 1e-6 * max(1.0, abs(first[key])) for key in first)
    )


def _numbers(verdict: Verdict) -> dict[tuple[str, str], float]:
    numbers = {("score", name): score for name, score in verdict.scores.items()}
    numbers |= {("why", name): weight for name, weight in verdict.why}
    if verdict.confidence is not None:
        numbers["confidence", ""] = verdict.confidence
    return numbers


def _told(verdict: Verdict) -> str:
    if verdict.tier is None:
        return f"ABSTAIN({verdict.reason!r})"
    sure = "" if verdict.confidence is None else f" at {verdict.confidence:.6f}"
    return f"{verdict.tier}{sure} because of {[word for word, _ in verdict.why]}"


@check(repeats)
def repeats_itself(bench: ClassifierBench) -> None:
    """The same ticket gets the same verdict: asked twice, and asked of one that was made alike."""
    classifier = bench.ready()
    expected = bench.asked_all(classifier)
    for other, which in ((classifier, "asked again"), (bench.ready(), "one that was made alike")):
        _same(
            bench.tickets,
            expected,
            bench.asked_all(other),
            lambda text, before, after, which=which: (  # type: ignore[misc]
                f"{text} got {before}, then {after} from {which}; seed what is random when it is made, "
                "read no clock, and keep nothing of earlier tickets - or declare deterministic = False"
            ),
        )


@check(repeats)
def says_the_same_in_every_process(bench: ClassifierBench) -> None:
    """Processes with other hash seeds come to the same verdict: a desk has more than one worker."""
    expected = bench.asked_all(bench.ready())
    for found in _elsewhere(bench, _SEEDS):
        _same(
            bench.tickets,
            expected,
            found,
            lambda text, before, after: (
                f"{text} got {before} here and {after} in another process; hash() and the order of a "
                "set differ between processes: use hashlib, and sort sets before you go over them"
            ),
        )


@check()
def goes_to_another_process(bench: ClassifierBench) -> None:
    """It can be sent to the workers of a process pool, and answers there."""
    _elsewhere(bench, _SEEDS[:1], whole=True)


def _elsewhere(
    bench: ClassifierBench, seeds: Sequence[str], *, whole: bool = False
) -> list[list[Verdict]]:
    try:
        return asked_elsewhere(bench, seeds, whole=whole)
    except CannotTravel as why:
        raise AssertionError(str(why)) from why


@check(batches)
def many_get_what_one_gets(bench: ClassifierBench) -> None:
    """``classify_many`` gives each ticket the verdict that ``classify`` gives it, in the same order."""
    classifier = bench.ready()
    found = _many(bench, classifier, bench.tickets)
    assert len(_many(bench, classifier, ())) == 0, "classify_many of no tickets gives a verdict"
    if repeats(bench):
        return
    _same(
        bench.tickets,
        bench.asked_all(classifier),
        found,
        lambda text, before, after: (
            f"classify gives {text} {before}, classify_many {after}; nothing may be taken from the "
            "other tickets of a batch, such as a mean or a maximum"
        ),
    )


@check(repeats)
def order_does_not_matter(bench: ClassifierBench) -> None:
    """Tickets get the same verdicts in whatever order they come, one by one and in a batch."""
    tickets = bench.tickets[::-1]
    expected = bench.asked_all(bench.ready())[::-1]
    ways = {"one by one": partial(_each, bench)}
    if not batches(bench):
        ways["in a batch"] = partial(_many, bench)
    for how, ask in ways.items():
        _same(
            tickets,
            expected,
            ask(bench.ready(), tickets),
            lambda text, before, after, how=how: (  # type: ignore[misc]
                f"{text} got {before}, and {after} when the tickets came in reverse {how}; keep nothing "
                "of one ticket for the next"
            ),
        )


@check(repeats)
def company_does_not_matter(bench: ClassifierBench) -> None:
    """A ticket gets the same verdict whichever other tickets there are."""
    ask = partial(_each, bench) if batches(bench) else partial(_many, bench)
    expected = ask(bench.ready(), bench.tickets)
    for part in (slice(0, 1), slice(1, None, 2), slice(0, None, 3)):
        _same(
            bench.tickets[part],
            expected[part],
            ask(bench.ready(), bench.tickets[part]),
            lambda text, before, after: (
                f"{text} got {before} among all tickets, and {after} among a few; nothing may be taken "
                "from the other tickets, such as their number or mean"
            ),
        )


@check()
def serves_many_threads(bench: ClassifierBench) -> None:
    """Several threads may ask one classifier at once, and each gets the verdict on its own ticket."""
    classifier = bench.ready()
    expected = bench.asked_all(classifier)
    start = threading.Barrier(_THREADS)
    found: dict[int, list[Verdict] | BaseException] = {}

    def work(thread: int) -> None:
        number = thread % len(bench.tickets)
        turned = [*bench.tickets[number:], *bench.tickets[:number]]
        start.wait()
        try:
            said = [bench.ask(classifier, ticket) for _ in range(3) for ticket in turned]
        except BaseException as why:  # noqa: BLE001 - told by the check, with the others
            found[thread] = why
        else:
            found[thread] = [*said[len(turned) - number :], *said[: len(turned) - number]]

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)  # turns change so often that what is shared shows
    try:
        threads = [threading.Thread(target=work, args=(n,), daemon=True) for n in range(_THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    hint = "keep what belongs to one ticket in local variables, not in self, or take a lock"
    for said in found.values():
        assert not isinstance(said, BaseException), (
            f"{said}; with {_THREADS} threads at once; {hint}"
        )
        if not repeats(bench):
            _same(
                [*bench.tickets, *bench.tickets, *bench.tickets],
                expected * 3,
                said,
                lambda text, alone, among: (
                    f"{text} got {alone} from one thread, and {among} with {_THREADS} at once; {hint}"
                ),
            )


@check()
def changes_no_ticket(bench: ClassifierBench) -> None:
    """Neither the ticket nor the tiers are changed by asking: others read them too."""
    classifier = bench.ready()
    for ticket in bench.tickets:
        # Values of fields may be lists, and can be changed where the ticket itself cannot.
        given = altered(ticket, fields={**ticket.fields, "seen": ["a", "b"]})
        before, tiers = copy.deepcopy(given), list(bench.tiers)
        bench.asked(classifier, given, tiers)
        hint = "copy what you want to change"
        assert given == before, f"it changed {brief(ticket.text)}; {hint}"
        assert tiers == list(bench.tiers), f"it changed the list of tiers; {hint}"


@check(learns)
def changes_no_example(bench: ClassifierBench) -> None:
    """Learning changes neither the tickets nor the labels: they are used again."""
    tickets, labels = [ticket for ticket, _ in bench.examples], [name for _, name in bench.examples]
    copies = copy.deepcopy((tickets, labels))
    bench.tell(lambda: bench.new().fit(tickets, labels), "fit")  # type: ignore[attr-defined]
    assert (tickets, labels) == copies, (
        "fit changed its examples; copy what you want to sort or change"
    )


@check()
def leaves_the_process_alone(bench: ClassifierBench) -> None:
    """Asking seeds no global randomness, and changes neither environment nor working directory."""
    before = _process()
    bench.asked_all(bench.ready())
    after = _process()
    for part, hint in (
        ("randomness", "make a random.Random(seed) of its own"),
        ("environment", "every thread reads it; pass what is to be set as an argument"),
        ("directory", "use whole paths"),
    ):
        assert after[part] == before[part], f"it changed the {part} of the process; {hint}"


def _process() -> dict[str, object]:
    randomness: list[object] = [random.getstate()]
    if "numpy" in sys.modules:
        randomness.append(str(sys.modules["numpy"].random.get_state()))
    return {"randomness": randomness, "environment": dict(os.environ), "directory": Path.cwd()}


def _each(
    bench: ClassifierBench, classifier: Classifier, tickets: Iterable[TicketText]
) -> list[Verdict]:
    return [bench.ask(classifier, ticket) for ticket in tickets]


def _many(bench: ClassifierBench, classifier: Any, tickets: Sequence[TicketText]) -> list[Verdict]:
    asked = list(tickets)
    said = bench.tell(
        partial(classifier.classify_many, asked, bench.tiers), f"{len(asked)} tickets"
    )
    assert isinstance(said, Iterable), f"classify_many answered {said!r}, wanted a list of verdicts"
    found = list(said)
    assert len(found) == len(asked), (
        f"classify_many gave {len(found)} verdicts for {len(asked)} tickets; give one for each, in order"
    )
    try:
        return [check_verdict(each, bench.tiers) for each in found]
    except InvalidVerdict as why:
        raise AssertionError(f"classify_many: {why}") from why
