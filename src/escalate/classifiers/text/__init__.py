"""The parts of the classifier that learns from texts; its face is :mod:`.classifier`."""
