"""What an edit knows: the picture with its places in the present text, the calls behind it, and the four scopes."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pivot.arithmetic import evaluate_text
from pivot.decisions import parse_decisions
from pivot.editing.arguments import set_argument
from pivot.editing.frames import Calls, Key, Made, key_of
from pivot.editing.scopes import Edit, Spread
from pivot.editing.source import Change, Source, apply, parsed
from pivot.edits import set_text
from pivot.op_folders import own_folders
from pivot.opset import OpSet, load_opset
from pivot.problems import Refusal, refuse
from pivot.project import Project
from pivot.slots import NotationError
from studio.built_in import check_own
from studio.document import Document
from studio.editing.scope import Scope as Scope
from studio.picture import Frame, Node, Picture, Span


@dataclass(frozen=True, slots=True)
class Outcome:
    """An edit that was made: what it is called, the project after it, and what people should be told of it."""

    label: str
    project: Project
    said: str = ""


class Context:
    """One picture of one document at one moment. Raises Refusal where nothing can be edited now."""

    def __init__(self, document: Document) -> None:
        project, results = document.project, document.results
        if project is None or results is None or results.picture is None:
            raise refuse("edit-program", "", 0, 0, "there is no network to edit yet", "wait for the conversion")
        self.document = document
        self.project = project
        self.picture: Picture = results.picture
        self.framework = self.picture.source.framework
        self._sources: dict[str, Source] = {}
        self._spans: dict[Span, Span | None] = {}
        self._calls: Calls | None = None
        self._opset: OpSet | None = None

    @property
    def opset(self) -> OpSet:
        if self._opset is None:
            folders = own_folders(Path(self.project.source))
            self._opset = load_opset(folders, parse_decisions(self.project.decisions))
        return self._opset

    # -- texts and places

    def source(self, file: str) -> Source:
        """The present text of a file. Raises Refusal where it is no Python."""
        path = self.document.local(file)
        if path not in self._sources:
            text = self.document.text(path)
            if text is None:
                raise refuse("edit-text", path, 0, 0, "the text of this file is not known", "open the file again")
            self._sources[path] = Source(text, path)
        return self._sources[path]

    def now(self, span: Span | None) -> Span | None:
        """A place of the picture in the present text."""
        if span is None:
            return None
        if span not in self._spans:
            place = self.document.now(span)
            self._spans[span] = place._replace(file=self.document.local(place.file)) if place is not None else None
        return self._spans[span]

    def here(self, span: Span | None) -> Span:
        """A place that must still be there. Raises Refusal."""
        place = self.now(span)
        if place is None:
            file, line = (span.file, span.line) if span is not None else (self.project.source, 0)
            why = "the text here changed" if span is not None else "this is written in no file of the program"
            raise refuse("edit-place", file, line, 0, why, "wait for the next conversion, or edit the source text")
        return place

    @property
    def calls(self) -> Calls:
        """The calls of the program, at their places in the present text."""
        if self._calls is None:
            frames = [self._frame(frame) for frame in self.picture.frames]
            made: dict[str, Made] = {}
            for module in self.picture.modules:
                place = self.now(module.made_at)
                if place is not None and module.frame is not None:
                    made[module.path] = Made(module.frame, key_of(place), module.turn)
            classes = {module.path: module.class_name for module in self.picture.modules if module.kind == "user"}
            self._calls = Calls(frames, made, classes)
            for node in self.picture.nodes:
                site = self.now(node.site)
                if site is not None and node.frame is not None:
                    self._calls.met(node.frame, key_of(site), (node.turn,))
        return self._calls

    def _frame(self, frame: Frame) -> Frame:
        return replace(frame, site=self.now(frame.site), definition=self.now(frame.definition))

    # -- scopes

    def wanted(self, place: Made, scope: Scope, everywhere: Iterable[Made]) -> list[Made]:
        """Of the places that are alike in the text, those in a scope."""
        calls = self.calls
        alike = list(dict.fromkeys(item for item in everywhere if item.site == place.site))
        if scope == "written":
            return alike
        if scope == "instance":
            return [place]
        owner, role = calls.receiver(place.frame), calls.role(place.frame)
        found: list[Made] = []
        for item in alike:
            other = calls.receiver(item.frame)
            if calls.role(item.frame) != role or calls.classes.get(other or "") != calls.classes.get(owner or ""):
                continue
            if scope == "class" or self.structure(other) == self.structure(owner):
                found.append(item)
        return found

    def structure(self, path: str | None) -> str:
        """Equal for modules with equal code, arms and ops."""
        module = self.picture.module_by_path.get(path or "")
        return module.structure if module is not None else ""

    def frames_like(self, frame: int, site: Span) -> list[Made]:
        """All frames of the definition of a frame, at one of its sites, on every turn."""
        definition = self.calls.frames[frame].definition
        numbers = self.calls.by_definition.get(key_of(definition), [frame]) if definition is not None else [frame]
        key = key_of(site)
        return [Made(number, key, turn) for number in numbers for turn in sorted(self.calls.turns(number, key)) or (0,)]

    # -- making it so

    def edited(
        self,
        label: str,
        file: str,
        changes: Sequence[Change],
        wanted: Sequence[Made],
        argument: tuple[Span, str, int, str] | None = None,
    ) -> Outcome:
        """Spread changes of one file over the wanted places; the edit is one step. Raises Refusal."""
        source = self.source(file)
        if not wanted:
            return self.written(label, {source.file: list(changes)})
        edits: list[Edit] = []
        if argument is not None:
            site, name, at, text = argument
            frame = self.calls.frames[wanted[0].frame].definition
            edits.append(
                Edit(source.file, key_of(frame) if frame is not None else None, (), (key_of(site), name, at, text))
            )
            if frame is None:
                call = source.at(site, ast.Call)
                edits = [Edit(source.file, None, (set_argument(source, call, name, at, text),))]
        groups: dict[ast.AST | None, list[Change]] = {}
        for change in changes:
            groups.setdefault(_definition_of(source, change), []).append(change)
        for node, found in groups.items():
            known = _known(self.calls, source, node)
            edits.append(Edit(source.file, known, tuple(found)))
        if all(edit.definition is None for edit in edits):
            return self.written(label, {source.file: [c for e in edits for c in e.changes]})
        result = Spread(self.calls, self.source).spread(edits, wanted)
        said = ""
        if result.unrolled:
            said = f"unrolled: {', '.join(result.unrolled)}"
        return self.written(label, result.changes, said)

    @property
    def drawn(self) -> bool:
        """Whether the program exists in the project alone: a network that was drawn from nothing."""
        return self.document.on_disk(self.project.source) is None

    def shape_of(self, value: str) -> tuple[int | str, ...] | None:
        """The shape of a value, with the numbers that the project gives its inputs; the batch stays free."""
        known = self.picture.values.get(value)
        if known is None or known.shape is None:
            return None
        sizes = self._given_sizes()
        return tuple(_known_size(size, sizes) if at else size for at, size in enumerate(known.shape))

    def _given_sizes(self) -> dict[str, int]:
        """What the free sizes of the inputs are in the project."""
        sizes: dict[str, int] = {}
        for item, spec in zip(self.picture.inputs, self.project.inputs, strict=False):
            given = (spec.partition("=")[2] or spec).partition(":")[0].split("x")
            for size, text in zip(item.shape or (), given, strict=False):
                if isinstance(size, str) and text.isdigit():
                    sizes.setdefault(size, int(text))
        return sizes

    def written(self, label: str, changes: dict[str, list[Change]], said: str = "") -> Outcome:
        """The project with changed texts; a text that would be no Python is refused."""
        project = self.project
        for file, found in changes.items():
            path = self.document.local(file)
            text = apply(self.source(file).text, found, file)
            parsed(text, path)
            check_own(path)
            project = set_text(project, path, text, self.document.on_disk(path))
        return Outcome(label, project, said)

    def node(self, name: str) -> Node:
        """A node by its id. Raises Refusal."""
        found = self.picture.node_by_id.get(name)
        if found is None:
            raise refuse("edit-program", "", 0, 0, "this is no node of the network now", "select it again")
        return found


def _known_size(size: int | str, sizes: Mapping[str, int]) -> int | str:
    """A size as a number where all that it depends on is known."""
    if isinstance(size, int):
        return size

    def lookup(name: str, part: str | None) -> object:
        if part is not None or name not in sizes:
            raise NotationError(f"{name} is not known")
        return sizes[name]

    try:
        value = evaluate_text(size, lookup)
    except (NotationError, ValueError, ArithmeticError, SyntaxError):
        return size
    return value if isinstance(value, int) else size


def _definition_of(source: Source, change: Change) -> ast.AST | None:
    """The innermost function whose text a change is in; lines added below its last one count by their indent."""
    best: ast.AST | None = None
    for node in source.nodes:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        start, end = source.start(node), source.end(node)
        inside = start < change.start < end or (start < change.start and change.end <= end)
        if not inside and change.start == source.line_after(end):
            first = change.text.lstrip("\r\n")
            inside = len(first) - len(first.lstrip(" \t")) > len(source.indent(node))
        if inside and (best is None or start > source.start(best)):
            best = node
    return best


def _known(calls: Calls, source: Source, node: ast.AST | None) -> Key | None:
    """The definition as the calls know it; None for what no call has entered."""
    while isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        for key in calls.by_definition:
            if key[0] == source.file and key[1] == node.lineno and key[3] == node.end_lineno:
                return key
        node = source.function(node)
    return None


def told(refusal: Refusal) -> str:
    """A refusal as one line for people."""
    return f"{refusal.problem.why}: {refusal.problem.remedy}"
