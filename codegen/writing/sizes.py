"""Sizes of tensors as text: places of storage, static where they are numbers."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import TYPE_CHECKING

from codegen.writing import nodes
from codegen.writing.plans import Unwritable
from pivot.dims import Dim, Quotient, Size
from pivot.reading.trace import Visit
from pivot.reading.values import TensorCell, Value

if TYPE_CHECKING:
    from codegen.writing.expressions import Expressions


def size(e: Expressions, node: ast.expr, visits: list[Visit]) -> ast.expr | None:
    """x.shape, x.size(), x.size(i), x.dim(), len(x): places of storage."""
    name = visits[0].name
    if name == "len":
        if id(node) in e.w.trace.counted or not isinstance(node, ast.Call):
            return None
        return axis_size(e, e.expr(node.args[0]), visits, [0] * len(visits))
    if name == "rank" and isinstance(node, ast.Attribute):  # x.shape.rank
        return nodes.call("len", [e.expr(node.value)])
    owner, asked = owner_of(e, node)
    if owner is None:
        raise Unwritable("a size that is read in an unusual way")
    x = e.expr(owner)
    if name in ("dim", "ndim", "ndimension"):
        return nodes.call("len", [ast.Attribute(x, "shape", ast.Load())])
    if name in ("numel", "nelement"):
        return e.w.target.count(x)
    if asked:
        where = [v.args[1].hint if len(v.args) > 1 else v.kwargs["dim"].hint for v in visits]
        return axis_size(e, x, visits, where)
    found = all_orders(e, visits)
    if found and all(order == tuple(range(len(order))) for order in found):
        return e.w.target.shape(x)
    order = orders(e, visits)
    return ast.Tuple([axis_size(e, x, visits, [axis] * len(visits)) for axis in range(len(order))], ast.Load())


def owner_of(e: Expressions, node: ast.expr) -> tuple[ast.expr | None, bool]:
    """The tensor whose size is read by `x.shape`, `x.size(1)`, `ops.shape(x)`; is only one axis asked for?"""
    if isinstance(node, ast.Attribute):
        return node.value, False
    if not isinstance(node, ast.Call):
        return None, False
    if isinstance(node.func, (ast.Name, ast.Attribute)) and e.w.static_api(node.func, e.file, e.locals) is not None:
        given = node.args[0] if node.args else next((k.value for k in node.keywords), None)
        return given, False
    if isinstance(node.func, ast.Attribute):
        return node.func.value, bool(node.args or node.keywords)
    return None, False


def all_orders(e: Expressions, visits: list[Visit]) -> set[tuple[int, ...]]:
    """The storage orders of the tensors whose size is read, which a function may take with several ranks."""
    cells = [visit.args[0].hint for visit in visits]
    return {e.w.layout.order_of(cell.version) for cell in cells if isinstance(cell, TensorCell)}


def orders(e: Expressions, visits: list[Visit]) -> tuple[int, ...]:
    """The one storage order of the tensors whose size is read."""
    found = all_orders(e, visits)
    if len(found) != 1:
        raise Unwritable("sizes are read of tensors stored in different orders")
    return next(iter(found))


def axis_size(e: Expressions, x: ast.expr, visits: list[Visit], axes: list[object]) -> ast.expr:
    """One size: from the static shape where it is a number, at run time otherwise."""
    places: set[int] = set()
    ends: set[int] = set()  # counted from the end, which ranks may share
    static = True
    for visit, axis in zip(visits, axes, strict=True):
        cell = visit.args[0].hint
        order = e.w.layout.order_of(cell.version) if isinstance(cell, TensorCell) else ()
        if not isinstance(cell, TensorCell) or not isinstance(axis, int) or not order:
            raise Unwritable("the axis of a size is not a number")
        if not -len(cell.shape) <= axis < len(cell.shape):
            raise Unwritable("tensors of different ranks have their sizes read here")
        place = order.index(axis % len(order))
        places.add(place)
        ends.add(place - len(order))
        static = static and isinstance(cell.shape[axis], int)
    if len(places) != 1 and len(ends) == 1:
        places = ends
    if len(places) != 1:
        if len(set(axes)) == 1:
            raise Unwritable("sizes are read of tensors stored in different orders")
        raise Unwritable("sizes of different axes are read here")
    number = weight_size(visits, axes)
    if number is not None:
        return nodes.literal(number)
    return e.w.target.size(x, next(iter(places)), static)


def weight_size(visits: list[Visit], axes: list[object]) -> object | None:
    """A size of a layer's weight is a number, where all visits agree; the target's weight may be laid out otherwise."""
    found = set()
    for visit, axis in zip(visits, axes, strict=True):
        cell = visit.args[0].hint
        if not isinstance(cell, TensorCell) or cell.version.parameter is None or not cell.version.parameter.role:
            return None
        found.add(cell.shape[axis] if isinstance(axis, int) else None)
    return next(iter(found)) if len(found) == 1 else None


def size_item(e: Expressions, node: ast.Subscript) -> ast.expr | None:
    """`x.shape[1]`, `x.size()[1]`."""
    visits = e.w.trace.of(node.value)
    if not visits or visits[0].kind != "size" or visits[0].name not in ("shape", "size"):
        return None
    owner, asked = owner_of(e, node.value)
    if asked:
        return None
    index = node.slice
    if isinstance(index, ast.Slice) and owner is not None:
        return axis_sizes(e, e.expr(owner), visits, index)
    sign = 1
    if isinstance(index, ast.UnaryOp) and isinstance(index.op, ast.USub):
        sign, index = -1, index.operand
    number = index.value if isinstance(index, ast.Constant) else None
    if owner is None or not isinstance(number, int):
        return None
    return axis_size(e, e.expr(owner), visits, [sign * number] * len(visits))


def said_sizes(visit: Visit, given: Mapping[str, ast.expr]) -> list[tuple[Dim, ast.expr]]:
    """Sizes known only at run time that a call's own arguments say, with their texts: `x.expand(batch, length)`."""
    found: list[tuple[Dim, ast.expr]] = []
    for key, text in given.items():
        where = visit.bound.given.get(key) if visit.bound is not None else None
        if isinstance(where, int):
            values = list(visit.args[where:]) if isinstance(text, ast.Tuple) else list(visit.args[where : where + 1])
        else:
            values = [visit.kwargs[where]] if isinstance(where, str) and where in visit.kwargs else []
        if len(values) == 1 and isinstance(values[0].hint, tuple):
            values = [v for v in values[0].hint if isinstance(v, Value)]
        texts = text.elts if isinstance(text, (ast.Tuple, ast.List)) else [text]
        if len(texts) == 1 < len(values) and is_shape_text(texts[0]):  # `shape = x.shape`, in the source's order
            texts = [ast.Subscript(texts[0], ast.Constant(place), ast.Load()) for place in range(len(values))]
        if len(values) == len(texts) and not any(isinstance(t, ast.Starred) for t in texts):
            found += [(v.hint, t) for v, t in zip(values, texts, strict=True) if isinstance(v.hint, Size)]
    return [(dim, text) for dim, text in found if not nodes.has_gone(text)]


def is_shape_text(text: ast.expr) -> bool:
    """Is this a name that holds sizes, or `ops.shape(x)`?"""
    asks = isinstance(text, ast.Call) and len(text.args) == 1 and isinstance(text.args[0], ast.Name)
    return asks or isinstance(text, ast.Name)


def axis_sizes(e: Expressions, x: ast.expr, visits: list[Visit], index: ast.Slice) -> ast.expr | None:
    """`x.shape[-2:]`: the sizes of some axes in the source's order."""
    try:
        part = slice(*(ast.literal_eval(p) if p is not None else None for p in (index.lower, index.upper, index.step)))
    except ValueError:
        return None
    order = orders(e, visits)
    axes = list(range(len(order)))[part]
    places = [order.index(axis) for axis in axes]
    if places and places == list(range(places[0], places[0] + len(places))):
        shape = e.w.target.shape(x)
        last = places[-1] + 1
        first, behind = nodes.literal(places[0]), None if last == len(order) else nodes.literal(last)
        return ast.Subscript(shape, ast.Slice(first if places[0] else None, behind), ast.Load())
    return ast.Tuple([axis_size(e, x, visits, [axis] * len(visits)) for axis in axes], ast.Load())


def rounded(e: Expressions, node: ast.Call, visits: list[Visit]) -> ast.expr | None:
    """`math.ceil(h / 2)` is `-(-h // 2)` and `int(h / 2)` is `h // 2`, which sizes that are not known allow too;
    `len(x.shape)` asks for no size.
    """
    if visits[0].name == "numel" and isinstance(node.func, ast.Attribute) and not node.args:  # of a torch.Size
        return nodes.call("math.prod", [e.expr(node.func.value)])
    if visits[0].name == "builtins.len" and len(node.args) == 1:
        asked = e.w.trace.of(node.args[0])
        owner, one = owner_of(e, node.args[0]) if asked and asked[0].name in ("shape", "size") else (None, False)
        return None if owner is None or one else nodes.call("len", [ast.Attribute(e.expr(owner), "shape", ast.Load())])
    if not any(v.args and isinstance(v.args[0].hint, Quotient) for v in visits) or is_extremum(visits[0]):
        return None
    part = node.args[0]
    if not isinstance(part, ast.BinOp) or not isinstance(part.op, ast.Div):
        raise Unwritable("a fraction of a size is rounded away from where it is made")
    over, by = e.expr(part.left), e.expr(part.right)
    if not visits[0].name.endswith("ceil"):
        return ast.BinOp(over, ast.FloorDiv(), by)
    return ast.UnaryOp(ast.USub(), ast.BinOp(ast.UnaryOp(ast.USub(), over), ast.FloorDiv(), by))


def is_extremum(visit: Visit) -> bool:
    """Is this `max(h / k, 1.0)`, which rounds nothing?"""
    return visit.name in ("builtins.max", "builtins.min")
