"""The function that a derived layer is made with stands in its `call`, where PyTorch's layers have none.

`super().__init__(units, activation="relu")` is read as `super().__init__(units)`, with a
`def call(self, inputs): return keras.activations.relu(super().call(inputs))`. A function that differs from object to
object, or that the class itself calls, is kept as `self.activation`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.reading import imports
from pivot.reading.derived_calls import super_calls
from pivot.reading.keras_arguments import ACTIVATED, SAME_ACTIVATION, signature
from pivot.reading.keras_convolving import enters_again, write_out
from pivot.reading.keras_masks import TAKING
from pivot.reading.keras_names import CELLS
from pivot.reading.own_constructors import ADDED, GIVES
from pivot.reading.values import Api
from pivot.slots import Operand

if TYPE_CHECKING:
    from pivot.op import Form
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

INHERITED = "inherited"
"""Marks a `call` that only stands for the one that a class inherits."""
CALL = "def call(self, inputs):\n    return super().call(inputs)"


def stand_in_call(
    ev: Evaluator, node: ast.ClassDef, init: ast.FunctionDef, form: Form, layer: str, frame: Frame
) -> None:
    """Give a class the `call` that it inherits, with the layer's function in it."""
    inits = list(super_calls(init, "__init__"))
    own = [s for s in node.body if isinstance(s, ast.FunctionDef) and s.name in ("call", "__call__")]
    if len(inits) != 1 or not names_keras(ev, frame):
        return
    activated = layer.startswith(ACTIVATED)
    function = taken_off(inits[0], signature((form,))) if activated else None
    asked = activated and reads_activation(node)
    if enters_again(node):
        why = f"{node.name} has a convolution_op beside a call() that hands on to the library's"
        raise ev.refusal(frame, node, why, "compute the convolution in call()")
    written = write_out(node, layer)
    if written:
        own = [s for s in node.body if isinstance(s, ast.FunctionDef) and s.name == "call"]
    takes_one = sum(isinstance(slot.value, Operand) for slot in form.apply) == 1 and layer not in TAKING | set(CELLS)
    if not own and takes_one:
        made = ast.parse(CALL).body[0]
        assert isinstance(made, ast.FunctionDef)
        for part in ast.walk(made):
            ast.copy_location(part, node).__dict__[ADDED] = True
        made.__dict__[INHERITED] = True
        node.body.append(made)
        own = [made]
    if function is None and not asked:
        mark_given(own)
        return
    if isinstance(function, ast.Constant) and isinstance(function.value, str) and not asked:
        name = SAME_ACTIVATION.get(function.value.lower(), function.value.lower())
        around: ast.expr = spelled(f"keras.activations.{name}", function)
    else:
        kept = ast.Call(spelled("keras.activations.get", node), [function or ast.Constant(None)], [])
        target = ast.Attribute(ast.Name("self", ast.Load()), "activation", ast.Store())
        if not sets_another(init, inits[0]):
            insert_behind(init, inits[0], ast.Assign([target], kept))
        around = spelled("self.activation", node)
    for method in own:
        if written:
            result = method.body[-1]
            assert isinstance(result, ast.Return) and result.value is not None
            whole = ast.Call(spelled(ast.unparse(around), node), [result.value], [])
            result.value = ast.copy_location(whole, node)
            whole.__dict__[ADDED] = True
        Around(around).visit(method)
    mark_given(own)


def mark_given(methods: list[ast.FunctionDef]) -> None:
    """Mark what methods that stand in no text give."""
    for method in methods:
        result = method.body[-1]
        if isinstance(result, ast.Return) and result.value is not None and ADDED in result.value.__dict__:
            result.value.__dict__[GIVES] = True


def names_keras(ev: Evaluator, frame: Frame) -> bool:
    """Does `keras` stand for Keras in a file? One that does not bind the name is read as if it imported it."""
    scope = frame.scope.module
    if "keras" in scope.lazy or "keras" in scope.names:
        value = ev.evaluate(ast.Name("keras", ast.Load()), ev.module_frame(scope))
        return isinstance(value.hint, Api) and value.hint.name == "keras"
    statement = ast.Import([ast.alias("keras")], lineno=1, col_offset=0, end_lineno=1, end_col_offset=0)
    ev.trace.keep.append(statement)
    imports.index_statement(scope, statement)
    return True


def taken_off(call: ast.Call, names: list[str]) -> ast.expr | None:
    """The function that a layer's constructor is given, which goes from the call; None where it does nothing."""
    found: ast.expr | None = None
    keyword = next((k for k in call.keywords if k.arg == "activation"), None)
    place = names.index("activation") if "activation" in names else len(call.args)
    if keyword is not None:
        call.keywords.remove(keyword)
        found = keyword.value
    elif place < len(call.args):
        rest = call.args[place + 1 :]
        found = call.args[place]
        call.args = call.args[:place]
        call.keywords[:0] = [ast.keyword(name, value) for name, value in zip(names[place + 1 :], rest, strict=False)]
    return None if isinstance(found, ast.Constant) and found.value in (None, "linear") else found


def reads_activation(node: ast.ClassDef) -> bool:
    """Does a class use the function itself, or set another one?"""
    places = (n for n in ast.walk(node) if isinstance(n, ast.Attribute))
    return any(n.attr == "activation" and isinstance(n.value, ast.Name) and n.value.id == "self" for n in places)


def sets_another(init: ast.FunctionDef, call: ast.Call) -> bool:
    """Does a constructor put another function in the place of the layer's, once that is made?"""
    at = next((i for i, s in enumerate(init.body) if any(n is call for n in ast.walk(s))), len(init.body))
    targets = [t for s in init.body[at + 1 :] if isinstance(s, ast.Assign) for t in s.targets]
    return any(ast.unparse(t) == "self.activation" for t in targets)


def spelled(text: str, at: ast.AST) -> ast.expr:
    """An expression at the place of another."""
    made = ast.parse(text, mode="eval").body
    for part in ast.walk(made):
        ast.copy_location(part, at)
    return made


def insert_behind(init: ast.FunctionDef, call: ast.Call, made: ast.stmt) -> None:
    """A statement behind the one that a call stands in."""
    at = next((i for i, s in enumerate(init.body) if any(n is call for n in ast.walk(s))), len(init.body) - 1)
    for part in ast.walk(made):
        if not hasattr(part, "lineno"):
            ast.copy_location(part, init.body[at])
    init.body.insert(at + 1, made)


class Around(ast.NodeTransformer):
    """`f(super().call(x))` for `super().call(x)`."""

    def __init__(self, function: ast.expr) -> None:
        self.function = function

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        inner = next(iter(super_calls(node, "call", "__call__")), None)
        if inner is not node:
            return node
        made = ast.copy_location(ast.Call(spelled(ast.unparse(self.function), node), [node], []), node)
        told = made if ADDED in node.__dict__ else node  # what stands in the text gives what the function gives
        told.__dict__[ADDED] = True
        return made
