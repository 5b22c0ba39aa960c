"""The inputs of a model: given, found in the source, or guessed from its first layer."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from pivot.dims import hint as dim_hint
from pivot.problems import Refusal, refuse
from pivot.reading.data_shapes import data_of
from pivot.reading.entries import (
    forward_parameters,
    innermost_call,
    main_block,
    required_arguments,
    tree_of,
)
from pivot.reading.frames import Frame, Scope
from pivot.reading.guessing import guess
from pivot.reading.inputs import InputSpec
from pivot.reading.iterating import iterate
from pivot.reading.modules import ModuleObject
from pivot.reading.values import (
    Api,
    Value,
)

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator


CREATORS = {
    *("torch.randn", "torch.rand", "torch.zeros", "torch.ones", "torch.empty", "torch.randint"),
    *("tensorflow.zeros", "tensorflow.ones", "tensorflow.random.normal", "tensorflow.random.uniform"),
    *("keras.ops.zeros", "keras.ops.ones", "keras.random.normal", "keras.random.uniform"),
    *("numpy.zeros", "numpy.ones", "numpy.random.rand", "numpy.random.randn", "numpy.random.normal"),
}
TOOLS = {"torch.onnx.export", "torch.jit.trace", "torch.export.export"}


def find_inputs(
    ev: Evaluator, scope: Scope, frame: Frame, root: ModuleObject, entry: str, given: tuple[InputSpec, ...]
) -> tuple[tuple[InputSpec, ...], str]:
    """The inputs, and where they come from: given, found, guessed. Raises Refusal where none can be told."""
    if root.announced:
        return announced_inputs(ev, frame, root, given), "given" if given else "declared"
    if given:
        return given, "given"
    tree = tree_of(ev, scope)
    found = inputs_in_source(ev, frame, tree, entry)
    if found:
        return found, "found"
    guessed = guess(ev, root)
    if guessed is not None:
        specs, origin = guessed
        text = f"the input is guessed to be {', '.join(map(str, specs))} (from {origin})"
        ev.note(frame, root.site or tree, text, "give it with --input", "input-guess")
        return specs, "guessed"
    names = ", ".join(forward_parameters(ev, root))
    raise refuse(
        "input",
        scope.file,
        1,
        1,
        f"the shapes of the inputs ({names}) are not known",
        "give each with --input 1x3x224x224",
    )


def announced_inputs(
    ev: Evaluator, frame: Frame, root: ModuleObject, given: tuple[InputSpec, ...]
) -> tuple[InputSpec, ...]:
    """The inputs that a model says it has, on the sizes at hand. Raises Refusal: others are given that do not fit."""
    types = [version.type for version in root.announced]
    found = tuple(
        InputSpec(tuple(map(dim_hint, type_.shape)), type_.dtype, None, high_of(root, type_.dtype)) for type_ in types
    )
    if given and [spec.shape for spec in given] != [spec.shape for spec in found]:
        sizes = ", ".join(map(str, found))
        why = f"the model announces {sizes}, {', '.join(map(str, given))} is given"
        raise ev.refusal(frame, root.site or ast.Pass(), why, "give sizes that its keras.Input leaves open", "input")
    if not given:
        return found
    return tuple(replace(spec, high=more.high or spec.high) for spec, more in zip(found, given, strict=True))


def high_of(root: ModuleObject, dtype: str) -> int | None:
    """Whole numbers that enter an embedding stay below its size: the smallest one of the model is safe for all."""
    if dtype.startswith(("float", "bool")):
        return None
    sizes = [v for _, m in root.walk() if m.form is not None and m.form.op.name == "embedding" for v in whole(m)]
    return min(sizes, default=2)


def whole(module: ModuleObject) -> list[int]:
    """The first whole number that a layer was made with."""
    return [v for v in module.params.values() if isinstance(v, int) and not isinstance(v, bool)][:1]


def inputs_in_source(ev: Evaluator, frame: Frame, tree: ast.Module, entry: str) -> tuple[InputSpec, ...]:
    """`model(torch.randn(1, 3, 32, 32))` in the main block, at module level, or in a function without arguments."""
    outside = [s for s in tree.body if not isinstance(s, (ast.FunctionDef, ast.ClassDef, ast.If))]
    functions = [f.body for f in tree.body if isinstance(f, ast.FunctionDef) and not required_arguments(f)]
    for body in ([*main_block(tree), *outside], *functions):
        found = inputs_in(ev, frame, body, entry)
        if found:
            return found
    return ()


def inputs_in(ev: Evaluator, frame: Frame, body: list[ast.stmt], entry: str) -> tuple[InputSpec, ...]:
    """What the model is called with in some statements."""
    bound: dict[str, ast.expr] = {}
    maker = maker_of(entry)
    callers = {entry}
    for statement in (n for s in body for n in ast.walk(s)):
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            bound[statement.targets[0].id] = statement.value
            if isinstance(statement.value, ast.Call) and maker is not None:
                if ast.unparse(innermost_call(statement.value).func) == maker:
                    callers.add(statement.targets[0].id)
    scope = Scope(frame.file, frame.scope)
    inner = Frame(None, scope, frame.file, key="main")
    for name, value in bound.items():
        try:
            scope.names[name] = (
                ev.evaluate(value, inner) if isinstance(value, (ast.Constant, ast.Tuple, ast.BinOp)) else Value(None)
            )
        except Refusal:
            continue
    for call in calls_in(body):
        args = arguments_of_model(ev, inner, call, callers)
        if not args:
            continue
        specs = [spec_of(ev, inner, arg, bound, name) for name, arg in args]
        if all(specs):
            return tuple(s for s in specs if s is not None)
    trained = data_of(ev, inner, body, {caller.partition("@")[0] for caller in callers})
    return () if trained is None else (trained,)


def maker_of(entry: str) -> str | None:
    """`Net` for the entry `Net(3)`."""
    node = ast.parse(entry.partition("@")[0], mode="eval").body
    return ast.unparse(innermost_call(node).func) if isinstance(node, ast.Call) else None


def arguments_of_model(
    ev: Evaluator, frame: Frame, call: ast.Call, callers: set[str]
) -> list[tuple[str | None, ast.expr]]:
    """What a call hands to the model: itself, or a tool that runs it (`torch.jit.trace(model, x)`)."""
    if ast.unparse(call.func) in callers:
        return [*((None, a) for a in call.args), *((k.arg, k.value) for k in call.keywords)] if call.args else []
    if len(call.args) < 2 or not isinstance(call.args[0], ast.Name) or call.args[0].id not in callers:
        return []
    try:
        tool = ev.evaluate(call.func, frame).hint
    except Refusal:
        return []
    if not isinstance(tool, Api) or tool.name not in TOOLS:
        return []
    given = call.args[1]
    return [(None, a) for a in (given.elts if isinstance(given, (ast.Tuple, ast.List)) else [given])]


def calls_in(body: list[ast.stmt]) -> Iterator[ast.Call]:
    """All calls in statements."""
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call):
                yield node


def spec_of(
    ev: Evaluator, frame: Frame, node: ast.expr, bound: dict[str, ast.expr], name: str | None = None
) -> InputSpec | None:
    """The input that an expression such as torch.randn(2, 3) stands for."""
    if isinstance(node, ast.Name) and node.id in bound:
        node = bound[node.id]
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Call):
        node = node.func.value
    if not isinstance(node, ast.Call):
        return None
    try:
        callee = ev.evaluate(node.func, frame).hint
        if not isinstance(callee, Api) or callee.name not in CREATORS:
            return None
        args = [ev.evaluate(a, frame) for a in node.args]
        kwargs = {k.arg: ev.evaluate(k.value, frame) for k in node.keywords if k.arg}
    except Refusal:
        return None
    high = None
    dtype = "float32"
    if callee.name == "torch.randint":
        dtype = "int64"
        numbers = [a for a in args if isinstance(a.hint, int)]
        high_value = kwargs.get("high") or (numbers[-1] if numbers else None)
        high = high_value.hint if high_value is not None and isinstance(high_value.hint, int) else None
        args = [a for a in args if not isinstance(a.hint, int)]
    said = kwargs["dtype"].hint if "dtype" in kwargs else None
    if isinstance(said, str):
        dtype = said
    elif isinstance(said, Api):
        dtype = {"long": "int64", "float": "float32", "int": "int32", "double": "float64"}.get(
            said.name.rpartition(".")[2], said.name.rpartition(".")[2]
        )
    size = kwargs.get("size") or (args[0] if args and not isinstance(args[0].hint, int) else Value(tuple(args)))
    try:
        shape = [v.hint for v in iterate(ev, size, node, frame)]
    except Refusal:
        return None
    if not all(isinstance(s, int) and s > 0 for s in shape):
        return None
    return InputSpec(tuple(s for s in shape if isinstance(s, int)), dtype, name, high)
