"""Models that a file builds by statements: names that it binds to a model, and functions that return one."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pivot.problems import Refusal
from pivot.reading import classes, straight_line
from pivot.reading.values import Api, ClassObject, FunctionObject

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

USES = {"fit": 2, "fit_generator": 2, "compile": 2, "train": 1, "summary": 1, "predict": 1, "evaluate": 1, "eval": 1}
DEPTH = 4  # functions that call functions that build a model


class Builders:
    """Which calls of a file give a model."""

    def __init__(self, ev: Evaluator, frame: Frame) -> None:
        self.ev = ev
        self.lazy = frame.scope.lazy
        self.frame = frame

    def builds(self, call: ast.expr | None, depth: int = DEPTH) -> bool:
        """Is this the call of a model class, or of a function that returns what such a call gives?"""
        while isinstance(call, ast.Call):
            hint = self.callee(call.func)
            if isinstance(hint, Api):
                return self.ev.dialect.is_model_name(hint.name)
            if isinstance(hint, ClassObject):
                return self.ev.dialect.is_model_class(hint)
            if isinstance(hint, FunctionObject):
                return depth > 0 and self.returns_model(hint.node, depth - 1)
            method = self.method(call.func)
            if method is not None and depth > 0 and self.returns_model(method.node, depth - 1):
                return True
            call = call.func.value if isinstance(call.func, ast.Attribute) else None  # `Net().to(device)`
        return False

    def method(self, func: ast.expr) -> FunctionObject | None:
        """The method that `Builder(3).build` or `builder.build` is, of a class of the program that is no model."""
        owner = func.value if isinstance(func, ast.Attribute) else None
        if isinstance(owner, ast.Name):
            made = [s.value for s in self.lazy.get(owner.id, []) if isinstance(s, ast.Assign)]
            owner = made[-1] if made else None
        cls = self.callee(owner.func) if isinstance(owner, ast.Call) else None
        if not isinstance(cls, ClassObject) or not isinstance(func, ast.Attribute):
            return None
        hit = classes.member(self.ev, cls, func.attr)
        return hit[0].hint if hit is not None and isinstance(hit[0].hint, FunctionObject) else None

    def only_trains(self, call: ast.expr) -> bool:
        """Is this the call of a model class that computes nothing itself: a GAN with a `train_step` and no `call`?"""
        cls = self.callee(call.func) if isinstance(call, ast.Call) else None
        if not isinstance(cls, ClassObject) or not self.ev.dialect.is_model_class(cls):
            return False
        if any(classes.member(self.ev, cls, name) is not None for name in self.ev.dialect.forward_names):
            return False
        return not any(puts_together(c) for c in cls.mro() if isinstance(c, ClassObject))

    def callee(self, node: ast.expr) -> object:
        """What a dotted name stands for at module level; None for what a statement computes: it runs in its turn."""
        inner = node
        while isinstance(inner, ast.Attribute):
            inner = inner.value
        if not isinstance(inner, ast.Name) or not all(map(names_a_thing, self.lazy.get(inner.id, []))):
            return None
        try:
            return self.ev.evaluate(node, self.frame).hint
        except Refusal:  # a name of a function's own, or of something that is not read: no model of this file
            return None

    def returns_model(self, function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, depth: int) -> bool:
        """Does a function return a model that it builds?"""
        if isinstance(function, ast.Lambda):
            return self.builds(function.body, depth)
        bound = {
            target.id: statement.value
            for statement in ast.walk(function)
            if isinstance(statement, ast.Assign)
            for target in statement.targets
            if isinstance(target, ast.Name)
        }
        for statement in ast.walk(function):
            if isinstance(statement, ast.Return) and statement.value is not None:
                value = statement.value
                if self.builds(bound.get(value.id) if isinstance(value, ast.Name) else value, depth):
                    return True
        return False


def puts_together(cls: ClassObject) -> bool:
    """Does a class hand inputs and outputs, or layers, on to its base: `super().__init__(inputs, outputs)`?"""
    for node in (n for s in cls.node.body if isinstance(s, ast.FunctionDef) for n in ast.walk(s)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        words = {k.arg for k in node.keywords}
        if node.func.attr == "__init__" and (len(node.args) > 1 or words & {"inputs", "outputs", "layers"}):
            return True
        if node.func.attr == "add" and isinstance(node.func.value, ast.Name) and node.func.value.id == "self":
            return True
    return False


def names_a_thing(statement: ast.stmt) -> bool:
    """Does a statement define, import or rename something (`L = keras.layers`), without running anything? So does one
    of which each arm does: `try: import keras`, `except ImportError: from tensorflow import keras`.
    """
    if isinstance(statement, ast.Assign):
        value = statement.value
        while isinstance(value, ast.Attribute):
            value = value.value
        return isinstance(value, (ast.Name, ast.Lambda))
    if isinstance(statement, ast.Try):
        return all(map(names_a_thing, [*statement.body, *(s for h in statement.handlers for s in h.body)]))
    if isinstance(statement, ast.If):
        return all(map(names_a_thing, [*statement.body, *statement.orelse]))
    return isinstance(statement, straight_line.DEFINITIONS)


def bound_models(ev: Evaluator, frame: Frame, body: Sequence[ast.stmt]) -> list[tuple[str, ast.Assign]]:
    """The names that the statements of a file bind to models, in their order, the last binding of each."""
    builders = Builders(ev, frame)
    found: dict[str, ast.Assign] = {}
    for statement in top_level(body):
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            if builders.builds(statement.value) and not builders.only_trains(statement.value):
                found.pop(statement.targets[0].id, None)
                found[statement.targets[0].id] = statement
    return list(found.items())


def chosen(found: list[tuple[str, ast.Assign]], body: Sequence[ast.stmt]) -> tuple[str, ast.Assign]:
    """The model that the file is about: the last one that is trained or used, else the last one."""
    weights = dict.fromkeys((name for name, _ in found), 0)
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in weights:
                weights[node.value.id] = max(weights[node.value.id], USES.get(node.attr, 0))
    best = max(weights.values())
    return [pair for pair in found if weights[pair[0]] == best][-1]


def top_level(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a file that run when it runs, those inside `with` and `try` included."""
    for statement in body:
        if isinstance(statement, (ast.With, ast.Try)):
            yield from top_level(statement.body)
        else:
            yield statement


def builder_functions(ev: Evaluator, frame: Frame, tree: ast.Module) -> list[ast.FunctionDef]:
    """The functions of a file that return a model and that no other of them calls."""
    builders = Builders(ev, frame)
    found = [f for f in tree.body if isinstance(f, ast.FunctionDef) and builders.returns_model(f, DEPTH)]
    called = {n.id for f in found for n in ast.walk(f) if isinstance(n, ast.Name)}
    return [f for f in found if f.name not in called] or found
