"""What a program that shows a model hands it: the statements behind the arguments are evaluated, on trial.

`x = torch.randn(B, cfg.length, cfg.width)` before `model(x, lengths=lengths)` tells sizes, types and bounds.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from pivot.problems import Refusal
from pivot.reading import classes, contents, imports
from pivot.reading.demo_names import own_statements
from pivot.reading.frames import Frame, Scope
from pivot.reading.inputs import InputSpec
from pivot.reading.iterating import iterate
from pivot.reading.modules import ModuleObject
from pivot.reading.signals import Raised
from pivot.reading.storage import new_version
from pivot.reading.straight_line import loaded
from pivot.reading.values import Api, TensorCell, Value
from pivot.types import DTYPES, TensorType

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator

CREATORS = {
    *("torch.randn", "torch.rand", "torch.zeros", "torch.ones", "torch.empty", "torch.randint"),
    *("tensorflow.zeros", "tensorflow.ones", "tensorflow.random.normal", "tensorflow.random.uniform"),
    *("keras.ops.zeros", "keras.ops.ones", "keras.random.normal", "keras.random.uniform"),
    *("numpy.zeros", "numpy.ones", "numpy.random.rand", "numpy.random.randn", "numpy.random.normal"),
}
Syntax = TypeVar("Syntax", bound=ast.AST)
NAMES = {"long": "int64", "float": "float32", "int": "int32", "double": "float64"}


class Demo:
    """A block of statements that calls a model, and what the names in it stand for."""

    def __init__(
        self, ev: Evaluator, frame: Frame, body: Sequence[ast.stmt], root: ModuleObject, callers: set[str]
    ) -> None:
        self.ev = ev
        self.steps = [s for s in own_statements(body) if not isinstance(s, (ast.With, ast.Try, ast.If))]
        self.callers = callers
        self.frame = Frame(None, Scope(frame.file, frame.scope), frame.file, key="main")
        self.frame.scope.names.update({name: Value(root) for name in callers if name.isidentifier()})
        self.done: set[int] = set()

    def evaluate(self, node: ast.expr, before: ast.AST) -> Value:
        """The value of an expression as it is where a statement stands. Raises Refusal."""
        steps: list[ast.stmt] = []
        for statement in self.steps:
            if any(part is before for part in ast.walk(statement)):
                break
            steps.append(statement)
        needed, chosen = set(loaded(node)), []
        for statement in reversed(steps):
            bound = {*classes.bound_names(statement), *imports.changed_names(statement)} - self.callers
            if bound & needed:
                chosen.append(statement)
                needed |= set(loaded(statement))
        for statement in reversed(chosen):
            if id(statement) not in self.done:
                self.done.add(id(statement))
                try:
                    self.ev.execute([self.with_drawn(statement, statement)], self.frame)
                except (Refusal, Raised):  # what needs it is refused in its turn, or tells its size by itself
                    for name in classes.bound_names(statement):
                        self.frame.scope.names.pop(name, None)
        return self.ev.evaluate(self.with_drawn(node, before), self.frame)

    def with_drawn(self, node: Syntax, before: ast.AST) -> Syntax:
        """The same with tensors in the place of calls that draw whole numbers, which are no op of a network."""
        made = Drawn(self, before).visit(deepcopy(node))
        self.ev.trace.keep.append(made)
        assert isinstance(made, type(node))
        return made

    def values_of(self, name: str, before: ast.AST) -> ast.expr | None:
        """What is bound to a name before a statement."""
        found: ast.expr | None = None
        for statement in self.steps:
            if any(part is before for part in ast.walk(statement)):
                break
            if isinstance(statement, (ast.Assign, ast.AnnAssign)) and name in classes.bound_names(statement):
                found = statement.value
        return found

    def spec(self, node: ast.expr, before: ast.AST, name: str | None = None) -> InputSpec | None:
        """The input that an argument stands for; None where it is no tensor, or one of unknown sizes."""
        created = self.created(node, before, name)
        if created is not None:
            return created
        try:
            return self.tensor(self.evaluate(node, before), self.inside(node, before), before, name)
        except (Refusal, Raised):
            return None

    def members(self, node: ast.expr, before: ast.AST, name: str) -> list[InputSpec]:
        """The inputs that a tuple of tensors stands for; none where it is no such tuple."""
        try:
            hint = self.evaluate(node, before).hint
            parts = hint if isinstance(hint, tuple) else ()
            found = [self.tensor(part, iter(()), before, f"{name}.{place}") for place, part in enumerate(parts)]
        except (Refusal, Raised):
            return []
        return [spec for spec in found if spec is not None] if None not in found else []

    def inside(self, node: ast.expr, before: ast.AST, depth: int = 0) -> Iterator[ast.expr]:
        """An expression and those that stand behind its names."""
        for part in ast.walk(node):
            if isinstance(part, ast.Call):
                yield part
            bound = self.values_of(part.id, before) if isinstance(part, ast.Name) and depth < 4 else None
            if bound is not None:
                yield from self.inside(bound, before, depth + 1)

    def tensor(self, value: Value, parts: Iterator[ast.expr], before: ast.AST, name: str | None) -> InputSpec | None:
        """The input that a tensor of the program is an example of."""
        cell = value.hint
        if not isinstance(cell, TensorCell):
            return None
        shape = tuple(size for size in cell.shape if isinstance(size, int) and size > 0)
        if len(shape) != len(cell.shape) or cell.dtype not in DTYPES:
            return None
        spec = InputSpec(shape, cell.dtype, name)
        if not cell.dtype.startswith("int"):
            return spec
        array = contents.content(self.ev, cell.version)
        if array is not None and array.size and array.min() >= 0:
            top = int(array.max())
            return replace(spec, high=top + 1, low=int(array.min())) if top else spec
        bounds = [found for part in parts if (found := self.bounds(part, before)) is not None]
        if not bounds:
            return spec
        low, high = max(low for low, _ in bounds), min(high for _, high in bounds)
        return replace(spec, low=low if low < high else 0, high=high)

    def bounds(self, node: ast.expr, before: ast.AST) -> tuple[int, int] | None:
        """What `torch.randint(low, high, size)` draws between."""
        if not isinstance(node, ast.Call) or not ast.unparse(node.func).endswith("randint"):
            return None
        try:
            args = [self.evaluate(a, before).hint for a in node.args]
            more = {k.arg: self.evaluate(k.value, before).hint for k in node.keywords if k.arg}
        except (Refusal, Raised):
            return None
        numbers = [a for a in args if isinstance(a, int)]
        low = more.get("low", numbers[0] if len(numbers) > 1 else 0)
        high = more.get("high", numbers[-1] if numbers else None)
        return (low, high) if isinstance(low, int) and isinstance(high, int) and 0 <= low < high else None

    def created(self, node: ast.expr, before: ast.AST, name: str | None) -> InputSpec | None:
        """The input that a call of what makes tensors stands for, also one of another library."""
        bound = self.values_of(node.id, before) if isinstance(node, ast.Name) else None
        node = node if bound is None else bound
        while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and made_before(node.func.value):
            if node.func.attr not in ("to", "cuda", "cpu", "requires_grad_", "backward", "detach", "clone", "astype"):
                return None
            node = node.func.value
        if not isinstance(node, ast.Call):
            return None
        try:
            callee = self.evaluate(node.func, before).hint
            if not isinstance(callee, Api) or callee.name not in CREATORS:
                return None
            bounds, dtype = None, "float32"
            places, named = node.args, node.keywords
            if callee.name == "torch.randint":  # its bounds may hang on what a comprehension counts
                bounds, dtype = self.bounds(node, before), "int64"
                places = [a for a in places if isinstance(a, (ast.Tuple, ast.List, ast.Name, ast.Attribute))]
                places = places[-1:] if not any(k.arg == "size" for k in named) else []
                named = [k for k in named if k.arg in ("size", "dtype")]
            args = [self.evaluate(a, before) for a in places]
            kwargs = {k.arg: self.evaluate(k.value, before) for k in named if k.arg}
            said = kwargs["dtype"].hint if "dtype" in kwargs else None
            if isinstance(said, str):
                dtype = said
            elif isinstance(said, Api):
                kind = said.name.rpartition(".")[2]
                dtype = NAMES.get(kind, kind)
            first = [*args, Value(())][0]
            size = kwargs.get("size") or (first if args and not isinstance(first.hint, int) else Value(tuple(args)))
            shape = [v.hint for v in iterate(self.ev, size, node, self.frame)]
        except (Refusal, Raised):
            return None
        if dtype not in DTYPES or not all(isinstance(s, int) and s > 0 for s in shape):
            return None
        low, high = bounds or (0, None)
        return InputSpec(tuple(s for s in shape if isinstance(s, int)), dtype, name, high, low=low)


class Drawn(ast.NodeTransformer):
    """Puts names of tensors in the place of calls that draw whole numbers."""

    def __init__(self, demo: Demo, before: ast.AST) -> None:
        self.demo, self.before = demo, before

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        drawn = self.demo.created(node, self.before, None) if ast.unparse(node.func).endswith("randint") else None
        if drawn is None:
            return node
        names = self.demo.frame.scope.names
        name = f" drawn {len(names)}"  # no program has such a name
        names[name] = Value(TensorCell(new_version(self.demo.ev, TensorType(drawn.shape, drawn.dtype))))
        return ast.copy_location(ast.Name(name, ast.Load()), node)


def made_before(node: ast.expr) -> bool:
    """Is a method called on what a call gives: `torch.randn(2).to(device)`, but not `torch.randn(2)`?"""
    return isinstance(node, ast.Call)
