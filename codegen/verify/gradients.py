"""Gradients of both sides without a second mapping: the weight carrier is linear up to constants: one number tells.

With t = C s + c for the weights, the chain rule gives <dL/ds, r> = <dL/dt, C r> for every direction r. A random r makes
the two numbers differ wherever a gradient differs, whatever transposes, sums and tied weights C contains.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from codegen.verify.comparison import GATE, compare
from codegen.verify.plan import permutation
from codegen.verify.report import GradientResult

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from codegen.verify.plan import VerificationPlan
    from codegen.weights.arrays import Array

NAMED_AT_MOST = 200
"""How many parameters are looked at one by one to name the one that differs."""


def compare_gradients(
    plan: VerificationPlan,
    state: Mapping[str, Array],
    source: Mapping[str, Array],
    target: Mapping[str, Array],
    aliases: Mapping[str, str],
) -> GradientResult:
    """`source` and `target` hold "g:<name>" and "i:<input>"; `state` the source's weights; see the runtimes."""
    import numpy as np

    generator = np.random.default_rng(plan.seed)
    given = {key[2:]: array for key, array in source.items() if key.startswith("g:")}
    theirs = {key[2:]: array for key, array in target.items() if key.startswith("g:")}
    directions = {name: generator.standard_normal(array.shape) for name, array in given.items()}
    norm = math.sqrt(sum(_inner(array, array) for array in given.values()))
    zero = {name: np.zeros(array.shape) for name, array in state.items()}
    constants = plan.carrier(zero)

    def difference(names: Iterable[str]) -> float:
        chosen = {name: directions[name] for name in names}
        chosen |= {alias: chosen[name] for alias, name in aliases.items() if name in chosen}
        carried = plan.carrier({**zero, **{name: array for name, array in chosen.items() if name in state}})
        left = sum(_inner(given[name], directions[name]) for name in names)
        both = [(theirs[path], r, constants[path]) for path, r in carried.items() if path in theirs]
        right = sum(_inner(array, r) - _inner(array, constant) for array, r, constant in both)
        return abs(left - right)

    error = difference(list(given)) / max(norm, 1e-30)
    why = None
    if error > GATE:
        wrong = [name for name in list(given)[:NAMED_AT_MOST] if difference([name]) / max(norm, 1e-30) > GATE]
        why = f"the gradient of {', '.join(wrong[:3]) or 'the parameters'} differs"
    for place, spec in enumerate(plan.inputs):
        key, order = f"i:{place}", permutation(spec.target_axes, spec.source_axes)
        if key in source or key in target:
            left, right = source.get(key), target.get(key)
            if left is None or right is None:  # nothing is connected: the gradient is zero
                there = left if left is not None else target[key].transpose(order or range(target[key].ndim))
                one = compare(there, np.zeros_like(there))
            else:
                one = compare(left, right, order)
            if one.error > error:
                error = one.error
                why = f"the gradient of the input {spec.name} differs" if error > GATE else why
    return GradientResult(error, len(given), why)


def _inner(a: Array, b: Array) -> float:
    """<a, b> over all entries, in float64."""
    import numpy as np

    return float(np.dot(a.astype(np.float64).ravel(), b.astype(np.float64).ravel()))
