"""What a weight of a module's own starts from, as a PyTorch expression."""

from __future__ import annotations

import ast
import math
from collections.abc import Sequence

from codegen.writing import nodes
from pivot.starts import Start


def started(sizes: Sequence[ast.expr], start: Start, rank: int) -> ast.expr:
    """`nn.init.xavier_uniform_(torch.empty(8, 16))`: a tensor of these sizes, drawn as a weight starts."""
    if start.kind == "constant":
        number = start.numbers[0] if start.numbers else 0.0
        if number in (0, 1):
            return nodes.call("torch.ones" if number == 1 else "torch.zeros", list(sizes))
        whole = sizes[0] if rank == 0 else ast.Tuple(list(sizes), ast.Load())
        return nodes.call("torch.full", [whole, nodes.literal(number)])
    empty = nodes.call("torch.empty", list(sizes))
    if start.kind == "uniform" and start.fan == "fan_avg" and rank == 2 and is_glorot(start):
        return nodes.call("torch.nn.init.xavier_uniform_", [empty])
    if start.kind == "uniform":
        return nodes.call("torch.nn.init.uniform_", [empty, *bounds(start)])
    if start.kind == "normal":
        return nodes.call("torch.nn.init.normal_", [empty, *map(nodes.literal, start.numbers)])
    if start.kind == "truncated":
        return nodes.call("torch.nn.init.trunc_normal_", [empty, *map(nodes.literal, start.numbers)])
    if start.kind == "orthogonal" and rank > 1:
        gain = {} if start.numbers[0] == 1 else {"gain": nodes.literal(start.numbers[0])}
        return nodes.call("torch.nn.init.orthogonal_", [empty], gain)
    if start.kind == "identity" and rank == 2:
        return nodes.call("torch.nn.init.eye_", [empty])
    return nodes.call("torch.zeros", list(sizes))


def is_glorot(start: Start) -> bool:
    """Is the bound of a uniform distribution sqrt(6 / (fan_in + fan_out))?"""
    return math.isclose(start.numbers[1], math.sqrt(3 / start.size), rel_tol=1e-12)


def bounds(start: Start) -> list[ast.expr]:
    """The bounds of a uniform distribution; by the sizes that they were scaled by, where they say it."""
    low, high = start.numbers
    scale = high**2 * start.size * 2 if start.fan and low == -high else 0.0
    if not math.isclose(scale, round(scale), rel_tol=1e-12) or not scale or start.size * 2 != int(start.size * 2):
        return [nodes.literal(low), nodes.literal(high)]
    bound = ast.parse(f"math.sqrt({round(scale)} / {int(start.size * 2)})", mode="eval").body
    assert isinstance(bound, ast.Call)
    said = nodes.call("math.sqrt", bound.args)
    return [ast.UnaryOp(ast.USub(), said), nodes.call("math.sqrt", bound.args)]
