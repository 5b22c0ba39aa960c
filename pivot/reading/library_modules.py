"""Modules of model libraries that are restated as small sources: most of what they add has no meaning for a network.

A base class that downloads, saves, hooks and shards says little about what a model computes. `pivot/restated/` holds,
per module of such a library, the part that does, written as a user would write it; it is read and written like any
other file of the program. A name that a restated module leaves out is looked up in the library's own file, where that
lies beside the program.
"""

from __future__ import annotations

import ast
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame, Scope

FOLDER = Path(__file__).resolve().parents[1] / "restated"


def package_of(path: Path) -> tuple[str, ...] | None:
    """The dotted package of a restated file; None for every other file."""
    return path.parent.relative_to(FOLDER).parts if FOLDER in path.parents else None


@lru_cache(4_096)
def find(parts: tuple[str, ...]) -> Path | None:
    """The file that restates a module, given its dotted name."""
    if not parts or not all(part.isidentifier() for part in parts):
        return None
    path = FOLDER.joinpath(*parts)
    for candidate in (path.with_name(path.name + ".py"), path / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None


@cache
def yields(root: str) -> bool:
    """Do the files of a library count before their restatements, where they lie beside the program?"""
    path = FOLDER / root / "__init__.py"
    return path.is_file() and "OWN_FILES_FIRST = True" in path.read_text(encoding="utf-8")


def absolute(node: ast.ImportFrom, package: tuple[str, ...]) -> tuple[str, ...]:
    """The dotted name of the module that an import names, from a file of `package`; empty where there is none."""
    module = tuple(node.module.split(".")) if node.module else ()
    if not node.level:
        return module
    return (*package[: len(package) - node.level + 1], *module) if 0 < node.level <= len(package) else ()


def mention(ev: Evaluator, frame: Frame, node: ast.AST, scope: Scope, parts: tuple[str, ...]) -> None:
    """Say once per module that a restatement is read in its place, and what that leaves out."""
    why = f"{'.'.join(parts)} is read as Pivot Studio restates it"
    if package_of(Path(frame.file)) is not None or any(p.why == why for p in ev.problems):
        return
    tree = next((t for t in ev.trace.keep if isinstance(t, ast.Module) and getattr(t, "file", "") == scope.file), None)
    said = ast.get_docstring(tree) if tree is not None else None
    left_out = (said or "").partition("\n\n")[2].replace("\n", " ").strip()
    if left_out:
        ev.note(frame, node, why, left_out, "restated")
