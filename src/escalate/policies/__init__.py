"""Files to policies and back."""
