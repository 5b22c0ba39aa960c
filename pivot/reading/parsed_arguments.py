"""Names that a block gives the parsed command line: `args = parser.parse_args()`, then `Net(args.width)`."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, TypeAlias

from pivot.problems import Refusal
from pivot.reading import command_line, parser_methods
from pivot.reading.values import FunctionObject, InstanceObject, Value

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

Parsed: TypeAlias = Mapping[str, Mapping[str, ast.expr]]


def parsed_names(ev: Evaluator, frame: Frame, body: Sequence[ast.stmt], tree: ast.Module) -> Parsed:
    """The names that a block binds to what a parser gives, each with its arguments as they are written."""
    found: dict[str, Mapping[str, ast.expr]] = {}
    for statement in body:
        if not isinstance(statement, ast.Assign):
            continue
        for name in [target.id for target in statement.targets if isinstance(target, ast.Name)]:
            found.pop(name, None)
            given = arguments(ev, frame, body, name) if parses(statement.value, tree) else None
            if given is not None:
                found[name] = given
    return found


def parses(value: ast.expr, tree: ast.Module) -> bool:
    """Does an expression ask the command line, itself or through a function of the file: `get_args()`?"""
    if not isinstance(value, ast.Call):
        return False
    if isinstance(value.func, ast.Attribute):
        return value.func.attr == "parse_args"
    called = value.func.id if isinstance(value.func, ast.Name) else ""
    function = next((s for s in tree.body if isinstance(s, ast.FunctionDef) and s.name == called), None)
    return function is not None and any(
        isinstance(node, ast.Attribute) and node.attr == "parse_args" for node in ast.walk(function)
    )


def arguments(ev: Evaluator, frame: Frame, body: Sequence[ast.stmt], name: str) -> Mapping[str, ast.expr] | None:
    """What a name holds after the statements of the block that make and change it; None: nothing that was read.

    Numbers, texts, and lists of such are given; the other arguments are left out.
    """
    made = run(ev, frame, concerning(body, name, changes=True), name)
    if made is None:  # what is put into it later may hang on the machine
        made = run(ev, frame, concerning(body, name, changes=False), name)
    if made is None:
        return None
    written = ((attr, command_line.as_text(value)) for attr, value in made.attrs.items())
    return {attr: text for attr, text in written if text is not None}


def run(ev: Evaluator, frame: Frame, statements: list[ast.stmt], name: str) -> InstanceObject | None:
    """What a parser gave under a name, when the statements are done as a function's."""
    spec = ast.arguments([], [], None, [], [], None, [])
    body = [*deepcopy(statements), ast.Return(ast.Name(name, ast.Load()))]
    function = ast.fix_missing_locations(ast.copy_location(ast.FunctionDef(name, spec, body, []), statements[0]))
    ev.trace.keep.append(function)
    try:
        made = ev.call(Value(FunctionObject(function, frame.file, name, frame.scope)), (), {}, function, frame).hint
    except Refusal:
        return None
    return made if isinstance(made, InstanceObject) and id(made) in ev.command_line else None


def concerning(body: Sequence[ast.stmt], name: str, changes: bool) -> list[ast.stmt]:
    """The statements that bind a name, its parser and the parser's groups, and those that change them.

    `changes`: also those that put something into what was parsed: `args.rate = 0.1`.
    """
    names = {name}
    chosen: set[int] = set()
    while True:
        before = len(chosen)
        for statement in body:
            touched = set(touches(statement))
            if touched & names and (changes or not sets_attribute(statement, name)):
                chosen.add(id(statement))
                names |= touched | {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}
        if len(chosen) == before:
            return [statement for statement in body if id(statement) in chosen]


def sets_attribute(statement: ast.stmt, name: str) -> bool:
    """Is it `name.attr = ...`?"""
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return any(isinstance(t, ast.Attribute) and isinstance(t.value, ast.Name) and t.value.id == name for t in targets)


def touches(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement binds, or whose object it changes: `p.add_argument("-n")`, `args.n = 3`."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        func = statement.value.func
        if isinstance(func, ast.Attribute) and func.attr in parser_methods.FILLING:
            yield from (n.id for n in ast.walk(func) if isinstance(n, ast.Name))
    elif isinstance(statement, ast.Assign):
        for target in statement.targets:
            inner = target.value if isinstance(target, ast.Attribute) else target
            if isinstance(inner, ast.Name):
                yield inner.id
        made = statement.value.func if isinstance(statement.value, ast.Call) else None
        if isinstance(made, ast.Attribute) and made.attr in parser_methods.GROUPS and isinstance(made.value, ast.Name):
            yield made.value.id  # a group fills its parser


def as_namespace(given: Mapping[str, ast.expr]) -> ast.expr:
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
                if function is not None and call.args and not any(isinstance(a, ast.Starred) for a in call.args):
                    yield function, [*body[:place], *parameters(function, call)]


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
