"""What surrounds a program: environment variables, which are taken as not set, and its own modules by name."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pivot.reading import builtins, imports
from pivot.reading.handlers import Args, Handler, Kwargs
from pivot.reading.values import Api, ModuleScope, Value

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame


def environment(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """os.environ.get() and os.getenv(): what the program does on a machine where the variable is not set."""
    taken_as_unset(ev, args[0], node, frame)
    default = args[1] if len(args) > 1 else kwargs.get("default", Value(None))
    return default


def taken_as_unset(ev: Evaluator, name: Value, node: ast.AST, frame: Frame) -> None:
    """Say that a variable is taken as not set."""
    ev.note(
        frame,
        node,
        f"the environment variable {name.hint!r} is taken as not set",
        "bind the name that holds it with --set NAME=VALUE",
        "environment",
    )


def on_disk(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """os.path.exists() and its like: what the program does where it was never run before."""
    why = "a file or folder that the program asks for is taken as not there"
    ev.note(frame, node, why, "bind the name that holds the answer with --set NAME=VALUE", "environment")
    return Value(False)


def module_name(file: str) -> str:
    """The dotted name of a file, as `__name__` has it where the file is imported."""
    path = Path(file)
    package = imports.package_root(path)[1]
    return ".".join(package if path.name == "__init__.py" else (*package, path.stem))


def module_named(ev: Evaluator, index: Value) -> Value | None:
    """`sys.modules[name]` for a file of the program that was opened."""
    for path, scope in ev.scopes.items():
        if index.hint == module_name(str(path)):
            return Value(ModuleScope(scope))
    return None


def is_modules(value: Value) -> bool:
    """Is a value `sys.modules`?"""
    return value.hint == Api("sys.modules")


def imported(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """`importlib.import_module("torch.nn")`, `__import__("torch.nn")`: as a statement would; nothing is run."""
    name = args[0].hint if len(args) == 1 and not kwargs else None
    known = isinstance(name, str) and all(part.isidentifier() for part in name.split("."))
    if not known or str(name).partition(".")[0] in sys.stdlib_module_names:
        return builtins.forbidden("__import__")(ev, args, kwargs, node, frame)
    whole = not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "__import__")
    return imports.import_name(ev, ast.alias(str(name), "_" if whole else None), frame)[1]


FUNCTIONS: dict[str, Handler] = {
    "os.environ.get": environment,
    "os.getenv": environment,
    "importlib.import_module": imported,
    "builtins.__import__": imported,
    **dict.fromkeys(("os.path.exists", "os.path.isfile", "os.path.isdir"), on_disk),
}
