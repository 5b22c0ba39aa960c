"""How a parameter starts: the distribution its first values are drawn from, in absolute numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Literal

from pivot.slots import NotationError

Kind = Literal["constant", "normal", "uniform", "truncated", "orthogonal", "identity", "other"]
CERTAIN = 8.5
"""Bounds this many deviations away cut off less than 1e-16: a normal distribution between them is a normal one."""


@dataclass(frozen=True, slots=True)
class Start:
    """A distribution. `numbers` by kind: constant (value), normal (mean, deviation), uniform (low, high), truncated
    (mean, deviation, low, high) with absolute bounds, orthogonal (gain), identity ().

    `fan`: what the numbers were scaled by ("fan_in", "fan_out", "fan_avg"), where something said so, and `size`, how
    much that was; `default`: the library's own choice; `computed`: by an expression of the program that no weight goes
    into; `why`: for kind "other", what could not be read; `file` and `line`: who said it.
    """

    kind: Kind
    numbers: tuple[float, ...] = ()
    fan: str = ""
    size: float = 0.0
    default: bool = False
    computed: bool = False
    why: str = ""
    file: str = ""
    line: int = 0

    @property
    def deviation(self) -> float:
        """The number that scales with the size of a weight: deviation or upper bound; 0 for what does not scale."""
        return {"normal": 1, "uniform": 1}.get(self.kind, 0) and self.numbers[1]


def truncated(mean: float, deviation: float, low: float, high: float) -> Start:
    """A normal distribution between absolute bounds; a plain one where they cut off nothing."""
    if deviation > 0 and min(high - mean, mean - low) >= CERTAIN * deviation:
        return Start("normal", (mean, deviation))
    return Start("truncated", (mean, deviation, low, high))


def fans(shape: Sequence[int]) -> tuple[int, int] | None:
    """(fan_in, fan_out) of a weight as PyTorch stores it, (O, I, ...); None below two axes."""
    if len(shape) < 2:
        return None
    field = math.prod(shape[2:])
    return shape[1] * field, shape[0] * field


def scaled(start: Start, factor: float) -> Start:
    """factor * x."""
    if start.kind in ("orthogonal", "identity") and factor == 1:
        return start
    if start.kind == "orthogonal" and factor > 0:
        return replace(start, numbers=(start.numbers[0] * factor,), fan="")
    if start.kind in ("other", "identity", "orthogonal"):
        return Start("other", why="an initialiser is changed afterwards")
    numbers = tuple(n * factor for n in start.numbers)
    if factor < 0 and start.kind == "uniform":
        numbers = numbers[::-1]
    elif factor < 0 and start.kind == "normal":
        numbers = (numbers[0], -numbers[1])
    elif factor < 0 and start.kind == "truncated":
        numbers = (numbers[0], -numbers[1], numbers[3], numbers[2])
    return replace(start, numbers=numbers, fan="", default=False)


def shifted(start: Start, by: float) -> Start:
    """x + by."""
    if by == 0:
        return start
    if start.kind not in ("constant", "normal", "uniform", "truncated"):
        return Start("other", why="an initialiser is changed afterwards")
    moves = {"constant": (0,), "normal": (0,), "uniform": (0, 1), "truncated": (0, 2, 3)}[start.kind]
    moved = tuple(n + by if place in moves else n for place, n in enumerate(start.numbers))
    return replace(start, numbers=moved, fan="", default=False)


def clamped(start: Start, low: float, high: float) -> Start:
    """x between bounds that it does not reach; clamping that heaps values up at a bound is none of these kinds."""
    n = start.numbers
    inside = False
    if start.kind == "constant":
        inside = low <= n[0] <= high
    elif start.kind == "uniform":
        inside = low <= n[0] and n[1] <= high
    elif start.kind == "normal":
        inside = min(high - n[0], n[0] - low) >= CERTAIN * n[1]
    elif start.kind == "truncated":
        inside = reach(low, n[0] - CERTAIN * n[1], n[2]) and reach(-high, -n[0] - CERTAIN * n[1], -n[3])
    return start if inside else Start("other", why="an initialiser is cut off afterwards")


def reach(bound: float, certain: float, own: float) -> bool:
    """Does nothing lie below a bound, by the distribution's tail or by its own bound, up to rounding?"""
    return bound <= certain or bound <= own + 1e-9 * max(1.0, abs(own))


def erfinv(start: Start) -> Start:
    """The inverse error function of a uniform one: a normal one of deviation 1/sqrt(2), cut off at its ends."""
    if start.kind != "uniform" or not -1 <= start.numbers[0] < start.numbers[1] <= 1:
        return Start("other", why="erfinv of something that is not uniform")
    low, high = (
        math.copysign(math.inf, n) if abs(n) == 1 else NormalDist().inv_cdf((n + 1) / 2) / math.sqrt(2)
        for n in start.numbers
    )
    return truncated(0.0, math.sqrt(0.5), low, high)


def default_start(
    text: str,
    shapes: Mapping[str, Sequence[int]],
    params: Mapping[str, object],
    arguments: Mapping[str, object],
) -> Start | None:
    """What an op file's `init` says of a weight: `normal`, `constant 0.25`, `constant of ARGUMENT`, `uniform by fan_in
    of WEIGHT`, `uniform by PARAM` (both within 1/sqrt of it), `xavier_uniform of WEIGHT times N` (N of them stacked).

    `shapes` are the stored shapes of the weights. None: a size is not known. Raises NotationError.
    """
    match text.split():
        case ["normal"]:
            return Start("normal", (0.0, 1.0), default=True)
        case ["constant", number] if number != "of":
            return Start("constant", (float(number),), default=True)
        case ["constant", "of", name]:
            value = arguments.get(name)
            return Start("constant", (float(value),), default=True) if isinstance(value, (int, float)) else None
        case ["uniform", "by", "fan_in", "of", weight]:
            size = (fans(shapes.get(weight, ())) or (0, 0))[0]
            return within(size**-0.5, "fan_in", size) if size else None
        case ["uniform", "by", name]:
            value = params.get(name)
            return within(value**-0.5) if isinstance(value, int) and value > 0 else None
        case ["xavier_uniform", "of", weight, "times", number]:
            pair = fans(shapes.get(weight, ()))
            return within(math.sqrt(6 / (pair[0] + pair[1] * int(number)))) if pair is not None else None
    raise NotationError(f"'{text}' is not a start")


def within(bound: float, fan: str = "", size: float = 0.0) -> Start:
    """The library's own U(-bound, bound)."""
    return Start("uniform", (-bound, bound), fan=fan, size=size, default=True)
