"""Weights that a Keras layer makes itself, in PyTorch: `self.add_weight(...)` is a Parameter, or a buffer.

PyTorch makes weights in the constructor: what `build` does, with the shapes of inputs it is told, comes at its end.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from codegen.writing import nodes
from codegen.writing.plans import Unwritable
from codegen.writing.statements import Statements
from pivot.dims import Size, symbols
from pivot.dims import hint as dim_hint
from pivot.problems import Problem
from pivot.reading import keras_variables
from pivot.reading.frames import Frame
from pivot.reading.keras_starts import SIGNATURES
from pivot.reading.modules import ModuleObject
from pivot.reading.trace import Trace, Visit
from pivot.reading.values import Api, ClassObject, InstanceObject, ListObject, TensorCell, Value

if TYPE_CHECKING:
    from codegen.writing.definitions import Definitions
    from codegen.writing.expressions import Expressions

FILLED = {"zeros": "torch.zeros", "zero": "torch.zeros", "ones": "torch.ones", "one": "torch.ones"}
DRAWN = {
    "glorot_uniform": "xavier_uniform_", "glorot_normal": "xavier_normal_", "he_uniform": "kaiming_uniform_",
    "he_normal": "kaiming_normal_", "orthogonal": "orthogonal_", "uniform": "uniform_", "random_uniform": "uniform_",
    "normal": "normal_", "random_normal": "normal_", "truncated_normal": "trunc_normal_", "identity": "eye_",
}  # fmt: skip
"""Keras' names -> functions of torch.nn.init."""
NUMBERS = {"uniform_": (-0.05, 0.05), "normal_": (0.0, 0.05), "trunc_normal_": (0.0, 0.05)}
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
    dtype = parameters[0].type.dtype
    if not dtype.startswith("float") and isinstance(tensor, ast.Call):
        if ast.unparse(tensor.func) not in ("torch.zeros", "torch.ones", "torch.full"):  # drawn numbers are fractions
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


def arguments(node: ast.Call, visit: Visit) -> dict[str, ast.expr]:
    """The arguments by name; in Keras 2 the name may come first."""
    named_first = bool(visit.args) and isinstance(visit.args[0].hint, str)
    places = ("name", "shape", "dtype", "initializer") if named_first else ("shape", "initializer", "dtype")
    found = dict(zip(places, node.args, strict=False))
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
    value = initializer_of(visit)
    name, arguments_ = value
    sizes = [shape] if not isinstance(shape, ast.Tuple) else list(shape.elts)
    if not isinstance(shape, ast.Tuple) and rank != 1:
        sizes = [shape]
    if rank == 0:
        sizes = [ast.Tuple([], ast.Load())]
    if name in FILLED:
        return nodes.call(FILLED[name], sizes)
    if name == "constant" and arguments_ and isinstance(arguments_[0], (int, float)):
        return nodes.call("torch.full", [shape_tuple(shape, rank), nodes.literal(arguments_[0])])
    draw = DRAWN.get(name, "")
    if draw and (rank >= 2 or draw in NUMBERS) and (draw != "eye_" or rank == 2):
        numbers: tuple[object, ...] = NUMBERS.get(draw, ())
        if draw in NUMBERS and arguments_:
            numbers = tuple(arguments_)[:2] if len(arguments_) >= 2 else numbers
        return nodes.call(
            f"torch.nn.init.{draw}", [nodes.call("torch.empty", sizes), *[nodes.literal(n) for n in numbers]]
        )
    why = f"what this weight starts from ({name or 'its initializer'}) is not carried over"
    place = e.file, node.lineno, node.col_offset + 1
    e.w.refused(Problem("initialiser", "info", *place, why, "load weights, or set these values in the target"))
    return nodes.call("torch.nn.init.normal_", [nodes.call("torch.empty", sizes), *map(nodes.literal, (0.0, 0.05))])


def shape_tuple(shape: ast.expr, rank: int) -> ast.expr:
    """A shape as a tuple."""
    return ast.Tuple([shape], ast.Load()) if rank == 1 and not isinstance(shape, ast.Tuple) else shape


def initializer_of(visit: Visit) -> tuple[str, tuple[object, ...]]:
    """("zeros", ()), ("random_normal", (0.0, 0.02)): what the weight is started with; Keras' default is glorot."""
    named_first = bool(visit.args) and isinstance(visit.args[0].hint, str)
    places = ("name", "shape", "dtype", "initializer") if named_first else ("shape", "initializer", "dtype")
    given = {**dict(zip(places, visit.args, strict=False)), **visit.kwargs}
    value = given.get("initializer", Value(None))
    hint = value.hint
    if hint is None:
        return "glorot_uniform", ()
    if isinstance(hint, str):
        return hint.lower(), ()
    name = hint.name if isinstance(hint, Api) else ""
    numbers: tuple[object, ...] = ()
    if isinstance(hint, InstanceObject) and isinstance(hint.cls, Api):
        name = hint.cls.name
        signature = SIGNATURES.get(name.rpartition(".")[2], {})
        said = [hint.attrs[key].hint if key in hint.attrs else default for key, default in signature.items()]
        numbers = tuple(said) if all(isinstance(n, (int, float)) for n in said) else ()
    return snake(name.rpartition(".")[2]), numbers


def snake(name: str) -> str:
    """`GlorotUniform` as `glorot_uniform`."""
    return "".join(f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))


def build_into_constructor(d: Definitions, cls: ClassObject, made: ast.ClassDef) -> None:
    """What `build` makes comes at the end of `__init__`."""
    build = next((s for s in cls.node.body if isinstance(s, ast.FunctionDef) and s.name == "build"), None)
    if build is None or not d.w.target.builds_early or not d.w.trace.frames.get(id(build)):
        return
    from codegen.writing.definitions import local_names

    init = next((s for s in made.body if isinstance(s, ast.FunctionDef) and s.name == "__init__"), None)
    own = next((s for s in cls.node.body if isinstance(s, ast.FunctionDef) and s.name == "__init__"), None)
    locals_ = local_names(build) | (local_names(own) if own is not None else set())
    body = Statements(d.w, cls.file, locals_, False)
    if own is not None and init is not None:  # what the constructor did not keep: initializers
        body.e.gone |= {f"self.{name}" for name in own_attributes(own) - own_attributes(init)}
    body.e.shapes = {a.arg for a in build.args.args[1:]}
    body.e.shapes |= {ast.unparse(s.targets[0]) for s in build.body if isinstance(s, ast.Assign) and follows_shape(s)}
    body.known = lambda node, made: as_known(d, build, body, node, made)
    statements = without_settled(d.w.trace, build.body, body.e.shapes)
    written = body.block([s for s in statements if not is_of_keras(s) and not only_checks(s)])
    written = [s for s in written if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    written = without_unread(written)
    if init is None:
        start = ast.Expr(nodes.call(ast.Attribute(nodes.call("super"), "__init__", ast.Load())))
        init = ast.FunctionDef("__init__", ast.arguments([], [ast.arg("self")], None, [], [], None, []), [start], [])
        init.returns, init.__dict__["blank"] = None, 1
        at = next((i for i, s in enumerate(made.body) if isinstance(s, ast.FunctionDef)), len(made.body))
        made.body.insert(at, init)
    written = without_shapes(written, made, body.e.shapes)
    init.body = [s for s in init.body if not isinstance(s, ast.Pass)] + written
    unread = body.e.shapes & {n.id for s in written for n in ast.walk(s) if isinstance(n, ast.Name)}
    if unread:
        raise d.w.refusal(cls.file, build, "the shape of an input is used in a way that a constructor cannot know")


def own_attributes(function: ast.FunctionDef) -> set[str]:
    """The attributes of `self` that a constructor sets."""
    places = (n for n in ast.walk(function) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store))
    return {n.attr for n in places if isinstance(n.value, ast.Name) and n.value.id == "self"}


def without_settled(trace: Trace, statements: list[ast.stmt], shapes: set[str]) -> list[ast.stmt]:
    """Statements with the arm in the place of an `if` that asks for the shape of an input, where all visits took it."""
    kept: list[ast.stmt] = []
    for statement in statements:
        taken = {b.taken for b in trace.branches.get(id(statement), []) if not b.speculative}
        asks = isinstance(statement, ast.If) and names_read([statement.test]) & shapes
        if isinstance(statement, ast.If) and asks and len(taken) == 1 and not only_checks(statement):
            kept += without_settled(trace, statement.body if taken.pop() else statement.orelse, shapes)
        else:
            kept.append(statement)
    return kept


def only_checks(statement: ast.stmt) -> bool:
    """Does a statement of `build` only complain of inputs, which came through when it was read?"""
    if isinstance(statement, ast.If) and not statement.orelse:
        return all(isinstance(inner, ast.Raise) for inner in statement.body)
    return isinstance(statement, ast.Assert)


def without_shapes(written: list[ast.stmt], made: ast.ClassDef, shapes: set[str]) -> list[ast.stmt]:
    """Statements without those that only keep the shape of an input, or make another one of it, for nobody to read."""
    kept = list(written)
    for statement in written:
        if not isinstance(statement, ast.Assign) or not names_read([statement]) & shapes:
            continue
        target = statement.targets[0]
        if isinstance(target, ast.Name):
            about = [s for s in kept if bound_name(s) == target.id]
            if target.id not in names_read([s for s in kept if s not in about]):
                kept = [s for s in kept if s not in about]
        elif isinstance(target, ast.Attribute):
            places = [n for part in (*made.body, *kept) for n in ast.walk(part) if isinstance(n, ast.Attribute)]
            if not any(n.attr == target.attr and isinstance(n.ctx, ast.Load) for n in places):
                kept = [s for s in kept if s is not statement]
    return kept


def names_read(statements: Sequence[ast.AST]) -> set[str]:
    """Names that statements read."""
    found = (n for s in statements for n in ast.walk(s) if isinstance(n, ast.Name))
    return {n.id for n in found if isinstance(n.ctx, ast.Load)}


def bound_name(statement: ast.stmt) -> str:
    """`a` of `a = ...` and of `a[-1] = ...`."""
    target = statement.targets[0] if isinstance(statement, ast.Assign) and len(statement.targets) == 1 else None
    if isinstance(target, ast.Subscript):
        target = target.value
    return target.id if isinstance(target, ast.Name) else ""


def as_known(
    d: Definitions, build: ast.FunctionDef, body: Statements, node: ast.stmt, made: list[ast.stmt]
) -> list[ast.stmt]:
    """A statement of `build`; one that asks for more than a size of an input is what it gives, where all agree."""
    read = {n.id for s in made for n in ast.walk(s) if isinstance(n, ast.Name)}
    if not read & body.e.shapes or not isinstance(node, ast.Assign) or len(node.targets) != 1:
        return made
    frames = [f for f in d.w.trace.frames.get(id(build), []) if not f.speculative]
    if isinstance(node.targets[0], (ast.Tuple, ast.List)):
        return taken_apart(frames, node.value, node.targets[0].elts, body.e.shapes) or made
    if isinstance(node.targets[0], ast.Name) and stored(build, node.targets[0].id) > 1:
        return made  # what it is in the end is not what it is here
    hints = [known(target_value(f, node.targets[0])) for f in frames]
    if not hints or hints[0] is None or any(hint != hints[0] for hint in hints):
        return made
    return [ast.Assign([body.e.target(node.targets[0])], nodes.literal(hints[0]))]


def stored(build: ast.FunctionDef, name: str) -> int:
    """How often a name is bound in a function."""
    return sum(isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and n.id == name for n in ast.walk(build))


def taken_apart(frames: list[Frame], value: ast.expr, targets: list[ast.expr], unsaid: set[str]) -> list[ast.stmt]:
    """`_, height, _ = input_shape`: the names that have one number at every visit; others are put to `unsaid`."""
    shapes = [f.scope.names.get(value.id) if isinstance(value, ast.Name) else None for f in frames]
    rows = [v.hint for v in shapes if v is not None and isinstance(v.hint, tuple) and len(v.hint) == len(targets)]
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    if not rows or len(rows) != len(frames) or len(names) != len(targets):
        return []
    found: dict[str, object] = {}
    for place, name in enumerate(names):
        hints = {known(row[place]) for row in rows}
        if name != "_" and len(hints) == 1 and None not in hints:
            found[name] = hints.pop()
        else:
            unsaid.add(name)
    kept: list[ast.expr] = [ast.Name(name, ast.Store()) for name in found]
    if len(kept) > 1:
        return [ast.Assign([ast.Tuple(kept, ast.Store())], nodes.literal(tuple(found.values())))]
    return [ast.Assign(kept, nodes.literal(number)) for number in found.values()] or [ast.Pass()]


def without_unread(written: list[ast.stmt]) -> list[ast.stmt]:
    """Statements without sizes that nobody reads: layers of the target find some of them by themselves."""
    while True:
        read = [{n.id for n in ast.walk(s) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)} for s in written]
        for place, statement in enumerate(written):
            others = set[str]().union(*(names for i, names in enumerate(read) if i != place))
            names = bound_alone(statement)
            if isinstance(statement, ast.Pass) or (names and not names & others):
                break
        else:
            return written
        written = [s for s in written if s is not statement]


def bound_alone(statement: ast.stmt) -> set[str]:
    """The names that a statement binds to arithmetic, if it does nothing else."""
    if not isinstance(statement, ast.Assign) or any(isinstance(n, ast.Call) for n in ast.walk(statement.value)):
        return set()
    parts = [p for t in statement.targets for p in (t.elts if isinstance(t, (ast.Tuple, ast.List)) else [t])]
    names = {part.id for part in parts if isinstance(part, ast.Name)}
    return names if len(names) == len(parts) else set()


def target_value(frame: Frame, target: ast.expr) -> Value | None:
    """What an assignment of a frame left in its target."""
    if isinstance(target, ast.Name):
        return frame.scope.names.get(target.id)
    module = frame.receiver.hint if frame.receiver is not None else None
    own = isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self"
    return module.attrs.get(target.attr) if own and isinstance(module, ModuleObject) else None  # type: ignore[attr-defined]


def known(value: Value | None) -> object:
    """A number, or a list or tuple of numbers; None for everything else."""
    hint = value.hint if value is not None else None
    if isinstance(hint, (ListObject, tuple)):
        items = [known(v) for v in (hint.items if isinstance(hint, ListObject) else hint) if isinstance(v, Value)]
        return None if None in items else (items if isinstance(hint, ListObject) else tuple(items))
    if isinstance(hint, Size):
        return dim_hint(hint) if "N" not in symbols(hint) else None
    return hint if isinstance(hint, (int, float, str)) else None


BUILDING = ("compute_output_spec", "compute_output_shape")
"""Methods whose results nobody takes in `build`: they are called for the layers that they build."""


def follows_shape(statement: ast.Assign) -> bool:
    """`shape = self.conv.compute_output_shape(shape)`: what the next layer would be built with."""
    call = statement.value
    func = call.func if isinstance(call, ast.Call) and isinstance(statement.targets[0], ast.Name) else None
    return isinstance(func, ast.Attribute) and func.attr == "compute_output_shape"


def is_of_keras(statement: ast.stmt) -> bool:
    """`super().build(input_shape)`, `self.built = True`, `self.compute_output_spec(...)` that makes inner layers."""
    if isinstance(statement, ast.If):
        return all(map(is_of_keras, [*statement.body, *statement.orelse]))
    if isinstance(statement, ast.Assign):
        target = statement.targets[0]
        return (isinstance(target, ast.Attribute) and target.attr == "built") or follows_shape(statement)
    call = statement.value if isinstance(statement, (ast.Expr, ast.Return)) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in BUILDING:
        return True
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "build"
        and (isinstance(call.func.value, ast.Call))
    )
