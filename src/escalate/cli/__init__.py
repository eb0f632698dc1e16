"""The ``escalate`` command."""
