"""Where a literal goes: through arguments and parameters to the layers that are made with it.

The text is followed, so that nothing is missed: each reading of a parameter that holds the literal has to be one that
hands it on, compares it with another literal to the same end, or stands in an arm that was not taken and does nothing.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pivot.reading.evaluator import Evaluator
from pivot.reading.retuned.declined import Declined
from pivot.reading.retuned.functions import is_one_node
from pivot.reading.trace import Visit
from pivot.reading.values import Value
from pivot.reading.walking import children

COMPARED: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.ListComp, ast.SetComp, ast.DictComp,
         ast.GeneratorExp)  # fmt: skip
SEEING = {"locals", "vars", "eval", "exec", "globals", "dir"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True)
class Flow:
    """What a literal reaches: values that hold it, by identity, and the calls that made layers or nodes with it."""

    ev: Evaluator
    old: object
    new: object
    values: dict[int, Value] = field(default_factory=dict)
    layers: dict[int, Visit] = field(default_factory=dict)
    functions: dict[int, Visit] = field(default_factory=dict)  # of the library
    read: set[tuple[int, str]] = field(default_factory=set)  # parameters of functions whose readings were looked at
    looked: dict[int, tuple[Mapping[ast.AST, ast.AST], Mapping[str, list[ast.Name]]]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How much is reached."""
        return len(self.values) + len(self.layers) + len(self.functions)

    def default(self, function: Function, name: str, literal: ast.Constant) -> None:
        """It is the default of a parameter. Raises Declined."""
        frames = self.ev.trace.frames.get(id(function), [])
        if not frames:
            raise Declined("the function was not entered")
        for frame in frames:
            made = frame.function
            held = [*made.defaults, *made.kw_defaults] if made is not None else []
            own = {id(v): v for v in held if v is not None and v.origin is not None and v.origin.node is literal}
            value = frame.scope.names.get(name)
            origin = value.origin if value is not None else None
            if not own or value is None or origin is None or origin.kind != "param" or origin.frame is not frame:
                raise Declined("the default is not found where it was given")
            self.values.update(own)
            if any(id(source) in own for source in origin.sources):
                self.values[id(value)] = value
                self.through(function, name)

    def check_inputs(self) -> None:
        """Do the inputs that were found in the source have nothing to do with it? Raises Declined."""
        layers = {id(visit.module) for visit in self.layers.values()}
        for visit in self.ev.sought_visits:
            module = visit.module if visit.made is None else visit.made.module
            if id(module) in layers or any(map(self.holds, flat([*visit.args, *visit.kwargs.values()]))):
                raise Declined("the inputs are found by it")

    def holds(self, value: Value) -> bool:
        """Was a value made from it?"""
        todo, met = [value], set[int]()
        while todo:
            at = todo.pop()
            if id(at) in self.values:
                return True
            if id(at) not in met and at.origin is not None:
                met.add(id(at))
                todo += at.origin.sources
        return False

    def follow(self, call: ast.Call, part: ast.expr) -> None:
        """An argument of a call holds it. Raises Declined."""
        visits = self.ev.trace.visits.get(id(call), [])
        if not visits:
            raise Declined("the call was not met")
        for visit in visits:
            given = [*visit.args, *visit.kwargs.values()]
            if isinstance(part, ast.Constant):
                held = [v for v in flat(given) if v.origin is not None and v.origin.node is part]
                if not held:
                    raise Declined("the argument is not found where it was met")
                self.values.update((id(v), v) for v in held)
            if any(id(v) in self.values for v in flat(given)):
                self.handed_on(visit, given)

    def handed_on(self, visit: Visit, given: list[Value]) -> None:
        """A call that was met was given it. Raises Declined."""
        if visit.kind == "layer" and visit.module is not None and visit.read_as is None and visit.began is None:
            self.layers[id(visit)] = visit
            return
        if is_one_node(self.ev, visit):
            self.functions[id(visit)] = visit
            return
        inner = visit.entered
        if visit.kind not in ("function", "class") or inner is None or inner.function is None:
            raise Declined(f"{visit.name or visit.kind} is given it")
        node, held = inner.function.node, 0
        if not isinstance(node, Function) or inner.yielded is not None:
            raise Declined("a lambda or generator is given it")
        for name in [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]:
            value = inner.scope.names.get(name)
            origin = value.origin if value is not None else None
            if value is not None and origin is not None and origin.kind == "param" and origin.frame is inner:
                if any(id(source) in self.values for source in origin.sources):
                    held += 1
                    self.values[id(value)] = value
                    self.through(node, name)
        if held < sum(id(v) in self.values for v in flat(given)):
            raise Declined("it is handed on in a list")

    def through(self, function: Function, name: str) -> None:
        """A parameter of a function holds it: look at each reading. Raises Declined."""
        if (id(function), name) in self.read:
            return
        self.read.add((id(function), name))
        above, named = self.looked_at(function)
        for node in named.get(name, ()):
            if not self.does_nothing(node, above):
                self.reading(node, above)

    def looked_at(self, function: Function) -> tuple[Mapping[ast.AST, ast.AST], Mapping[str, list[ast.Name]]]:
        """What stands above each node of a function, and its names. Raises Declined where others may see its names."""
        if id(function) not in self.looked:
            above = dict(parents(function))
            named: dict[str, list[ast.Name]] = {}
            for node in above:
                if isinstance(node, ast.Name):
                    named.setdefault(node.id, []).append(node)
                elif isinstance(node, (ast.Global, ast.Nonlocal)) or (
                    isinstance(node, ast.ExceptHandler) and node.name
                ):
                    raise Declined("names are bound elsewhere")
            seeing = sorted(SEEING & named.keys())
            if seeing:
                raise Declined(f"{seeing[0]}() may see it")
            self.looked[id(function)] = above, named
        return self.looked[id(function)]

    def reading(self, node: ast.Name, above: Mapping[ast.AST, ast.AST]) -> None:
        """One reading of a parameter that holds it. Raises Declined."""
        parent = above[node]
        if not isinstance(node.ctx, ast.Load) or any(isinstance(at, INNER) for at in chain(node, above)):
            raise Declined(f"{node.id} is bound again, or read inside of another function")
        if isinstance(parent, ast.keyword):
            parent = above[parent]
        if isinstance(parent, ast.Call) and node is not parent.func:
            self.follow(parent, node)
        elif isinstance(parent, ast.Compare):
            self.compared(parent, node)
        elif isinstance(parent, ast.Assign) and len(parent.targets) == 1:
            self.kept(parent.targets[0])
        else:
            raise Declined(f"{node.id} is read in a {type(parent).__name__}")

    def compared(self, test: ast.Compare, node: ast.Name) -> None:
        """It is compared with a literal. Raises Declined where the answer is another one now."""
        other = test.comparators[0]
        compare = COMPARED.get(type(test.ops[0]))
        if len(test.ops) != 1 or test.left is not node or compare is None or not isinstance(other, ast.Constant):
            raise Declined("it is compared with what is no literal")
        try:
            same = compare(self.old, other.value) == compare(self.new, other.value)
        except TypeError:
            same = False
        if not same:
            raise Declined("a comparison has another answer now")

    def kept(self, target: ast.expr) -> None:
        """It is kept in an attribute. Raises Declined where any file may read an attribute of that name."""
        if not isinstance(target, ast.Attribute):
            raise Declined("another name holds it")
        if self.ev.inspected or any(may_read(text, target.attr) for text in self.ev.files.values()):
            raise Declined(f"the attribute {target.attr} may be read")
        for visits in self.ev.trace.visits.values():
            if visits[0].name == "builtins.getattr" and any(target.attr == v.args[1].hint for v in visits):
                raise Declined(f"the attribute {target.attr} is looked up by its name")

    def does_nothing(self, node: ast.AST, above: Mapping[ast.AST, ast.AST]) -> bool:
        """Does a name stand in an arm that was never taken, and that calls nothing?"""
        below = node
        for at in chain(node, above):
            if isinstance(at, ast.If) and below is not at.test:
                arm = at.body if any(below is one for one in at.body) else at.orelse
                taken = {branch.taken for branch in self.ev.trace.branches.get(id(at), [])}
                calls = any(isinstance(n, (ast.Call, *INNER)) for one in arm for n in ast.walk(one))
                if taken == {arm is not at.body} and not calls and all(map(is_plain, arm)):
                    return True
            below = at
        return False


def is_plain(statement: ast.stmt) -> bool:
    """Does a statement of an arm that is not taken only bind names and attributes?"""
    return isinstance(statement, (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Pass))


def chain(node: ast.AST, above: Mapping[ast.AST, ast.AST]) -> Iterator[ast.AST]:
    """The nodes around one, the innermost first, without the function itself."""
    at = above.get(node)
    while at is not None and at in above:
        yield at
        at = above.get(at)


def may_read(text: str, attribute: str) -> bool:
    """Does `.attribute` stand in a text where it is no target, or its name in quotes?"""
    read = re.compile(rf"\.\s*{attribute}\b(?!\s*(:[^=\n]*)?=(?!=))|['\"]{attribute}['\"]")
    at = text.find(attribute)
    while at >= 0:
        start = at - 1
        while start > 0 and text[start].isspace():
            start -= 1
        if start >= 0 and read.match(text, start):
            return True
        at = text.find(attribute, at + 1)
    return False


def parents(function: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Each node of a tree with the one that it is a part of."""
    work = [function]
    while work:
        at = work.pop()
        for part in children(at):
            yield part, at
            work.append(part)


def flat(values: list[Value]) -> Iterator[Value]:
    """Values, and the members of tuples among them."""
    for value in values:
        yield value
        if isinstance(value.hint, tuple):
            yield from flat([item for item in value.hint if isinstance(item, Value)])
