"""The answer to an edit that reaches further than can be followed."""

from __future__ import annotations


class Declined(Exception):
    """The program has to be read as a whole. The text says why."""
