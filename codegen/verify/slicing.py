"""The statements of a script that a model needs: what a worker executes instead of the whole file.

Scripts load data and train when they are imported. Only definitions, imports and assignments that the model's
expression needs, directly or through other statements, are kept; nothing is executed to find them.
"""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass, replace
from typing import TypeAlias

from pivot.reading.local_models import defaults_of
from pivot.reading.parser_methods import FILLING, GROUPS

Place: TypeAlias = tuple[int, ...]
"""(3,): the fourth statement of the file; (7, 0): the first statement inside the `if __name__ == "__main__":` at 7."""

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_SCOPES = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_CHANGING = frozenset(
    {"add", "append", "extend", "update", "insert", "pop", "build", "setdefault", "add_module", *FILLING}
)


class SliceError(Exception):
    """The file does not define what the expression needs; the text says what."""


def needed_statements(text: str, expression: str, given: frozenset[str] = frozenset()) -> list[Place]:
    """Places of the statements needed to evaluate `expression` in the file's globals, in file order.

    `given`: names bound from outside; statements are not followed for them. "model@1" asks for the second binding of
    `model`, "model@main" for the `model` of the function `main`. Raises SliceError, SyntaxError.
    """
    plain, _, number = expression.partition("@")
    tree = ast.parse(text)
    wanted = _reads(ast.parse(plain, mode="eval").body)
    base = _base(plain)
    function = _function(tree, expression)
    if function is not None:
        number, given = "", given | local_defaults(text, expression).keys()
    statements = _statements(tree, base) if function is None else _with_body(tree, function)
    if base not in given and not any(base in s.binds for s in statements):
        raise SliceError(f"{base} is not defined at the top level of the file")
    occurrence = int(number) if number else None
    return _Slice(statements, given).run(base, occurrence, wanted)


def local_defaults(text: str, expression: str) -> dict[str, str]:
    """The defaults of the parameters of `main`, where "model@main" asks for a model of its own: names and expressions.

    Raises SliceError where a default is no literal, SyntaxError.
    """
    function = _function(ast.parse(text), expression)
    if function is None:
        return {}
    defaults = defaults_of(function)
    for name, default in defaults.items():
        try:
            ast.literal_eval(default)
        except ValueError:
            raise SliceError(f"the default of {name} of {function.name}() is no literal") from None
    return {name: ast.unparse(default) for name, default in defaults.items()}


def _function(tree: ast.Module, expression: str) -> ast.FunctionDef | None:
    """The function whose own model is asked for: `model@main`."""
    name = expression.partition("@")[2].strip()
    return next((s for s in tree.body if isinstance(s, ast.FunctionDef) and s.name == name), None)


def _with_body(tree: ast.Module, function: ast.FunctionDef) -> list[_Statement]:
    """The statements of a file that define something, and those inside a function in its place."""
    found: list[_Statement] = []
    for number, node in enumerate(tree.body):
        if node is function:
            found += [_statement(inner, (number, place)) for place, inner in enumerate(node.body)]
        elif not _is_main(node):
            found.append(_statement(node, (number,)))
    return found


@dataclass(frozen=True, slots=True)
class _Statement:
    node: ast.stmt
    place: Place
    binds: frozenset[str]
    reads: frozenset[str]
    changes: frozenset[str]


class _Slice:
    """Works backwards from names to the statements that bind or change them."""

    def __init__(self, statements: list[_Statement], given: frozenset[str]) -> None:
        self.statements, self.given = statements, given
        self.keep: set[int] = set()
        self.work: list[tuple[str, int]] = []

    def run(self, base: str, occurrence: int | None, wanted: set[str]) -> list[Place]:
        end = len(self.statements)
        self.work = [(name, end) for name in wanted if name != base]
        bound = [number for number, s in enumerate(self.statements) if base in s.binds]
        if bound:
            self._anchor(base, bound, occurrence)
        seen: set[tuple[str, int]] = set()
        while self.work:
            name, before = self.work.pop()
            if (name, before) not in seen and name not in self.given:
                seen.add((name, before))
                self._follow(name, before)
            if not self.work:
                self._take_registered()
        for number, s in enumerate(self.statements):
            star = isinstance(s.node, ast.ImportFrom) and s.node.names[0].name == "*"
            future = isinstance(s.node, ast.ImportFrom) and s.node.module == "__future__"
            if star or future:
                self.keep.add(number)
        return [self.statements[number].place for number in sorted(self.keep)]

    def _anchor(self, base: str, bound: list[int], occurrence: int | None) -> None:
        """The binding that is meant: the last definition, the first assignment, or the one asked for."""
        if occurrence is not None and occurrence >= len(bound):
            raise SliceError(f"{base} is bound {len(bound)} times, not {occurrence + 1}")
        last = self.statements[bound[-1]].node
        chosen = bound[occurrence] if occurrence is not None else bound[-1 if isinstance(last, _DEFINITIONS) else 0]
        self._take(chosen)
        if isinstance(self.statements[chosen].node, _DEFINITIONS):
            return
        for number in range(chosen + 1, len(self.statements)):  # model = Sequential(); model.add(...)
            if base in self.statements[number].binds:
                break
            if base in self.statements[number].changes:
                self._take(number)

    def _take(self, number: int) -> None:
        if number not in self.keep:
            self.keep.add(number)
            self.work += [(name, number) for name in self.statements[number].reads]

    def _take_registered(self) -> None:
        """Definitions that their decorators enter in a table which is kept: `@register("small") class Small`."""
        tables = [
            self.statements[n] for n in self.keep if isinstance(self.statements[n].node, ast.Assign | ast.AnnAssign)
        ]
        kept = set[str]().union(*(s.binds for s in tables))
        makers = {
            s.node.name
            for s in self.statements
            if isinstance(s.node, ast.FunctionDef) and kept & set[str]().union(*map(_puts_into, ast.walk(s.node)))
        }
        for number, s in enumerate(self.statements):
            for decorator in s.node.decorator_list if isinstance(s.node, _DEFINITIONS) else ():
                inner = decorator.func if isinstance(decorator, ast.Call) else decorator
                owner = inner.value if isinstance(inner, ast.Attribute) else None
                method = isinstance(owner, ast.Name) and owner.id in kept
                if method or (isinstance(inner, ast.Name) and inner.id in makers):
                    self._take(number)

    def _follow(self, name: str, before: int) -> None:
        """Bindings of a name above a statement, up to the one that certainly binds it; below it for definitions."""
        for number in range(before - 1, -1, -1):
            s = self.statements[number]
            if name in s.binds or name in s.changes:
                self._take(number)
                perhaps = isinstance(s.node, ast.AugAssign | ast.For | ast.If | ast.With | ast.Try)
                if name in s.binds and not perhaps:
                    return
        below = before < len(self.statements) and isinstance(self.statements[before].node, _DEFINITIONS)
        for number in range(before + 1, len(self.statements)) if below else ():
            s = self.statements[number]
            if name in s.binds or (len(s.place) > 1 and name in s.changes):
                self._take(number)  # a function's body may use what is defined after it
                if len(s.place) == 1:
                    return


def _base(expression: str) -> str:
    """The first name of the expression: Net(...) -> Net, GAN.build() -> GAN."""
    node = ast.parse(expression, mode="eval").body
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    if not isinstance(node, ast.Name):
        raise SliceError(f"{expression} does not begin with a name")
    return node.id


def _statements(tree: ast.Module, base: str) -> list[_Statement]:
    """Top-level statements; those inside the main guard where the name is not defined by a class or function, else
    those of them that bind or change globals that nothing else binds.
    """
    found = [_statement(node, (number,)) for number, node in enumerate(tree.body) if not _is_main(node)]
    everything, guarded = [], list[_Statement]()
    for number, node in enumerate(tree.body):
        if isinstance(node, ast.If) and _is_main(node):
            guarded += [_statement(inner, (number, place)) for place, inner in enumerate(node.body)]
            everything += guarded
        else:
            everything.append(_statement(node, (number,)))
    holders = [s for s in found if base in s.binds]
    if holders and isinstance(holders[-1].node, _DEFINITIONS):
        known = set[str]().union(*(s.binds for s in found))
        own = [replace(s, changes=s.changes | _fills(s.node)) for s in guarded]
        return _with_groups([*found, *(s for s in own if not (s.binds | s.changes) & known)])
    return _with_groups(everything if any(base in s.binds for s in everything) else found)


def _adds(node: ast.stmt) -> set[str]:
    """Names that a loop or condition calls to take something in: `model.add(x)`; not those that it sets attributes of,
    as a loop that trains does.
    """
    inner = (n for n in ast.walk(node) if isinstance(n, ast.Expr)) if isinstance(node, ast.For | ast.If) else ()
    return set[str]().union(*map(_changes, inner))


def _fills(node: ast.stmt) -> set[str]:
    """Names of the tables and lists that a loop or condition puts something into."""
    inner = (n for n in ast.walk(node) if isinstance(n, ast.stmt)) if isinstance(node, ast.For | ast.If) else ()
    return set[str]().union(*map(_changes, inner))


def _with_groups(statements: list[_Statement]) -> list[_Statement]:
    """A group of arguments, `g = parser.add_argument_group("model")`: what makes or fills it changes its parser."""
    owners: dict[str, str] = {}
    for s in statements:
        made = s.node.value.func if isinstance(s.node, ast.Assign) and isinstance(s.node.value, ast.Call) else None
        if isinstance(made, ast.Attribute) and made.attr in GROUPS and isinstance(made.value, ast.Name):
            owners |= dict.fromkeys(s.binds, owners.get(made.value.id, made.value.id))
    return [
        replace(s, changes=s.changes | {owners[name] for name in s.changes | s.binds if name in owners})
        for s in statements
    ]


def _is_main(node: ast.stmt) -> bool:
    test = node.test if isinstance(node, ast.If) else None
    return isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__"


def _statement(node: ast.stmt, place: Place) -> _Statement:
    reads = frozenset(name for name in _reads(node) if not hasattr(builtins, name))
    return _Statement(node, place, frozenset(_binds(node)), reads, frozenset(_changes(node) | _adds(node)))


def _puts_into(node: ast.AST) -> set[str]:
    """Names of the tables that a statement inside a function puts something into."""
    return _changes(node) if isinstance(node, ast.stmt) else set()


def _changes(node: ast.stmt) -> set[str]:
    """Names whose object a bare call or an attribute or item assignment changes: model.add(x), args.size = 3."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        owner = node.value.func.value
        return {owner.id} if isinstance(owner, ast.Name) and node.value.func.attr in _CHANGING else set()
    targets = node.targets if isinstance(node, ast.Assign) else []
    inside = [t.value for t in targets if isinstance(t, ast.Attribute | ast.Subscript)]
    return {value.id for value in inside if isinstance(value, ast.Name)}


def _binds(node: ast.AST) -> set[str]:
    """Names that a statement binds in the scope it stands in."""
    if isinstance(node, _DEFINITIONS):
        return {node.name}
    found: set[str] = set()
    stack: list[ast.AST] = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, _DEFINITIONS):
            found.add(item.name)
        elif not isinstance(item, _SCOPES):
            if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store | ast.Del):
                found.add(item.id)
            elif isinstance(item, ast.Import | ast.ImportFrom):
                found |= {(alias.asname or alias.name).split(".")[0] for alias in item.names}
            elif isinstance(item, ast.ExceptHandler) and item.name:
                found.add(item.name)
            stack.extend(ast.iter_child_nodes(item))
    return found


def _reads(node: ast.AST) -> set[str]:
    """Free names that a statement or expression reads, now or when a function in it is called."""
    if isinstance(node, ast.Name):
        return {node.id} if isinstance(node.ctx, ast.Load) else set()
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return _function_reads(node)
    if isinstance(node, ast.ClassDef):
        found, own = set[str](), set[str]()
        for outer in (*node.bases, *(keyword.value for keyword in node.keywords), *node.decorator_list):
            found |= _reads(outer)
        for item in node.body:
            names = _reads(item)
            found |= names if isinstance(item, _DEFINITIONS) else names - own
            own |= _binds(item)
        return found
    inner = set[str]().union(*(_reads(child) for child in ast.iter_child_nodes(node)))
    if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        inner -= {n.id for g in node.generators for n in ast.walk(g.target) if isinstance(n, ast.Name)}
    return inner


def _function_reads(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> set[str]:
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    every += [argument for argument in (arguments.vararg, arguments.kwarg) if argument]
    outer: list[ast.AST] = [*arguments.defaults, *(default for default in arguments.kw_defaults if default)]
    outer += [argument.annotation for argument in every if argument.annotation]
    body: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else [*node.body]
    if not isinstance(node, ast.Lambda):
        outer += [*node.decorator_list, *([node.returns] if node.returns else [])]
    bound = {argument.arg for argument in every}
    bound |= set[str]().union(*(_binds(item) for item in body))
    bound -= {name for item in body for n in ast.walk(item) if isinstance(n, ast.Global) for name in n.names}
    inside = set[str]().union(*(_reads(item) for item in body))
    return set[str]().union(*(_reads(item) for item in outer)) | (inside - bound)
