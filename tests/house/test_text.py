"""Target code is built as syntax trees, and nothing that was read is ever run."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

RUNS_CODE = {"eval", "exec", "compile", "__import__"}
LOADS_OBJECTS = {"pickle.load", "pickle.loads", "runpy.run_path", "runpy.run_module"}
WORKERS = {"runtime.py", "worker.py"}  # there to run what a user handed in, in a process of their own
# What gluing of a program looks like: a definition, import or assignment around a hole.
GLUED = re.compile(r"^\s*(def|class) \{\}\(|^\s*(from|import) \{\}( import .*)?$|^\s*(self\.)?\{\} = (self\.)?\{\}\(")


def trees(root: Path, package: str) -> list[tuple[str, ast.Module]]:
    """The syntax of every module that handles what a user hands in."""
    files = [path for path in sorted((root / package).rglob("*.py")) if path.name not in WORKERS]
    return [(str(path.relative_to(root)), ast.parse(path.read_text(encoding="utf-8"))) for path in files]


@pytest.mark.parametrize("package", ["pivot", "codegen", "studio"])
def test_nothing_that_was_read_is_run(root: Path, package: str) -> None:
    found = []
    for place, tree in trees(root, package):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func)
                if name in RUNS_CODE or name in LOADS_OBJECTS:
                    found.append(f"{place}:{node.lineno}: {name}")
    assert not found, "\n".join(found)


def shape_of(text: ast.JoinedStr) -> str:
    """An f-string with `{}` for every hole."""
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in text.values)


def test_target_code_is_not_glued_from_strings(root: Path) -> None:
    found = []
    for place, tree in trees(root, "codegen"):
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr) and any(GLUED.search(line) for line in shape_of(node).splitlines()):
                found.append(f"{place}:{node.lineno}: {shape_of(node)!r}")
    assert not found, "build ast nodes instead:\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("text", "glued"),
    [
        ('f"class {name}({base}):"', True),
        ('f"import {module}"', True),
        ('f"self.{name} = {call}({arguments})"', True),
        ('f"class {name} has no forward"', False),
        ('f"{name} = {value}"', False),
    ],
)
def test_gluing_is_told_from_messages(text: str, glued: bool) -> None:
    node = ast.parse(text, mode="eval").body
    assert isinstance(node, ast.JoinedStr)
    assert bool(GLUED.search(shape_of(node))) is glued
