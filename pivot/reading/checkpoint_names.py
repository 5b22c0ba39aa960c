r"""What a checkpoint calls the weights inside a restated module: its file says so in a table of patterns.

With `CHECKPOINT = {r"rnns\.(\d+)\.(\w+)": r"\2_l\1"}` in the restatement of `LSTM`, the weight `rnns.1.weight_ih` of a
module `encoder` is `encoder.weight_ih_l1` in a checkpoint. `CHECKPOINT_WITH = {"child": {...}}` holds the patterns of
those modules that were given a child of that name; they come first. `CHECKPOINT_MADE_BY = {"function": {...}}` holds
those of modules that a library function changed after they were made.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pivot.reading.values import ClassObject, Value

if TYPE_CHECKING:
    from pivot.reading.modules import ModuleObject

TABLE = "CHECKPOINT"
MADE_BY = "made_by"
"""The attribute of a module that holds the name of the function that changed it."""
ROOT = Path(__file__).resolve().parents[1] / "restated"


def checkpoint_name(root: ModuleObject, name: str) -> str:
    """The name in a checkpoint of what is called `name` below the root."""
    parts, at = name.split("."), root
    for place, part in enumerate(parts):
        for pattern, wanted in patterns_of(at):
            met = re.fullmatch(pattern, ".".join(parts[place:]))
            if met is not None:
                return ".".join([*parts[:place], met.expand(wanted)])
        child = at.children.get(part)
        if child is None or not hasattr(child.hint, "children"):
            break
        at = child.hint  # type: ignore[assignment]
    return name


def weight_inside(module: ModuleObject, name: str) -> Value | None:
    """The weight below a restated module that the library has on the module itself: `lstm.weight_hh_l0`."""
    if not has_patterns(module):
        return None
    for path, part in module.walk():
        for own, value in part.parameters.items():
            if checkpoint_name(module, f"{path}.{own}") == name:
                return value
    return None


def patterns_of(module: ModuleObject) -> tuple[tuple[str, str], ...]:
    """The patterns of a module: those of the children that it has, then those of its file."""
    files = files_of(module)
    if not files:
        return ()
    more = [found for file in files for child, found in given_children(file) if child in module.children]
    maker = module.attrs.get(MADE_BY)
    made = (pair for file in files for pair in made_by(file))
    more += [found for name, found in made if maker is not None and maker.hint == name]
    return (*(one for found in more for one in found), *(one for file in files for one in patterns(file)))


def files_of(module: ModuleObject) -> list[str]:
    """The files of restatements among those of a module's class and of the classes that it derives from."""
    if not isinstance(module.cls, ClassObject):
        return []
    return list(dict.fromkeys(c.file for c in module.cls.mro() if isinstance(c, ClassObject) and is_own(c.file)))


@cache
def is_own(file: str) -> bool:
    """Is this a file of restatements, which alone may hold tables?"""
    return Path(file).is_relative_to(ROOT)


def has_patterns(module: ModuleObject) -> bool:
    """Is a module a restated one, or of a class that derives from one, whose weights a checkpoint calls otherwise?"""
    return any(map(patterns, files_of(module)))


@cache
def patterns(file: str) -> tuple[tuple[str, str], ...]:
    """The table of a file of restatements; no other file has one."""
    table = table_of(file, TABLE)
    return tuple((pattern, str(wanted)) for pattern, wanted in table.items())


@cache
def given_children(file: str) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """The patterns that hold where a module was given a child, by the name of the child."""
    table = table_of(file, f"{TABLE}_WITH")
    return tuple((child, tuple(found.items())) for child, found in table.items() if isinstance(found, dict))


@cache
def made_by(file: str) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """The patterns that hold where a function changed a module, by its name."""
    table = table_of(file, f"{TABLE}_MADE_BY")
    return tuple((name, tuple(found.items())) for name, found in table.items() if isinstance(found, dict))


def table_of(file: str, name: str) -> dict[str, str | dict[str, str]]:
    """A table that a file of restatements binds to a name."""
    if not is_own(file):
        return {}
    for statement in ast.parse(Path(file).read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.Assign) and [ast.unparse(t) for t in statement.targets] == [name]:
            found: dict[str, str | dict[str, str]] = ast.literal_eval(statement.value)
            return found
    return {}
