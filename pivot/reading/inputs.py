"""Input specifications: `1x3x32x32`, `ids=2x16:int64<100`; parsed, found in the source, or guessed from the layers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pivot.dims import Dim, symbol
from pivot.problems import refuse
from pivot.types import DTYPES, TensorType

_SPEC = re.compile(
    r"^(?:(?P<name>[A-Za-z_]\w*(?:\.\d+)?)=)?(?P<shape>\d+(?:x\d+)*|scalar)(?::(?P<dtype>\w+))?(?:>=(?P<low>\d+))?(?:<(?P<high>\d+))?$"
)
LETTERS = {1: "N", 2: "NF", 3: "NTF", 4: "NCHW", 5: "NCDHW"}


def axis_letters(rank: int, dtype: str, channels_last: bool = False) -> tuple[str, ...]:
    """One letter per axis: N C H W for images, N T F for sequences; with channels last N H W C."""
    if rank == 2 and not dtype.startswith("float"):
        return ("N", "T")
    letters = tuple(LETTERS[rank]) if rank in LETTERS else tuple(f"A{axis}" for axis in range(rank))
    return (letters[0], *letters[2:], letters[1]) if channels_last and rank > 3 and rank in LETTERS else letters


@dataclass(frozen=True, slots=True)
class InputSpec:
    """One input: its sizes on this configuration, element type, and for integers the bound that values stay below.

    `fixed`: axes that are numbers, where the program fits no other size. `low`: the least value of integers. `name`:
    the parameter it is given by; `hidden.0`, `hidden.1`, ... are given to `hidden` as one tuple.
    """

    shape: tuple[int, ...]
    dtype: str = "float32"
    name: str | None = None
    high: int | None = None
    fixed: frozenset[int] = frozenset()
    low: int = 0

    def __str__(self) -> str:
        text = "x".join(map(str, self.shape)) or "scalar"
        text = f"{self.name}={text}" if self.name else text
        text += f":{self.dtype}" if self.dtype != "float32" else ""
        text += f">={self.low}" if self.low else ""
        return text + (f"<{self.high}" if self.high is not None else "")


def parse_spec(text: str) -> InputSpec:
    """`ids=2x16:int64<100` as an InputSpec; raises Refusal."""
    match = _SPEC.match(text.strip())
    if match is None:
        raise refuse("input", "--input", 0, 0, f"{text!r} is not an input", "write 1x3x32x32 or ids=2x16:int64")
    dtype = match["dtype"] or ("int64" if match["high"] or match["low"] else "float32")
    if dtype not in DTYPES:
        raise refuse("input", "--input", 0, 0, f"{dtype!r} is not an element type", f"use one of {', '.join(DTYPES)}")
    shape = () if match["shape"] == "scalar" else tuple(int(s) for s in match["shape"].split("x"))
    if any(s < 1 for s in shape):
        raise refuse("input", "--input", 0, 0, f"{text!r} has an empty axis", "give sizes of at least 1")
    total = 1
    for size in shape:
        total *= size
    if total > 2**40:
        raise refuse("input", "--input", 0, 0, f"{text!r} has more than 2**40 elements", "give smaller sizes")
    return InputSpec(
        shape, dtype, match["name"], int(match["high"]) if match["high"] else None, low=int(match["low"] or 0)
    )


def symbolic(
    spec: InputSpec,
    index: int,
    fixed: dict[str, int],
    shift: int = 0,
    batch: int | None = None,
    channels_last: bool = False,
) -> TensorType:
    """The type of an input with free sizes: batch first, others named by rank; `fixed` sizes are numbers.

    `shift` is added to the hints of free axes other than the batch: a second elaboration with other sizes. `batch` is
    the first size of the first input: another input's first axis is the same batch only where it has this size. A size
    of 1 beside the batch is there to be broadcast, and stays 1.
    """
    letters = axis_letters(len(spec.shape), spec.dtype, channels_last)
    dims: list[Dim] = []
    for axis, size in enumerate(spec.shape):
        letter = letters[axis]
        name = letter if axis == 0 or index == 0 else f"{letter}{index + 1}"
        if axis == 0 and index > 0:
            name = "N" if batch is None or size == batch else f"{letter}{index + 1}"
        if name in fixed:
            dims.append(fixed[name])
        elif axis and (size == 1 or axis in spec.fixed):
            dims.append(size)
        else:
            dims.append(symbol(name, size + (shift if axis else 0)))
    return TensorType(tuple(dims), spec.dtype)
