"""Tensors of PyTorch that are drawn as Keras draws a weight of a layer's own.

Keras scales a distribution by the last two sizes of a shape (inputs, outputs) times the others (the field);
`torch.nn.init` takes the first size for the outputs and the second for the inputs. For (inputs, outputs) its functions
serve with the modes exchanged; for kernels of convolutions the bounds are written out.
Source: https://keras.io/api/layers/initializers (VarianceScaling).
"""

from __future__ import annotations

import ast
import math
from collections.abc import Sequence

from codegen.writing import nodes
from pivot.reading.keras_starts import Described

SWAPPED = {"fan_in": "fan_out", "fan_out": "fan_in"}
INIT = "torch.nn.init."


def drawn(sizes: Sequence[ast.expr], rank: int, said: Described) -> ast.expr | None:
    """`nn.init.xavier_uniform_(torch.empty(n, m))`; None where PyTorch has no word for it.

    `sizes`: what `torch.empty` is given, one expression per axis, or fewer where one stands for several.
    """
    kind, *rest = said
    numbers = [n for n in rest if isinstance(n, (int, float))]
    empty = nodes.call("torch.empty", list(sizes))
    if kind in ("normal", "uniform"):
        return nodes.call(f"{INIT}{kind}_", [empty, *map(nodes.literal, numbers)])
    if kind == "truncated":
        mean, deviation = numbers
        cut = (mean, deviation, mean - 2 * deviation, mean + 2 * deviation)
        return nodes.call(f"{INIT}trunc_normal_", [empty, *map(nodes.literal, cut)])
    if kind == "orthogonal" and rank == 2:
        gain = {} if numbers[0] == 1 else {"gain": nodes.literal(numbers[0])}
        return nodes.call(f"{INIT}orthogonal_", [empty], gain)
    if kind == "identity" and rank == 2 and numbers[0] == 1:
        return nodes.call(f"{INIT}eye_", [empty])
    if kind == "variance" and rank > 0:
        return scaled(empty, sizes, rank, numbers[0], *map(str, rest[1:]))
    return None


def scaled(
    empty: ast.expr, sizes: Sequence[ast.expr], rank: int, scale: float, mode: str, distribution: str
) -> ast.expr | None:
    """A distribution whose variance is `scale` by the number of inputs, outputs or their mean."""
    shape = "uniform" if distribution == "uniform" else "normal"
    mode = mode if rank > 1 else "fan_in"  # inputs and outputs of one axis are the same number
    if rank == 2 and distribution != "truncated_normal":
        if mode == "fan_avg":
            gain = {} if scale == 1 else {"gain": nodes.literal(math.sqrt(scale))}
            return nodes.call(f"{INIT}xavier_{shape}_", [empty], gain)
        if scale in (1.0, 2.0):
            side = {} if mode == "fan_out" else {"mode": ast.Constant(SWAPPED[mode])}
            word = ast.Constant("relu" if scale == 2 else "linear")
            return nodes.call(f"{INIT}kaiming_{shape}_", [empty], {**side, "nonlinearity": word})
    size = fan(sizes, rank, mode)
    if size is None:
        return None
    factor = scale * (2 if mode == "fan_avg" else 1) * (3 if shape == "uniform" else 1)
    spread = nodes.call("math.sqrt", [ast.BinOp(whole(factor), ast.Div(), size)])
    if shape == "uniform":
        return nodes.call(f"{INIT}uniform_", [empty, ast.UnaryOp(ast.USub(), spread), spread])
    if distribution == "truncated_normal":
        return nodes.call("truncated_normal_", [empty, spread])
    return nodes.call(f"{INIT}normal_", [empty, ast.Constant(0.0), spread])


def whole(number: float) -> ast.expr:
    """A number without a point where it has no fraction."""
    return ast.Constant(int(number) if number == int(number) else number)


def fan(sizes: Sequence[ast.expr], rank: int, mode: str) -> ast.expr | None:
    """The number of inputs or outputs of a weight, or the sum of both; None where the sizes are not said one by one."""
    parts = list(sizes)
    spread = sum(isinstance(part, ast.Starred) for part in parts)
    if (len(parts) != rank and not spread) or any(isinstance(part, ast.Starred) for part in parts[-2:]):
        return None
    if rank == 1:
        return parts[0]
    field, inputs, outputs = parts[:-2], parts[-2], parts[-1]
    if mode != "fan_avg":
        return product([*field, inputs if mode == "fan_in" else outputs])
    both = ast.BinOp(inputs, ast.Add(), outputs)
    if isinstance(inputs, ast.Constant) and isinstance(outputs, ast.Constant):
        return product([*field, ast.Constant(inputs.value + outputs.value)])  # type: ignore[operator]
    return product([*field, both])


def product(factors: Sequence[ast.expr]) -> ast.expr:
    """Sizes multiplied: numbers to one number first, then those that have names."""
    number = math.prod(f.value for f in factors if isinstance(f, ast.Constant) and isinstance(f.value, int))
    made: ast.expr | None = ast.Constant(number) if number != 1 else None
    for factor in factors:
        if isinstance(factor, ast.Constant):
            continue
        part = nodes.call("math.prod", [factor.value]) if isinstance(factor, ast.Starred) else factor
        made = part if made is None else ast.BinOp(made, ast.Mult(), part)
    return made if made is not None else ast.Constant(1)
