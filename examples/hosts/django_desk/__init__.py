"""A small help desk in Django, with escalate embedded: the whole of that is in escalation.py."""
