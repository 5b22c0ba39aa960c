"""The inputs of a model: given, found in the source, or guessed from its first layer."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pivot.problems import Refusal, refuse
from pivot.reading.entries import (
    forward_node,
    forward_parameters,
    innermost_call,
    main_block,
    required_arguments,
    tree_of,
)
from pivot.reading.frames import Frame, Scope
from pivot.reading.inputs import InputSpec
from pivot.reading.iterating import iterate
from pivot.reading.modules import ModuleObject
from pivot.reading.running import trial_forward
from pivot.reading.values import (
    Api,
    Value,
)

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator


CREATORS = {"torch.randn", "torch.rand", "torch.zeros", "torch.ones", "torch.empty", "torch.randint"}


SIZES = (224, 32, 64, 28, 128, 256, 299, 96, 512)


def find_inputs(
    ev: Evaluator, scope: Scope, frame: Frame, root: ModuleObject, entry: str, given: tuple[InputSpec, ...]
) -> tuple[tuple[InputSpec, ...], str]:
    """The inputs, and where they come from: given, found, guessed. Raises Refusal where none can be told."""
    if given:
        return given, "given"
    tree = tree_of(ev, scope)
    found = inputs_in_source(ev, frame, tree, entry)
    if found:
        return found, "found"
    guessed = guess(ev, root)
    if guessed is not None:
        text = ", ".join(map(str, guessed))
        ev.note(frame, root.site or tree, f"the input is guessed to be {text}", "give it with --input", "input-guess")
        return guessed, "guessed"
    names = ", ".join(forward_parameters(ev, root))
    raise refuse(
        "input",
        scope.file,
        1,
        1,
        f"the shapes of the inputs ({names}) are not known",
        "give each with --input 1x3x224x224",
    )


def inputs_in_source(ev: Evaluator, frame: Frame, tree: ast.Module, entry: str) -> tuple[InputSpec, ...]:
    """`model(torch.randn(1, 3, 32, 32))` in the main block or at module level."""
    body = [*main_block(tree), *(s for s in tree.body if not isinstance(s, (ast.FunctionDef, ast.ClassDef, ast.If)))]
    bound: dict[str, ast.expr] = {}
    callers = set()
    for statement in body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            bound[statement.targets[0].id] = statement.value
            if isinstance(statement.value, ast.Call) and ast.unparse(innermost_call(statement.value)) == entry:
                callers.add(statement.targets[0].id)
    callers.add(entry)
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
        if isinstance(call.func, ast.Name) and call.func.id in callers and call.args:
            specs = [spec_of(ev, inner, arg, bound) for arg in call.args]
            specs += [spec_of(ev, inner, k.value, bound, k.arg) for k in call.keywords]
            if all(specs):
                return tuple(s for s in specs if s is not None)
    return ()


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
    if "dtype" in kwargs and isinstance(kwargs["dtype"].hint, Api):
        dtype = {"long": "int64", "float": "float32", "int": "int32", "double": "float64"}.get(
            kwargs["dtype"].hint.name.rpartition(".")[2], kwargs["dtype"].hint.name.rpartition(".")[2]
        )
    size = kwargs.get("size") or (args[0] if args and not isinstance(args[0].hint, int) else Value(tuple(args)))
    shape = [v.hint for v in iterate(ev, size, node, frame)]
    if not all(isinstance(s, int) and s > 0 for s in shape):
        return None
    return InputSpec(tuple(s for s in shape if isinstance(s, int)), dtype, name, high)


def guess(ev: Evaluator, root: ModuleObject) -> tuple[InputSpec, ...] | None:
    """The smallest usual input that goes through the first layer and all behind it."""
    node = forward_node(ev, root)
    if node is not None and len(required_arguments(node)) > 2:
        return None
    first = next(
        (m for _, m in root.walk() if m.form is not None and m.bound is not None and m.bound.constraints), None
    )
    embedding = next((m for _, m in root.walk() if m.form is not None and m.form.op.name == "embedding"), None)
    if embedding is not None:
        count = next((v for v in embedding.params.values() if isinstance(v, int)), None)
        options = [InputSpec((2, n), "int64", None, count) for n in (16, 32, 64, 128, 512)]
        return next(((o,) for o in options if works(ev, root, o)), None)
    if first is None or first.form is None or first.bound is None:
        return None
    channels = first.bound.constraints[0].value
    if not isinstance(channels, int):
        return None
    for option in candidates(first.form.op.name, channels):
        if works(ev, root, option):
            return (option,)
    return None


def candidates(op: str, channels: int) -> list[InputSpec]:
    """Inputs to try for a first layer of this kind."""
    if op.startswith(("conv2d", "batch_norm", "conv_transpose2d", "depthwise")):
        return [InputSpec((1, channels, s, s)) for s in SIZES]
    if op.startswith(("conv1d", "conv_transpose1d")):
        return [InputSpec((1, channels, s)) for s in (64, 128, 256, 512, 1024)]
    if op.startswith("conv3d"):
        return [InputSpec((1, channels, s, s, s)) for s in (32, 64, 16)]
    if op in ("lstm", "gru", "rnn"):
        return [InputSpec((2, 16, channels))]
    return [
        InputSpec((2, channels)),
        InputSpec((2, 16, channels)),
        *(InputSpec((2, 1, s, s)) for s in (28, 32) if s * s == channels),
    ]


def works(ev: Evaluator, root: ModuleObject, spec: InputSpec) -> bool:
    """Does a forward pass with this input meet no contradiction of sizes?"""
    try:
        trial_forward(ev, root, (spec,), {}, 0)
    except Refusal:
        return False
    return True
