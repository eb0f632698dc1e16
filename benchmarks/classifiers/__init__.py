"""``python -m benchmarks classifiers``: how often the built-in one is right, and whether it knows when.

Every choice (settings, temperature, the bound of what is familiar, the sets) was made on rows of train;
only :mod:`.heldout` reads test rows, and only :mod:`.report` asks it, once all is learned.
"""

from benchmarks.classifiers.report import main

__all__ = ["main"]
