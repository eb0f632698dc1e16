"""What a verdict looks like: the checks of its form, and of what it says about itself."""

from __future__ import annotations

import math
from itertools import pairwise

from escalate.classifiers.base import FunctionClassifier, TicketText, cost_of, meaning_of, ticket_of
from escalate.core.model import Tier
from escalate.errors import BadInput
from escalate.testing.classifiers.bench import ClassifierBench, brief
from escalate.testing.classifiers.checks import (
    check,
    is_monotone,
    means_probability,
    means_something,
)
from escalate.testing.classifiers.samples import altered

_UNHEARD = "Xq7vbnzrkplmt"
"""Nothing that any classifier can have known before."""


@check()
def says_who_it_is(bench: ClassifierBench) -> None:
    """Name and version are words that stay the same, so that a journal says who decided."""
    classifier = bench.new()
    before = (classifier.name, classifier.version)
    # A plain function has no version; whoever gives it one writes a class.
    assert classifier.version or isinstance(classifier, FunctionClassifier), (
        "version is empty; let it change whenever the verdicts may, e.g. '2026-11'"
    )
    bench.asked_all(classifier)
    after, other = (classifier.name, classifier.version), bench.new()
    assert after == before, f"it was called {before}, and {after} after it was asked"
    assert (other.name, other.version) == before, (
        f"one is called {before}, another that was made alike {(other.name, other.version)}; "
        "put no counter, address or time into them"
    )


@check()
def answers_with_a_verdict(bench: ClassifierBench) -> None:
    """Every answer is a Verdict: one of the tiers, or ABSTAIN(reason); plain words, finite numbers."""
    bench.asked_all(bench.ready())


@check()
def keeps_to_the_tiers_it_is_given(bench: ClassifierBench) -> None:
    """It names no tier that the policy does not have: desks differ, and policies change."""
    classifier = bench.ready()
    strange = (Tier("Helpdesk Café"), Tier("第二线"))
    for tiers in (bench.tiers[:1], bench.tiers[1:], bench.tiers[::-1], strange):
        for ticket in bench.tickets:
            try:
                bench.asked(classifier, ticket, tiers)
            except AssertionError as why:
                names = ", ".join(tier.name for tier in tiers)
                raise AssertionError(
                    f"{why}; the policy has {names} alone; abstain if the tier that you mean is not there"
                ) from why


@check()
def says_why_it_abstains(bench: ClassifierBench) -> None:
    """An abstention has a reason, which stands in the ticket's journal, and no confidence."""
    classifier = bench.ready()
    for ticket in (*bench.tickets, ticket_of()):
        said = bench.ask(classifier, ticket)
        if said.tier is None:
            assert said.reason.strip(), (
                f"it abstains on {brief(ticket.text)} and gives no reason; ABSTAIN('too short') has one"
            )
            assert said.confidence is None, (
                f"it abstains on {brief(ticket.text)} with a confidence of {said.confidence}; what is "
                "it sure of? leave it out"
            )


@check(means_something)
def means_what_it_declares(bench: ClassifierBench) -> None:
    """Every verdict with a confidence says by ``meaning`` what the classifier declares of it."""
    classifier = bench.ready()
    declared = meaning_of(classifier)
    for ticket in bench.tickets:
        said = bench.ask(classifier, ticket)
        assert said.confidence is None or said.meaning == declared, (
            f"a verdict says meaning={said.meaning!r}, the classifier declares {declared!r}; "
            f"give the verdict meaning={declared!r}"
        )


@check(means_probability)
def shares_add_up(bench: ClassifierBench) -> None:
    """Scores that are probabilities lie between 0 and 1, add up to 1, and give the tier's confidence."""
    classifier = bench.ready()
    for ticket in bench.tickets:
        said = bench.ask(classifier, ticket)
        if not said.scores or said.meaning != "probability":
            continue
        about = f"for {brief(ticket.text)}: {dict(said.scores)}"
        missing = [tier.name for tier in bench.tiers if tier.name not in said.scores]
        assert not missing, f"no score for {missing}, {about}; give every tier one, 0 included"
        outside = [name for name, share in said.scores.items() if not 0 <= share <= 1]
        assert not outside, f"scores of {outside} are no probabilities, {about}"
        total = math.fsum(said.scores.values())
        assert abs(total - 1) < 1e-6, f"scores add up to {total}, {about}; divide them by their sum"
        if said.tier is not None and said.confidence is not None:
            share = said.scores[said.tier]
            assert abs(share - said.confidence) < 1e-6, (
                f"{said.tier} has the score {share} and the confidence {said.confidence}, {about}; "
                "they are the same probability"
            )


@check()
def explains_in_few_words(bench: ClassifierBench) -> None:
    """Each reason in ``why`` is a word or a few, once, with a weight that is not 0."""
    classifier = bench.ready()
    for ticket in bench.tickets:
        said = bench.ask(classifier, ticket)
        features = [feature for feature, _ in said.why]
        twice = sorted({each for each in features if features.count(each) > 1})
        assert not twice, f"why names {twice} more than once; add up the weights of one feature"
        assert all(feature.strip() for feature in features), "why has a feature without a name"
        idle = [feature for feature, weight in said.why if weight == 0]
        assert not idle or said.tier is None, f"{idle} weigh nothing; leave them out of why"


@check()
def quotes_nobody(bench: ClassifierBench) -> None:
    """A verdict repeats no stretch of what a customer wrote: it outlives the text when that is erased."""
    classifier = bench.ready()
    for ticket in bench.tickets[:5]:
        text = f"{ticket.text} my key is {_UNHEARD} and {_UNHEARD}@example.org {_UNHEARD}"
        said = bench.ask(classifier, TicketText(ticket, text))
        words = (said.reason, *(feature for feature, _ in said.why))
        quoted = [word for word in words if _UNHEARD.casefold() in word.casefold()]
        assert not quoted, (
            f"the verdict holds {quoted}, which a customer wrote; journals keep no texts: let why name "
            "what the classifier knew before, such as a rule or a word of its vocabulary"
        )


@check()
def declares_a_cost(bench: ClassifierBench) -> None:
    """The cost that it declares is a number, 0 or more, and stays the same; none declared means 0."""
    classifier = bench.ready()
    try:
        before = cost_of(classifier)
        bench.asked_all(classifier)
        after = cost_of(classifier)
    except BadInput as why:
        raise AssertionError(f"{why}; what does it cost to look at one ticket?") from why
    assert after == before, f"the cost was {before}, and {after} after it was asked"


@check(is_monotone)
def more_is_never_lower(bench: ClassifierBench) -> None:
    """Raising a field that it declares as monotone never brings a ticket to a lower tier.

    ``monotone = {"priority": ("low", "high"), "fields.impact": (1, 2, 3)}``: values, lowest first.
    """
    classifier = bench.ready()
    rank = {tier.name: place for place, tier in enumerate(bench.tiers)}
    for field, values in classifier.monotone.items():  # type: ignore[attr-defined]
        for ticket in bench.tickets:
            said = [bench.ask(classifier, _with(ticket, field, value)).tier for value in values]
            told = [(value, tier) for value, tier in zip(values, said, strict=True) if tier]
            for (low, before), (high, after) in pairwise(told):
                assert rank[after] >= rank[before], (
                    f"{field} = {low!r} goes to {before}, {high!r} to {after}, for "
                    f"{brief(ticket.text)}; give {field} no negative weight, or do not declare it"
                )


def _with(ticket: TicketText, field: str, value: object) -> TicketText:
    """Return *ticket* with another value of a field, by its name or as ``fields.name``."""
    if field.startswith("fields."):
        return altered(ticket, fields={**ticket.fields, field.removeprefix("fields."): value})
    return altered(ticket, **{field: value})
