"""The edits of a project: pure functions Project -> Project. A refused edit raises Refusal and changes nothing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Protocol

from pivot.decisions import Decision, Where, parse_decisions
from pivot.problems import refuse
from pivot.project import TARGETS, Point, Project

_LINE_END = re.compile(r"\r\n|\r|\n")


class Place(Protocol):
    """A stretch of text: lines and columns count from 1, columns in characters, the end column is exclusive."""

    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...
    @property
    def end_line(self) -> int: ...
    @property
    def end_column(self) -> int: ...


def offset_of(text: str, line: int, column: int) -> int | None:
    """Index into `text` of a 1-based place, or None where the text has no such place."""
    if line < 1 or column < 1:
        return None
    start = 0
    if "\r" not in text:
        for _ in range(line - 1):
            start = text.find("\n", start) + 1
            if not start:
                return None
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        return start + column - 1 if start + column - 1 <= end else None
    for _ in range(line - 1):
        found = _LINE_END.search(text, start)
        if found is None:
            return None
        start = found.end()
    found = _LINE_END.search(text, start)
    end = len(text) if found is None else found.start()
    return start + column - 1 if start + column - 1 <= end else None


def text_at(text: str, span: Place) -> str | None:
    """What stands at the span, or None where the text has no such place."""
    start, end = offset_of(text, span.line, span.column), offset_of(text, span.end_line, span.end_column)
    return text[start:end] if start is not None and end is not None and start <= end else None


def replace_span(project: Project, path: str, span: Place, text: str, on_disk: str | None = None) -> Project:
    """Write `text` over one span of one file. `on_disk` is the file's content, needed while it has no edited text."""
    return replace_spans(project, path, (span,), text, on_disk)


def replace_spans(
    project: Project, path: str, spans: Iterable[Place], text: str, on_disk: str | None = None
) -> Project:
    """Write `text` over several spans of one file; spans that are equal count once, overlapping ones are refused."""
    old = project.texts.get(path, on_disk)
    if old is None:
        raise refuse("edit-text", path, 0, 0, "the text of this file is not known", "open the file again")
    places: set[tuple[int, int]] = set()
    for span in spans:
        start, end = offset_of(old, span.line, span.column), offset_of(old, span.end_line, span.end_column)
        if start is None or end is None or end < start:
            raise refuse(
                "edit-place", path, span.line, span.column, "the text has no such place", "convert again, then edit"
            )
        places.add((start, end))
    pieces: list[str] = []
    done = 0
    for start, end in sorted(places):
        if start < done:
            raise refuse("edit-place", path, 0, 0, "two of the places overlap", "edit them one by one")
        pieces += (old[done:start], text)
        done = end
    return set_text(project, path, "".join(pieces) + old[done:], on_disk)


def set_text(project: Project, path: str, text: str, on_disk: str | None = None) -> Project:
    """Lay `text` over the file; a text equal to `on_disk` takes the overlay away."""
    texts = {**project.texts, path: text}
    if text == on_disk:
        del texts[path]
    return replace(project, texts=texts)


def drop_text(project: Project, path: str) -> Project:
    """Go back to the file on disk."""
    return replace(project, texts={name: text for name, text in project.texts.items() if name != path})


def set_model(project: Project, model: str | None) -> Project:
    """Choose the model expression ("Net(hidden=64)"); None or blank lets the reader choose."""
    model = (model or "").strip() or None
    if model is not None:
        _expression(model, project.source)
    return replace(project, model=model)


def set_inputs(project: Project, inputs: Iterable[str]) -> Project:
    """Choose the input specifications ("1x3x32x32", "ids=2x16:int64"); blank ones are left out."""
    return replace(project, inputs=tuple(spec.strip() for spec in inputs if spec.strip()))


def set_bindings(project: Project, bind: Iterable[str]) -> Project:
    """Bind names the file leaves open ("latent_dim=100"); each must be NAME=EXPRESSION."""
    entries = tuple(entry.strip() for entry in bind if entry.strip())
    for entry in entries:
        name, equals, value = entry.partition("=")
        if not equals or not re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)*", name.strip()):
            raise refuse(
                "edit-bind",
                project.source,
                0,
                0,
                f"{entry!r} is not NAME=EXPRESSION",
                "write for instance latent_dim=100",
            )
        _expression(value.strip(), project.source)
    return replace(project, bind=entries)


def set_target(project: Project, target: str) -> Project:
    """Choose the framework to write."""
    if target not in TARGETS:
        raise refuse(
            "edit-target", project.source, 0, 0, f"no target {target!r}", f"choose one of {', '.join(TARGETS)}"
        )
    return replace(project, target=target)


def decide(project: Project, decision: Decision) -> Project:
    """Decide what a call means. For all of its places it takes the place of every decision about the call, for one
    place that of the one about this place.
    """
    kept = [
        text
        for text, old in _decided(project)
        if old.call != decision.call or (decision.where is not None and old.where != decision.where)
    ]
    return replace(project, decisions=(*kept, decision.dumps()))


def undecide(project: Project, call: tuple[str, str], where: Where | None) -> Project:
    """Take back what was decided about a call: for this place, or where nothing was, for all of its places."""
    about = [(text, old) for text, old in _decided(project) if old.call == call]
    gone = {text for text, old in about if old.where == where} or {text for text, old in about if old.where is None}
    return replace(project, decisions=tuple(text for text in project.decisions if text not in gone))


def decision_at(project: Project, call: tuple[str, str], where: Where | None) -> Decision | None:
    """What holds for a call at a place: the decision about the place, else the one about all places."""
    about = [old for _, old in _decided(project) if old.call == call]
    return next((old for old in about if old.where == where), next((o for o in about if o.where is None), None))


def _decided(project: Project) -> list[tuple[str, Decision]]:
    return list(zip(project.decisions, parse_decisions(project.decisions), strict=True))


def move_nodes(project: Project, group: str, moved: Mapping[str, Point]) -> Project:
    """Keep where nodes of a group were put by hand."""
    nodes = {**project.positions.get(group, {}), **moved}
    return replace(project, positions={**project.positions, group: nodes})


def put_back(project: Project) -> Project:
    """Let the layout place everything again."""
    return replace(project, positions={})


def check_literal(kind: str, text: str, file: str = "", line: int = 0, column: int = 0) -> str:
    """The literal to write for a parameter of type `kind` ("int", "int[2]", "float", "bool", "str?"); raises Refusal.

    int[n] takes one number or n of them; a type without a rule here takes any Python literal.
    """
    text = text.strip()
    kind, optional = kind.removesuffix("?"), kind.endswith("?")
    try:
        value: object = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        raise refuse(
            "edit-literal", file, line, column, f"{text!r} is not a literal", f"write {_wanted(kind)}"
        ) from None
    if "\n" in text or "\r" in text:
        raise refuse("edit-literal", file, line, column, "a literal must stand on one line", f"write {_wanted(kind)}")
    if not (optional and value is None) and not _fits(kind, value):
        raise refuse("edit-literal", file, line, column, f"{text} does not fit type {kind}", f"write {_wanted(kind)}")
    return text


def _fits(kind: str, value: object) -> bool:
    base, bracket, count = kind.partition("[")
    if bracket and base in ("int", "float") and isinstance(value, (tuple, list)):
        number = count.removesuffix("]")
        return all(_fits(base, item) for item in value) and (not number.isdigit() or len(value) == int(number))
    match base:
        case "int":
            return isinstance(value, int) and not isinstance(value, bool)
        case "float":
            return isinstance(value, (int, float)) and not isinstance(value, bool)
        case "bool":
            return isinstance(value, bool)
        case "str":
            return isinstance(value, str)
    return True


def _wanted(kind: str) -> str:
    base, bracket, count = kind.partition("[")
    names = {
        "int": "a whole number",
        "float": "a number",
        "bool": "True or False",
        "str": 'a text in quotes, like "same"',
    }
    one = names.get(base, "a Python literal")
    return f"{one}, or {count.removesuffix(']')} in parentheses" if bracket and base in names else one


def _expression(text: str, file: str) -> None:
    try:
        ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise refuse(
            "edit-expression", file, 0, 0, f"{text!r} is not an expression", "write for instance Net(hidden=64)"
        ) from None
