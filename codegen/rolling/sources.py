"""What the source says about a call of a helper: its arguments, the names of its variables and of its layers."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from codegen.rolling.groups import Group
from pivot.reading.frames import Frame, Scope
from pivot.reading.modules import ModuleObject
from pivot.reading.trace import Trace, Visit
from pivot.reading.values import FunctionObject, Value

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(slots=True)
class Names:
    """Names that a function gives: per expression the variable it is assigned to, and pairs `a = b`.

    `told`: the commented statements that an expression stands in, the outer ones first.
    """

    assigned: dict[int, str] = field(default_factory=dict)
    aliases: list[tuple[str, str]] = field(default_factory=list)
    unpacked: dict[int, list[str]] = field(default_factory=dict)
    told: dict[int, list[ast.stmt]] = field(default_factory=dict)


class Sources:
    """Facts of the source, looked up once."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.tables: dict[int, Names] = {}
        self.calls: dict[int, Visit] = {}
        for visits in trace.visits.values():
            for visit in visits:
                if visit.entered is not None:
                    self.calls[id(visit.entered.scope)] = visit

    def names(self, group: Group) -> Names:
        """The names of the function of a group, and those of the file for the root of a module-level model."""
        if group.function is not None:
            return self.names_in(group.function)
        tree = self.file_of(group)
        return self.table(tree) if tree is not None else Names()

    def names_in(self, function: FunctionObject) -> Names:
        """The names of a function."""
        return self.table(function.node)

    def table(self, node: ast.AST) -> Names:
        """The names that statements of a function or file give."""
        if id(node) not in self.tables:
            self.tables[id(node)] = collect_names(node)
        return self.tables[id(node)]

    def file_of(self, group: Group) -> ast.Module | None:
        """The tree of the file in which a group's nodes stand."""
        return next((t for t in self.trace.keep if isinstance(t, ast.Module)), None) if group.nodes else None

    def visit_of(self, frame: Frame) -> Visit | None:
        """The call that made a frame."""
        return self.calls.get(id(frame.scope))

    def arguments(self, group: Group) -> dict[str, Value]:
        """What a helper was called with, by parameter: closures around it too, the inner ones first."""
        found: dict[str, Value] = {}
        frame = group.frame
        visit = self.visit_of(frame) if frame is not None else None
        scope: Scope | None = frame.scope if frame is not None else None
        while frame is not None and frame.function is not None and visit is not None:
            for name, value in bound_arguments(frame.function, visit).items():
                found.setdefault(name, value)
            for name, value in constructed_with(frame).items():
                found.setdefault(name, value)
            scope = scope.parent if scope is not None else None
            outer = self.calls.get(id(scope)) if scope is not None else None
            above = {id(f.scope) for f in frame.chain()}
            if outer is None or outer.entered is None or id(scope) in above:
                break
            visit, frame = outer, outer.entered
        return found

    def settings(self, group: Group) -> dict[str, object]:
        """The arguments of a helper that are plain: numbers, texts, tuples of these."""
        return {k: plain(v) for k, v in self.arguments(group).items() if is_plain(plain(v))}

    def locals(self, group: Group) -> dict[str, object]:
        """The variables of a helper that hold whole numbers when it ends, without its parameters."""
        frame, known = group.frame, self.arguments(group)
        if frame is None or frame.function is None:
            return {}
        found = {name: value.hint for name, value in frame.scope.names.items() if name not in known}
        return {name: hint for name, hint in found.items() if isinstance(hint, int) and not isinstance(hint, bool)}


def constructed_with(frame: Frame) -> dict[str, Value]:
    """What the module was made with whose method a frame runs."""
    module = frame.receiver.hint if frame.receiver is not None else None
    visit = module.visit if isinstance(module, ModuleObject) else None
    inner = visit.entered if visit is not None else None
    if visit is None or inner is None or inner.function is None or inner.function.name != "__init__":
        return {}
    return bound_arguments(inner.function, visit)


def bound_arguments(function: FunctionObject, visit: Visit) -> dict[str, Value]:
    """The values of a function's parameters at a call, defaults included."""
    spec = function.node.args
    names = [a.arg for a in (*spec.posonlyargs, *spec.args)]
    receiver = 1 if visit.entered is not None and visit.entered.receiver is not None and names[:1] == ["self"] else 0
    names = names[receiver:]
    found = dict(zip(names, visit.args, strict=False))
    for name, value in visit.kwargs.items():
        found.setdefault(name, value)
    for name, default in zip(names[::-1], function.defaults[::-1], strict=False):
        found.setdefault(name, default)
    for argument, own in zip(spec.kwonlyargs, function.kw_defaults, strict=False):
        if own is not None:
            found.setdefault(argument.arg, own)
    order = [*names, *(a.arg for a in spec.kwonlyargs)]
    return {name: found[name] for name in order if name in found}


def plain(value: Value) -> object:
    """A value as plain Python."""
    hint = value.hint
    if isinstance(hint, tuple):
        return tuple(plain(v) if isinstance(v, Value) else v for v in hint)
    return hint


def is_plain(value: object) -> bool:
    """Can a value be an argument that is written down?"""
    if isinstance(value, tuple):
        return all(map(is_plain, value))
    return value is None or isinstance(value, (bool, int, float, str))


def collect_names(node: ast.AST) -> Names:
    """Names of one function, without those of functions inside it."""
    found = Names()
    body = node.body if isinstance(node.body, list) else []  # type: ignore[attr-defined]
    collect_comments(body, [], found.told)
    for statement in own_statements(body):
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target, value = statement.targets[0], statement.value
        elif isinstance(statement, (ast.AnnAssign, ast.AugAssign)) and statement.value is not None:
            target, value = statement.target, statement.value
            if isinstance(statement, ast.AugAssign) and isinstance(target, ast.Name):
                found.assigned[id(statement)] = target.id
                continue
        else:
            continue
        if isinstance(target, ast.Tuple):
            found.unpacked[id(value)] = [n.id for n in ast.walk(target) if isinstance(n, ast.Name)]
        if not isinstance(target, ast.Name):
            continue
        for part in alternatives(value):
            if isinstance(part, ast.Name):
                found.aliases.append((target.id, part.id))
            else:
                found.assigned[id(part)] = target.id
    return found


def collect_comments(body: Iterable[ast.stmt], around: list[ast.stmt], found: dict[int, list[ast.stmt]]) -> None:
    """The commented statements of each expression, without those of functions inside."""
    for statement in body:
        told = [*around, statement] if any(getattr(statement, "before", ())) else around
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        for part in ast.iter_child_nodes(statement):
            if not isinstance(part, ast.stmt) and told:
                found.update((id(inner), told) for inner in ast.walk(part))
        for name in ("body", "orelse", "finalbody"):
            collect_comments(getattr(statement, name, []), told, found)


def own_statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements with those in loops and conditions, in order."""
    for statement in body:
        yield statement
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        for name in ("body", "orelse", "finalbody"):
            yield from own_statements(getattr(statement, name, []))


def alternatives(value: ast.expr) -> Iterator[ast.expr]:
    """The arms of a conditional expression."""
    if isinstance(value, ast.IfExp):
        yield from alternatives(value.body)
        yield from alternatives(value.orelse)
    else:
        yield value


def layer_name(site: ast.AST) -> str:
    """What a layer is called by the constant part of `name=f"{name}_1_conv"`: `_1_conv` made an identifier, `conv1`."""
    if not isinstance(site, ast.Call):
        return ""
    given = next((k.value for k in site.keywords if k.arg == "name"), None)
    return identifier("".join(constant_parts(given))) if given is not None else ""


def constant_parts(text: ast.expr) -> list[str]:
    """The texts in an expression of strings; what is computed stands for nothing."""
    if isinstance(text, ast.Constant):
        return [text.value] if isinstance(text.value, str) else []
    if isinstance(text, ast.JoinedStr):
        return [part for value in text.values for part in constant_parts(value)]
    if isinstance(text, ast.BinOp) and isinstance(text.op, ast.Mod) and isinstance(text.left, ast.Constant):
        return [re.sub(r"%\w", "", part) for part in constant_parts(text.left)]
    if isinstance(text, ast.BinOp):
        return [*constant_parts(text.left), *constant_parts(text.right)]
    if isinstance(text, ast.IfExp):
        return constant_parts(text.body)
    if isinstance(text, ast.Call) and isinstance(text.func, ast.Attribute) and text.func.attr == "format":
        return [re.sub(r"\{\w*\}", "", part) for part in constant_parts(text.func.value)]
    return []


def identifier(text: str) -> str:
    """`_1_conv` -> `conv1`, `-bn` -> `bn`, `Conv_1` -> `conv_1`."""
    words = re.findall(r"[A-Za-z]+|\d+", text.strip("_"))
    if not words:
        return ""
    made = re.sub(r"\W+", "_", text).strip("_")
    made = re.sub(r"_+", "_", made).lower()
    number = re.fullmatch(r"(\d+)_?([a-z]\w*)", made)
    if number:
        made = f"{number[2]}{number[1]}" if not number[2][-1].isdigit() else f"{number[2]}_{number[1]}"
    if keyword.iskeyword(made):
        return f"{made}_"
    return made if made.isidentifier() else ""


def camel_case(name: str) -> str:
    """`_inverted_res_block` -> `InvertedResBlock`; a name with capitals of its own keeps them."""
    words = [word for word in name.strip("_").split("_") if word]
    made = "".join(word[:1].upper() + word[1:] for word in words)
    return made if made.isidentifier() else "Block"
