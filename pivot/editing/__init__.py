"""Edits of a program as changes of its text: what stands elsewhere stays as it was written, comments included."""
