"""The core run over logs: reading, replay, figures."""
