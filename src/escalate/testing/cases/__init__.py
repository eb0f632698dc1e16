"""Cases: what should become of a ticket under a policy, written as a table and held against the engine."""
