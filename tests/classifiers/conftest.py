"""Lets other processes import the classifiers of these tests by the name that this one has for them.

A distribution somewhere in the environment may bring a package called ``tests`` of its own, which goes
before ours in a process that pytest did not start.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))
