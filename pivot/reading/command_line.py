"""argparse: a program that is started without arguments gets the defaults that its parser announces."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pivot.reading.argument_changes import ALL, changes_inside, set_by
from pivot.reading.handlers import Args, Handler, Kwargs
from pivot.reading.main_block import main_block, main_block_of
from pivot.reading.parser_methods import GROUPS, PARSING
from pivot.reading.values import Api, DictObject, InstanceObject, ListObject, Unknown, Value

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

PARSER = Api("argparse.ArgumentParser")
FLAGS = {"store_true": False, "store_false": True}
ARGUMENTS = "arguments"


@dataclass(slots=True)
class CommandLine:
    """What a parser gave: the object, the arguments that the program read, and those that nobody can tell."""

    made: InstanceObject
    asked: dict[str, None] = field(default_factory=dict)
    undecided: tuple[str, ...] = ()


def parser(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """argparse.ArgumentParser(): the arguments of its parents are its own."""
    entries: dict[object, tuple[Value, Value]] = {}
    parents = kwargs["parents"].hint if "parents" in kwargs else ()
    for parent in parents.items if isinstance(parents, ListObject) else parents if isinstance(parents, tuple) else ():
        if isinstance(parent.hint, InstanceObject) and parent.hint.cls == PARSER:
            entries.update(announced(parent.hint).entries)
    return Value(InstanceObject(PARSER, {ARGUMENTS: Value(DictObject(entries))}))


def announced(made: InstanceObject) -> DictObject:
    """The arguments of a parser: names to defaults."""
    held = made.attrs[ARGUMENTS].hint
    assert isinstance(held, DictObject)
    return held


def announce(ev: Evaluator, made: InstanceObject, dest: str, value: Value) -> None:
    """One argument more, undoable."""
    entries = announced(made).entries
    before = dict(entries)
    entries[dest] = (Value(dest), value)

    def undo() -> None:
        entries.clear()
        entries.update(before)

    ev.undoable(undo)


def method(
    ev: Evaluator, receiver: Value, name: str, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
) -> Value | None:
    """A method of a parser; None: the value is no parser."""
    made = receiver.hint
    if not isinstance(made, InstanceObject) or made.cls != PARSER:
        return None
    if name in GROUPS:
        return receiver
    if name == "add_argument":
        dest = destination(args, kwargs)
        announce(ev, made, dest, default(ev, dest, args, kwargs, node, frame))
        return Value(None)
    if name == "set_defaults":
        for dest, value in kwargs.items():
            announce(ev, made, dest, value)
        return Value(None)
    if name not in PARSING:
        return ev.unknown(frame, node, f"ArgumentParser.{name}() is not read")
    given = next(iter((*args, *kwargs.values())), Value(None)).hint
    if len(args) + len(kwargs) > 1 or (given.items if isinstance(given, ListObject) else given):
        return ev.unknown(frame, node, "a command line that the program itself says is not read")
    found = {str(key): value for key, (_, value) in announced(made).entries.items()}
    parsed = InstanceObject(Api("types.SimpleNamespace"), found)
    ev.command_line[id(parsed)] = CommandLine(parsed)
    why = "the command line is taken as empty: every argument has its default"
    ev.note(frame, node, why, "bind others with --set, such as --set args=SimpleNamespace(size=32)", "command-line")
    return Value(parsed) if name == "parse_args" else Value((Value(parsed), Value(ListObject([]))))


def destination(args: Args, kwargs: Kwargs) -> str:
    """The attribute that an argument becomes: of its long spelling, where it has one."""
    if "dest" in kwargs:
        return str(kwargs["dest"].hint)
    spelled = [str(value.hint) for value in args]
    long = next((text for text in spelled if text.startswith("--")), spelled[0] if spelled else "")
    return long.lstrip("-").replace("-", "_")


def default(ev: Evaluator, dest: str, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """What an argument is that is not given; a text passes through its type, as argparse does it."""
    said = kwargs.get("default")
    action = kwargs["action"].hint if "action" in kwargs else "store"
    positional = not any(str(value.hint).startswith("-") for value in args)
    optional = "nargs" in kwargs and kwargs["nargs"].hint in ("?", "*")
    if (positional and not optional) or ("required" in kwargs and kwargs["required"].hint is True):
        return Value(Unknown(f"the command line has to give {dest}", getattr(node, "lineno", 0), 1, frame.file))
    if said is None:
        return Value(FLAGS.get(action) if isinstance(action, str) else None)
    if isinstance(said.hint, str) and "type" in kwargs:
        return ev.call(kwargs["type"], (said,), {}, node, frame)
    return said


def read(ev: Evaluator, made: InstanceObject, attr: str, frame: Frame, node: ast.AST) -> Value:
    """The value of an argument. What is written has those alone that the program reads; what a condition, a loop or
    a function beside the definitions may have set is not known.
    """
    line = ev.command_line.get(id(made))
    if line is None:
        return made.attrs[attr]
    line.asked.setdefault(attr)
    if not line.undecided:
        line.undecided = tuple(undecided(ev, made))
    if attr in line.undecided or ALL in line.undecided:
        why = f"a condition, a loop or a function may set {attr} of the command line's arguments"
        return Value(Unknown(why, getattr(node, "lineno", 0), 1, frame.file))
    return made.attrs[attr]


def undecided(ev: Evaluator, made: InstanceObject) -> Iterator[str]:
    """Attributes that a file sets where its statements are not followed: they are run for the names they bind."""
    trees = {t.__dict__.get("file"): t for t in ev.trace.keep if isinstance(t, ast.Module)}
    for scope in list(ev.scopes.values()):
        names = {name for name, value in scope.names.items() if value.hint is made}
        tree = trees.get(scope.file)
        if tree is None or not names:
            continue
        run = main_block(tree)
        body = [*(s for s in tree.body if main_block_of(s) is None), *run]
        yield from changes_inside(body, names, tree)
        for statement in body:
            yield from set_by(statement, names) if isinstance(statement, (ast.AugAssign, ast.Expr)) else ()


def as_namespace(ev: Evaluator, value: Value | None) -> ast.expr | None:
    """`SimpleNamespace(hidden=64)`: the arguments that the program reads, where a value is what a parser gave."""
    line = ev.command_line.get(id(value.hint)) if value is not None else None
    if line is None:
        return None
    found = [(name, as_text(value)) for name, value in line.made.attrs.items() if name in line.asked]
    keywords = [ast.keyword(name, text) for name, text in found if text is not None]
    return ast.Call(ast.Name("SimpleNamespace", ast.Load()), [], keywords)


def as_text(value: Value) -> ast.expr | None:
    """A plain value, or a list of such, as it is written."""
    hint = value.hint
    if isinstance(hint, (ListObject, tuple)):
        items = [as_text(item) for item in (hint.items if isinstance(hint, ListObject) else hint)]
        known = [item for item in items if item is not None]
        if len(known) < len(items):
            return None
        return ast.List(known, ast.Load()) if isinstance(hint, ListObject) else ast.Tuple(known, ast.Load())
    return ast.Constant(hint) if hint is None or isinstance(hint, (bool, int, float, str)) else None


FUNCTIONS: dict[str, Handler] = {"argparse.ArgumentParser": parser}
