"""Classifiers around classifiers: each changes one thing about the answer of what it holds."""
