"""A network drawn from nothing: the program it begins as, inputs and outputs that are added to one. No Qt here."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from pivot.editing.names import fresh, taken
from pivot.editing.source import Change, Source
from pivot.editing.wires import reconnect
from pivot.edits import set_inputs
from pivot.problems import refuse
from pivot.project import Project
from studio.editing.context import Context, Outcome
from studio.editing.spots import site_spot
from studio.picture import Node

NEW_TEXT = '''"""A network drawn in Pivot Studio."""

from torch import nn


class Network(nn.Module):
    def __init__(self):
        super().__init__()

    def forward(self, x):
        return x
'''
"""It is PyTorch, so that it can be read, run and gone on with by hand; other frameworks are written from it."""


def new_project(path: str, shape: str = "1x3x32x32", target: str = "keras") -> Project:
    """A project whose source exists only in the project, until it is exported."""
    return Project(source=path, texts={path: NEW_TEXT}, model="Network()", inputs=(f"x={shape}",), target=target)


def add_input(context: Context, name: str, shape: str) -> Outcome:
    """One more input: a parameter of the forward pass, and its shape for the project. Raises Refusal."""
    source, function = _forward(context)
    if not name.isidentifier() or name in taken(function):
        raise refuse(
            "edit-name", source.file, function.lineno, 0, f"{name!r} is taken or no name", "choose another name"
        )
    last = [*function.args.posonlyargs, *function.args.args][-1]
    end = source.end(last)
    defaults = bool(function.args.defaults)
    if defaults:
        raise source.refusal(function, "its last inputs have defaults", "edit the source text")
    outcome = context.written(f"add input {name}", {source.file: [Change(end, end, f", {name}")]})
    specs = [*_specs(context), f"{name}={shape}"]
    return replace(outcome, project=set_inputs(outcome.project, specs))


def add_output(context: Context, node: Node) -> Outcome:
    """What a node gives is an output of the network too. Raises Refusal."""
    source, function = _forward(context)
    returns = [item for item in ast.walk(function) if isinstance(item, ast.Return) and item.value is not None]
    if len(returns) != 1 or returns[0].value is None:
        raise source.refusal(function, "it does not end in one return", "edit the source text")
    site = context.here(node.site)
    spot = site_spot(context, node.frame, site, node.label)
    if spot.source is not source or source.function(spot.node) is not function:
        why = "this node is inside a block"
        raise source.refusal(function, why, "lead it out of the block first: give out what the block gives")
    value = returns[0].value
    items = list(value.elts) if isinstance(value, ast.Tuple) else [value]
    name, changes = _name_for(source, function, returns[0], spot.node)
    text = ", ".join([*(source.of(item) for item in items), name])
    return context.written(f"give out {node.label}", {source.file: [*changes, source.over(value, text)]})


def _name_for(
    source: Source, function: ast.FunctionDef, where: ast.Return, giver: ast.expr | ast.stmt
) -> tuple[str, list[Change]]:
    """A name for what a site gives that still means it at the return."""
    if where.value is giver:
        name = fresh("out", taken(function))
        return name, [source.before(where, [f"{name} = {source.of(giver)}"])]
    holder = where.value
    assert holder is not None
    *changes, last = reconnect(source, where, holder, giver)
    return last.text, changes


def _forward(context: Context) -> tuple[Source, ast.FunctionDef]:
    """The forward pass of the whole network."""
    root = context.picture.module_by_path[""]
    source = context.source(context.here(root.definition).file)
    call = "call" if context.framework == "keras" else "forward"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef) and node.name == root.class_name:
            for item in node.body:
                if isinstance(item, ast.FunctionDef) and item.name == call:
                    return source, item
    raise refuse(
        "edit-program", source.file, 0, 0, f"{root.class_name} has no {call} of its own", "edit the source text"
    )


def _specs(context: Context) -> Sequence[str]:
    """The inputs as the project says them, else as the picture shows them, with numbers for what is free."""
    if context.project.inputs:
        return context.project.inputs
    return [f"{item.name}={'x'.join(map(_number, item.shape or ()))}" for item in context.picture.inputs]


def _number(size: int | str) -> str:
    """A size for an example: one for the batch, a common one for what else is free."""
    return str(size) if isinstance(size, int) else "1" if size == "N" else "32"
