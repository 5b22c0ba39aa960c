"""What runs, as people call it: the steps that a verb announces, and the step of the proof that each belongs to."""

from __future__ import annotations

_TITLES = {
    "read": "Reading the source",
    "elaborate": "Following the program",
    "lower": "Choosing the target's forms",
    "write": "Writing the target",
    "prove": "Reading the target back",
    "verify source": "Running the source",
    "verify target": "Building and running the target",
}
STATIC, BUILD, NUMBERS = range(3)


def stage_title(step: str) -> str:
    """`prove` -> "Reading the target back", to be translated where it is shown; unknown steps as they are."""
    return _TITLES.get(step, step)


def proof_step(step: str) -> int:
    """Which of the three steps of the proof is at work."""
    return NUMBERS if step.startswith("verify") else STATIC
