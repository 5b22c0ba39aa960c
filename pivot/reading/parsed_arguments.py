"""Names that a block gives the parsed command line: `args = parser.parse_args()`, then `Net(args.width)`."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING

from pivot.problems import Refusal
from pivot.reading import command_line
from pivot.reading.argument_changes import ALL, changes_inside, set_by, touches
from pivot.reading.parser_methods import PARSING
from pivot.reading.values import FunctionObject, InstanceObject, Value

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

Given = Mapping[str, ast.expr]


class Parsed:
    """What a block parses, read where an entry asks for it: nothing is said of a command line that no model needs.

    `body`: the statements of the block, and of a function that is called from there, up to the one that makes the
    model.
    """

    def __init__(self, ev: Evaluator, frame: Frame, body: Sequence[ast.stmt], tree: ast.Module) -> None:
        self.ev, self.frame, self.body, self.tree = ev, frame, body, tree
        self.known: dict[str, Given | None] = {}

    def given(self, name: str) -> Given | None:
        """The arguments that a name holds, as they are written; None where it holds something else."""
        if name not in self.known:
            self.known[name] = self.read(name) if self.is_parsed(name) else None
        return self.known[name]

    def is_parsed(self, name: str) -> bool:
        """Does the last statement that binds a name give it what a parser gave, or another name of that?"""
        bound = [s for s in self.body if name in bound_by(s)]
        if not bound or any(name in bound_by(inner) for s in self.body for inner in ast.walk(s) if inner is not s):
            return False
        value = bound[-1].value if isinstance(bound[-1], ast.Assign) else None
        if isinstance(value, ast.Name):
            return value.id != name and self.is_parsed(value.id)
        return value is not None and parses(value, self.tree)

    def read(self, name: str) -> Given | None:
        """Numbers, texts, and lists of such. Left out, so that whoever needs it is told: everything else, and what a
        condition, a loop or a function decides.
        """
        chosen, names = concerning(self.body, name)
        changes = [s for s in chosen if set_by(s, names)]
        undecided = set(changes_inside(self.body, names, self.tree))
        made = self.run(chosen, name)
        if made is None and changes:  # what is put into it may hang on the machine
            undecided |= {attr for s in changes for attr in set_by(s, names)}
            made = self.run([s for s in chosen if s not in changes], name)
        if made is None or ALL in undecided:
            return None
        written = ((attr, command_line.as_text(value)) for attr, value in made.attrs.items() if attr not in undecided)
        return {attr: text for attr, text in written if text is not None}

    def run(self, statements: list[ast.stmt], name: str) -> InstanceObject | None:
        """What a parser gave under a name, when the statements are done as a function's."""
        spec = ast.arguments([], [], None, [], [], None, [])
        body = [*deepcopy(statements), ast.Return(ast.Name(name, ast.Load()))]
        function = ast.fix_missing_locations(ast.copy_location(ast.FunctionDef(name, spec, body, []), statements[0]))
        self.ev.trace.keep.append(function)
        called = Value(FunctionObject(function, self.frame.file, name, self.frame.scope))
        try:
            made = self.ev.call(called, (), {}, function, self.frame).hint
        except Refusal:
            return None
        return made if isinstance(made, InstanceObject) and id(made) in self.ev.command_line else None


def bound_by(node: ast.AST) -> list[str]:
    """The names that an assignment binds: `args = ...`, and the first of `args, rest = ...`."""
    found = []
    for target in node.targets if isinstance(node, ast.Assign) else []:
        first = target.elts[0] if isinstance(target, (ast.Tuple, ast.List)) and target.elts else target
        found += [first.id] if isinstance(first, ast.Name) else []
    return found


def parses(value: ast.expr, tree: ast.Module) -> bool:
    """Does an expression ask the command line, itself or through a function of the file: `get_args()`?"""
    if not isinstance(value, ast.Call):
        return False
    if isinstance(value.func, ast.Attribute):
        return value.func.attr in PARSING
    called = value.func.id if isinstance(value.func, ast.Name) else ""
    function = next((s for s in tree.body if isinstance(s, ast.FunctionDef) and s.name == called), None)
    return function is not None and any(
        isinstance(node, ast.Attribute) and node.attr in PARSING for node in ast.walk(function)
    )


def concerning(body: Sequence[ast.stmt], name: str) -> tuple[list[ast.stmt], set[str]]:
    """The statements that bind a name, its parser and the parser's groups, and those that change them; all the names
    that stand for one of these.
    """
    names, chosen = {name}, set[int]()
    while True:
        before = len(chosen)
        for statement in body:
            touched = set(touches(statement))
            if touched & names and id(statement) not in chosen:
                chosen.add(id(statement))
                names |= touched | {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}
        if len(chosen) == before:
            return [statement for statement in body if id(statement) in chosen], names


def as_namespace(given: Given) -> ast.expr:
    """The arguments as one object, in an entry: an expression that needs no name of the file."""
    types = ast.Call(ast.Name("__import__", ast.Load()), [ast.Constant("types")], [])
    keywords = [ast.keyword(name, deepcopy(text)) for name, text in given.items()]
    return ast.Call(ast.Attribute(types, "SimpleNamespace", ast.Load()), [], keywords)


def handed_on(
    bodies: Sequence[Sequence[ast.stmt]], tree: ast.Module
) -> Iterator[tuple[ast.FunctionDef, list[ast.stmt]]]:
    """Functions of the file that blocks call with arguments, `train(args)`, each with the statements of the block until
    then, and those that bind its parameters.
    """
    functions = {s.name: s for s in tree.body if isinstance(s, ast.FunctionDef)}
    for body in bodies:
        for place, statement in enumerate(body):
            for call in (n for n in ast.walk(statement) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)):
                function = functions.get(call.func.id if isinstance(call.func, ast.Name) else "")
                if function is not None and call.args and says_each(call):
                    yield function, [*body[:place], *parameters(function, call)]


def says_each(call: ast.Call) -> bool:
    """Does a call say each of its arguments: no `*values`, no `**options`?"""
    return not any(isinstance(a, ast.Starred) for a in call.args) and all(k.arg is not None for k in call.keywords)


def parameters(function: ast.FunctionDef, call: ast.Call) -> list[ast.stmt]:
    """What a call gives a function, as statements: `size = 3`; a name that is the parameter's own needs none."""
    spec = function.args
    names = [a.arg for a in (*spec.posonlyargs, *spec.args)]
    given = dict(zip(names[len(names) - len(spec.defaults) :], spec.defaults, strict=True))
    given |= {a.arg: default for a, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if default}
    given |= dict(zip(names, call.args, strict=False))
    given |= {k.arg: k.value for k in call.keywords if k.arg}
    return [
        ast.copy_location(ast.Assign([ast.Name(name, ast.Store())], value), call)
        for name, value in given.items()
        if not isinstance(value, ast.Name) or value.id != name
    ]
