"""Lines of a program around a place, and what of the document's texts a place of a report names. No Qt here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from studio.document import Document
from studio.picture import Span


@dataclass(frozen=True, slots=True)
class Line:
    """One line with its number; `named` is the one that the excerpt is about."""

    number: int
    text: str
    named: bool


def lines_around(text: str, line: int, around: int = 1) -> tuple[Line, ...]:
    """The line and those beside it, without the indentation that all of them have."""
    lines = text.splitlines()
    shown = range(max(1, line - around), min(len(lines), line + around) + 1)
    texts = [lines[number - 1].expandtabs(4) for number in shown]
    indents = [len(part) - len(part.lstrip()) for part in texts if part.strip()]
    cut = min(indents, default=0)
    return tuple(Line(number, part[cut:].rstrip(), number == line) for number, part in zip(shown, texts, strict=True))


def source_line(document: Document, place: Span | None, around: int = 0) -> tuple[Line, ...]:
    """What stands at a place of the source now; nothing where that is not known."""
    text = document.text(place.file) if place is not None else None
    return lines_around(text, place.line, around) if text is not None and place is not None else ()


def target_line(document: Document, place: Span | None, around: int = 0) -> tuple[Line, ...]:
    """What stands at a place of the written target."""
    text = document.results.target_text if document.results is not None else ""
    return lines_around(text, place.line, around) if text and place is not None else ()


def go_to(document: Document, name: str, line: int) -> bool:
    """Show the line of a file that a report calls by its last name: of the target or of the source."""
    results = document.results
    if results is not None and name == PurePath(results.target_path).name:
        document.select_target(line, 1)
        return True
    for file in document.files():
        if PurePath(file).name == name:
            document.go_to(file, line, 1, "report")
            return True
    return False
