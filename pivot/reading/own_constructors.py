"""Classes that derive from a library layer and have no constructor of their own: they are given the one they inherit.

`class Norm(nn.BatchNorm2d)` with a forward pass is read as if it began with
`def __init__(self, num_features, eps=1e-05, ...): super().__init__(num_features, eps=eps, ...)`, since the target's
layer takes other arguments.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.reading.values import Api, Value
from pivot.reading.walking import walk
from pivot.slots import MISSING, Ignored

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pivot.op import Form
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame


def give(ev: Evaluator, node: ast.ClassDef, bases: Sequence[Value], frame: Frame) -> None:
    """Add the constructor to a class that has none, where its only base is a layer that a form reads."""
    hint = bases[0].hint if len(bases) == 1 else None
    if not isinstance(hint, Api) or any(isinstance(s, ast.FunctionDef) and s.name == "__init__" for s in node.body):
        return
    form = next((f for f in ev.opset.find(ev.dialect.framework, "call", hint.name) if f.kind == "layer"), None)
    if form is None or not any(isinstance(s, ast.FunctionDef) for s in node.body):
        return
    made = constructor(form, named(ev, node.name, frame))
    if made is not None:
        insert(node, made)


ADDED = "added"
"""Marks an expression that a class is read with although it stands in no text."""
GIVES = "gives"
"""Marks such an expression that is what a call of the whole object gives."""


def insert(node: ast.ClassDef, made: ast.FunctionDef) -> None:
    """Put a constructor in front of the members of a class."""
    for part in ast.walk(made):
        ast.copy_location(part, node)
    at = 1 if node.body and isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant) else 0
    node.body.insert(at, made)


def give_plain(node: ast.ClassDef, bases: Sequence[Value]) -> None:
    """`class Scale(layers.Layer)` that begins with `build(self, input_shape)`: a target whose constructor makes the
    weights has to be told of the sizes, so that the class is read with the constructor that it inherits.
    """
    members = {s.name: s for s in node.body if isinstance(s, ast.FunctionDef)}
    build = members.get("build")
    plain = [isinstance(b.hint, Api) and b.hint.name == "keras.layers.Layer" for b in bases] == [True]
    if not plain or build is None or "__init__" in members or len(build.args.args) < 2:
        return
    shape = build.args.args[1].arg
    if any(isinstance(n, ast.Subscript) and isinstance(n.value, ast.Name) and n.value.id == shape for n in walk(build)):
        made = ast.parse("def __init__(self, **kwargs):\n    super().__init__(**kwargs)").body[0]
        assert isinstance(made, ast.FunctionDef)
        insert(node, made)


def named(ev: Evaluator, name: str, frame: Frame) -> tuple[int, set[str]] | None:
    """How many arguments by place, and which by name, the calls of a class of the opened file give; None where there
    is none, or one that does not say, or where other files may call it.
    """
    file = frame.scope.module.file
    if file != next(iter(ev.files), file):
        return None
    tree = next((t for t in ev.trace.keep if isinstance(t, ast.Module) and t.__dict__.get("file") == file), None)
    if tree is None:
        return None
    names = [n for n in walk(tree) if isinstance(n, ast.Name) and n.id == name]
    funcs = {id(n) for n in names}
    calls = [n for n in walk(tree) if isinstance(n, ast.Call) and id(n.func) in funcs]
    starred = any(isinstance(a, ast.Starred) for c in calls for a in c.args)
    if not calls or starred or len(names) > len(calls) or any(k.arg is None for c in calls for k in c.keywords):
        return None
    return max(len(c.args) for c in calls), {k.arg or "" for c in calls for k in c.keywords}


def constructor(form: Form, given: tuple[int, set[str]] | None) -> ast.FunctionDef | None:
    """`def __init__(self, num_features, eps=1e-05): super().__init__(num_features, eps=eps)`: what the form takes, of
    that no more than is given; None where a default cannot be said.
    """
    params: list[str] = []
    args: list[str] = []
    for place, slot in enumerate(form.args):
        name = slot.name
        if name is None or not name.isidentifier():
            return None
        if isinstance(slot.value, Ignored) or (given is not None and place >= given[0] and name not in given[1]):
            if slot.default is MISSING:
                return None
            continue
        if slot.default is MISSING:
            params.append(name)
            args.append(name)
            continue
        if not isinstance(slot.default, (bool, int, float, str, type(None))):
            return None
        params.append(f"{name}={slot.default!r}")
        args.append(f"{name}={name}")
    text = f"def __init__(self, {', '.join(params)}):\n    super().__init__({', '.join(args)})"
    made = ast.parse(text).body[0]
    return made if isinstance(made, ast.FunctionDef) else None
