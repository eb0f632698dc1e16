"""A small help desk on FastAPI and SQLAlchemy, with escalate embedded: all of that is in escalation.py."""
