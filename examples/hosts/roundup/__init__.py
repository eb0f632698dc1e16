"""escalate embedded in roundup: the whole of that is in escalation.py, a detector."""
