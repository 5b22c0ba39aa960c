"""A model whose constructor needs arguments that its own file does not say: a configuration of the file that has
defaults for all, or a call of it in another file of the project, such as the one that trains it. Files are only parsed.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pivot.problems import Refusal, refuse
from pivot.reading import assumed_arguments, constructors, demo_names, imports, parsed_arguments
from pivot.reading.bombs import LimitReached
from pivot.reading.frames import Frame, Scope
from pivot.reading.main_block import main_block, main_block_of
from pivot.reading.signals import Raised
from pivot.reading.source import load
from pivot.reading.syntax import parse

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator

UNREAD = (Refusal, Raised, LimitReached, RecursionError)
"""What another program may end its reading with: it is passed over then."""
MOST_FILES, MOST_BYTES = 200, 200_000
RUNS_IT = ("train", "main", "run", "demo", "hubconf", "example", "predict", "eval", "test")
CONFIGURATION = ("config", "configuration", "args", "arguments", "options", "params", "hparams", "settings")
HELD_BY = {*CONFIGURATION, "configs", "cfg", "conf", "opt", "opts", "hp", "hps"}


@dataclass(frozen=True)
class Made:
    """How a model is made: the expression, and where that was found. `complete`: every name in it is known."""

    name: str
    text: str
    file: Path
    line: int
    complete: bool


def said(ev: Evaluator, scope: Scope, frame: Frame, tree: ast.Module, needs: dict[str, list[ast.arg]]) -> str:
    """The call of a class or function that needs arguments, with those that the project says; the first is preferred.

    `needs`: the parameters without a default, by name. Raises Refusal where nothing says what they are.
    """
    places = {s.name: s for s in tree.body if isinstance(s, (ast.ClassDef, ast.FunctionDef))}
    settings = {s.name: constructors.required_of(ev, scope, s.name) for s in tree.body if isinstance(s, ast.ClassDef)}
    free = [name for name, missing in settings.items() if not missing and name.lower().endswith(CONFIGURATION)]
    for name, missing in needs.items():
        text = with_configuration(name, missing, free)
        if text is not None:
            why = f"{name} needs {listed(missing)}: {text} is taken"
            ev.note(frame, places[name], why, "give another with --model", "entry")
            return text
    known = {name for name, found in scope.lazy.items() if any(main_block_of(s) is None for s in found)}
    made = call_nearby(ev, scope, list(needs), known | ev.overrides.keys())
    if made is not None and made.complete:
        why = (
            f"{made.name} needs {listed(needs[made.name])}: they are those of {made.file.name}:{made.line}, {made.text}"
        )
        ev.note(frame, places[made.name], why, "give others with --model", "entry")
        return made.text
    name, missing = next(iter(needs.items()))
    settled = command_line_nearby(ev, scope, tree, missing)
    if settled is not None:
        file, text = settled
        why = f"{name} needs {listed(missing)}: the defaults of the command line of {file.name} are taken"
        ev.note(frame, places[name], why, "give others with --model", "entry")
        return f"{name}({text})"
    example = f"; {made.file.name}:{made.line} has {made.text}" if made is not None else ""
    given = ", ".join(f"{parameter.arg}=..." for parameter in missing)
    why, remedy = f"{name} needs arguments ({listed(missing)})", f'give them with --model "{name}({given})"{example}'
    refusal = refuse("model", scope.file, places[name].lineno, 1, why, remedy)
    assumed = assumed_arguments.call_of(name, missing, tree if ev.dialect.builds_step_by_step else None)
    if assumed is None:
        raise refusal
    ev.in_doubt = refusal  # what goes wrong with assumed arguments is nobody's fault but theirs
    ev.note(frame, places[name], f"{why}: {assumed} is assumed", remedy, "entry", "warning")
    return assumed


def listed(parameters: Sequence[ast.arg]) -> str:
    """Names of parameters, for a person."""
    return ", ".join(parameter.arg for parameter in parameters)


def with_configuration(name: str, missing: Sequence[ast.arg], free: Sequence[str]) -> str | None:
    """`GPT(GPTConfig())`, where the file has one class of settings that needs no arguments; None where it has none, or
    several. `missing`: the parameters that need a value; `free`: the classes of settings.
    """
    if len(missing) != 1:
        return None
    kind = missing[0].annotation
    if kind is not None:
        stated = str(kind.value) if isinstance(kind, ast.Constant) else ast.unparse(kind)
        return f"{name}({stated}())" if stated in free else None
    own = [c for c in free if c.lower().startswith(name.lower())] or free
    return f"{name}({own[0]}())" if len(own) == 1 and missing[0].arg.lower() in HELD_BY else None


def call_nearby(ev: Evaluator, scope: Scope, names: Sequence[str], known: Collection[str]) -> Made | None:
    """The call of one of the names in another file of the project; one that can be taken as it is, if there is any.

    `known`: what is bound in the opened file. Nothing is refused here: a file that cannot be read is passed over.
    """
    first: Made | None = None
    for path in nearby(Path(scope.file)):
        text = text_of(path)
        if not any(name in text for name in names):
            continue
        try:
            tree = parse(text, str(path))
            mine = [name for name in names if name in imported_from(tree, Path(scope.file))]
            found = [made for name in mine for made in calls_in(ev, tree, path, name, known)]
        except UNREAD:
            continue
        whole = next((made for made in found if made.complete), None)
        if whole is not None:
            return whole
        first = first or next(iter(found), None)
    return first


def command_line_nearby(
    ev: Evaluator, scope: Scope, tree: ast.Module, missing: Sequence[ast.arg]
) -> tuple[Path, str] | None:
    """The program whose parsed command line has all that the opened file asks of its one parameter `args`, and the
    defaults of it: `SimpleNamespace(width=32, ...)`, as an expression. None where there is none.
    """
    if len(missing) != 1 or missing[0].arg.lower() not in HELD_BY:
        return None
    asked = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and holds(node.value, missing[0])}
    for path in nearby(Path(scope.file)) if asked else ():
        text = text_of(path)
        if "parse_args" not in text:
            continue
        try:
            given = parsed_with(ev, parse(text, str(path)), path, asked)
        except UNREAD:
            continue
        if given is not None:
            return path, ast.unparse(parsed_arguments.as_namespace(given))
    return None


def parsed_with(ev: Evaluator, tree: ast.Module, path: Path, asked: set[str]) -> parsed_arguments.Given | None:
    """What a program parses of its command line, if that has all that is asked: no more than that."""
    frame = module_frame(ev, tree, path)
    for body in blocks(tree):
        for name in dict.fromkeys(name for statement in body for name in parsed_arguments.bound_by(statement)):
            given = parsed_arguments.Parsed(ev, frame, body, tree).given(name)
            if given is not None and asked <= given.keys():
                return {key: value for key, value in given.items() if key in asked}
    return None


def holds(node: ast.expr, parameter: ast.arg) -> bool:
    """Is this `args`, or `self.args`?"""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
        return node.attr == parameter.arg
    return isinstance(node, ast.Name) and node.id == parameter.arg


def module_frame(ev: Evaluator, tree: ast.Module, path: Path) -> Frame:
    """The frame of another program, whose files do not count as read."""
    scope = Scope(str(path))
    for statement in tree.body:
        imports.index_statement(scope, statement)
    ev.trace.keep.append(tree)
    return Frame(None, scope, str(path))


def nearby(file: Path) -> Iterator[Path]:
    """Other sources of the project, those first that lie near and whose names say that they run a model."""
    top = next((f for f in file.parents[:4] if any((f / mark).exists() for mark in imports.MARKS)), None)
    root = top or imports.package_root(file)[0]
    folders = [f for f in file.parents if f == root or root in f.parents]
    folders += [f for f in sorted(root.glob("*")) if f.is_dir() and f not in folders and f.name.isidentifier()]
    found = 0
    for folder in folders:
        for path in sorted(folder.glob("*.py"), key=lambda p: (not p.stem.startswith(RUNS_IT), p.name)):
            if path != file and 0 < size_of(path) <= MOST_BYTES:
                yield path
                found += 1
            if found >= MOST_FILES:
                return


def size_of(path: Path) -> int:
    """Bytes of a file; 0 for what is none, or is gone or kept from us."""
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:
        return 0


def text_of(path: Path) -> str:
    """What a file says; nothing where it cannot be read."""
    try:
        return load(path).text
    except Refusal:
        return ""


def imported_from(tree: ast.Module, file: Path) -> set[str]:
    """The names that a program imports from a file, or from a package that the file is in."""
    holders = {file.stem, *(f.name for f in file.parents[:3])} - {"__init__", ""}
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            parts = {*(node.module or "").split("."), *(alias.name for alias in node.names if not node.module)}
            if parts & holders or (node.level and not node.module):
                found |= {alias.name for alias in node.names if alias.asname in (None, alias.name)}
                found |= {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)} if parts & holders else set()
                found |= {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} if "*" in found else set()
        elif isinstance(node, ast.Import) and any(set(alias.name.split(".")) & holders for alias in node.names):
            found |= {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    defined = {s.name for s in tree.body if isinstance(s, (ast.ClassDef, ast.FunctionDef))}
    return found - defined


def calls_in(ev: Evaluator, tree: ast.Module, path: Path, name: str, known: Collection[str]) -> Iterator[Made]:
    """Each call of a name in a program, with what the names in it stand for there."""
    frame = module_frame(ev, tree, path)
    own = {bound for bound, _, _ in demo_names.bound_here(tree.body)}
    own |= {s.name for s in tree.body if isinstance(s, (ast.ClassDef, ast.FunctionDef))}
    for body in blocks(tree):
        for call in (node for statement in body for node in ast.walk(statement) if isinstance(node, ast.Call)):
            func = call.func
            if (func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", None)) != name:
                continue
            until = next(k for k, statement in enumerate(body) if any(n is call for n in ast.walk(statement)))
            parsed = parsed_arguments.Parsed(ev, frame, body[:until], tree)
            here = ast.copy_location(ast.Call(ast.Name(name, ast.Load()), call.args, call.keywords), call)
            whole = [*body[:until], ast.copy_location(ast.Expr(here), body[until])]
            made = demo_names.inlined(here, whole, set(known) - own, parsed.given, never)
            unknown = {n.id for n in ast.walk(made) if isinstance(n, ast.Name)} - set(known) - BUILTINS
            unknown |= {n.id for n in ast.walk(made) if isinstance(n, ast.Name) and n.id in own - BUILTINS}
            yield Made(name, ast.unparse(made), path, call.lineno, not unknown)


BUILTINS = {name for name in dir(builtins) if not name.startswith("_")} | {"__import__"}


def never(func: ast.expr) -> bool:
    """Nothing is made twice by what a call is given."""
    return False


def blocks(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    """The statements of a module with its main block; those of each function and its defaults, behind these."""
    apart = (ast.ClassDef, ast.FunctionDef)
    above = [s for s in tree.body if not isinstance(s, apart) and main_block_of(s) is None]
    yield [*above, *main_block(tree)]
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        defaults = parsed_arguments.parameters(function, ast.copy_location(ast.Call(ast.Name("f"), [], []), function))
        yield [*above, *defaults, *function.body]
