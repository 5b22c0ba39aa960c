"""Carries weights between two notations of their axes: transposes, groups `(C M) 1 H W`, gate blocks `(g=ifgo H)`,
sums, parts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from pivot.notation import Letter, Term, WeightMap, parse_axes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.generic]


class LettersError(ValueError):
    """An array does not fit its letters, or two notations do not speak of the same axes."""


def carry(
    array: Array, source: str | WeightMap, target: str | WeightMap, sizes: Mapping[str, int] | None = None
) -> Array:
    """`array` with axes as `source` says, arranged as `target` says: `O I H W` -> `H W I O`.

    `sizes` gives letters that the array alone does not (both factors of a group). A view where that is possible.
    Raises LettersError.
    """
    given, wanted = _letters(source), _letters(target)
    if given == wanted or not given.strip() or not wanted.strip():
        return array
    from_axes, to_axes = parse_axes(given), parse_axes(wanted)
    found = factor_sizes(array.shape, from_axes, sizes or {})
    factors = [factor for axis in from_axes for factor in axis]
    wanted_factors = [factor for axis in to_axes for factor in axis]
    names = [factor.name for factor in factors]
    if sorted(names) != sorted(factor.name for factor in wanted_factors) or len(set(names)) != len(names):
        raise LettersError(f"'{given}' and '{wanted}' do not have the same letters")
    result = array.reshape([found[name] for name in names])
    result = result.transpose([names.index(factor.name) for factor in wanted_factors])
    for place, factor in enumerate(wanted_factors):
        order = _block_order(factors[names.index(factor.name)], factor)
        if order is not None:
            result = result.take(order, axis=place)
    return result.reshape([math.prod(found[factor.name] for factor in axis) for axis in to_axes])


def factor_sizes(shape: Sequence[int], axes: Sequence[Sequence[Letter]], sizes: Mapping[str, int]) -> dict[str, int]:
    """The size of every letter of an array; one factor of a group may follow from the others. Raises LettersError."""
    if len(shape) != len(axes):
        raise LettersError(f"an array of {len(shape)} axes for {len(axes)} letters")
    found: dict[str, int] = {}
    for size, axis in zip(shape, axes, strict=True):
        known = 1
        open_letter: str | None = None
        for factor in axis:
            given = len(factor.blocks) if factor.blocks else sizes.get(factor.name) if len(axis) > 1 else None
            if given is not None:
                found[factor.name] = given
                known *= given
            elif open_letter is None:
                open_letter = factor.name
            else:
                raise LettersError(f"the sizes of {open_letter} and {factor.name} are not known")
        if open_letter is not None and known and size % known == 0:
            found[open_letter] = size // known
        elif open_letter is not None or known != size:
            names = " ".join(factor.name for factor in axis) or "1"
            raise LettersError(f"an axis of {size} is not ({names})")
    return found


def read_weights(
    maps: Mapping[str, WeightMap], stored: Mapping[str, Array], own: Mapping[str, str], sizes: Mapping[str, int]
) -> dict[str, Array]:
    """Weights of an op in its `own` letters, from the tensors a framework stores. A sum reads as the sum of its terms.

    Raises LettersError, KeyError for a path that is not stored.
    """
    found: dict[str, Array] = {}
    for name, place in maps.items():
        if name not in own:
            continue
        total: Array | None = None
        for term in place.terms:
            value = take_part(stored[term.path], term)
            total = value if total is None else _sum(total, value)
        if total is not None:
            found[name] = carry(total, place, own[name], sizes)
    return found


def write_weights(
    maps: Mapping[str, WeightMap], values: Mapping[str, Array], own: Mapping[str, str], sizes: Mapping[str, int]
) -> dict[str, Array]:
    """What a framework stores for weights in the op's `own` letters: of a sum the first term has the value, the others
    0.

    Raises LettersError, also where a part of a tensor (`in_proj_weight[1/3]`) is missing.
    """
    import numpy as np

    found: dict[str, Array] = {}
    parts: dict[str, list[Array | None]] = {}
    for name, place in maps.items():
        if name not in values or name not in own:
            continue
        value = carry(values[name], own[name], place, sizes)
        for rank, term in enumerate(place.terms):
            piece = value if rank == 0 else np.zeros_like(value)
            if term.part is None:
                found[term.path] = np.ascontiguousarray(piece) if piece.ndim else piece
            else:
                at, count = term.part
                parts.setdefault(term.path, [None] * count)[at] = piece
    for path, pieces in parts.items():
        known = [piece for piece in pieces if piece is not None]
        if len(known) < len(pieces):
            raise LettersError(f"a part of '{path}' is missing")
        found[path] = np.concatenate(known, axis=0)
    return found


def take_part(array: Array, term: Term) -> Array:
    """The part of a stored tensor that a term names; the whole where it names none."""
    if term.part is None:
        return array
    at, count = term.part
    if not array.ndim or array.shape[0] % count:
        raise LettersError(f"'{term.path}' does not divide into {count} parts")
    width = array.shape[0] // count
    return array[at * width : (at + 1) * width]


def _sum(left: Array, right: Array) -> Array:
    import numpy as np

    if left.dtype.kind == "f" and right.dtype.kind == "f":  # float32 sums would lose what float64 runs show
        return np.asarray(np.add(left, right, dtype=np.float64))
    return np.asarray(np.add(left, right))


def _letters(notation: str | WeightMap) -> str:
    return notation if isinstance(notation, str) else notation.letters


def _block_order(given: Letter, wanted: Letter) -> list[int] | None:
    """Where each block of `wanted` stands in `given`; None where the order is the same or one of them has none."""
    if given.blocks is None or wanted.blocks is None or given.blocks == wanted.blocks:
        return None
    if sorted(given.blocks) != sorted(wanted.blocks):
        raise LettersError(f"the blocks '{given.blocks}' and '{wanted.blocks}' are not the same")
    return [given.blocks.index(block) for block in wanted.blocks]
