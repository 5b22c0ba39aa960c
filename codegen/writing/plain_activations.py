"""A restated layer that only calls a function of its input: `layers.Activation(gelu)` says as much.

    class GELU(layers.Layer):
        def __init__(self, approximate="none"): ...        self.act = layers.Activation(gelu)
        def call(self, input):                       ->
            return gelu(input)
    self.act = GELU()

Where the class itself is handed on (`act_layer=GELU`), it stays: who makes it may give it settings.
"""

from __future__ import annotations

import ast

from codegen.writing import nodes
from codegen.writing.naming import Key
from pivot.reading.restating import is_restatement
from pivot.reading.walking import walk

Written = dict[Key, list[ast.stmt]]


def write_activations(written: Written, entry: ast.expr) -> None:
    """Put `layers.Activation` in the place of such layers; their classes go where nothing mentions them any more."""
    for key in [k for k in written if is_restatement(k[0])]:
        cls = written[key][-1] if written[key] else None
        function = function_of(cls) if isinstance(cls, ast.ClassDef) else None
        if function is None or not isinstance(cls, ast.ClassDef):
            continue
        others = [s for k, body in written.items() if k != key for s in body]
        parts = [n for root in (*others, entry) for n in walk(root)]
        calls = [n for n in parts if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == cls.name]
        named = sum(isinstance(n, ast.Name) and n.id == cls.name for n in parts)
        if named == len(calls):
            for call in calls:
                call.func, call.args, call.keywords = nodes.name("keras.layers.Activation"), [nodes.name(function)], []
            del written[key]


def function_of(cls: ast.ClassDef) -> str | None:
    """The function that the only method besides the constructor calls with its input."""
    methods = {s.name: s for s in cls.body if isinstance(s, ast.FunctionDef)}
    call = methods.pop("call", None)
    init = methods.pop("__init__", None)
    if call is None or methods or len(call.body) != 1 or len(call.args.args) != 2 or not keeps_only(init):
        return None
    made = call.body[0].value if isinstance(call.body[0], ast.Return) else None
    if not isinstance(made, ast.Call) or not isinstance(made.func, ast.Name) or made.keywords:
        return None
    given = [a.id for a in made.args if isinstance(a, ast.Name)]
    return made.func.id if given == [call.args.args[1].arg] and len(made.args) == 1 else None


def keeps_only(init: ast.FunctionDef | None) -> bool:
    """Does a constructor only keep what it is given?"""
    if init is None:
        return True
    first, *rest = init.body
    is_super = ast.unparse(first) == "super().__init__()"
    return is_super and all(isinstance(s, ast.Assign) and isinstance(s.value, ast.Name) for s in rest)
