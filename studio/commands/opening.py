"""From the arguments of a verb to a request: source or project, its framework, inputs, names bound from outside."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from codegen.dialects import dialect_of, framework_of
from pivot.decisions import parse_decisions
from pivot.op_folders import own_folders
from pivot.opset import OpSet, load_opset
from pivot.problems import Problem, refuse
from pivot.project import Project, is_project_file, load_project
from pivot.reading.dialect import Dialect
from pivot.reading.elaborate import Request
from pivot.reading.inputs import parse_spec
from pivot.reading.source import load
from studio.frameworks import OTHER, target_for

NAME = re.compile(r"(self\.)?[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$")


@dataclass(frozen=True, slots=True)
class Program:
    """A program that is ready to be read."""

    project: Project
    request: Request
    dialect: Dialect
    opset: OpSet
    warnings: tuple[Problem, ...]
    ops: tuple[Path, ...] = ()  # folders of ops that were asked for

    @property
    def framework(self) -> str:
        """The framework of the source."""
        return self.dialect.framework


def project_of(
    source: Path, model: str | None, inputs: Sequence[str], bind: Sequence[str], target: str | None
) -> Project:
    """The project that the arguments describe; of a saved one, with what the arguments say instead. Raises Refusal."""
    if is_project_file(source):
        project = load_project(source)
    else:
        project = Project(str(source.absolute()), target=target or target_for(source, OTHER))
    return replace(
        project,
        model=model if model is not None else project.model,
        inputs=tuple(inputs) or project.inputs,
        bind=(*project.bind, *bind),
        target=target or project.target,
    )


def open_program(project: Project, ops: Sequence[Path]) -> Program:
    """Read as much of a project as tells how to go on. Raises Refusal."""
    path = Path(project.source)
    texts = {str(Path(name).resolve()): text for name, text in project.texts.items()}
    text = texts.get(str(path.resolve()))
    warnings: tuple[Problem, ...] = ()
    if text is None:
        source = load(path)
        text, warnings = source.text, source.warnings
    dialect = dialect_of(framework_of(text, project.target), str(path))
    specs = tuple(parse_spec(spec) for spec in project.inputs)
    request = Request(path, project.model, specs, bindings(project.bind), texts)
    opset = load_opset((*own_folders(path), *ops), parse_decisions(project.decisions))
    return Program(project, request, dialect, opset, warnings, tuple(ops))


def bindings(given: Sequence[str]) -> Mapping[str, str]:
    """NAME=EXPR texts as a table; the last one of a name counts. Raises Refusal."""
    found: dict[str, str] = {}
    for text in given:
        name, equals, expression = text.partition("=")
        if not equals or not NAME.match(name.strip()) or not expression.strip():
            raise refuse("bind", "--set", 0, 0, f"{text!r} is not NAME=EXPR", 'write "latent_dim=100"')
        found[name.strip()] = expression.strip()
    return found
