"""`--style`: a chain of layers as a Sequential, as a functional model or as a class, whichever the source builds.

All of them come from one text: the class that a network without classes is rolled into. A Sequential is the row of
what its `forward` applies; a functional model applies to `keras.Input` what the class applies to its argument.
"""

from __future__ import annotations

import ast
import copy
import re
from typing import TYPE_CHECKING

from codegen.writing import nodes
from codegen.writing.plans import Unwritable
from pivot.dims import Size, symbols
from pivot.dims import hint as dim_hint
from pivot.problems import Problem, refuse
from pivot.reading import local_models
from pivot.reading.keras_masks import MASKED
from pivot.reading.values import ClassObject

if TYPE_CHECKING:
    from codegen.target import Target
    from codegen.writing.writer import Writer
    from pivot.network import Network
    from pivot.reading.elaborate import Elaborated

SUBCLASS, SEQUENTIAL, FUNCTIONAL = "subclass", "sequential", "functional"


def style_of(network: Network) -> str:
    """How a source builds its model."""
    root = network.root
    if isinstance(root.cls, ClassObject):
        return SUBCLASS
    return root.container if root.container in (SEQUENTIAL, FUNCTIONAL) else SUBCLASS


def is_rolled(network: Network) -> bool:
    """Is a model, or a part of it, put together from nodes? No text of a class or a row can hold such a part; nor can
    the row of another framework hand on masks with a tensor.
    """
    root = network.root
    row = root.container == SEQUENTIAL and not isinstance(root.cls, ClassObject)
    return any(m.container == FUNCTIONAL or (row and MASKED in m.attrs) for _, m in root.walk())


def chosen_style(done: Elaborated, target: Target, style: str | None) -> str:
    """The style to write, "" for that of the source. Raises Refusal where the source or the target has none such.

    A model that a function builds for itself has no text that could be written as it stands: it is put together anew.
    """
    source = style_of(done.network)
    own = SUBCLASS if source == FUNCTIONAL and not target.functional_models else source
    if style is None or style == own:
        no_row = done.network.unmapped or any(isinstance(m.cls, ClassObject) for _, m in done.network.root.walk())
        return (SUBCLASS if no_row else own) if local_models.is_local(done.network.entry) else ""
    file = next(iter(done.evaluator.files))
    if style == FUNCTIONAL and not target.functional_models:
        why = f"{target.title} has no functional models"
        raise refuse("style", file, 0, 0, why, "use --style sequential or --style subclass")
    if source == SUBCLASS:
        why = "the source builds its model as a class, whose forward pass is written as it stands"
        raise refuse("style", file, 0, 0, f"--style {style}: {why}", "leave --style out")
    if style == SEQUENTIAL:
        check_chain(done)
    return style


def without_starts(done: Elaborated) -> Problem:
    """What another style of the same framework does not keep."""
    why = "in another style, initialisers, regularisers and constraints of the source are left out"
    return Problem(
        "style", "info", next(iter(done.evaluator.files)), 1, 1, why, "set them in the target, or load weights"
    )


def check_chain(done: Elaborated) -> None:
    """Raises Refusal at the first node that takes anything but what the node before it gave."""
    run = done.network.runs["eval"]
    file = next(iter(done.evaluator.files))
    if len(run.inputs) != 1 or len(run.outputs) != 1:
        count = f"{len(run.inputs)} inputs and {len(run.outputs)} outputs"
        raise refuse("style", file, 0, 0, f"--style sequential: the model has {count}", "leave --style out")
    before = run.inputs[0].value.id
    for node in run.nodes:
        taken = [t.id for t in node.tensors() if t.parameter is None]
        if taken != [before] or not node.results:
            name = node.op.title if node.op is not None else node.text
            why = f"--style sequential: {name} takes another value than what the layer before gives, so it is no chain"
            raise refuse("style", node.file, getattr(node.site, "lineno", 0), 0, why, "leave --style out")
        before = node.results[0].id


# ------------------------------------------------------------------------------------------------------ the texts
def restyled(w: Writer, made: ast.ClassDef, style: str) -> tuple[ast.FunctionDef, ast.expr]:
    """A function that builds the model of a class in another style, and the call of it. Raises Unwritable."""
    init = method(made, "__init__")
    forward = method(made, w.target.call_name)
    held = attributes(init)
    name = function_name(w, made)
    if style == SEQUENTIAL:
        layers = Row(w.target, held, forward).layers()
        if w.target.functional_models:  # where it is told what enters, it is built at once
            layers.insert(0, input_of(w, 0))
        body: list[ast.stmt] = [ast.Return(w.target.row(ast.List(layers, ast.Load())))]
    else:
        body = functional_body(w, held, forward)
    docstring = ast.get_docstring(made, clean=False)
    if docstring:
        body.insert(0, ast.Expr(ast.Constant(docstring)))
    function = ast.parse("def build():\n    pass").body[0]
    assert isinstance(function, ast.FunctionDef)
    function.name, function.body = name, body
    function.__dict__["blank"] = 2
    return function, ast.Call(ast.Name(name, ast.Load()), [], [])


def method(made: ast.ClassDef, name: str) -> ast.FunctionDef:
    """A method of a class."""
    found = next((s for s in made.body if isinstance(s, ast.FunctionDef) and s.name == name), None)
    if found is None:
        raise Unwritable(f"{made.name} has no {name}")
    return found


def attributes(init: ast.FunctionDef) -> dict[str, ast.expr]:
    """What a constructor holds, by attribute."""
    found: dict[str, ast.expr] = {}
    for statement in init.body:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        if isinstance(statement, ast.Assign) and isinstance(target, ast.Attribute):
            found[target.attr] = statement.value
        elif not isinstance(statement, ast.Expr):
            raise Unwritable("the layers of this model are not made one by one")
    return found


def function_name(w: Writer, made: ast.ClassDef) -> str:
    """The source's function that builds the model, else the class's name in small letters."""
    entry = w.ev.entry_node
    callee = entry.func if isinstance(entry, ast.Call) else None
    if isinstance(callee, ast.Name):
        return callee.id
    if isinstance(entry, ast.Name):
        return f"build_{entry.id}"
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", made.name).lower()


class Row:
    """A forward pass as the row of the layers that it applies."""

    def __init__(self, target: Target, held: dict[str, ast.expr], forward: ast.FunctionDef) -> None:
        self.target, self.held, self.forward = target, held, forward
        self.current = forward.args.args[1].arg

    def layers(self) -> list[ast.expr]:
        """All layers in order. Raises Unwritable."""
        found: list[ast.expr] = []
        for statement in self.forward.body:
            if isinstance(statement, ast.Return) and statement.value is not None:
                found += self.chain(statement.value)
            elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                found += self.chain(statement.value)
                self.current = statement.targets[0].id
            elif isinstance(statement, ast.For):
                found.append(self.loop(statement))
            elif not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
                raise Unwritable("this forward pass is no chain of layers")
        return found

    def chain(self, value: ast.expr) -> list[ast.expr]:
        """The layers of an expression, the inner ones first."""
        if isinstance(value, ast.Name) and value.id == self.current:
            return []
        if isinstance(value, ast.Call) and len(value.args) == 1:
            layer = self.layer(value.func)
            if layer is not None:
                return [*self.chain(value.args[0]), layer]
        inner = self.innermost(value)
        body = Renamed({self.current: "x"}).visit(copy.deepcopy(value)) if inner is value else None
        if body is None:
            raise Unwritable("this forward pass is no chain of layers")
        return [self.target.function_layer(Held(self.held).visit(body))]

    def innermost(self, value: ast.expr) -> ast.expr:
        """The expression itself, where it applies nothing that the class holds weights in."""
        for node in ast.walk(value):
            if isinstance(node, ast.Call) and self.layer(node.func) is not None:
                raise Unwritable("a layer stands inside of what no layer is")
        return value

    def layer(self, func: ast.expr) -> ast.expr | None:
        """What makes the layer that is called; `layers.Flatten()(x)` says it where it is applied."""
        if isinstance(func, ast.Attribute) and is_own(func):
            return self.held.get(func.attr)
        return func if isinstance(func, ast.Call) else None

    def loop(self, statement: ast.For) -> ast.expr:
        """`for block in self.blocks: x = block(x)` as the blocks in a row."""
        inner = statement.body[0] if len(statement.body) == 1 else None
        call = inner.value if isinstance(inner, ast.Assign) else None
        plain = isinstance(call, ast.Call) and ast.dump(call.func) == ast.dump(
            ast.Name(ast.unparse(statement.target), ast.Load())
        )
        made = self.layer(statement.iter)
        if not plain or made is None:
            raise Unwritable("a loop of this forward pass does more than applying layers in a row")
        return ast.Starred(made, ast.Load())


def functional_body(w: Writer, held: dict[str, ast.expr], forward: ast.FunctionDef) -> list[ast.stmt]:
    """`inputs = keras.Input(...)`, the layers applied one by one, `return keras.Model(inputs, outputs)`."""
    names = [argument.arg for argument in forward.args.args[1:]]
    given = {name: "inputs" if len(names) == 1 else f"{name}_input" for name in names}
    body: list[ast.stmt] = [
        ast.Assign([ast.Name(variable, ast.Store())], input_of(w, place))
        for place, variable in enumerate(given.values())
    ]
    uses = [n.attr for s in forward.body for n in ast.walk(s) if isinstance(n, ast.Attribute) and is_own(n)]
    shared = {name for name in uses if uses.count(name) > 1 or inside_loop(forward, name)}
    shared = {name for name in shared if not is_without_weights(w, held.get(name))}
    body += [ast.Assign([ast.Name(name, ast.Store())], text) for name, text in held.items() if name in shared]
    taken = {name: ast.Name(name, ast.Load()) if name in shared else text for name, text in held.items()}
    current = dict(given)
    for statement in forward.body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue
        made = Held(taken).visit(Renamed(current).visit(copy.deepcopy(statement)))
        for target in statement.targets if isinstance(statement, ast.Assign) else ():
            current.pop(getattr(target, "id", ""), None)
        if isinstance(made, (ast.Assign, ast.Return)) and made.value is not None:
            bound = made.targets[0] if isinstance(made, ast.Assign) else None
            variable = bound.id if isinstance(bound, ast.Name) else names[0]
            before, made.value = one_by_one(made.value, variable, set(given.values()))
            body += before
        if isinstance(made, ast.Return) and made.value is not None:
            ends: list[ast.expr] = [ast.Name(name, ast.Load()) for name in given.values()]
            made.value = nodes.call(
                "keras.Model", [ends[0] if len(ends) == 1 else ast.List(ends, ast.Load()), made.value]
            )
        body.append(made)
    return body


def one_by_one(value: ast.expr, variable: str, inputs: set[str]) -> tuple[list[ast.stmt], ast.expr]:
    """`c(b(a(x)))` as one statement per layer, all but the last of them, and the last one."""
    calls: list[ast.Call] = []
    at = value
    while isinstance(at, ast.Call) and at.args:
        calls.append(at)
        at = at.args[0]
    if not isinstance(at, ast.Name) or (at.id != variable and at.id not in inputs):
        return [], value
    before: list[ast.stmt] = []
    for call in calls[:0:-1]:
        before.append(ast.Assign([ast.Name(variable, ast.Store())], call))
    for outer in calls[:-1]:
        outer.args[0] = ast.Name(variable, ast.Load())
    return before, value


def is_without_weights(w: Writer, made: ast.expr | None) -> bool:
    """Is a layer nothing but a function, so that one is as good as another?"""
    name = ast.unparse(made.func) if isinstance(made, ast.Call) else ""
    forms = w.opset.find(w.target.framework, "call", name)
    return bool(forms) and not any(form.weights for form in forms)


def input_of(w: Writer, place: int) -> ast.expr:
    """`keras.Input(shape)` for one of the model's inputs, as it is stored."""
    value = w.done.network.inputs[place].value
    sizes = [size_of(value.type.shape[axis]) for axis in w.layout.order_of(value)[1:]]
    words = {} if value.type.dtype == "float32" else {"dtype": ast.Constant(value.type.dtype)}
    return nodes.call("keras.Input", [ast.Tuple([ast.Constant(size) for size in sizes], ast.Load())], words)


def is_own(node: ast.Attribute) -> bool:
    """Is an attribute one of self?"""
    return isinstance(node.value, ast.Name) and node.value.id == "self"


def inside_loop(forward: ast.FunctionDef, name: str) -> bool:
    """Is an attribute read in the body of a loop?"""
    loops = [s for s in ast.walk(forward) if isinstance(s, ast.For)]
    return any(
        isinstance(n, ast.Attribute) and is_own(n) and n.attr == name
        for loop in loops
        for s in loop.body
        for n in ast.walk(s)
    )


def size_of(size: object) -> int | None:
    """A size that the program fixes, or None."""
    if isinstance(size, Size):
        return None if symbols(size) else dim_hint(size)
    return size if isinstance(size, int) else None


class Renamed(ast.NodeTransformer):
    """Other names for what is read."""

    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Name(self.names.get(node.id, node.id), node.ctx) if isinstance(node.ctx, ast.Load) else node


class Held(ast.NodeTransformer):
    """What a class holds in the places where it is read."""

    def __init__(self, held: dict[str, ast.expr]) -> None:
        self.held = held

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if is_own(node):
            if node.attr not in self.held:
                raise Unwritable(f"self.{node.attr} has no place in a model of this style")
            return copy.deepcopy(self.held[node.attr])
        self.generic_visit(node)
        return node
