"""The handbook: a policy as a training document, in the words of the people who live under it."""
