"""The pipeline from a request to target text: elaborate, lower, settle sites, lay out, write, print."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass

from codegen.agreeing import laid_out
from codegen.layout import Layout
from codegen.lower import Lowering
from codegen.padding import with_folded_padding
from codegen.restating import elaborate_for, lowered
from codegen.rolling.styles import FUNCTIONAL, SEQUENTIAL, chosen_style, is_rolled, without_starts
from codegen.same import entry_text, unchanged
from codegen.target import target_of
from codegen.writing.copying import copied_module
from codegen.writing.module import write_module
from codegen.writing.sites import Sites
from codegen.writing.text import Printed, print_module, render_expression, spans_of
from codegen.writing.text_width import text_width
from codegen.writing.writer import Writer, WrittenModule
from pivot.opset import OpSet
from pivot.reading.companions import visit_companions
from pivot.reading.dialect import Dialect
from pivot.reading.elaborate import Elaborated, Request

Span = tuple[int, int, int, int]
Step = Callable[[str], None]
"""Told the name of each step as it begins."""


def silent(step: str) -> None:
    """Nobody wants to know where the work is."""


@dataclass(slots=True, eq=False, repr=False)
class Converted:
    """A converted program: everything that the proof, the report and the window need."""

    done: Elaborated
    lowering: Lowering
    sites: Sites
    layout: Layout
    written: WrittenModule
    text: str
    entry: str
    spans: dict[int, Span]
    printed: Printed


def convert(request: Request, dialect: Dialect, framework: str, opset: OpSet) -> Converted:
    """Convert a program to another framework. Raises Refusal."""
    done = elaborate_for(request, dialect, framework, opset)
    return write_target(done, framework, opset)


def write_target(
    done: Elaborated, framework: str, opset: OpSet, step: Step = silent, init: str = "keras", style: str | None = None
) -> Converted:
    """The target text of an elaborated program. `init`: whose initial values new weights get: "source",
    "keras", or "calls": what the program itself says, without the defaults of its library. `style`: "sequential",
    "functional" or "subclass", None for that of the source. Raises Refusal.
    """
    step("lower")
    style = chosen_style(done, target_of(framework), style)
    if framework == done.evaluator.dialect.framework and not style:
        return write_copy(done, framework, opset, step)
    visit_companions(done)
    write = write_module
    if style or is_rolled(done.network):
        from codegen.rolling.forgetting import forget_building
        from codegen.rolling.kept_axes import keep_reduced_axes  # most programs need nothing of it
        from codegen.rolling.module import write_rolled, written_in_place

        write = write_rolled
        forget_building(done.network)
        if target_of(framework).pads_itself:
            done = with_folded_padding(done, symmetric=True)
        layers = style in (SEQUENTIAL, FUNCTIONAL)
        sites = Sites(Lowering(done, framework, opset, written_in_place, layers))
        keep_reduced_axes(sites.lowering, (v for run in done.network.runs.values() for v in run.outputs))
    else:
        sites = lowered(done, framework, opset)
    lowering = sites.lowering
    layout = laid_out(lowering, framework, done.evaluator.joins)
    step("write")
    for arm in layout.broken_joins:
        done.network.trace.unread[id(arm)] = "its tensors would be stored in another order behind it"
    writer = Writer(done, lowering, sites, layout, opset, init, style)
    written = write(writer, docstring_of(done))
    if framework == done.evaluator.dialect.framework:
        writer.refused(without_starts(done))
    return printed(done, lowering, sites, layout, written)


def write_copy(done: Elaborated, framework: str, opset: OpSet, step: Step) -> Converted:
    """The text of a program in its own framework, in one file and laid out anew. Raises Refusal."""
    lowering, sites, layout = unchanged(done, framework, opset)
    step("write")
    entry = entry_text(done.network.entry)
    tree = copied_module(done, entry, docstring_of(done))
    return printed(done, lowering, sites, layout, WrittenModule(tree, entry))


def printed(done: Elaborated, lowering: Lowering, sites: Sites, layout: Layout, written: WrittenModule) -> Converted:
    """A written module as text, with the places of its nodes."""
    before = done.learned.pop("printed", None)
    made = print_module(written.tree, before if isinstance(before, dict) else {}, text_width(done, written.tree))
    spans = {
        id(node): (line, column, end_line, end_column) for node, line, column, end_line, end_column in spans_of(made)
    }
    entry = render_expression(written.entry)
    return Converted(done, lowering, sites, layout, written, made.text, entry, spans, made)


def docstring_of(done: Elaborated) -> str:
    """The docstring of the source file."""
    tree = next((t for t in done.evaluator.trace.keep if isinstance(t, ast.Module)), None)
    return (ast.get_docstring(tree, clean=False) or "") if tree is not None else ""
