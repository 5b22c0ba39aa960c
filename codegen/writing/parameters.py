"""Parameters of a module's own: nn.Parameter(...) becomes self.add_weight(...)."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codegen.target import Target
from codegen.writing import nodes
from codegen.writing.fan_names import fan_said
from codegen.writing.plans import Unwritable
from pivot.problems import Problem
from pivot.reading.trace import Visit
from pivot.reading.values import ListObject, ParameterObject, TensorCell, Value
from pivot.starts import Start

if TYPE_CHECKING:
    from codegen.writing.expressions import Expressions

LEFT_OUT = "what a parameter starts from is not carried over"
SOME_FROZEN = "this parameter is trained in some instances only, and in all of them in the target"
PLAIN = {"keras.ops.ones", "keras.ops.zeros", "keras.ops.eye"}  # in the type that the layer computes in
CREATORS = {
    "torch.ones": "ones",
    "torch.zeros": "zeros",
    "torch.empty": "zeros",
    "torch.Tensor": "zeros",
    "torch.FloatTensor": "zeros",
    "torch.randn": "random_normal",
    "torch.rand": "random_uniform",
    "torch.full": "constant",
}


LIKE = ("new_zeros", "new_ones", "new_empty", "new_full")


def parameter_expression(e: Expressions, node: ast.expr, visits: list[Visit]) -> ast.expr:
    """`self.add_weight(shape=..., initializer=...)`, or a variable where the source computes what it starts from."""
    if isinstance(node, ast.Call) and visits[0].name == "keras.Variable":
        from codegen.writing.own_weights import variable_expression

        return variable_expression(e, node, visits)
    if isinstance(node, ast.Call) and all(v.name == "torch.nn.Buffer" for v in visits) and not plain_buffer(e, node):
        cells = {v.result.hint.dtype for v in visits if v.result is not None and isinstance(v.result.hint, TensorCell)}
        return variable(e, node, cells)
    if isinstance(node, ast.Call) and is_computed(e, node, visits) and (made := computed(e, node, visits)) is not None:
        return made
    if isinstance(node, ast.Call) and "self" not in e.locals and (made := computed(e, node, visits)) is not None:
        return made  # a function of the program makes it; the layer that gets it keeps it
    if not isinstance(node, ast.Call) or "self" not in e.locals:
        raise Unwritable("a parameter that is made outside a module")
    data = data_of(node)
    factor: ast.expr | None = None
    while isinstance(data, ast.Call) and isinstance(data.func, ast.Attribute) and data.func.attr.endswith("_"):
        data = data.func.value  # torch.empty(3, 4).normal_()
    if isinstance(data, ast.BinOp) and isinstance(data.op, ast.Mult):
        sides = [data.left, data.right] if isinstance(data.left, ast.Call) else [data.right, data.left]
        data, factor = sides[0], sides[1]
    api = e.w.static_api(data.func, e.file, e.locals) if isinstance(data, ast.Call) else None
    kind = CREATORS.get(api.name, "") if api is not None else made_like(data)
    shape = shape_expression(e, data if kind else creator_inside(e, data, visits), visits)
    kwargs = {"shape": shape}
    if e.w.starts.on or not set_later(visits):  # else what it was made from says nothing: Keras' own default
        kwargs["initializer"] = start(e, visits, kind) or initializer(e, kind, data, factor)
    return nodes.call("self.add_weight", [], {**kwargs, **trained(e, node, visits)})


def made_like(data: ast.expr | None) -> str:
    """`weight.new_zeros(3, 4)`: a new tensor of the kind of another."""
    of_tensor = isinstance(data, ast.Call) and isinstance(data.func, ast.Attribute)
    name = data.func.attr if of_tensor else ""  # type: ignore[union-attr]
    return CREATORS.get(f"torch.{name.removeprefix('new_')}", "") if name in LIKE else ""


def set_later(visits: list[Visit]) -> bool:
    """Does the source say what a parameter starts from by an initialiser, whatever it was made from?"""
    return any(p.start is not None and p.start.file for p in parameters(visits))


def trained(e: Expressions, node: ast.Call, visits: list[Visit]) -> dict[str, ast.expr]:
    """`trainable=`, where it is not True: as a number, or in the source's words where the visits differ."""
    made = {p.trainable for p in parameters(visits)}
    if made == {True}:
        return {}
    said = (
        node.args[1] if len(node.args) > 1 else next((k.value for k in node.keywords if k.arg == "requires_grad"), None)
    )
    if made == {False} and (said is None or isinstance(said, ast.Constant)):
        return {"trainable": ast.Constant(False)}
    if said is None:  # one class, frozen in some of its instances: `for p in self.teacher.parameters(): ...`
        remedy = "set trainable of the others in the target before training"
        e.w.starts.note(Problem("frozen", "warning", e.file, node.lineno, 1, SOME_FROZEN, remedy))
        return {}
    if visits[0].name.endswith("Buffer"):
        raise Unwritable("whether this parameter is trained differs between visits")
    return {"trainable": e.expr(said)}


def parameters(visits: list[Visit]) -> list[ParameterObject]:
    """What the visits made."""
    cells = [v.result.hint for v in visits if v.result is not None]
    return [c.version.parameter for c in cells if isinstance(c, TensorCell) and c.version.parameter is not None]


def data_of(node: ast.Call) -> ast.expr | None:
    """What a parameter is made from."""
    return node.args[0] if node.args else next((k.value for k in node.keywords if k.arg == "data"), None)


def is_computed(e: Expressions, node: ast.Call, visits: list[Visit]) -> bool:
    """Does the source compute what a parameter starts from, by more than Keras has an initialiser for?"""
    data, made = data_of(node), parameters(visits)
    if not made or not all(p.start is not None and p.start.computed for p in made):
        return False
    if isinstance(data, ast.BinOp) and isinstance(data.op, ast.Mult):
        sides = [data.left, data.right] if isinstance(data.left, ast.Call) else [data.right, data.left]
        kinds = {type(v.result.hint) for v in e.w.trace.of(sides[1]) if v.result is not None}
        data = data if TensorCell in kinds else sides[0]
    api = e.w.static_api(data.func, e.file, e.locals) if isinstance(data, ast.Call) else None
    return api is None or api.name not in CREATORS


def computed(e: Expressions, node: ast.Call, visits: list[Visit]) -> ast.expr | None:
    """A variable that starts from what the source computes; None, and said, where that cannot be written."""
    data, dtypes = data_of(node), {p.type.dtype for p in parameters(visits)}
    assert data is not None
    try:
        text = e.expr(data)
        if nodes.has_gone(text) or len(dtypes) != 1:
            raise Unwritable("it is computed from what the target does not have")
    except Unwritable as no:
        e.w.starts.left_out(Start("other", file=e.file, line=node.lineno), f"{LEFT_OUT}: {no}")
        return None
    kwargs: dict[str, ast.expr] = {} if dtypes == {"float32"} else {"dtype": ast.Constant(dtypes.pop())}
    return nodes.call("keras.Variable", [text], {**kwargs, **trained(e, node, visits)})


def variable(e: Expressions, node: ast.Call, dtypes: set[str]) -> ast.expr:
    """A buffer as a variable that is not trained."""
    data = node.args[0] if node.args else next(k.value for k in node.keywords if k.arg == "data")
    kwargs: dict[str, ast.expr] = {} if dtypes == {"float32"} else {"dtype": ast.Constant(next(iter(dtypes)))}
    value = e.expr(data)
    if dtypes == {"float32"} and names_float32(value):  # a buffer is of the kind that its module is turned to
        kwargs["dtype"] = nodes.name("self.compute_dtype")
    return nodes.call("keras.Variable", [value], {**kwargs, "trainable": ast.Constant(False)})


def names_float32(value: ast.expr) -> bool:
    """Is a value made in float32 by name, whatever the program computes in?"""
    return any(isinstance(part, ast.Constant) and part.value == "float32" for part in ast.walk(value))


def plain_buffer(e: Expressions, node: ast.Call) -> bool:
    """Does a buffer start from zeros or ones that the call itself makes?"""
    data = data_of(node)
    api = e.w.static_api(data.func, e.file, e.locals) if isinstance(data, ast.Call) else None
    return api is not None and api.name in ("torch.zeros", "torch.ones") and "self" in e.locals


def buffer_expression(e: Expressions, node: ast.Call, visits: list[Visit]) -> ast.expr:
    """The tensor of `register_buffer`: a variable that is not trained, or the tensor itself where no file keeps it."""
    given = {k.arg: k.value for k in node.keywords}
    data = node.args[1] if len(node.args) > 1 else given.get("tensor", given.get("param", ast.Constant(None)))
    hints = [value_of(v).hint for v in visits]
    text = e.expr(data)
    cells = [h for h in hints if isinstance(h, TensorCell)]
    if not cells:
        return text
    kept = {bool(v.hint) for visit in visits if (v := (visit.args[2:3] or (visit.kwargs.get("persistent"),))[0])}
    dtypes = {cell.dtype for cell in cells}
    optional = len(cells) < len(hints)
    if kept == {False}:
        return if_given(text, typed(e.w.target, text, dtypes)) if optional else typed(e.w.target, text, dtypes)
    if len(dtypes) != 1 or len(kept) > 1:
        raise Unwritable("the visits of this buffer differ")
    made = kept_tensor(text, dtypes)
    return if_given(text, made) if optional else made


def kept_tensor(text: ast.expr, dtypes: set[str]) -> ast.expr:
    """A variable that is not trained and starts from a tensor of one kind."""
    (dtype,) = dtypes
    kwargs: dict[str, ast.expr] = {} if dtype == "float32" else {"dtype": ast.Constant(dtype)}
    if dtype == "float32" and names_float32(text):
        kwargs["dtype"] = nodes.name("self.compute_dtype")
    return nodes.call("keras.Variable", [text], {**kwargs, "trainable": ast.Constant(False)})


def bound_anew(e: Expressions, node: ast.Assign, value: ast.expr) -> ast.expr:
    """`self.mask = x` where a buffer of that name is: another variable; in PyTorch the module sees to it."""
    dtypes = e.w.trace.rebound.get(id(node.targets[0]))
    if dtypes is None or e.w.target.framework != "keras":
        return value
    if len(dtypes) != 1:
        raise Unwritable("the visits of this buffer differ")
    return kept_tensor(value, dtypes)


def if_given(text: ast.expr, made: ast.expr) -> ast.expr:
    """What is made of a value, or None for None. Raises Unwritable where the value has no name."""
    if made is text:
        return text
    if not isinstance(text, ast.Name):
        raise Unwritable("this buffer is None at some visits only")
    return ast.IfExp(ast.Compare(text, [ast.Is()], [ast.Constant(None)]), ast.Constant(None), made)


def computed_buffer(e: Expressions, node: ast.Call, visits: list[Visit]) -> ast.expr:
    """`nn.Buffer(value, persistent=False)` as the value."""
    data = node.args[0] if node.args else next(k.value for k in node.keywords if k.arg == "data")
    cells = [v.result.hint for v in visits if v.result is not None]
    return typed(e.w.target, e.expr(data), {c.dtype for c in cells if isinstance(c, TensorCell)})


def typed(target: Target, value: ast.expr, kinds: set[str]) -> ast.expr:
    """A value in the type that the layer computes in, where it is a real number: buffers follow their module."""
    if not kinds or not all(kind.startswith(("float", "bfloat")) for kind in kinds):
        return value
    plain = isinstance(value, ast.Call) and ast.unparse(value.func) in PLAIN
    if plain and isinstance(value, ast.Call) and not any(k.arg == "dtype" for k in value.keywords):
        return value
    return target.as_computed(value)


def value_of(visit: Visit) -> Value:
    """What a buffer is made from."""
    found = visit.args[1] if len(visit.args) > 1 else visit.kwargs.get("tensor", visit.kwargs.get("param"))
    return found if found is not None else Value(None)


def start(e: Expressions, visits: list[Visit], kind: str) -> ast.expr | None:
    """What was set after the making, or what its expression says where that is no plain call."""
    if not set_later(visits) and kind:
        return None
    made = parameters(visits)
    said = fan_said(e, visits, made) if e.w.starts.on else None
    return said if said is not None else e.w.starts.own(made)


def creator_inside(e: Expressions, data: ast.expr | None, visits: list[Visit]) -> ast.expr | None:
    """`torch.ones((heads, 1, 1))` of `torch.log(10 * torch.ones((heads, 1, 1)))`: what has the parameter's shape."""
    wanted = [shape_of(v) for v in visits]
    for part in ast.walk(data) if data is not None else ():
        api = e.w.static_api(part.func, e.file, e.locals) if isinstance(part, ast.Call) else None
        if api is not None and api.name in CREATORS and [shape_of(v) for v in e.w.trace.of(part)] == wanted:
            return part if isinstance(part, ast.expr) else None
    return None


def shape_of(visit: Visit) -> object:
    """The shape of what a call gave."""
    return visit.result.hint.shape if visit.result is not None and isinstance(visit.result.hint, TensorCell) else None


def shape_expression(e: Expressions, data: ast.expr | None, visits: list[Visit]) -> ast.expr:
    """The sizes as the source says them, or the numbers that all visits agree on."""
    size = next((k.value for k in data.keywords if k.arg == "size"), None) if isinstance(data, ast.Call) else None
    if isinstance(size, (ast.Tuple, ast.List)) and not any(isinstance(x, ast.Starred) for x in size.elts):
        return ast.Tuple([e.expr(x) for x in size.elts], ast.Load())
    if isinstance(data, ast.Call) and data.args and not any(isinstance(a, ast.Starred) for a in data.args):
        first = data.args[0]
        if isinstance(first, (ast.Tuple, ast.List)):
            return ast.Tuple([e.expr(x) for x in first.elts], ast.Load())
        given = [v.args[0].hint for v in e.w.trace.of(data) if v.args]
        if len(data.args) == 1 and given and all(isinstance(hint, (tuple, ListObject)) for hint in given):
            return e.expr(first)
        if all(isinstance(a, (ast.Constant, ast.Name, ast.BinOp, ast.Attribute, ast.Subscript)) for a in data.args):
            return ast.Tuple([e.expr(a) for a in data.args], ast.Load())
    shapes = {v.result.hint.shape for v in visits if v.result is not None and isinstance(v.result.hint, TensorCell)}
    if len(shapes) == 1:
        return nodes.literal(next(iter(shapes)))
    sizes = [e.expr(a) for a in data.args] if isinstance(data, ast.Call) and sizes_alone(e, data) else []
    if not sizes or any(nodes.has_gone(size) for size in sizes):
        raise Unwritable("the shape of this parameter differs between visits")
    return ast.Tuple(sizes, ast.Load())


def sizes_alone(e: Expressions, data: ast.Call) -> bool:
    """Is a creator given one number for every axis, whatever it takes to say them: `torch.zeros(heads, len(table))`?"""
    made = [v.args for v in e.w.trace.of(data)]
    spread = any(isinstance(a, ast.Starred) for a in data.args)
    return bool(made) and not spread and all(isinstance(arg.hint, int) for args in made for arg in args)


def initializer(e: Expressions, kind: str, data: ast.expr | None, factor: ast.expr | None) -> ast.expr:
    """A Keras initializer that starts from the same distribution."""
    if kind == "constant" and isinstance(data, ast.Call) and len(data.args) > 1:
        return nodes.call("keras.initializers.Constant", [e.expr(data.args[1])])
    if kind == "random_normal":
        return nodes.call(
            "keras.initializers.RandomNormal",
            [],
            {"stddev": e.expr(factor) if factor is not None else ast.Constant(1.0)},
        )
    if kind == "random_uniform":
        return nodes.call(
            "keras.initializers.RandomUniform",
            [],
            {"minval": ast.Constant(0.0), "maxval": e.expr(factor) if factor is not None else ast.Constant(1.0)},
        )
    if kind == "ones" and factor is not None:
        return nodes.call("keras.initializers.Constant", [e.expr(factor)])
    return ast.Constant(kind or "zeros")


def let_go(e: Expressions, node: ast.Assign) -> list[ast.stmt]:
    """What stands before a parameter that takes the place of another: Keras would keep both."""
    target = node.targets[0]
    if id(target) not in e.w.trace.replaced or not isinstance(target, ast.Attribute):
        return []
    return e.w.target.let_go(ast.Attribute(e.expr(target.value), e.w.attribute_name(target), ast.Del()))
