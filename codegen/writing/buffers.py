"""Buffers: tensors that a module keeps. What the checkpoint has is a weight that is not trained, the rest is computed."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codegen.writing import nodes, parameters
from codegen.writing.plans import Unwritable
from pivot.reading.trace import Visit
from pivot.reading.values import TensorCell

if TYPE_CHECKING:
    from codegen.writing.expressions import Expressions


def registers(visit: Visit) -> bool:
    """Is a visit one of `register_buffer`?"""
    return visit.kind == "method" and visit.name == "register_buffer" and visit.module is not None


def data_of(node: ast.Call) -> ast.expr:
    """What `nn.Buffer(...)` is made from."""
    return node.args[0] if node.args else next(k.value for k in node.keywords if k.arg == "data")


def argument(node: ast.Call, place: int, name: str) -> ast.expr | None:
    """An argument by its place or name."""
    if place < len(node.args):
        return node.args[place]
    return next((k.value for k in node.keywords if k.arg == name), None)


def registered(e: Expressions, node: ast.Call, visits: list[Visit]) -> list[ast.stmt]:
    """`self.register_buffer("mask", value)` as attributes, with the value it starts from."""
    key, data = argument(node, 0, "name"), argument(node, 1, "tensor")
    assert isinstance(node.func, ast.Attribute)
    if key is None or data is None:
        raise Unwritable("a buffer whose arguments are spread out")
    owner = e.expr(node.func.value)
    if not isinstance(key, ast.Constant) or not isinstance(key.value, str) or not key.value.isidentifier():
        raise Unwritable("a buffer whose name is computed")
    name = e.w.safe(key.value)
    target = ast.Attribute(owner, name, ast.Store())
    kept = {is_weight(v, key.value) for v in visits}
    if len(kept) != 1:
        raise Unwritable("a buffer that is a weight at some visits only")
    if not next(iter(kept)):
        kinds = {v.args[1].hint.dtype for v in visits if len(v.args) > 1 and isinstance(v.args[1].hint, TensorCell)}
        return [ast.Assign([target], typed(e.expr(data), kinds))]
    cells = [v.module.parameters[key.value].hint for v in visits if v.module is not None]
    return weight(e, target, data, cells)


def computed(e: Expressions, node: ast.Call, visits: list[Visit]) -> ast.expr:
    """`nn.Buffer(value, persistent=False)` as the value."""
    cells = [v.result.hint for v in visits if v.result is not None]
    return typed(e.expr(data_of(node)), {c.dtype for c in cells if isinstance(c, TensorCell)})


def typed(value: ast.expr, kinds: set[str]) -> ast.expr:
    """A value in the type that the layer computes in, where it is a real number: buffers follow their module."""
    if not kinds or not all(kind.startswith(("float", "bfloat")) for kind in kinds):
        return value
    return nodes.call("keras.ops.cast", [value, nodes.name("self.compute_dtype")])


def is_weight(visit: Visit, name: str) -> bool:
    """Did a visit make a weight, rather than a value that is computed again?"""
    return visit.module is not None and name in visit.module.parameters


def assigned(e: Expressions, node: ast.Assign, visits: list[Visit]) -> list[ast.stmt] | None:
    """`self.mask = nn.Buffer(value)` where it is a weight; None for everything else."""
    target = node.targets[0]
    if not visits or visits[0].name != "torch.nn.Buffer" or visits[0].kind != "constant":
        return None
    if len(node.targets) != 1 or not isinstance(target, ast.Attribute) or not isinstance(node.value, ast.Call):
        return None
    written = e.target(target)
    assert isinstance(written, ast.Attribute)
    return weight(e, written, data_of(node.value), [v.result.hint for v in visits if v.result is not None])


def weight(e: Expressions, target: ast.Attribute, data: ast.expr, cells: list[object]) -> list[ast.stmt]:
    """`self.mask = self.add_weight(...)`, and the value that it starts from where that is no plain one."""
    found = {(c.shape, c.dtype) for c in cells if isinstance(c, TensorCell)}
    api = e.w.static_api(data.func, e.file, e.locals) if isinstance(data, ast.Call) else None
    kind = parameters.CREATORS.get(api.name, "") if api is not None else ""
    plain = api is not None and api.name in ("torch.zeros", "torch.ones")
    kwargs: dict[str, ast.expr] = {
        "shape": (said_shape(e, data) if plain else None) or shape_of(found),
        "initializer": ast.Constant(kind if plain else "zeros"),
        "trainable": ast.Constant(False),
    }
    kinds = {d for _, d in found}
    if kinds != {"float32"}:
        kwargs["dtype"] = ast.Constant(next(iter(kinds)))
    made: list[ast.stmt] = [ast.Assign([target], nodes.call("self.add_weight", [], kwargs))]
    if not plain:
        stored = ast.Attribute(target.value, target.attr, ast.Load())
        made.append(ast.Expr(ast.Call(ast.Attribute(stored, "assign", ast.Load()), [e.expr(data)], [])))
    return made


def said_shape(e: Expressions, data: ast.expr) -> ast.expr | None:
    """The sizes of `torch.zeros(2, n)` as the source says them."""
    if not isinstance(data, ast.Call) or not data.args or any(isinstance(a, ast.Starred) for a in data.args):
        return None
    first = data.args[0]
    sizes = first.elts if isinstance(first, (ast.Tuple, ast.List)) else data.args
    if not all(isinstance(a, (ast.Constant, ast.Name, ast.BinOp, ast.Attribute)) for a in sizes):
        return None
    return ast.Tuple([e.expr(a) for a in sizes], ast.Load())


def shape_of(found: set[tuple[tuple[object, ...], str]]) -> ast.expr:
    """The one shape that all visits agree on."""
    if len(found) != 1:
        raise Unwritable("the shape of this buffer differs between visits")
    return nodes.literal(next(iter(found))[0])
