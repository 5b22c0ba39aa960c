"""Writing another literal where the parameters of nodes are written. No Qt here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pivot import edits
from pivot.problems import Refusal, refuse
from pivot.project import Project
from studio.built_in import check_own
from studio.picture import Param

if TYPE_CHECKING:
    from studio.document import Document


def with_literal(document: Document, params: Sequence[Param], text: str) -> tuple[Project, str]:
    """The present project with a literal at every place of the parameters, and what the edit is called.

    A place that several nodes share counts once. Raises Refusal; there must be a project.
    """
    project, label = document.project, ""
    assert project is not None
    spans = {param.span: param for param in params if param.span is not None}
    for span in sorted(spans, key=lambda span: (span.file, -span.line, -span.column)):
        # From the last place to the first: what is written at one leaves the places before it where they are.
        param, path, place, old = spans[span], document.local(span.file), document.now(span), document.literal(span)
        if place is None or old is None:
            raise refuse(
                "edit-place", path, span.line, span.column, "the text here changed", "wait for the next conversion"
            )
        check_own(path, place.line)
        new = edits.check_literal(_kind(param, old), text, path, place.line, place.column)
        project = edits.replace_span(project, path, place, new, document.on_disk(path))
        label = f"{param.name} {old} → {new}"
    return project, label


def _kind(param: Param, old: str) -> str:
    """The type a new literal must have; any where the source does not write the pivot's type ('same', 1 for True)."""
    try:
        edits.check_literal(param.type, old)
    except Refusal:
        return ""
    return param.type
