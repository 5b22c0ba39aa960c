"""Which model of a file is meant, and with which inputs: said, found in the source, or guessed with a clear statement."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pivot.problems import Refusal, refuse
from pivot.reading import calls, classes, lookup
from pivot.reading.frames import Frame, Scope
from pivot.reading.inputs import InputSpec
from pivot.reading.modules import ModuleObject
from pivot.reading.values import Api, ClassObject, FunctionObject, Value

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator

CREATORS = {"torch.randn", "torch.rand", "torch.zeros", "torch.ones", "torch.empty", "torch.randint"}
SIZES = (224, 32, 64, 28, 128, 256, 299, 96, 512)


def tree_of(ev: Evaluator, scope: Scope) -> ast.Module:
    """The syntax tree of the opened file."""
    found = (
        next(
            t
            for t in ev.trace.keep
            if isinstance(t, ast.Module) and any(s in t.body for b in scope.lazy.values() for s in b)
        )
        if scope.lazy
        else None
    )
    if found is None:
        raise refuse("no-model", scope.file, 1, 1, "no model class found", "open a file that defines one")
    return found


def main_block(tree: ast.Module) -> list[ast.stmt]:
    """The statements under `if __name__ == "__main__":`."""
    for node in tree.body:
        if isinstance(node, ast.If) and isinstance(node.test, ast.Compare) and isinstance(node.test.left, ast.Name):
            if node.test.left.id == "__name__":
                return node.body
    return []


def make_entry(ev: Evaluator, scope: Scope, frame: Frame, text: str | None) -> tuple[str, ModuleObject]:
    """The expression that builds the model, and the model it builds. Raises Refusal."""
    tree = tree_of(ev, scope)
    if text is None:
        text = default_entry(ev, scope, frame, tree)
    text, _, number = text.partition("@")
    try:
        node = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        raise refuse(
            "model", "--model", 1, 1, f"{text!r} is not an expression", 'write "Net(hidden=64)" or "resnet18()"'
        ) from None
    if number and isinstance(node, ast.Name):
        value = nth_binding(ev, scope, frame, node.id, int(number))
    else:
        value = evaluate_entry(ev, scope, frame, node, tree)
    if isinstance(value.hint, (ClassObject, FunctionObject)):
        call = ast.copy_location(ast.Call(node, [], []), node)
        node = call
        ev.trace.keep.append(call)
        value = calls.call_value(ev, value, (), {}, call, frame)
        text = f"{text.strip()}()"
    if not isinstance(value.hint, ModuleObject):
        raise refuse(
            "model", scope.file, 1, 1, f"{text!r} is {calls.readable(value)}, not a model", "name a model with --model"
        )
    ev.trace.keep.append(node)
    ev.entry_node = node
    return text.strip(), value.hint


def evaluate_entry(ev: Evaluator, scope: Scope, frame: Frame, node: ast.expr, tree: ast.Module) -> Value:
    """The entry's value; a name that only the main block binds is found there."""
    ev.trace.keep.append(node)
    if isinstance(node, ast.Name) and lookup.in_module(ev, scope, node.id) is None:
        for statement in main_block(tree):
            if isinstance(statement, ast.Assign) and node.id in classes.bound_names(statement):
                return ev.evaluate(statement.value, frame)
        raise refuse(
            "model",
            scope.file,
            1,
            1,
            f"there is no model {node.id!r}",
            f"there are: {', '.join(models(ev, scope, tree)) or 'none'}",
        )
    return ev.evaluate(node, frame)


def nth_binding(ev: Evaluator, scope: Scope, frame: Frame, name: str, number: int) -> Value:
    """The value of the K-th statement that binds a name at module level."""
    bindings = [s for s in scope.lazy.get(name, []) if isinstance(s, ast.Assign) and name in classes.bound_names(s)]
    if number >= len(bindings):
        raise refuse("model", scope.file, 1, 1, f"{name!r} is bound {len(bindings)} times", "count from 0")
    ev.execute([bindings[number]], frame)
    return scope.names[name]


def models(ev: Evaluator, scope: Scope, tree: ast.Module) -> list[str]:
    """Names of the module classes a file defines."""
    found = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            value = lookup.in_module(ev, scope, node.name)
            if value is not None and isinstance(value.hint, ClassObject) and ev.dialect.is_module_class(value.hint):
                found.append(node.name)
    return found


def default_entry(ev: Evaluator, scope: Scope, frame: Frame, tree: ast.Module) -> str:
    """The only or last top-level model: from the main block, a variable, a class, or a builder function."""
    classes_here = models(ev, scope, tree)
    for statement in [*main_block(tree), *tree.body]:
        if (
            isinstance(statement, ast.Assign)
            and isinstance(statement.value, ast.Call)
            and isinstance(statement.targets[0], ast.Name)
        ):
            call = innermost_call(statement.value)
            if isinstance(call.func, ast.Name) and call.func.id in classes_here:
                return ast.unparse(call)
    if not classes_here:
        raise refuse(
            "no-model",
            scope.file,
            1,
            1,
            "no model class found",
            "open a file that defines one, or name it with --model",
        )
    used = {
        n.id for node in tree.body if isinstance(node, ast.ClassDef) for n in ast.walk(node) if isinstance(n, ast.Name)
    }
    free = [c for c in classes_here if c not in used] or classes_here
    for name in reversed(free):
        cls = lookup.in_module(ev, scope, name)
        if cls is not None and isinstance(cls.hint, ClassObject) and not required(ev, cls.hint):
            return f"{name}()"
    builders = [
        n.name
        for n in tree.body
        if isinstance(n, ast.FunctionDef) and not required_arguments(n) and makes(n, set(free), tree)
    ]
    if builders:
        ev.note(
            frame,
            tree.body[0],
            f"several models can be built; {builders[0]}() is taken",
            "name another with --model",
            "entry",
        )
        return f"{builders[0]}()"
    cls = lookup.in_module(ev, scope, free[-1])
    missing = ", ".join(required(ev, cls.hint)) if cls is not None and isinstance(cls.hint, ClassObject) else ""
    raise refuse(
        "model",
        scope.file,
        1,
        1,
        f"{free[-1]} needs arguments ({missing})",
        f'give them with --model "{free[-1]}({missing.split(",")[0]}=...)"',
    )


def innermost_call(node: ast.Call) -> ast.Call:
    """`Net(3).to(device)` is `Net(3)`."""
    while isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Call):
        node = node.func.value
    return node


def required(ev: Evaluator, cls: ClassObject) -> list[str]:
    """Constructor parameters without a default."""
    hit = classes.member(ev, cls, "__init__")
    if hit is None or not isinstance(hit[0].hint, FunctionObject) or isinstance(hit[0].hint.node, ast.Lambda):
        return []
    return required_arguments(hit[0].hint.node)[1:]


def required_arguments(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """Parameters without a default."""
    spec = node.args
    names = [a.arg for a in (*spec.posonlyargs, *spec.args)]
    names = names[: len(names) - len(spec.defaults)]
    return [*names, *(a.arg for a, d in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if d is None)]


def makes(node: ast.FunctionDef, wanted: set[str], tree: ast.Module, depth: int = 0) -> bool:
    """Does a function mention a model class, itself or through functions it calls?"""
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    if names & wanted:
        return True
    others = [f for f in tree.body if isinstance(f, ast.FunctionDef) and f.name in names and f is not node]
    return depth < 3 and any(makes(f, wanted, tree, depth + 1) for f in others)


def forward_parameters(ev: Evaluator, root: ModuleObject) -> list[str]:
    """Names of the inputs of forward(), without self."""
    node = forward_node(ev, root)
    if node is None:
        return ["x"]
    return [a.arg for a in (*node.args.posonlyargs, *node.args.args)][1:]


def forward_node(ev: Evaluator, root: ModuleObject) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The definition of the root's forward pass."""
    if isinstance(root.cls, ClassObject):
        for name in ev.dialect.forward_names:
            hit = classes.member(ev, root.cls, name)
            if (
                hit is not None
                and isinstance(hit[0].hint, FunctionObject)
                and not isinstance(hit[0].hint.node, ast.Lambda)
            ):
                return hit[0].hint.node
    return None


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
    shape = [v.hint for v in calls.iterate(ev, size, node, frame)]
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
    from pivot.reading.elaborate import trial_forward

    try:
        trial_forward(ev, root, (spec,), {}, 0)
    except Refusal:
        return False
    return True
