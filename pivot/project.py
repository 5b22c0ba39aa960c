"""The Project value: what a person decided about one migration. No shapes, no nodes: those are computed from it."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from pivot.atomic import write_atomic
from pivot.problems import Refusal, refuse

VERSION = 1
TARGETS = ("keras", "torch", "flax")
STYLES = ("sequential", "functional", "subclass")
INITS = ("source", "keras", "torch")
MAX_BYTES = 64 * 2**20
MOST_LABELS = 500  # of edits that a saved project names

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Point: TypeAlias = tuple[float, float]
Positions: TypeAlias = Mapping[str, Mapping[str, Point]]

_KEYS = (
    "version",
    "source",
    "texts",
    "model",
    "inputs",
    "bind",
    "target",
    "decisions",
    "positions",
    "style",
    "init",
    "history",
)


@dataclass(frozen=True, slots=True)
class Project:
    """One source file, what was edited in it, and how it is to be converted.

    `texts` lays edited texts over the files on disk. `decisions` are JSON texts, one per decision, so that the value
    stays hashable and compares by content. `positions` are offsets moved by hand, across and along the flow of the
    drawing, per group and by names of nodes that outlive edits. `style` and `init` are what `--style` and `--init` say,
    "" for nothing. `history` names the edits that led here before it was saved, the oldest first: they are read, and
    make no other project.
    """

    source: str
    texts: Mapping[str, str] = field(default_factory=dict)
    model: str | None = None
    inputs: tuple[str, ...] = ()
    bind: tuple[str, ...] = ()
    target: str = "keras"
    decisions: tuple[str, ...] = ()
    positions: Positions = field(default_factory=dict)
    style: str = ""
    init: str = ""
    history: tuple[str, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "texts", MappingProxyType(dict(self.texts)))
        frozen = {group: MappingProxyType(dict(nodes)) for group, nodes in self.positions.items()}
        object.__setattr__(self, "positions", MappingProxyType(frozen))

    def program_key(self) -> tuple[object, ...]:
        """What a conversion depends on, hashable: all but the positions of the drawing."""
        texts = tuple(sorted(self.texts.items()))
        said = (self.model, self.inputs, self.bind, self.target, self.decisions, self.style, self.init)
        return (self.source, texts, *said)

    def __hash__(self) -> int:
        return hash(self.program_key())


def is_project_file(path: Path) -> bool:
    """Whether the name says that this is a saved project and not a source file."""
    return path.suffix.lower() == ".pivot"


def to_json(project: Project, folder: Path | None) -> dict[str, Json]:
    """The record of the .pivot file; paths below `folder` are written relative to it, so that a folder can move."""
    positions: dict[str, Json] = {
        group: {node: [x, y] for node, (x, y) in sorted(nodes.items())}
        for group, nodes in sorted(project.positions.items())
    }
    return {
        "version": VERSION,
        "source": _portable(project.source, folder),
        "texts": {_portable(path, folder): text for path, text in sorted(project.texts.items())},
        "model": project.model,
        "inputs": list(project.inputs),
        "bind": list(project.bind),
        "target": project.target,
        "decisions": [json.loads(decision) for decision in project.decisions],
        "positions": positions,
        **({"style": project.style} if project.style else {}),
        **({"init": project.init} if project.init else {}),
        **({"history": list(project.history[-MOST_LABELS:])} if project.history else {}),
    }


def dumps(project: Project, folder: Path | None = None) -> str:
    """The text of the .pivot file, stable from save to save."""
    return json.dumps(to_json(project, folder), ensure_ascii=False, indent=1) + "\n"


def loads(text: str, file: str = "project.pivot", folder: Path | None = None) -> Project:
    """Read the text of a .pivot file; raises Refusal with the place of the first thing that is wrong."""
    try:
        record = json.loads(text)
    except json.JSONDecodeError as error:
        raise refuse(
            "project-json", file, error.lineno, error.colno, error.msg, "open an intact copy of the project"
        ) from None
    except (RecursionError, ValueError):
        raise _wrong(file, "the file is nested too deeply or holds a number that is too long") from None
    if not isinstance(record, dict):
        raise _wrong(file, "a project is one JSON object")
    version = record.get("version")
    if isinstance(version, int) and version > VERSION:
        why = f"this project was saved by a newer version (format {version}, known is {VERSION})"
        raise refuse("project-version", file, 0, 0, why, "install the newer version")
    if version != VERSION or isinstance(version, bool):
        raise _wrong(file, f"'version' must be {VERSION}")
    for key in record:
        if key not in _KEYS:
            raise _wrong(file, f"unknown entry {key!r}")
    return _project(record, file, folder)


def load_project(path: Path) -> Project:
    """Read a .pivot file; raises Refusal."""
    try:
        if not path.is_file():
            raise refuse("project-file", str(path), 0, 0, "not a file", "choose a .pivot file")
        if path.stat().st_size > MAX_BYTES:
            raise refuse("project-file", str(path), 0, 0, f"more than {MAX_BYTES >> 20} MB", "choose a .pivot file")
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise refuse(
            "project-file", str(path), 0, 0, error.strerror or str(error), "check the path and the rights"
        ) from None
    except UnicodeDecodeError as error:
        raise refuse(
            "project-file", str(path), 0, 0, f"not UTF-8 text at byte {error.start}", "choose a .pivot file"
        ) from None
    return loads(text, str(path), path.absolute().parent)


def save_project(project: Project, path: Path) -> None:
    """Write the .pivot file atomically; raises Refusal, and then what was there before is unharmed."""
    try:
        write_atomic(path, dumps(project, path.absolute().parent).encode("utf-8", "surrogateescape"))
    except OSError as error:
        why = f"could not be saved ({error.strerror or error})"
        raise refuse("project-save", str(path), 0, 0, why, "free some space or choose another folder") from None


def _project(record: dict[str, Json], file: str, folder: Path | None) -> Project:
    source = record.get("source")
    if not isinstance(source, str) or not source:
        raise _wrong(file, "'source' must be the path of the source file")
    model = record.get("model")
    if model is not None and not isinstance(model, str):
        raise _wrong(file, "'model' must be text or null")
    target = record.get("target", "keras")
    if target not in TARGETS or not isinstance(target, str):
        raise _wrong(file, f"'target' must be one of {', '.join(TARGETS)}")
    texts = record.get("texts", {})
    if not isinstance(texts, dict):
        raise _wrong(file, "'texts' must map paths to texts")
    overlay: dict[str, str] = {}
    for path, text in texts.items():
        if not isinstance(text, str):
            raise _wrong(file, f"'texts' of {path!r} must be text")
        overlay[_local(path, folder)] = text
    style, init = record.get("style", ""), record.get("init", "")
    if style not in ("", *STYLES) or not isinstance(style, str):
        raise _wrong(file, f"'style' must be one of {', '.join(STYLES)}")
    if init not in ("", *INITS) or not isinstance(init, str):
        raise _wrong(file, f"'init' must be one of {', '.join(INITS)}")
    decisions = record.get("decisions", [])
    if not isinstance(decisions, list):
        raise _wrong(file, "'decisions' must be a list")
    return Project(
        source=_local(source, folder),
        texts=overlay,
        model=model,
        inputs=_strings(record, "inputs", file),
        bind=_strings(record, "bind", file),
        target=target,
        decisions=tuple(json.dumps(decision, ensure_ascii=False, sort_keys=True) for decision in decisions),
        positions=_positions(record.get("positions", {}), file),
        style=style,
        init=init,
        history=_strings(record, "history", file),
    )


def _strings(record: dict[str, Json], key: str, file: str) -> tuple[str, ...]:
    value = record.get(key, [])
    if not isinstance(value, list):
        raise _wrong(file, f"{key!r} must be a list of texts")
    texts = tuple(item for item in value if isinstance(item, str))
    if len(texts) != len(value):
        raise _wrong(file, f"{key!r} must be a list of texts")
    return texts


def _positions(value: Json, file: str) -> dict[str, dict[str, Point]]:
    if not isinstance(value, dict):
        raise _wrong(file, "'positions' must map groups to nodes")
    positions: dict[str, dict[str, Point]] = {}
    for group, nodes in value.items():
        if not isinstance(nodes, dict):
            raise _wrong(file, f"'positions' of group {group!r} must map nodes to [x, y]")
        positions[group] = {node: _point(point, node, file) for node, point in nodes.items()}
    return positions


def _point(value: Json, node: str, file: str) -> Point:
    """[x, y]; a bool is no number here, and NaN would make the value differ from itself."""
    if isinstance(value, list) and len(value) == 2 and all(_finite(item) for item in value):
        x, y = value
        if isinstance(x, (int, float)) and isinstance(y, (int, float)):
            return float(x), float(y)
    raise _wrong(file, f"the position of {node!r} must be [x, y]")


def _finite(value: Json) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _wrong(file: str, why: str) -> Refusal:
    return refuse("project-content", file, 0, 0, why, "open an intact copy of the project")


def _portable(path: str, folder: Path | None) -> str:
    if folder is None or not os.path.isabs(path):
        return path
    try:
        return Path(path).relative_to(folder).as_posix()
    except ValueError:
        return path


def _local(path: str, folder: Path | None) -> str:
    return path if folder is None or os.path.isabs(path) else os.path.normpath(folder / path)
