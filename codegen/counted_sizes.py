"""Free sizes that the program counts in Python: `for t in range(x.size(1))`, `for step in x`.

The loop stays a loop in the target. A symbolic build runs it once, as Python, and needs to know how often.
"""

from __future__ import annotations

from codegen.target import target_of
from pivot.dims import Size, symbols
from pivot.problems import Problem
from pivot.reading.elaborate import Elaborated


def counted_sizes(done: Elaborated) -> dict[str, Problem]:
    """The free sizes that have to be numbers when the target is built, and what is to be said of each."""
    found: dict[str, tuple[str, int, int]] = {}
    for size, file, node in done.evaluator.counted:
        for name in symbols(size):
            found.setdefault(name, (file, getattr(node, "lineno", 0), getattr(node, "col_offset", 0) + 1))
    return {name: said(done, name, place) for name, place in found.items() if used(done, name)}


def used(done: Elaborated, name: str) -> bool:
    """Is a symbol the size of an input's axis?"""
    shapes = [entry.value.type.shape for entry in done.network.inputs]
    return any(isinstance(size, Size) and name in symbols(size) for shape in shapes for size in shape)


def said(done: Elaborated, name: str, place: tuple[str, int, int]) -> Problem:
    """What it means for the model that is written."""
    axes = [
        f"axis {axis} of {entry.name}"
        for entry in done.network.inputs
        for axis, size in enumerate(entry.value.type.shape)
        if isinstance(size, Size) and name in symbols(size)
    ]
    why = f"a Python loop counts the size {name} ({', '.join(axes)}): the generated model runs with any"
    remedy = "where Keras builds it symbolically (keras.Input, fit with a graph), give that size as a number"
    return Problem("counted-size", "info", *place, why, remedy)


def to_be_said(done: Elaborated, framework: str) -> list[Problem]:
    """What is to be said where the target builds models symbolically."""
    return list(counted_sizes(done).values()) if target_of(framework).builds_symbolically else []
