"""`*args` and `**kwargs` that a constructor hands on to that of its base, as parameters with names."""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING, TypeVar

from pivot.reading.derived_calls import super_calls

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pivot.reading.derived_calls import Given

Placed = TypeVar("Placed", bound=ast.AST)


class PassedOn:
    """One constructor: what its base takes is named where its calls give it."""

    def __init__(self, init: ast.FunctionDef, taken: Mapping[str, ast.expr | None], given: Given) -> None:
        self.init, self.taken, self.given = init, taken, given
        self.calls = list(super_calls(init, "__init__"))

    def name_all(self) -> None:
        """Change the constructor in place; one that does more with them than handing on stays as it is."""
        if len(self.calls) != 1:
            return
        if self.init.args.vararg is not None:
            self.name_places(self.init.args.vararg.arg)
        if self.init.args.kwarg is not None:
            self.name_keywords(self.init.args.kwarg.arg)

    @property
    def own(self) -> set[str]:
        """The names of all parameters."""
        return {a.arg for a in (*self.init.args.args, *self.init.args.kwonlyargs)}

    def name_places(self, name: str) -> None:
        """`*args`: as many parameters as the calls give arguments by place, and those that have to be given."""
        call, spec = self.calls[0], self.init.args
        at = next((i for i, a in enumerate(call.args) if isinstance(a, ast.Starred) and is_name(a.value, name)), -1)
        used = [n for n in ast.walk(self.init) if is_name(n, name)]
        if at < 0 or len(used) != 1 or spec.defaults:
            return
        told = {k.arg for k in call.keywords}
        free = [n for n in self.taken if n not in told][at:]
        before = len(spec.args) - 1
        counts = [max(count - before, 0) for count in self.given.counts]
        if self.given.open or not counts:
            counts = [len([n for n in free if self.taken[n] is None])]
        wanted = free[: max(counts)]
        wanted += [n for n in free[max(counts) :] if self.taken[n] is None and n in self.given.names]
        if any(n in self.own for n in wanted):
            return
        always = [n for i, n in enumerate(wanted) if self.taken[n] is None or i < min(counts)]
        if wanted[: len(always)] != always:
            return
        for parameter in wanted:
            spec.args.append(self.placed(ast.arg(parameter)))
            if parameter not in always:
                spec.defaults.append(self.said(parameter))
        call.args[at : at + 1] = [self.placed(ast.Name(n, ast.Load())) for n in wanted]
        spec.vararg = None
        for one, value in zip(spec.kwonlyargs, spec.kw_defaults, strict=True):
            if value is not None:  # nothing tells it from the others any more
                spec.args.append(one)
                spec.defaults.append(value)
        kept = [(o, v) for o, v in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if v is None]
        spec.kwonlyargs, spec.kw_defaults = [o for o, _ in kept], [v for _, v in kept]

    def name_keywords(self, name: str) -> None:
        """`**kwargs`: those of its entries that the base takes and that calls give."""
        call = self.calls[0]
        handed = next((k for k in call.keywords if k.arg is None and is_name(k.value, name)), None)
        if handed is None:
            return
        self.take_out(name, call)
        used = [n for n in ast.walk(self.init) if is_name(n, name)]
        if len(used) != 1:
            return
        told = {k.arg for k in call.keywords} | set(list(self.taken)[: len(call.args)])
        for parameter in (n for n in self.taken if n in self.given.names):
            if parameter in self.own or parameter in told:
                continue
            self.add(parameter, self.said(parameter))
            place = call.keywords.index(handed)
            call.keywords.insert(place, ast.keyword(parameter, self.placed(ast.Name(parameter, ast.Load()))))

    def take_out(self, name: str, call: ast.Call) -> None:
        """`kwargs["padding"] = "same"` ahead of the call is said in it; `kwargs.pop("scale", 2.0)` is a parameter."""
        body: list[ast.stmt] = []
        for statement in self.init.body:
            key, value = entry_set(statement, name)
            if (
                key
                and value is not None
                and statement.lineno < call.lineno
                and key not in {k.arg for k in call.keywords}
            ):
                call.keywords.insert(0, ast.keyword(key, value))
                self.given.names.pop(key, None)
                continue
            if isinstance(statement, ast.Expr) and (out := popped(statement.value, name)) is not None:
                if out[0] not in self.given.names:
                    continue  # nobody gives it
            body.append(statement)
        self.init.body = body
        Popping(self, name).visit(self.init)

    def add(self, parameter: str, value: ast.expr) -> None:
        """A parameter with a default."""
        spec = self.init.args
        if spec.vararg is not None:
            spec.kwonlyargs.append(self.placed(ast.arg(parameter)))
            spec.kw_defaults.append(value)
        else:
            spec.args.append(self.placed(ast.arg(parameter)))
            spec.defaults.append(value)

    def said(self, parameter: str) -> ast.expr:
        """The default of the base, None where it has none."""
        value = self.taken.get(parameter)
        return self.placed(copy.deepcopy(value) if value is not None else ast.Constant(None))

    def placed(self, made: Placed) -> Placed:
        """A new node at the place of the constructor."""
        for part in ast.walk(made):
            ast.copy_location(part, self.init)
        return made


class Popping(ast.NodeTransformer):
    """`kwargs.pop("scale", 2.0)` becomes the name of a parameter."""

    def __init__(self, owner: PassedOn, name: str) -> None:
        self.owner, self.name = owner, name

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        out = popped(node, self.name)
        if out is None or out[0] in self.owner.own or not isinstance(out[1], ast.Constant):
            return node
        self.owner.add(out[0], out[1])
        return ast.copy_location(ast.Name(out[0], ast.Load()), node)


def popped(node: ast.expr, name: str) -> tuple[str, ast.expr] | None:
    """The key and the default of `kwargs.pop("key", default)`."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr != "pop":
        return None
    if not is_name(node.func.value, name) or len(node.args) != 2 or not isinstance(node.args[0], ast.Constant):
        return None
    key = node.args[0].value
    return (key, node.args[1]) if isinstance(key, str) and key.isidentifier() else None


def entry_set(statement: ast.stmt, name: str) -> tuple[str, ast.expr | None]:
    """The key and the value of `kwargs["key"] = value`."""
    target = statement.targets[0] if isinstance(statement, ast.Assign) and len(statement.targets) == 1 else None
    if isinstance(statement, ast.Assign) and isinstance(target, ast.Subscript) and is_name(target.value, name):
        key = target.slice.value if isinstance(target.slice, ast.Constant) else None
        if isinstance(key, str) and key.isidentifier():
            return key, statement.value
    return "", None


def is_name(node: ast.AST, name: str) -> bool:
    """Is a node this name?"""
    return isinstance(node, ast.Name) and node.id == name
