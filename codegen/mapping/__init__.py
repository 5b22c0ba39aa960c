"""Mapping a call by hand: its arguments matched to an op, the op file that says so, and what comes out of it."""
