"""The test rows. Nothing that learns may import this."""

from __future__ import annotations

from typing import Final

from benchmarks.classifiers.rows import Rows, banking, clinc

TRAINED: Final = ("train", "val", "oos_train", "oos_val")


def banking_test() -> Rows:
    """Return the test rows of BANKING77, 40 for each of 77 intents."""
    return banking("test")


def clinc_test() -> tuple[Rows, Rows]:
    """Return the test rows of CLINC150, and those that belong nowhere.

    Two texts stand in train or validation too, in the data as it was published; they are left out here.
    """
    known = {text for part in TRAINED for text, _ in clinc(part)}
    inside, outside = (
        [row for row in clinc(part) if row[0] not in known] for part in ("test", "oos_test")
    )
    return inside, outside
