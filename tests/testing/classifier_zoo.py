"""Classifiers to try the checks on: some that are right, and one for each way to be wrong.

Each wrong one differs from a right one by one defect, and says which check is to find it and what the
author is told to mend.
"""

# ruff: noqa: D102, S311 - what each method is for stands in the contract; the dice are for tests
from __future__ import annotations

import itertools
import json
import math
import os
import pickle
import random
import socket
import threading
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from escalate import ABSTAIN, BadInput, Tier, Verdict
from escalate.classifiers import TicketText, ticket_of
from escalate.testing import ClassifierBench

TIERS = (Tier("N1"), Tier("N2"), Tier("N3"))
Tiers = Sequence[Tier]


def named(tiers: Tiers, name: str, **more: Any) -> Verdict:
    """That tier, if the policy has it."""
    there = name in [tier.name for tier in tiers]
    return Verdict(name, **more) if there else ABSTAIN(f"no tier {name}")


# -- those that are right


class Words:
    """Knows a few words; needs nothing."""

    name, version = "words", "1"
    knows: ClassVar = {"vpn": "N2", "down": "N3", "sistema": "N2", "password": "N1"}

    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        text = unicodedata.normalize("NFKC", ticket.text[:10_000]).casefold()
        for word, tier in self.knows.items():
            if word in text:
                return named(tiers, tier, why=[(word, 1.0)])
        return ABSTAIN("no word known")


class Bayes:
    """Learns, looks at many at once, is kept in JSON, and gives shares."""

    name, version, meaning = "bayes", "1", "score"

    def __init__(self, counts: dict[str, dict[str, int]] | None = None) -> None:
        self.counts = counts or {}

    def fit(self, tickets: Sequence[TicketText], labels: Sequence[str]) -> Any:
        if not tickets:
            raise BadInput("fit", tickets, "examples")
        counts: dict[str, Counter[str]] = {}
        for ticket, label in zip(tickets, labels, strict=True):
            counts.setdefault(label, Counter()).update(self._words(ticket))
        return type(self)({label: dict(found) for label, found in counts.items()})

    def _words(self, ticket: TicketText) -> list[str]:
        return unicodedata.normalize("NFKC", ticket.text[:10_000]).casefold().split()

    def shares(self, ticket: TicketText, tiers: Tiers) -> dict[str, float]:
        logs = {}
        for tier in tiers:
            known = self.counts.get(tier.name, {})
            total = sum(known.values()) + 100
            logs[tier.name] = sum(
                math.log((known.get(word, 0) + 1) / total) for word in self._words(ticket)
            )
        highest = max(logs.values())
        weights = {name: math.exp(log - highest) for name, log in logs.items()}
        return {name: weight / sum(weights.values()) for name, weight in weights.items()}

    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        if not any(tier.name in self.counts for tier in tiers):
            return ABSTAIN("nothing learned of these tiers")
        shares = self.shares(ticket, tiers)
        best = max(shares, key=lambda name: shares[name])
        return Verdict(best, shares[best], shares, meaning=self.meaning)

    def classify_many(self, tickets: Sequence[TicketText], tiers: Tiers) -> list[Verdict]:
        return [self.classify(ticket, tiers) for ticket in tickets]

    def save(self, path: Path) -> None:
        path.write_text(json.dumps({"bayes": self.counts}))

    @classmethod
    def load(cls, path: Path) -> Any:
        table = json.loads(path.read_text())
        if "bayes" not in table:
            raise BadInput(str(path), list(table), "a file saved by Bayes")
        return cls(table["bayes"])


class Later(Words):
    """Has to be awaited."""

    name = "later"

    async def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:  # type: ignore[override]
        return super().classify(ticket, tiers)


class Dice:
    """Throws dice, and says so."""

    name, version, deterministic, cost = "dice", "1", False, 0.001

    def __init__(self) -> None:
        self.random = random.Random()

    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        return Verdict(self.random.choice(tiers).name, 0.1)


class Matrix:
    """The higher the priority, the higher the tier."""

    name, version = "matrix", "1"
    monotone: ClassVar = {
        "priority": ("low", "normal", "high", "urgent"),
        "fields.impact": (1, 2, 3),
    }

    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        impact = ticket.fields.get("impact", 1)
        known = ticket.priority in self.monotone["priority"] and isinstance(impact, int)
        if not known:
            return ABSTAIN("no such priority or impact")
        urgent = self.monotone["priority"].index(ticket.priority)
        return Verdict(tiers[min(self.place(urgent, impact), len(tiers) - 1)].name)

    def place(self, urgent: int, impact: int) -> int:
        return (urgent + impact) // 2


def weather() -> list[tuple[TicketText, str]]:
    """Tickets whose tier is N1 as often as they say."""
    dice = random.Random(7)
    tickets = []
    for number in range(300):
        share = 0.5 + 0.5 * dice.random()
        label = "N1" if dice.random() < share else dice.choice(["N2", "N3"])
        tickets.append((ticket_of(f"{share:.3f} #{number}"), label))
    return tickets


class Honest:
    """Reads off how likely N1 is, and says just that."""

    name, version, meaning, alpha = "honest", "1", "probability", 0.25

    def share(self, ticket: TicketText) -> float | None:
        with suppress(ValueError, IndexError):
            share = float(ticket.text[:100].split()[0])
            return share if 0 <= share <= 1 else None
        return None

    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        share, others = self.share(ticket), len(tiers) - 1
        if share is None or not others:
            return ABSTAIN("no share")
        scores = {tier.name: (1 - share) / others for tier in tiers} | {tiers[0].name: share}
        return Verdict(tiers[0].name, share, scores, meaning="probability")

    def set_of(self, ticket: TicketText, tiers: Tiers) -> tuple[str, ...]:
        share = self.share(ticket)
        sure = share is not None and share >= 0.75
        return (tiers[0].name,) if sure else tuple(tier.name for tier in tiers)


GOOD = [Words, Bayes, Later, Dice, Matrix, ClassifierBench(make=Honest, holdout=weather())]


# -- those that are wrong: (class, check, what the author is told)

BROKEN: list[tuple[Any, str, str]] = []


def caught_by(check: str, says: str, **bench: Any) -> Any:
    """Say which check finds a classifier, and what its author is told."""

    def listed(broken: type) -> type:
        BROKEN.append((ClassifierBench(make=broken, **bench) if bench else broken, check, says))
        return broken

    return listed


@caught_by("says_who_it_is", "version is empty")
class NoVersion(Words):
    version = ""


@caught_by("says_who_it_is", "no counter")
class Numbered(Words):
    numbers: ClassVar[Iterator[int]] = itertools.count()

    def __init__(self) -> None:
        self.name = f"words-{next(self.numbers)}"


@caught_by("answers_with_a_verdict", "wanted a Verdict")
class PlainWord(Words):
    def classify(self, ticket: TicketText, tiers: Tiers) -> Any:
        return tiers[0].name


@caught_by("answers_with_a_verdict", "a finite number")
class NoNumber(Words):
    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        return Verdict(tiers[0].name, scores={tiers[0].name: math.nan})


@caught_by("answers_with_a_verdict", r"return ABSTAIN\(reason\) for what it cannot read")
class Raises(Words):
    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        return named(tiers, {"password": "N1"}[ticket.text])


@caught_by("keeps_to_the_tiers_it_is_given", "abstain if the tier that you mean is not there")
class OneDesk(Words):
    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        return Verdict("N2")


@caught_by("says_why_it_abstains", "gives no reason")
class Mute(Words):
    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        return ABSTAIN("")


@caught_by("says_why_it_abstains", "what is it sure of")
class SureOfNothing(Words):
    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        return Verdict(None, 0.9, reason="unknown")


@caught_by("means_what_it_declares", "give the verdict meaning='probability'")
class MeansOtherwise(Words):
    meaning = "probability"

    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        return Verdict(tiers[0].name, 0.9)


@caught_by("shares_add_up", "divide them by their sum")
class TooMuch(Words):
    meaning = "probability"

    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        return Verdict(tiers[0].name, 0.9, {tier.name: 0.9 for tier in tiers}, meaning=self.meaning)


@caught_by("shares_add_up", "they are the same probability")
class TwoAnswers(Bayes):
    meaning = "probability"

    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        said = super().classify(ticket, tiers)
        return (
            said if said.tier is None else Verdict(said.tier, 0.99, said.scores, (), "probability")
        )


@caught_by("shares_add_up", "0 included")
class LeavesOut(Words):
    meaning = "probability"

    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        return Verdict(tiers[0].name, 1.0, {tiers[0].name: 1.0}, meaning="probability")


@caught_by("explains_in_few_words", "add up the weights")
class Repeats(Words):
    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        return Verdict(tiers[0].name, why=[("vpn", 1.0), ("vpn", 0.5)])


@caught_by("quotes_nobody", "journals keep no texts")
class Quotes(Words):
    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        return Verdict(tiers[0].name, why=[(word[:99], 1.0) for word in ticket.text.split()[-1:]])


@caught_by("declares_a_cost", "what does it cost")
class Priceless(Words):
    cost = -1


@caught_by("declares_a_cost", "after it was asked")
class Meter(Words):
    cost = 0.0

    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        self.cost += 0.01
        return super().classify(ticket, tiers)


@caught_by("more_is_never_lower", "give priority no negative weight")
class UpsideDown(Matrix):
    def place(self, urgent: int, impact: int) -> int:
        return (3 - urgent + impact) // 2


@caught_by("repeats_itself", "declare deterministic = False")
class SecretDice(Dice):
    deterministic = True


@caught_by("says_the_same_in_every_process", "use hashlib")
class HashSeed(Words):
    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        return Verdict(tiers[hash(ticket.text) % len(tiers)].name)


@caught_by("goes_to_another_process", "leave them out in __getstate__")
class HoldsALock(Words):
    def __init__(self) -> None:
        self.lock = threading.Lock()


@caught_by("many_get_what_one_gets", "such as a mean")
class BatchMean(Bayes):
    def classify_many(self, tickets: Sequence[TicketText], tiers: Tiers) -> list[Verdict]:
        said = super().classify_many(tickets, tiers)
        mean = sum(each.confidence or 0 for each in said) / max(1, len(said))
        return [Verdict(each.tier, mean, each.scores, meaning=self.meaning) for each in said]


@caught_by("many_get_what_one_gets", "give one for each, in order")
class BatchShort(Bayes):
    def classify_many(self, tickets: Sequence[TicketText], tiers: Tiers) -> list[Verdict]:
        return super().classify_many(tickets, tiers)[:-1]


@caught_by("order_does_not_matter", "keep nothing of one ticket")
class Remembers(Words):
    last = ""

    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        said = named(tiers, "N2") if "VPN" in self.last else super().classify(ticket, tiers)
        self.last = ticket.text
        return said


@caught_by("company_does_not_matter", "their number or mean")
class Majority(Bayes):
    def classify_many(self, tickets: Sequence[TicketText], tiers: Tiers) -> list[Verdict]:
        said = super().classify_many(tickets, tiers)
        return said if len(said) != 1 else [ABSTAIN("too few")]


@caught_by("serves_many_threads", "local variables, not in self")
class SharedText(Words):
    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        self.ticket = ticket
        time.sleep(0)
        return super().classify(self.ticket, tiers)


@caught_by("changes_no_ticket", "copy what you want to change")
class Scribbles(Words):
    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        ticket.fields.get("seen", []).append(self.name)
        return super().classify(ticket, tiers)


@caught_by("changes_no_ticket", "it changed the list of tiers")
class TakesTiers(Words):
    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        if isinstance(tiers, list):
            tiers.reverse()
        return super().classify(ticket, tiers)


@caught_by("changes_no_example", "copy what you want to sort")
class SortsLabels(Bayes):
    def fit(self, tickets: Any, labels: Any) -> Any:
        fitted = super().fit(tickets, labels)
        labels.sort(reverse=True)
        return fitted


@caught_by("leaves_the_process_alone", "a random.Random")
class Seeds(Words):
    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        random.seed(0)
        return super().classify(ticket, tiers)


@caught_by("leaves_the_process_alone", "every thread reads it")
class SetsEnvironment(Words):
    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        os.environ["ACME_MODEL"] = self.version
        return super().classify(ticket, tiers)


@caught_by("survives_an_empty_text", "IndexError")
class FirstWord(Words):
    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        return named(tiers, self.knows.get(ticket.text.split()[0], "N1"))


@caught_by("survives_a_megabyte", "bound what it reads", within_s=0.3)
class ReadsAll(Words):
    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        time.sleep(len(ticket.text) / 1e6)
        return super().classify(ticket, tiers)


@caught_by("survives_control_characters", "ValueError")
class NoNul(Words):
    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        if "\0" in ticket.text:
            raise ValueError("a string literal cannot contain NUL (0x00) characters")
        return super().classify(ticket, tiers)


@caught_by("survives_lone_surrogates", "UnicodeEncodeError")
class Encodes(Words):
    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        return named(tiers, f"N{1 + len(ticket.text.encode()) % 3}")


@caught_by("survives_right_to_left", "LookupError")
class LeftToRight(Words):
    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        if "R" in map(unicodedata.bidirectional, ticket.text):
            raise LookupError("no font")
        return super().classify(ticket, tiers)


@caught_by("survives_emoji_sequences", "KeyError")
class NoEmoji(Words):
    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        _ = [{}[letter] for letter in ticket.text if letter == "\u200d"]
        return super().classify(ticket, tiers)


@caught_by("survives_mixed_normal_forms", "ValueError")
class AddsDigits(Words):
    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        _ = sum(int(letter) for letter in ticket.text if letter.isdigit())
        return super().classify(ticket, tiers)


@caught_by("reads_all_normal_forms_alike", "unicodedata.normalize")
class ComposedOnly(Words):
    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        return named(tiers, "N2" if "ã" in ticket.text else "N1")


@caught_by("answers_in_time", "how long it waits", within_s=0.05, tickets=[ticket_of("a")])
class Sleeps(Words):
    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        time.sleep(0.5)
        return super().classify(ticket, tiers)


@caught_by("fails_without_harm", "ends threads and processes")
class Exits(Words):
    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        try:
            socket.getaddrinfo("localhost", 9)
        except OSError:
            raise SystemExit(1) from None
        return super().classify(ticket, tiers)


@caught_by("fails_without_harm", "keep no answer that a failure gave")
class Sulks(Words):
    sulking = False

    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        with suppress(OSError):
            socket.getaddrinfo("localhost", 9)
            return ABSTAIN("sulking") if self.sulking else super().classify(ticket, tiers)
        self.sulking = True
        return ABSTAIN("unavailable")


@caught_by("fails_without_harm", "how often and how long it tries", within_s=0.3)
class TriesForEver(Words):
    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        for _ in range(100):
            with suppress(OSError):
                socket.getaddrinfo("localhost", 9)
                break
            time.sleep(0.1)
        return super().classify(ticket, tiers)


@caught_by("works_in_a_desk", "no other check has found")
class OnlyInTheLab(Words):
    def classify(self, ticket: TicketText, tiers: Tiers) -> Verdict:
        if ticket.opened_us:
            raise RuntimeError("not ready for this world")
        return super().classify(ticket, tiers)


@caught_by("learns_by_fit", "return self")
class FitsNothing(Bayes):
    def fit(self, tickets: Any, labels: Any) -> Any:
        self.counts = super().fit(tickets, labels).counts


@caught_by("learns_what_it_is_taught", "does each label stay with its ticket")
class Mixes(Bayes):
    def fit(self, tickets: Any, labels: Any) -> Any:
        return super().fit(tickets, [*labels[len(labels) // 2 :], *labels[: len(labels) // 2]])


@caught_by("learns_the_same_every_time", "begin every fit anew")
class Moody(Bayes):
    moods: ClassVar[Iterator[int]] = itertools.count()

    def fit(self, tickets: Any, labels: Any) -> Any:
        names = sorted(set(labels))
        mood = names[next(self.moods) % len(names)]
        fitted = super().fit(tickets, labels)
        fitted.counts[mood]["thank"] = 50
        return fitted


@caught_by("refuses_examples_that_cannot_be", "compare their lengths")
class Zips(Bayes):
    def fit(self, tickets: Any, labels: Any) -> Any:
        many = min(len(tickets), len(labels))
        return super().fit(tickets[:many], labels[:many])


@caught_by("comes_back_from_a_file", "keep everything that a verdict depends on")
class KeepsHalf(Bayes):
    def save(self, path: Path) -> None:
        half = dict(list(self.counts.items())[:1])
        path.write_text(json.dumps({"bayes": half}))


@caught_by("comes_back_from_a_file", "wrote no file at path")
class AddsASuffix(Bayes):
    def save(self, path: Path) -> None:
        super().save(path.with_suffix(".json"))

    @classmethod
    def load(cls, path: Path) -> Any:
        return super().load(path.with_suffix(".json"))


@caught_by("keeps_no_pickle", "allow_pickle=False")
class Pickles(Bayes):
    def save(self, path: Path) -> None:
        path.write_bytes(pickle.dumps(self.counts))

    @classmethod
    def load(cls, path: Path) -> Any:
        return cls(pickle.loads(path.read_bytes()))  # noqa: S301 - that is the defect


@caught_by("refuses_a_broken_file", "raise BadInput")
class Trusts(Bayes):
    @classmethod
    def load(cls, path: Path) -> Any:
        try:
            return super().load(path)
        except ValueError:
            return cls()


@caught_by("is_right_as_often_as_it_says", "calibrate it", holdout=weather())
class Boasts(Honest):
    def share(self, ticket: TicketText) -> float | None:
        share = super().share(ticket)
        return None if share is None else 0.99


@caught_by("covers_as_often_as_it_promises", "were promised", holdout=weather())
class Narrow(Honest):
    alpha = 0.05

    def set_of(self, ticket: TicketText, tiers: Tiers) -> tuple[str, ...]:
        return (tiers[0].name,)
