"""The decisions: no I/O, no clock reads, no randomness, no logging."""
