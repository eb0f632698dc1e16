"""How a decision is made; its face is :mod:`escalate.core.engine`."""
