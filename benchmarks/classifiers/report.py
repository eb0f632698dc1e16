"""Asks what was learned about the test rows, and prints the figures."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

from benchmarks.classifiers.heldout import banking_test, clinc_test
from benchmarks.classifiers.learning import (
    ALPHAS,
    TIERS,
    Learned,
    fit,
    learn_banking,
    learn_clinc,
)
from benchmarks.classifiers.rows import (
    DATA,
    Rows,
    as_tiers,
    banking,
    by_tier,
    clinc,
    labels,
    tickets,
)
from benchmarks.classifiers.scoring import Sureness, coverage_band, partitions, sureness, told
from benchmarks.harness import show_table, show_versions
from escalate import Tier, Verdict
from escalate.classifiers import Conformal, TextClassifier, verdict_of
from escalate.classifiers.wrappers.conformal import nonconformity
from escalate.offline import evaluate

SEEDS = (0, 1, 2)
PARTITIONS = 500


def main() -> None:
    """Print the tables."""
    if not DATA.is_dir():
        sys.exit(f"the texts are not ours to publish; put them into {DATA}")
    show_versions("numpy", "scikit-learn")
    test = banking_test()
    learned = [learn_banking(seed) for seed in SEEDS]
    _sure("BANKING77", learned, test)
    _size(learned[0], test)
    _covered("BANKING77, rows of train held back", learned, [each.checked for each in learned])
    _partitions(learned)
    _covered("BANKING77, test rows", learned, [test for _ in learned])
    _tiers(learned, test)
    inside, outside = clinc_test()
    learned = [learn_clinc(seed) for seed in SEEDS]
    _sure("CLINC150, in scope", learned, inside)
    _strange(learned, inside, outside)
    _covered("CLINC150, in scope", learned, [inside for _ in learned])
    _peer({"BANKING77": (banking(), test), "CLINC150, in scope": (clinc("train"), inside)})


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %"


def _best(classifier: TextClassifier, rows: Rows) -> list[tuple[str | None, float]]:
    """Return the most probable label of each text and its share, strange or not."""
    found: list[tuple[str | None, float]] = []
    for ticket in tickets(rows):
        shares = classifier.label_shares(ticket)
        best = max(shares, key=shares.__getitem__, default=None)
        found.append((best, shares[best] if best is not None else 0.0))
    return found


def _row(name: str, figures: Sequence[Sureness]) -> tuple[str, ...]:
    seeds = ", ".join(f"{100 * each.accuracy:.2f}" for each in figures)
    return (
        name,
        _percent(mean(each.accuracy for each in figures)),
        seeds,
        f"{mean(each.error for each in figures):.4f}",
        _percent(mean(each.surest for each in figures)),
    )


HEADER = ("what", "accuracy", "each seed", "calibration error", "right of the surest 80 %")


def _sure(name: str, learned: Sequence[Learned], test: Rows) -> None:
    truth, intents = labels(test), learned[0].intents
    raw = [sureness(_best(each.raw, test), truth) for each in learned]
    calibrated = [
        sureness(
            told([each.calibrated.classify(ticket, intents) for ticket in tickets(test)]), truth
        )
        for each in learned
    ]
    rows = [_row("raw, learned from all of train", raw)]
    rows.append(_row("calibrated on rows held back", calibrated))
    show_table(f"{name}, mean of seeds {SEEDS}", HEADER, rows)
    print(f"temperatures: {', '.join(f'{each.calibrated.temperature:.3f}' for each in learned)}")


def _size(learned: Learned, test: Rows) -> None:
    model = learned.raw
    assert model.model is not None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model")
        model.save(path)
        size = path.stat().st_size
        start = time.process_time()
        kept = TextClassifier.load(path)
        load_s = time.process_time() - start
    plain, plain_s = fit(banking(), TextClassifier(fast=False))
    asked, intents = tickets(test), learned.intents
    rates = []
    for _ in range(3):
        start = time.process_time()
        verdicts = [kept.classify(ticket, intents) for ticket in asked]
        rates.append(len(asked) / (time.process_time() - start))
    right = sureness(told(verdicts), labels(test)).accuracy
    rows = [
        ("grams", f"{len(model.model.vocabulary):,}"),
        ("saved", f"{size / 1e6:.2f} MB"),
        ("fit, numpy", f"{learned.fit_s:.1f} s"),
        ("fit, plain Python", f"{plain_s:.1f} s"),
        ("the same weights", str(plain == model)),
        ("load", f"{load_s:.2f} s"),
        ("verdicts a second, reasons included", f"{sorted(rates)[1]:,.0f}"),
        ("accuracy of what was loaded", _percent(right)),
    ]
    show_table("The model of BANKING77, seed 0, CPU time of one core", ("what", "figure"), rows)


def _strangeness(conformal: Conformal, rows: Rows, tiers: Sequence[Tier]) -> list[dict[str, float]]:
    """Return how little speaks for each tier, for each text; asked once, whatever the alpha."""
    inner = conformal.inner
    return [nonconformity(verdict_of(inner, ticket, tiers), tiers) for ticket in tickets(rows)]


def _covered(name: str, learned: Sequence[Learned], tests: Sequence[Rows]) -> None:
    rows = []
    for seed, each, test in zip(SEEDS, learned, tests, strict=True):
        scores = _strangeness(each.conformal[ALPHAS[0]], test, each.intents)
        right = [found[label] for found, label in zip(scores, labels(test), strict=True)]
        for alpha, conformal in each.conformal.items():
            limit = conformal.limit
            covered = mean(score <= limit for score in right)
            size = mean(sum(score <= limit for score in found.values()) for found in scores)
            low, high = coverage_band(len(conformal.scores), len(test), alpha)
            rows.append(
                (
                    f"{alpha:.0%}",
                    str(seed),
                    _percent(covered),
                    f"{_percent(low)} to {_percent(high)}",
                    "yes" if low <= covered <= high else "no",
                    f"{size:.2f}",
                )
            )
    header = ("alpha", "seed", "covered", "band of 99 %", "inside", "intents in a set")
    show_table(f"Sets of intents: {name}", header, _by_alpha(rows))


def _by_alpha(rows: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return sorted(rows, key=lambda row: -float(row[0].rstrip("%")))


def _partitions(learned: Sequence[Learned]) -> None:
    """Show that what a single partition does is chance: the band is that of all of them."""
    rows = []
    for seed, each in zip(SEEDS, learned, strict=True):
        found = _strangeness(each.conformal[ALPHAS[0]], each.back, each.intents)
        scores = [one[label] for one, label in zip(found, labels(each.back), strict=True)]
        for alpha in ALPHAS:
            covered, inside = partitions(scores, alpha, PARTITIONS)
            rows.append((f"{alpha:.0%}", str(seed), _percent(covered), _percent(inside)))
    header = ("alpha", "seed", "covered, mean", "inside the band of 99 %")
    title = f"{PARTITIONS:,} partitions at random of the {len(learned[0].back):,} rows held back"
    show_table(title, header, _by_alpha(rows))


def _strange(learned: Sequence[Learned], inside: Rows, outside: Rows) -> None:
    rows = []
    for seed, each in zip(SEEDS, learned, strict=True):
        bound = each.raw.least_familiar
        assert bound is not None
        known = sorted(each.raw.familiarity(ticket) for ticket in tickets(inside))
        strange = [each.raw.familiarity(ticket) for ticket in tickets(outside)]
        exact = known[int(0.05 * len(known))]
        rows.append(
            (
                str(seed),
                _percent(mean(one >= bound for one in known)),
                _percent(mean(one < bound for one in strange)),
                _percent(mean(one < exact for one in strange)),
            )
        )
    header = ("seed", "in scope answered", "strange found", "strange found at 95 % answered")
    show_table("CLINC150: texts that belong nowhere, bound set on validation rows", header, rows)


def _tiers(learned: Sequence[Learned], test: Rows) -> None:
    truth, tiers = labels(by_tier(test)), as_tiers(TIERS)
    rows = []
    for seed, each in zip(SEEDS, learned, strict=True):
        verdicts = [each.tiered["calibrated"].classify(ticket, tiers) for ticket in tickets(test)]
        told_by = [
            ("all to N1", [Verdict("N1") for _ in test]),
            ("the classifier", verdicts),
        ]
        for name, said in told_by[seed > 0 :]:
            found = evaluate(said, truth, tiers)
            rows.append(
                (
                    name,
                    str(seed),
                    str(found.kappa),
                    _percent(found.under.value or 0.0),
                    str(found.cost),
                    _percent(found.accuracy.value or 0.0),
                )
            )
    header = ("what", "seed", "kappa, quadratic", "too low", "cost (low 3, high 1)", "right")
    show_table("BANKING77 as tiers by our table, test rows", header, rows)
    asked = [
        row
        for seed, each in zip(SEEDS, learned, strict=True)
        for row in _asked(seed, each, test, truth)
    ]
    header = (
        "alpha",
        "seed",
        "placed",
        "one question",
        "to a person",
        "transfers, all placed",
        "transfers, with the question",
        "saved",
    )
    show_table(f"What the question saves, of {len(test):,} test tickets", header, _by_alpha(asked))


def _asked(seed: int, learned: Learned, test: Rows, truth: Sequence[str]) -> list[tuple[str, ...]]:
    """Return what becomes of tickets when a set of two neighbours is answered by one question.

    The question tells the two apart, if one of them is right; a person reads what is wider, and is right.
    """
    tiers, rows = as_tiers(TIERS), []
    scores = _strangeness(learned.tiered["conformal"][ALPHAS[0]], test, tiers)
    best = [min(found, key=found.__getitem__) for found in scores]
    without = sum(said != label for said, label in zip(best, truth, strict=True))
    for alpha, conformal in learned.tiered["conformal"].items():
        limit = conformal.limit
        sets = [tuple(name for name in TIERS if found[name] <= limit) for found in scores]
        asks = [found in (("N1", "N2"), ("N2", "N3")) for found in sets]
        people = [len(found) != 1 and not ask for found, ask in zip(sets, asks, strict=True)]
        wrong = sum(
            label not in found and not person
            for found, label, person in zip(sets, truth, people, strict=True)
        )
        rows.append(
            (
                f"{alpha:.0%}",
                str(seed),
                str(sum(len(found) == 1 for found in sets)),
                str(sum(asks)),
                str(sum(people)),
                str(without),
                str(wrong),
                _percent((without - wrong) / without),
            )
        )
    return rows


def _peer(data: dict[str, tuple[Rows, Rows]]) -> None:
    from benchmarks.classifiers.peer import ask_peer, learn_peer

    rows = []
    for name, (train, test) in data.items():
        pipeline, fit_s = learn_peer(train)
        found = sureness(ask_peer(pipeline, test), labels(test))
        rows.append(
            (
                *_row(name, [found])[:2],
                f"{found.error:.4f}",
                _percent(found.surest),
                f"{fit_s:.1f} s",
            )
        )
    header = (
        "scikit-learn",
        "accuracy",
        "calibration error",
        "right of the surest 80 %",
        "CPU to fit",
    )
    show_table(
        "TF-IDF and logistic regression of scikit-learn, same rows and kinds of grams", header, rows
    )
