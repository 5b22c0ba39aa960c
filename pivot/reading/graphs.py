"""Functional models: the recorded calls between the inputs and the outputs of a `keras.Model(inputs, outputs)`.

A graph is repeated, call by call, with other tensors whenever its model is called. Nodes then stand in frames below the
one of that call: helper functions of the program that built the graph keep their frames there, so that what one call of
a helper made stays together; the receiver of the outermost frame is the model.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pivot.reading.frames import Frame
from pivot.reading.recording import Exchange, Record, Recorder, cells
from pivot.reading.values import DictObject, ListObject, TensorVersion, Value

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.modules import ModuleObject


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Graph:
    """What a functional model computes. `records` in the order of recording; `layers` in the order of Keras.

    `names`: what each input is called where a dict holds them, in the order of `inputs`.
    """

    inputs: tuple[TensorVersion, ...]
    takes: Value
    gives: Value
    records: tuple[Record, ...]
    layers: tuple[ModuleObject, ...]
    frame: Frame
    names: tuple[str, ...] = ()


def connect(recorder: Recorder, takes: Value, gives: Value, frame: Frame) -> Graph | str:
    """The graph between inputs and outputs, or why there is none."""
    inputs = tuple(version for _, version in flat_inputs(takes))
    unknown = [v for v in inputs if v.id not in recorder.made]
    outputs = tuple(version for _, version in flat_inputs(gives))
    unknown += [v for v in outputs if v.id not in recorder.made]
    if not inputs or not outputs or unknown:
        return "its inputs and outputs must come from keras.Input"
    ordered, places = traversed(recorder, inputs, outputs)
    starts = {v.id for v in inputs}
    for record in ordered:
        if record.again is None and not any(v.id in starts for v in record.results):
            return "an output depends on an input that is not among the inputs of the model"
    wanted = {id(r) for r in ordered if r.again is not None}
    records = tuple(r for r in recorder.records if id(r) in wanted)
    names = tuple(name for name, _ in flat_inputs(takes)) if isinstance(takes.hint, DictObject) else ()
    return Graph(inputs, takes, gives, records, layers_in_order(recorder, ordered, places, inputs), frame, names)


def flat_inputs(takes: Value) -> list[tuple[str, TensorVersion]]:
    """The inputs, or outputs, of a model in the order of Keras (dicts by their keys), with the names they have."""
    hint = takes.hint
    if isinstance(hint, DictObject):
        return [(str(k), v) for k in sorted(hint.entries, key=str) for _, v in flat_inputs(hint.entries[k][1])]
    if isinstance(hint, (tuple, ListObject)):
        items = hint.items if isinstance(hint, ListObject) else hint
        return [pair for item in items for pair in flat_inputs(item)]
    return [(cell.version.name, cell.version) for cell in cells(takes)]


def parents(recorder: Recorder, record: Record) -> Iterator[tuple[TensorVersion, Record]]:
    """The calls whose results a call takes."""
    for version in record.operands:
        if version.id in recorder.made:
            yield version, recorder.made[version.id]


def traversed(
    recorder: Recorder, inputs: tuple[TensorVersion, ...], outputs: Iterable[TensorVersion]
) -> tuple[list[Record], dict[int, int]]:
    """Depth first from the outputs: the calls from inputs to outputs, and when each operation was first met."""
    starts = {v.id for v in inputs}
    done: set[int] = set()
    ordered: list[Record] = []
    places: dict[int, int] = {}

    def enter(version: TensorVersion) -> tuple[Record, Iterator[tuple[TensorVersion, Record]]] | None:
        record = recorder.made[version.id]
        if id(record) in done:
            return None
        done.add(id(record))
        if record.again is not None and version.id in starts:
            return None
        places.setdefault(operation(record), len(places))
        return record, parents(recorder, record)

    for output in outputs:
        first = enter(output)
        stack = [first] if first is not None else []
        while stack:
            record, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                ordered.append(record)
                stack.pop()
                continue
            below = enter(following[0])
            if below is not None:
                stack.append(below)
    return ordered, places


def operation(record: Record) -> int:
    """What Keras counts as one operation: a layer however often it is called, or the call of an op."""
    return id(record.layer) if record.layer is not None else id(record)


def layers_in_order(
    recorder: Recorder, ordered: list[Record], places: dict[int, int], inputs: tuple[TensorVersion, ...]
) -> tuple[ModuleObject, ...]:
    """`model.layers` as Keras orders it: by the distance from the outputs, the farthest first, then as met."""
    inside = {id(r) for r in ordered}
    starts = {v.id for v in inputs}
    depth_of_record: dict[int, int] = {}
    depth_of: dict[int, int] = {}
    layers: dict[int, ModuleObject] = {}
    for record in reversed(ordered):
        depth = max(depth_of_record.get(id(record), 0), depth_of.get(operation(record), 0))
        depth_of_record[id(record)] = depth_of[operation(record)] = depth
        if record.layer is not None:
            layers[id(record.layer)] = record.layer
        for version, parent in parents(recorder, record):
            if id(parent) in inside and not (parent.again is not None and version.id in starts):
                depth_of_record[id(parent)] = max(depth + 1, depth_of_record.get(id(parent), 0))
    for version in inputs:
        record = recorder.made[version.id]
        if record.again is None and record.layer is not None and id(record.layer) not in layers:
            layers[id(record.layer)] = record.layer
            depth_of[id(record.layer)], places[id(record.layer)] = 0, -1
    return tuple(layers[key] for key in sorted(layers, key=lambda key: (-depth_of[key], places[key])))


def repeat(ev: Evaluator, model: Value, graph: Graph, given: list[Value], node: ast.AST, frame: Frame) -> Value:
    """The outputs of a graph on other inputs."""
    exchange = Exchange()
    for old, new in zip(graph.inputs, given, strict=True):
        exchange.enter(old, new)
    frames = Frames(graph, model, node, frame)
    for record in graph.records:
        assert record.again is not None
        args = tuple(map(exchange.value, record.args))
        kwargs = {name: exchange.value(value) for name, value in record.kwargs.items()}
        made = record.again(ev, args, kwargs, exchange, frames.below(record.frame))
        for old, cell in zip(record.results, cells(made), strict=False):
            exchange.enter(old, Value(cell, made.origin, made.depends))
    return exchange.value(graph.gives)


class Frames:
    """Frames of the functions that built a graph, as they stand below one call of its model."""

    def __init__(self, graph: Graph, model: Value, node: ast.AST, frame: Frame) -> None:
        where = f"{getattr(node, 'lineno', 0)}.{getattr(node, 'col_offset', 0)}"
        child = getattr(node, "container_index", None)
        where += f"[{child}]" if child is not None else ""
        key = f"{frame.key}/{where}#{frame.occurrence(node)}:model"
        made = graph.frame
        self.outer = Frame(None, made.scope, made.file, node, frame, model, None, key, frame.depth + 1)
        self.moved = {id(at): self.outer for at in made.chain()}

    def below(self, frame: Frame) -> Frame:
        """A frame that the graph was built in, or in its place the one of the call."""
        missing: list[Frame] = []
        at: Frame | None = frame
        while at is not None and id(at) not in self.moved:
            missing.append(at)
            at = at.parent
        found = self.moved[id(at)] if at is not None else self.outer
        for old in reversed(missing):
            own = old.key.removeprefix(old.parent.key) if old.parent is not None else f"/{old.key}"
            found = replace(
                old, parent=found, receiver=old.receiver, key=found.key + own, depth=found.depth + 1, counts={}
            )
            self.moved[id(old)] = found
        return found
