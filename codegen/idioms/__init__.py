"""Idioms of targets that are more than one call: found by folder."""
