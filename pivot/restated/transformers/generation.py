"""Generation of text.

`generate` and what belongs to it are left out.
"""


class GenerationMixin:
    """Generation has no place in the network."""
