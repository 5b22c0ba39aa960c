"""The inputs of a model: given, found in the source, or guessed from its first layer."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from pivot.dims import hint as dim_hint
from pivot.problems import Refusal, refuse
from pivot.reading.constructors import required_arguments
from pivot.reading.data_shapes import data_of
from pivot.reading.demo_inputs import Demo
from pivot.reading.entries import innermost_call, tree_of
from pivot.reading.forward_pass import forward_node, forward_parameters, needed_inputs
from pivot.reading.frames import Frame, Scope
from pivot.reading.graphs import flat_inputs
from pivot.reading.guessing import guess
from pivot.reading.inputs import InputSpec
from pivot.reading.main_block import main_block
from pivot.reading.modules import ModuleObject
from pivot.reading.running import on_trial
from pivot.reading.values import Api, DictObject

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator


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
    ev.seeking = True
    try:
        found = inputs_in_source(ev, frame, root, tree, entry)
    finally:
        ev.seeking = False
    if found:
        return found, "found"
    guessed = guess(ev, root)
    if guessed is not None:
        specs, origin = guessed
        text = f"the input is guessed to be {', '.join(map(str, specs))} (from {origin})"
        ev.note(frame, root.site or tree, text, "give it with --input", "input-guess")
        return specs, "guessed"
    names = ", ".join(needed_inputs(ev, root))
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
    order_as_given(ev, frame, root, given)
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


def order_as_given(ev: Evaluator, frame: Frame, root: ModuleObject, given: tuple[InputSpec, ...]) -> None:
    """Inputs that a model takes by names are met in the order in which they are given. Raises Refusal: a name is not
    one of the model's.
    """
    graph = root.graph
    if graph is None or not isinstance(graph.takes.hint, DictObject):
        return
    keys = [name for name, _ in flat_inputs(graph.takes)]
    names = [spec.name for spec in given if spec.name is not None]
    other = next((name for name in names if name not in keys), None)
    if other is not None:
        why = f"the model has no input {other!r}: it takes {', '.join(keys)}"
        raise ev.refusal(frame, root.site or ast.Pass(), why, "leave it out", "input")
    if len(names) == len(given) and sorted(names) == sorted(keys):
        order = [keys.index(name) for name in names]
        root.graph = replace(graph, inputs=tuple(graph.inputs[place] for place in order), names=tuple(names))
        root.announced = root.graph.inputs


def high_of(root: ModuleObject, dtype: str) -> int | None:
    """Whole numbers that enter an embedding stay below its size: the smallest one of the model is safe for all."""
    if dtype.startswith(("float", "bool")):
        return None
    sizes = [v for _, m in root.walk() if m.form is not None and m.form.op.name == "embedding" for v in whole(m)]
    return min(sizes, default=2)


def whole(module: ModuleObject) -> list[int]:
    """The first whole number that a layer was made with."""
    return [v for v in module.params.values() if isinstance(v, int) and not isinstance(v, bool)][:1]


def inputs_in_source(
    ev: Evaluator, frame: Frame, root: ModuleObject, tree: ast.Module, entry: str
) -> tuple[InputSpec, ...]:
    """`model(torch.randn(1, 3, 32, 32))` in the main block, at module level, or in a function without arguments."""
    outside = [s for s in tree.body if not isinstance(s, (ast.FunctionDef, ast.ClassDef, ast.If))]
    functions = [f.body for f in tree.body if isinstance(f, ast.FunctionDef) and not required_arguments(f)]
    for body in ([*main_block(tree), *outside], *functions):
        found = inputs_in(ev, frame, root, body, entry)
        if found:
            return found
    return ()


def inputs_in(
    ev: Evaluator, frame: Frame, root: ModuleObject, body: list[ast.stmt], entry: str
) -> tuple[InputSpec, ...]:
    """What the model is called with in some statements."""
    maker = maker_of(entry)
    callers = {entry}
    for statement in (n for s in body for n in ast.walk(s)):
        if isinstance(statement, (ast.Assign, ast.AnnAssign)) and isinstance(statement.value, ast.Call):
            target = statement.target if isinstance(statement, ast.AnnAssign) else statement.targets[0]
            if isinstance(target, ast.Name) and maker_in(statement.value) == maker is not None:
                callers.add(target.id)
    with on_trial(ev, root):
        demo = Demo(ev, frame, body, root, callers)
        for call in calls_in(body):
            args = arguments_of_model(ev, demo.frame, call, callers, maker)
            found = specs_of(ev, demo, root, call, args) if args else None
            if found:
                return found
        trained = data_of(ev, demo.frame, frame, body, {caller.partition("@")[0] for caller in callers})
    return () if trained is None else (trained,)


def specs_of(
    ev: Evaluator, demo: Demo, root: ModuleObject, call: ast.Call, args: list[tuple[str | None, ast.expr]]
) -> tuple[InputSpec, ...] | None:
    """The inputs that the arguments of a call are examples of; None where one that has no default is no tensor."""
    names = forward_parameters(ev, root)
    needed = set(needed_inputs(ev, root)) if forward_node(ev, root) is not None else set(names)
    found: list[InputSpec] = []
    for place, (name, arg) in enumerate(args):
        said = name or (names[place] if place < len(names) and place > len(found) else None)
        spec = demo.spec(arg, call, said)
        taken = name or (names[place] if place < len(names) else None)
        if spec is not None:
            found.append(spec)
        elif taken is not None and (members := demo.members(arg, call, taken)):
            found += members
        elif (name or (names[place] if place < len(names) else "")) in needed or isinstance(arg, ast.Starred):
            return None
    return tuple(found) or None


def maker_of(entry: str) -> str | None:
    """`Net` for the entry `Net(3)`."""
    node = ast.parse(entry.partition("@")[0], mode="eval").body
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Lambda):  # what is shared is bound once around it
        node = node.func.body
    return maker_in(node) if isinstance(node, ast.Call) else None


def maker_in(call: ast.Call) -> str:
    """`Net` for `Net(3).to(device)`."""
    return ast.unparse(innermost_call(call).func)


def arguments_of_model(
    ev: Evaluator, frame: Frame, call: ast.Call, callers: set[str], maker: str | None
) -> list[tuple[str | None, ast.expr]]:
    """What a call hands to the model: itself, or a tool that runs it (`torch.jit.trace(model, x)`)."""
    made_here = isinstance(call.func, ast.Call) and maker_in(call.func) == maker  # `Net(3)(x)`
    if made_here or ast.unparse(call.func).removesuffix(".forward") in callers:
        return [*((None, a) for a in call.args), *((k.arg, k.value) for k in call.keywords)]
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
