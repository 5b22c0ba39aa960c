"""Who may import what: the part of the laws that import-linter cannot say."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

OURS = {"pivot", "codegen", "studio", "resources"}
FRAMEWORKS = {"torch", "tensorflow", "keras", "jax", "flax"}
ALLOWED = {
    "pivot": {"numpy", "networkx"},
    "codegen": {"numpy", "networkx", "h5py", "safetensors"},
    "studio": {"PySide6", "shiboken6", "pygments", "networkx", "graphviz", "numpy"},
    "resources": set(),
}


@dataclass(frozen=True)
class Import:
    module: str
    place: str
    lazy: bool  # inside a function, so not paid for when the module is imported
    typing: bool  # for annotations only, never run

    @property
    def package(self) -> str:
        return self.module.partition(".")[0]


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}


def imports_of(path: Path, root: Path) -> Iterator[Import]:
    """Every import of a file."""

    def walk(node: ast.AST, lazy: bool, typing: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            place = f"{path.relative_to(root)}:{getattr(child, 'lineno', 0)}"
            if isinstance(child, ast.Import):
                yield from (Import(alias.name, place, lazy, typing) for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                assert child.level == 0, f"{place}: relative import"
                yield Import(child.module or "", place, lazy, typing)
            else:
                inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
                yield from walk(child, lazy or inside, typing or is_type_checking(child))

    yield from walk(ast.parse(path.read_text(encoding="utf-8")), lazy=False, typing=False)


def workers(root: Path) -> list[Path]:
    """What is started by path in a worker process: the runtimes, and what they share."""
    return [*sorted((root / "codegen").glob("*/runtime.py")), root / "codegen" / "verify" / "worker.py"]


def imports(root: Path, package: str) -> list[Import]:
    """All imports of a package; workers have a law of their own, examples and restatements are nobody's modules."""
    files = set((root / package).rglob("*.py")) - set(workers(root))
    data = {"examples", "restated"}
    return [found for path in sorted(files) if not data & set(path.parts) for found in imports_of(path, root)]


@pytest.mark.parametrize("package", sorted(ALLOWED))
def test_third_party_packages_are_listed(root: Path, package: str) -> None:
    allowed = ALLOWED[package] | OURS | set(sys.stdlib_module_names)
    strangers = [f"{found.place}: {found.module}" for found in imports(root, package) if found.package not in allowed]
    assert not strangers, "\n".join(strangers)


@pytest.mark.parametrize("package", ["pivot", "codegen"])
def test_third_party_packages_are_imported_where_they_are_used(root: Path, package: str) -> None:
    eager = [
        f"{found.place}: {found.module}"
        for found in imports(root, package)
        if found.package in ALLOWED[package] and not found.lazy and not found.typing
    ]
    assert not eager, "import inside the function that needs it:\n" + "\n".join(eager)


def test_workers_use_a_framework_and_nothing_of_ours(root: Path) -> None:
    allowed = FRAMEWORKS | {"numpy"} | set(sys.stdlib_module_names)
    found = [found for path in workers(root) for found in imports_of(path, root) if not found.typing]
    strangers = [f"{found.place}: {found.module}" for found in found if found.package not in allowed]
    assert not strangers, "\n".join(strangers)


@pytest.mark.parametrize("package", ["pivot", "codegen", "studio"])
def test_nothing_imports_a_worker(root: Path, package: str) -> None:
    modules = {".".join(path.relative_to(root).with_suffix("").parts) for path in workers(root)}
    assert not [found.place for found in imports(root, package) if found.module in modules and not found.typing]


def test_the_document_knows_no_window(root: Path) -> None:
    qt = {found.module for found in imports_of(root / "studio" / "document.py", root) if found.package == "PySide6"}
    assert qt <= {"PySide6.QtCore"}, qt


def test_only_the_window_side_of_the_studio_loads_qt(root: Path) -> None:
    for name in ("__init__.py", "__main__.py", "cli.py"):
        path = root / "studio" / name
        qt = [found for found in imports_of(path, root) if found.package in {"PySide6", "shiboken6"}]
        assert not [found.place for found in qt if not found.lazy and not found.typing]


def test_convert_loads_neither_qt_nor_a_framework(root: Path, example_models: dict[str, Path], tmp_path: Path) -> None:
    script = (
        "import os, runpy, sys\n"
        "os._exit = sys.exit  # a command ends at once; here it is looked at first\n"
        "status = 0\n"
        "try:\n"
        "    runpy.run_module('studio', run_name='__main__', alter_sys=True)\n"
        "except SystemExit as end:\n"
        "    status = end.code or 0\n"
        "heavy = {'PySide6', 'shiboken6', 'torch', 'tensorflow', 'keras', 'jax', 'h5py'}\n"
        "sys.stderr.write('loaded:' + ','.join(sorted(heavy & set(sys.modules))) + '\\n')\n"
        "sys.exit(status)\n"
    )
    command = ["convert", str(example_models["cifar_cnn"]), "--to", "keras", "-o", str(tmp_path / "out")]
    done = subprocess.run(
        [sys.executable, "-c", script, *command], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1] == "loaded:"
