"""A linear layer whose features are unfolded into axes: its weights give them in the order they are stored in.

Law: linear(W)(x) |> reshape(N, C, H, W) |> transpose(N, H, W, C) = linear(W[CHW -> HWC])(x) |> reshape(N, H, W, C).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.absorbing import owns_alone
from codegen.axis_groups import groups
from codegen.orders import Block, first_tensor, identity, rank_of, tensors
from pivot.dims import hint as dim_hint
from pivot.reading.values import TensorVersion

if TYPE_CHECKING:
    from codegen.layout import Layout
    from codegen.lower import Step


def unfolded(layout: Layout, step: Step) -> Block | None:
    """The block that a linear layer's result may be given as: the same wherever the layer is applied, else None."""
    if step.op.name != "linear" or step.kind != "layer" or not step.weights or step.node is None:
        return None
    if not owns_alone(layout, step):
        return None
    module = step.node.module
    found: Block | None = None
    for other in layout.applications.get(id(module), ()):
        block = wanted_block(layout, other.results[0])
        if block is None or (found is not None and block != found):
            return None
        found = block
    return found


def wanted_block(layout: Layout, value: TensorVersion, depth: int = 0) -> Block | None:
    """The block that all readers of a value want on its last axis."""
    if value.id in layout.outputs or layout.joins.get(value.id) or depth > 20:
        return None
    found: Block | None = None
    for step in layout.consumers.get(value.id, ()):
        block = block_of(layout, step, value, depth)
        if block is None or (found is not None and block != found):
            return None
        found = block
    return found


def block_of(layout: Layout, step: Step, value: TensorVersion, depth: int) -> Block | None:
    """The block that one reader wants: a reshape into axes stored in another order, or what is behind it."""
    if step.op.shape in ("reshape", "unflatten") and first_tensor(step) is value:
        return unfolding(layout, step, value)
    alone = len(list(tensors(step.operands))) == 1 and [r.type.shape for r in step.results] == [value.type.shape]
    plain = step.op.layout == "any" and not step.weights
    norm = step.op.name == "batch_norm" and step.kind == "layer" and rank_of(value) == 2 and owns_alone(layout, step)
    if alone and (plain or norm):
        return wanted_block(layout, step.results[0], depth + 1)
    return None


def unfolding(layout: Layout, step: Step, value: TensorVersion) -> Block | None:
    """The block of a reshape that only splits the last axis, if its result is wanted in another order."""
    result, rank = step.results[0], rank_of(value)
    last = [right for left, right in groups(value.type.shape, result.type.shape) if left == (rank - 1,)]
    sizes = [result.type.shape[axis] for axis in last[0]] if last else []
    if len(sizes) < 2 or not all(isinstance(size, int) for size in sizes):
        return None
    wish, out = layout.wish(result), rank_of(result)
    first = out - len(sizes)
    if wish is None or wish == identity(out) or wish[:first] != tuple(range(first)):
        return None
    return Block(rank - 1, tuple(map(dim_hint, sizes)), tuple(axis - first for axis in wish[first:]))
