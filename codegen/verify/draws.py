"""The random inputs of a verification: several draws, several batch sizes, the same numbers for both sides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codegen.verify.plan import InputSpec, VerificationPlan, permutation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np

    from codegen.weights.arrays import Array


TRAINING_BATCH = 4


@dataclass(frozen=True, slots=True)
class Draw:
    """One set of inputs: files for the source and, with turned axes, for the target. Keys "i0", "i1", ..."""

    number: int
    batch: int | None
    source: str
    target: str


def write_draws(plan: VerificationPlan, folder: Path) -> list[Draw]:
    """Draw 0 is normal noise; draw 1 is wider and one larger in the batch; draw 2 has a tenth of exact zeros.

    One more has other sizes where the source leaves them open (see `has_free_sizes`); training has one of its own, of a
    batch that statistics can be taken of.
    """
    import numpy as np

    hint, other = _batch(plan), _other_sizes(plan)
    draws = []
    count = plan.draws + bool(other)
    for number in range(count + ("train" in plan.modes)):
        generator = np.random.default_rng((plan.seed, number))
        last = number == plan.draws and bool(other)
        batch = None if hint is None else hint + (not last) * (number % 2)
        if batch is not None and number == count:
            batch = max(batch, TRAINING_BATCH)
        sizes = dict(other) if last else {}
        if batch is not None and plan.batch is not None:
            sizes[plan.batch] = batch
        arrays = [_array(spec, sizes, 0 if number >= plan.draws else number, generator) for spec in plan.inputs]
        source, target = folder / f"inputs{number}.npz", folder / f"inputs{number}.target.npz"
        save_npz(source, {f"i{place}": array for place, array in enumerate(arrays)})
        turned = [_turn(array, spec) for array, spec in zip(arrays, plan.inputs, strict=True)]
        save_npz(target, {f"i{place}": array for place, array in enumerate(turned)})
        draws.append(Draw(number, batch, str(source), str(target)))
    return draws


def has_free_sizes(plan: VerificationPlan) -> bool:
    """Whether a size other than the batch's can be changed by itself."""
    return bool(_other_sizes(plan))


def free_shapes(plan: VerificationPlan) -> list[list[int | None]]:
    """Input shapes for the symbolic build, in target axis order; None where the source leaves the size open."""
    shapes: list[list[int | None]] = []
    for spec in plan.inputs:
        symbols = spec.symbols or (None,) * len(spec.shape)
        sizes = [None if symbol is not None else size for size, symbol in zip(spec.shape, symbols, strict=True)]
        order = permutation(spec.source_axes, spec.target_axes)
        shapes.append([sizes[axis] for axis in order] if order else sizes)
    return shapes


def sized_shapes(plan: VerificationPlan) -> list[list[int | None]]:
    """The same with all sizes but the batch's as numbers: for programs that decide by them, `if length % 8: ...`."""
    shapes: list[list[int | None]] = []
    for spec in plan.inputs:
        symbols = spec.symbols or (None,) * len(spec.shape)
        free = plan.batch
        sizes = [
            None if free is not None and symbol == free else size
            for size, symbol in zip(spec.shape, symbols, strict=True)
        ]
        order = permutation(spec.source_axes, spec.target_axes)
        shapes.append([sizes[axis] for axis in order] if order else sizes)
    return shapes


def save_npz(path: Path, arrays: dict[str, Array]) -> None:
    """np.savez for computed keys."""
    import numpy as np

    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def load_npz(path: str | Path) -> dict[str, Array]:
    """All arrays of a file; nothing pickled is accepted."""
    import numpy as np

    with np.load(path, allow_pickle=False) as file:
        return {key: file[key] for key in file.files}


def _batch(plan: VerificationPlan) -> int | None:
    """The hint of the batch size, or None where it cannot be varied: it is fixed, or part of another size."""
    found: set[int] = set()
    for spec in plan.inputs:
        for size, symbol in zip(spec.shape, spec.symbols, strict=False):
            if plan.batch is not None and symbol == plan.batch:
                found.add(size)
            elif symbol is not None and plan.batch is not None and plan.batch in symbol.replace("*", " ").split():
                return None
    return found.pop() if len(found) == 1 else None


def _other_sizes(plan: VerificationPlan) -> dict[str, int]:
    """Symbols other than the batch -> half their hint where that is still something, else one more."""
    found: dict[str, int] = {}
    for spec in plan.inputs:
        for size, symbol in zip(spec.shape, spec.symbols, strict=False):
            if symbol is not None and symbol != plan.batch:
                if not symbol.isidentifier():
                    return {}
                found[symbol] = size // 2 if size >= 16 and size % 2 == 0 else size + 1
    return found


def _array(spec: InputSpec, sizes: Mapping[str, int], number: int, generator: np.random.Generator) -> Array:
    import numpy as np

    symbols = spec.symbols or (None,) * len(spec.shape)
    pairs = zip(spec.shape, symbols, strict=True)
    shape = tuple(size if symbol is None else sizes.get(symbol, size) for size, symbol in pairs)
    if spec.dtype == "bool":
        return generator.random(shape) < 0.75
    if spec.dtype.startswith(("int", "uint")):
        return generator.integers(spec.low, max(spec.high, spec.low + 1), shape).astype(spec.dtype)
    if spec.whole:
        return generator.integers(spec.low, max(spec.high, spec.low + 1), shape).astype(np.float64)
    values = generator.standard_normal(shape) * (3.0 if number % 3 == 1 else 1.0)
    if number % 3 == 2:
        values *= generator.random(shape) < 0.9
    # rounded to float32 so that the float32 pass sees the same numbers
    return values.astype(np.float32).astype(np.float64)


def _turn(array: Array, spec: InputSpec) -> Array:
    import numpy as np

    order = permutation(spec.source_axes, spec.target_axes)
    return np.ascontiguousarray(array.transpose(order)) if order else array
