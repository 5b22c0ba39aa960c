"""The random inputs of a verification: several draws, several batch sizes, the same numbers for both sides."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
    batch that statistics can be taken of. The last are other batches, for where the source refuses draw 1.
    """
    import numpy as np

    hint, other = batch_size(plan), _other_sizes(plan)
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
        kind = 0 if number >= plan.draws else number
        arrays = [_array(spec, _shape(spec, sizes), kind, generator) for spec in plan.inputs]
        draws.append(_saved(plan, folder, Draw(number, batch, "", ""), arrays))
    for batch, shapes in other_batches(plan):
        number = len(draws)
        generator = np.random.default_rng((plan.seed, number))
        arrays = [_array(spec, shape, 0, generator) for spec, shape in zip(plan.inputs, shapes, strict=True)]
        draws.append(_saved(plan, folder, Draw(number, batch, "", ""), arrays))
    return draws


def _saved(plan: VerificationPlan, folder: Path, draw: Draw, arrays: list[Array]) -> Draw:
    """The draw with its files."""
    source, target = folder / f"inputs{draw.number}.npz", folder / f"inputs{draw.number}.target.npz"
    save_npz(source, {f"i{place}": array for place, array in enumerate(arrays)})
    turned = [_turn(array, spec) for array, spec in zip(arrays, plan.inputs, strict=True)]
    save_npz(target, {f"i{place}": array for place, array in enumerate(turned)})
    return replace(draw, source=str(source), target=str(target))


def other_batches(plan: VerificationPlan) -> list[tuple[int, list[tuple[int, ...]]]]:
    """Sizes of the batch, each with the shapes of all inputs, to be tried where the source takes no one row more.

    Some inputs hold the samples on axis 1: the state of a recurrent layer (layers, N, H), and in a matrix between
    samples on both axes. A program that pairs samples takes only twice as many.
    """
    batch = batch_size(plan)
    if batch is None or plan.draws < 2:
        return []
    found: list[tuple[int, list[tuple[int, ...]]]] = []
    for more in dict.fromkeys((batch + 1, 2 * batch)):
        plain = [_shape(spec, {str(plan.batch): more}) for spec in plan.inputs]
        second = [_with_batch_second(spec.shape, batch, more) for spec in plan.inputs[1:]]
        turned = [plain[0], *(other or shape for other, shape in zip(second, plain[1:], strict=True))]
        found += [(more, plain), (more, turned)]
    distinct = [entry for place, entry in enumerate(found) if entry not in found[:place]]
    return distinct[1:]  # the first of them is draw 1


def _with_batch_second(shape: tuple[int, ...], batch: int, more: int) -> tuple[int, ...] | None:
    """A shape with other samples on axis 1; None where axis 1 has not their number."""
    if len(shape) not in (2, 3) or shape[1] != batch:
        return None
    if len(shape) == 3:
        return (shape[0], more, shape[2])
    return (more, more) if shape[0] == batch else None


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


def batch_size(plan: VerificationPlan) -> int | None:
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


def _shape(spec: InputSpec, sizes: Mapping[str, int]) -> tuple[int, ...]:
    """The sizes of an input where some symbols have other numbers than at hand."""
    symbols = spec.symbols or (None,) * len(spec.shape)
    pairs = zip(spec.shape, symbols, strict=True)
    return tuple(size if symbol is None else sizes.get(symbol, size) for size, symbol in pairs)


def _array(spec: InputSpec, shape: tuple[int, ...], number: int, generator: np.random.Generator) -> Array:
    import numpy as np

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
