"""Weights that a Keras layer makes itself, in PyTorch: `self.add_weight(...)` is a Parameter, or a buffer."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codegen.writing import nodes
from codegen.writing.drawn_weights import drawn
from codegen.writing.plans import Unwritable
from pivot.dims import Size
from pivot.problems import Problem
from pivot.reading import keras_variables
from pivot.reading.keras_starts import SCALED, Described, described
from pivot.reading.trace import Visit
from pivot.reading.values import Api, InstanceObject, TensorCell, Value

if TYPE_CHECKING:
    from codegen.writing.expressions import Expressions

KEPT = ("name", "shape", "initializer", "dtype", "trainable")


def weight_expression(e: Expressions, node: ast.Call, visits: list[Visit]) -> ast.expr:
    """`nn.Parameter(torch.zeros(n))`; a weight that is not trained is only its tensor, to be registered."""
    given = arguments(node, visits[0])
    cells = [v.result.hint for v in visits if v.result is not None and isinstance(v.result.hint, TensorCell)]
    parameters = [c.version.parameter for c in cells if c.version.parameter is not None]
    if not parameters:
        raise Unwritable("a weight whose shape is not known")
    shape = shape_text(e, given.get("shape"), [p.type.shape for p in parameters])
    trained = {p.trainable for p in parameters}
    if len(trained) != 1:
        raise Unwritable("a weight that is trained at some visits only")
    tensor = filled(e, node, given, visits[0], shape, len(parameters[0].type.shape))
    if len({start_of(v) for v in visits}) > 1:
        tell_lost_start(e, visits[0], "which differs between instances")
    dtype = parameters[0].type.dtype
    if not dtype.startswith("float") and isinstance(tensor, ast.Call):
        if ast.unparse(tensor.func) not in ("torch.zeros", "torch.ones", "torch.full"):  # drawn numbers are fractions
            tell_lost_start(e, visits[0], name_of(initializer_of(visits[0])))
            tensor = nodes.call("torch.zeros", [shape])
        tensor.keywords.append(ast.keyword("dtype", nodes.name(f"torch.{dtype}")))
    if trained == {True}:
        return nodes.call("torch.nn.Parameter", [tensor])
    tensor.__dict__["buffer"] = True
    return tensor


def variable_expression(e: Expressions, node: ast.Call, visits: list[Visit]) -> ast.expr:
    """`nn.Parameter(torch.randn(4, 8))` for `tf.Variable(tf.random.normal([4, 8]))`."""
    cells = [v.result.hint for v in visits if v.result is not None and isinstance(v.result.hint, TensorCell)]
    made = [c.version.parameter for c in cells if c.version.parameter is not None]
    trained = {parameter.trainable for parameter in made}
    if len(trained) != 1 or "self" not in e.locals:
        raise Unwritable("a variable that is made outside a layer, or that is trained at some visits only")
    named = {k.arg: k.value for k in node.keywords if k.arg is not None}
    first = next((named[k] for k in keras_variables.STARTS if k in named), None)
    said = node.args[0] if node.args else first
    start = started(visits[0])
    if start is None:
        assert said is not None
        tensor = without_default_kind(e.expr(said))
        if isinstance(said, (ast.Constant, ast.List)):
            tensor = nodes.call("torch.tensor", [tensor])
        if isinstance(tensor, (ast.Name, ast.Attribute)):  # two variables may start from it
            tensor = ast.Call(ast.Attribute(tensor, "clone", ast.Load()), [], [])
    else:
        inside = {k.arg: k.value for k in said.keywords if k.arg} if isinstance(said, ast.Call) else {}
        given = inside.get("shape", said.args[0] if isinstance(said, ast.Call) and said.args else named.get("shape"))
        shape = shape_text(e, given, [parameter.type.shape for parameter in made])
        stand_in = Visit(node, visits[0].frame, "method", None, (), {"initializer": start})
        tensor = filled(e, node, {}, stand_in, shape, len(made[0].type.shape))
    if trained == {True}:
        return nodes.call("torch.nn.Parameter", [tensor])
    tensor.__dict__["buffer"] = True
    return tensor


def without_default_kind(tensor: ast.expr) -> ast.expr:
    """`torch.zeros(4)` for `torch.zeros(4, dtype=torch.float32)`: weights are of the kind of their module."""
    if isinstance(tensor, ast.Call):
        said = [k for k in tensor.keywords if k.arg == "dtype" and ast.unparse(k.value) == "torch.float32"]
        tensor.keywords = [k for k in tensor.keywords if k not in said]
    return tensor


def started(visit: Visit) -> Value | None:
    """The initialiser that a variable is drawn by; None where its numbers are computed."""
    value = next(
        (v for v in (*visit.args[:1], *(visit.kwargs.get(k) for k in keras_variables.STARTS)) if v is not None), None
    )
    if value is None:
        return None
    if isinstance(value.hint, InstanceObject) and value.hint.cls == keras_variables.DRAWN:
        return value.hint.attrs["initializer"]
    return value if "shape" in visit.kwargs and not isinstance(value.hint, TensorCell) else None


def places_of(visit: Visit) -> tuple[str, ...]:
    """The arguments of add_weight in their order; in Keras 2 the name may come first."""
    named_first = bool(visit.args) and isinstance(visit.args[0].hint, str)
    return ("name", "shape", "dtype", "initializer") if named_first else ("shape", "initializer", "dtype")


def arguments(node: ast.Call, visit: Visit) -> dict[str, ast.expr]:
    """The arguments by name."""
    found = dict(zip(places_of(visit), node.args, strict=False))
    found.update({k.arg: k.value for k in node.keywords if k.arg is not None})
    return found


def shape_text(e: Expressions, given: ast.expr | None, shapes: list[tuple[object, ...]]) -> ast.expr:
    """The sizes as the source says them, each by itself, or the numbers that all visits agree on."""
    if isinstance(given, (ast.Tuple, ast.List)) and len(given.elts) == len(shapes[0]):
        columns = list(zip(*shapes, strict=True))
        parts = [size_text(e, part, list(column)) for part, column in zip(given.elts, columns, strict=True)]
        return ast.Tuple(parts, ast.Load()) if len(parts) != 1 else parts[0]
    if given is not None and len(set(shapes)) > 1:
        return e.expr(given)
    if len(set(shapes)) != 1:
        raise Unwritable("the shape of this weight differs between visits")
    sizes = shapes[0]
    return nodes.literal(tuple(sizes) if len(sizes) != 1 else sizes[0])


def size_text(e: Expressions, part: ast.expr, column: list[object]) -> ast.expr:
    """One size: the source's words where they have any here, else the number."""
    try:
        text = e.expr(part)
    except Unwritable:
        text = None
    local = text is not None and any(isinstance(n, ast.Name) and n.id in e.shapes for n in ast.walk(text))
    if text is not None and not local and not nodes.has_gone(text):
        return text
    if len(set(column)) != 1:
        raise Unwritable("a size of this weight differs between visits and no name says it")
    return nodes.literal(column[0])


def filled(
    e: Expressions, node: ast.Call, given: dict[str, ast.expr], visit: Visit, shape: ast.expr, rank: int
) -> ast.expr:
    """A tensor of a shape that starts as the source says, as far as PyTorch has a word for it."""
    sizes = list(shape.elts) if isinstance(shape, ast.Tuple) else [shape]
    if rank == 0:
        sizes = [ast.Tuple([], ast.Load())]
    said = start_of(visit)
    if said is not None and said[0] == "constant":
        if said[1] in (0, 1):
            return nodes.call("torch.ones" if said[1] else "torch.zeros", sizes)
        return nodes.call("torch.full", [shape_tuple(shape, rank, given.get("shape"), visit), nodes.literal(said[1])])
    if rank == 1 and said is not None and shape is shape_tuple(shape, rank, given.get("shape"), visit):
        sizes = [ast.Starred(shape, ast.Load())]  # a name for the whole shape is no size to compute with
    made = drawn(sizes, rank, said) if said is not None else None
    if made is None:
        tell_lost_start(e, visit, name_of(initializer_of(visit)))
        made = drawn(sizes, rank, ("normal", 0.0, 0.05))
        assert made is not None
    return made


def tell_lost_start(e: Expressions, visit: Visit, name: str) -> None:
    """Say that a weight begins with other numbers than those of the initializer called `name`."""
    why = f"what this weight starts from ({name or 'its initializer'}) is not carried over"
    node, frame = e.w.ev.in_program(visit.node, visit.frame)  # rather than in what restates the library
    place = frame.file, getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1
    e.w.refused(Problem("initialiser", "info", *place, why, "load weights, or set these values in the target"))


def shape_tuple(shape: ast.expr, rank: int, said: ast.expr | None, visit: Visit) -> ast.expr:
    """A shape as a tuple. `said`: the source's; `shape=sizes` is a tuple already, of which no size was taken out."""
    whole = isinstance(said, (ast.Name, ast.Attribute, ast.Subscript)) and not isinstance(shape, ast.Constant)
    value = {**dict(zip(places_of(visit), visit.args, strict=False)), **visit.kwargs}.get("shape", Value(None))
    whole = whole and not isinstance(value.hint, (int, Size))
    return shape if rank != 1 or whole or isinstance(shape, ast.Tuple) else ast.Tuple([shape], ast.Load())


def initializer_of(visit: Visit) -> Value:
    """What a weight is given to start with; nothing where that is left to Keras."""
    given = {**dict(zip(places_of(visit), visit.args, strict=False)), **visit.kwargs}
    return given.get("initializer", Value(None))


def start_of(visit: Visit) -> Described | None:
    """What a weight starts from; None where it is not known."""
    value = initializer_of(visit)
    return SCALED["GlorotUniform"] if value.hint is None else described(value)


def name_of(value: Value) -> str:
    """`orthogonal` for "orthogonal", `keras.initializers.Orthogonal` and an object of it."""
    hint = value.hint
    if isinstance(hint, str):
        return hint.lower()
    kind = hint.cls if isinstance(hint, InstanceObject) else hint
    return snake(kind.name.rpartition(".")[2]) if isinstance(kind, Api) else ""


def snake(name: str) -> str:
    """`GlorotUniform` as `glorot_uniform`."""
    return "".join(f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))
