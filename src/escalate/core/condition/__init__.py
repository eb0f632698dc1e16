"""How conditions are read, checked and judged; their face is :mod:`escalate.core.conditions`."""
