"""The files around the code agree with each other."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version


@pytest.fixture(scope="module")
def pyproject(root: Path) -> dict[str, dict[str, object]]:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def requirements(pyproject: dict[str, dict]) -> list[Requirement]:
    project = pyproject["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    return [Requirement(line) for group in groups for line in group]


@pytest.fixture(scope="module")
def constraints(root: Path) -> dict[str, Version]:
    pinned = {}
    for line in (root / "constraints.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, version = line.partition("==")
            assert version, f"not an exact version: {line}"
            pinned[canonicalize_name(name)] = Version(version)
    return pinned


def test_constraints_pin_every_dependency(requirements: list[Requirement], constraints: dict[str, Version]) -> None:
    for requirement in requirements:
        name = canonicalize_name(requirement.name)
        assert name in constraints, f"constraints.txt does not pin {name}"
        assert requirement.specifier.contains(constraints[name]), f"{requirement} excludes {constraints[name]}"


def test_constraints_name_no_local_build(constraints: dict[str, Version]) -> None:
    assert not [name for name, version in constraints.items() if version.local]


def test_changelog_begins_with_the_version(root: Path, pyproject: dict[str, dict]) -> None:
    headings = re.findall(r"^## (\S+)", (root / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == pyproject["project"]["version"]


def test_every_target_that_is_named_exists_and_says_what_it_does(root: Path) -> None:
    targets = re.findall(r"^([a-z-]+):.*## ", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    texts = [path.read_text(encoding="utf-8") for path in root.glob("*.md")]
    named = {name for text in texts for name in re.findall(r"(?:`|^)make ([a-z-]+)", text, re.MULTILINE)}
    assert {"studio", "test"} <= named
    assert named <= set(targets), named - set(targets)


def test_files_that_the_documents_point_at_exist(root: Path) -> None:
    for page in root.glob("*.md"):
        for link in re.findall(r"\]\(([A-Za-z_.][\w./-]*)\)", page.read_text(encoding="utf-8")):
            assert (root / link).exists(), f"{page.name} points at {link}"


def test_script_and_packages_exist(root: Path, pyproject: dict[str, dict]) -> None:
    module, _, function = pyproject["project"]["scripts"]["pivot-studio"].partition(":")
    path = root / (module.replace(".", "/") + ".py")
    assert re.search(rf"^def {function}\(", path.read_text(encoding="utf-8"), re.MULTILINE)


def test_data_files_travel_with_the_package(root: Path, pyproject: dict[str, dict]) -> None:
    """Every data file below a package is matched by a pattern, so that an installed copy is complete."""
    patterns = pyproject["tool"]["setuptools"]["package-data"]
    for package in ("pivot", "codegen", "studio", "resources"):
        matched = {path for pattern in patterns.get(package, []) for path in (root / package).glob(pattern)}
        files = {path for path in (root / package).rglob("*") if path.is_file() and path.suffix != ".pyc"}
        modules = {path for path in files if path.suffix == ".py" and "examples" not in path.parts}
        left_out = files - matched - modules - {root / "resources" / "examples" / "ruff.toml"}
        assert not left_out, sorted(str(path.relative_to(root)) for path in left_out)
