"""Saying by hand what a call means: one op, several steps, own code, nothing, or a stop."""
