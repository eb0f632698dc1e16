"""``python -m escalate`` is the ``escalate`` command."""

import sys

from escalate.cli import main

sys.exit(main())
