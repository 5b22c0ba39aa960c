"""What the call of a node returns, and how an assignment takes it apart."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from codegen.lower import Lowered, Step
from codegen.writing.plans import Unwritable
from pivot.network import Node
from pivot.op import Op
from pivot.reading.values import TensorVersion
from pivot.results import ENTRIES, Result, ResultName, entry_id


def gives_whole(low: Lowered, node: Node) -> Step | None:
    """The layer that returns states for all directions at once where the source's returns them one by one."""
    steps = low.chosen.steps if low.chosen is not None else ()
    if len(steps) != 1 or node.form is None or node.op is None or is_single(node.form.result, node.op):
        return None
    given = [name for name in node.op.outputs if node.op.outputs[name].many]
    mine, theirs = list(entry_codecs(node.form.result)), list(entry_codecs(steps[0].form.result))
    whole = steps[0].form.kind == "layer" and not given and any(mine) and not any(theirs)
    return steps[0] if whole and steps[0].op is node.op else None


def returned_ids(node: Node) -> list[str]:
    """The ids of the values that a call returns, in order."""
    result = node.form.result if node.form is not None else None
    if node.op is None or result is None:
        return [value.id for value in node.results]
    table = dict(zip(node.op.outputs, node.results, strict=False))

    def ids(part: Result) -> list[str]:
        if isinstance(part, ResultName):
            if part.name == "_":
                return []
            if part.name not in table:
                return [value.id for value in node.results]
            names = list(node.op.outputs) if node.op is not None else []
            if node.op is not None and node.op.outputs[part.name].many:
                return [value.id for value in node.results[names.index(part.name) :]]
            return [result_id(part, table[part.name])]
        return [id_ for item in part.items for id_ in ids(item)]

    return list(dict.fromkeys(ids(result)))


def result_id(part: ResultName, value: TensorVersion) -> str:
    """The id of an output as a call returns it: itself, or one entry."""
    place = ENTRIES.get(part.codec or "")
    return value.id if place is None else entry_id(value.id, place)


def entry_codecs(result: Result) -> Iterator[bool]:
    """Per value of a result, whether it is one entry of an output."""
    if isinstance(result, ResultName):
        yield result.codec in ENTRIES
    else:
        for item in result.items:
            yield from entry_codecs(item)


def is_single(result: Result, op: Op) -> bool:
    """Is what a call returns one tensor?"""
    return isinstance(result, ResultName) and not result.star and not op.outputs[result.name].many


def taken_apart(result: Result, node: Node, values: Mapping[str, int]) -> ast.expr:
    """The target of the assignment that takes a result apart: `y, (h, c)`."""
    assert node.op is not None
    return taken_apart_as(result, node.op, node.results, values)


def taken_apart_as(result: Result, op: Op, results: Sequence[TensorVersion], values: Mapping[str, int]) -> ast.expr:
    """The same for the results of a step."""
    table = dict(zip(op.outputs, results, strict=False))

    def pattern(part: Result) -> ast.expr:
        if isinstance(part, ResultName):
            if part.name == "_":
                return ast.Name("_", ast.Store())
            if part.name not in table or (part.codec is not None and part.codec not in ENTRIES):
                raise Unwritable("several results of this call are not taken apart yet")
            if op.outputs[part.name].many:
                names = list(op.outputs)
                many = results[names.index(part.name) :]
                return ast.Tuple([ast.Name(f"_{values[v.id]}", ast.Store()) for v in many], ast.Store())
            return ast.Name(f"_{values[result_id(part, table[part.name])]}", ast.Store())
        items: list[ast.expr] = []
        for item in part.items:
            made = pattern(item)
            spread = isinstance(item, ResultName) and item.star and isinstance(made, ast.Tuple)
            items += made.elts if spread and isinstance(made, ast.Tuple) else [made]
        return ast.Tuple(items, ast.Store())

    return pattern(result)
