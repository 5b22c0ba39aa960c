"""TensorFlow keeps some constants in float32 when everything else is float64: the same rounding in a PyTorch module.

A module that differs from its Keras source by no more than such a rounding is run again with the numbers in its text
rounded, one kind of call after the other. What becomes equal then differs by these constants and by nothing else.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

Kind = tuple[str, float]
"""A function and a number that it is given: ("mul", 0.1)."""
MOST = 4  # kinds that are tried in all combinations
INSIDE = {"gelu"}
"""Functions whose constants TensorFlow rounds and PyTorch has inside."""


def single(value: float) -> float:
    """A number as float32 holds it."""
    return float(struct.unpack("f", struct.pack("f", value))[0]) if abs(value) < 3e38 else value


@dataclass(frozen=True, slots=True)
class Explained:
    """The least error that was found, and the kinds of constants that are rounded for it."""

    error: float
    kinds: tuple[Kind, ...]

    def __str__(self) -> str:
        numbers = ", ".join(f"{name} {value!r} -> {single(value)!r}" if value else name for name, value in self.kinds)
        return f"{self.error:.1e} with TensorFlow's own rounding of constants ({numbers})"


def explained(run: Callable[[], Any], error_of: Callable[[Any], float], gate: float) -> Explained | None:
    """The first choice of rounded constants with which a run's error is at most `gate`; None: there is none."""
    found: dict[Kind, None] = {}
    with watching(found, frozenset()):
        run()
    for kinds in choices(list(found)):
        with watching({}, frozenset(kinds)):
            error = error_of(run())
        if error <= gate:
            return Explained(error, kinds)
    return None


def choices(kinds: Sequence[Kind]) -> Iterator[tuple[Kind, ...]]:
    """Few before many, and all of them where there are more than can be tried."""
    for count in range(1, min(len(kinds), MOST) + 1 if len(kinds) <= MOST else 2):
        yield from itertools.combinations(kinds, count)
    if len(kinds) > MOST:
        yield tuple(kinds)


@contextmanager
def watching(found: dict[Kind, None], rounded: frozenset[Kind]) -> Iterator[None]:
    """Functions of PyTorch are called with their `rounded` numbers in float32; those that could be are `found`."""
    from torch.overrides import TorchFunctionMode

    class Rounding(TorchFunctionMode):
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            name, words = func.__name__.strip("_"), dict(kwargs or {})
            if name in INSIDE:
                found.setdefault((name, 0.0))
                if (name, 0.0) in rounded:
                    return gelu(args[0], str(words.get("approximate", "none")))

            def number(value: Any) -> Any:
                if not isinstance(value, float) or single(value) == value:
                    return value
                found.setdefault((name, value))
                return single(value) if (name, value) in rounded else value

            return func(*map(number, args), **{key: number(value) for key, value in words.items()})

    with Rounding():
        yield


def gelu(x: Any, approximate: str) -> Any:
    """As TensorFlow computes it: x: (...) -> (...)."""
    import torch

    if approximate == "tanh":
        return 0.5 * x * (1.0 + torch.tanh(0.7978845608028654 * (x + single(0.044715) * x**3)))
    return 0.5 * x * torch.erfc(-x * single(0.7071067811865476))
