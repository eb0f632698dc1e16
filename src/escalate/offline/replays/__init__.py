"""What a policy makes of a log: promises, warnings, deeds that it would have done, and two policies side by side."""
