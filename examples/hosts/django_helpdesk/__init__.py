"""escalate embedded in django-helpdesk: the whole of that is in escalation.py."""
