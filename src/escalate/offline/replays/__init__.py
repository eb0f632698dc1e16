"""What a policy makes of a log: promises, warnings, deeds undone, and two policies side by side."""
