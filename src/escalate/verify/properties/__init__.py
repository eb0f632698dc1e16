"""The properties of policies, one file each, in the order of the documentation."""
