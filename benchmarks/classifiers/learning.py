"""All that is learned for the figures, from rows of train (and validation) alone."""

from __future__ import annotations

import time
from typing import Any

import attrs

from benchmarks.classifiers.rows import (
    Rows,
    as_tiers,
    banking,
    by_tier,
    clinc,
    labels,
    parted,
    tickets,
    tier_table,
)
from escalate import Tier
from escalate.classifiers import Calibrated, Conformal, TextClassifier

ALPHAS = (0.1, 0.05, 0.02)
HELD_BACK = 0.15
"""The share of train that calibrates, and that the model which it calibrates has not seen."""
TIERS = ("N1", "N2", "N3")


@attrs.frozen(kw_only=True)
class Learned:
    """What was learned from one data set with one seed.

    Attributes:
        raw: Learned from all rows of train.
        intents: The labels, as tiers.
        fit_s: How many CPU seconds that took.
        calibrated: The temperature put on a model.
        conformal: Sets of intents, for each alpha.
        back: Rows of train that the model in ``conformal`` has not seen, if any.
        checked: Those of them that its sets have not seen either.
        tiered: Request types and tiers, calibrated, and sets of tiers for each alpha.
    """

    raw: TextClassifier
    intents: list[Tier]
    fit_s: float
    calibrated: Calibrated
    conformal: dict[float, Conformal]
    back: Rows = attrs.field(factory=list)
    checked: Rows = attrs.field(factory=list)
    tiered: dict[str, Any] = attrs.field(factory=dict)


def fit(rows: Rows, classifier: TextClassifier, strange: Rows = []) -> tuple[TextClassifier, float]:  # noqa: B006 - only read
    """Return *classifier* fitted on *rows*, and on *strange* ones that belong nowhere; and CPU seconds."""
    start = time.process_time()
    told = [*labels(rows), *[None] * len(strange)]
    return classifier.fit(tickets([*rows, *strange]), told), time.process_time() - start


def learn_banking(seed: int) -> Learned:
    """Learn the intents of BANKING77, and the tiers of our table."""
    rows = banking()
    raw, fit_s = fit(rows, TextClassifier(seed=seed))
    seen, back = parted(rows, 2 * HELD_BACK, seed)
    calibrating, checked = parted(back, 0.5, seed)
    # What the temperature stands on is enough for it; the model itself may see the other half.
    inner, _ = fit([*seen, *checked], TextClassifier(seed=seed))
    apart, _ = fit(seen, TextClassifier(seed=seed))
    intents = as_tiers(sorted(set(labels(rows))))
    tiers = as_tiers(TIERS)
    tiers_of = {intent: tier for intent, (tier, _) in tier_table().items()}
    tiered = attrs.evolve(inner, tiers_of=tiers_of)
    back_tickets, back_tiers = tickets(calibrating), labels(by_tier(calibrating))
    return Learned(
        raw=raw,
        intents=intents,
        fit_s=fit_s,
        calibrated=Calibrated(inner).fit(tickets(calibrating), labels(calibrating), intents),
        conformal=_conformal(apart, calibrating, intents),
        back=back,
        checked=checked,
        tiered={
            "calibrated": Calibrated(tiered).fit(back_tickets, back_tiers, tiers),
            "conformal": {
                alpha: Conformal(tiered, alpha=alpha).fit(back_tickets, back_tiers, tiers)
                for alpha in ALPHAS
            },
        },
    )


def learn_clinc(seed: int) -> Learned:
    """Learn the intents of CLINC150, and from its 100 strange texts what belongs nowhere."""
    rows, back = clinc("train"), clinc("val")
    raw, fit_s = fit(rows, TextClassifier(seed=seed), clinc("oos_train"))
    answering = attrs.evolve(raw, least_familiar=-1e9)  # it is asked for intents, strange or not
    intents = as_tiers(sorted(set(labels(rows))))
    return Learned(
        raw=raw.knowing(tickets(back), 0.95),
        intents=intents,
        fit_s=fit_s,
        calibrated=Calibrated(answering).fit(tickets(back), labels(back), intents),
        conformal=_conformal(answering, back, intents),
    )


def _conformal(inner: TextClassifier, back: Rows, intents: list[Tier]) -> dict[float, Conformal]:
    first = Conformal(inner, alpha=ALPHAS[0]).fit(tickets(back), labels(back), intents)
    return {alpha: attrs.evolve(first, alpha=alpha) for alpha in ALPHAS}
