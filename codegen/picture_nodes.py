"""The nodes of a picture: op, operands, parameters with the places their numbers were written at, weights."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from codegen.picture_calls import call_record, spelled_of
from codegen.picture_frames import FrameRecords
from codegen.picture_results import given_of
from codegen.picture_values import shape_record, value_text
from codegen.places import Places, Span
from codegen.suggestions import Suggester, Wanted, spoken_name
from pivot.network import Network, Node
from pivot.op import Op
from pivot.opset import OpSet
from pivot.reading.values import ParameterObject, Value, plain

TEXT_LIMIT = 400
"""Characters of source or value text that a picture holds per node or parameter."""


class NodeRecords:
    """Makes the record of each node of one network."""

    def __init__(
        self,
        network: Network,
        opset: OpSet,
        places: Places,
        homes: Mapping[str, str],
        unwritten: Mapping[str, str],
        frames: FrameRecords,
        ids: Mapping[str, str],
        root: str = "",
    ) -> None:
        self.network = network
        self.frames = frames
        self.ids = ids
        self.places = places
        self.homes = homes
        self.unwritten = unwritten
        self._opset = opset
        self._suggester: Suggester | None = None  # most networks need none
        self.root = root
        self._literals: dict[int, tuple[str, ast.AST] | None] = {}

    def record(self, node: Node) -> dict[str, object]:
        """One node as JSON."""
        layer = node.module
        instance = layer.path if layer is not None and layer.path else None
        text = self.places.text(node.file, node.site)[:TEXT_LIMIT] or node.text
        name = node.op.name if node.op is not None else spoken_name(text) or "unmapped"
        made_at = (
            self.places.span(layer.frame.file, layer.site) if layer is not None and layer.frame is not None else None
        )
        return {
            "id": node.id,
            "op": name,
            "title": node.op.title if node.op is not None else name,
            "family": node.op.family if node.op is not None else "other",
            "label": instance.rpartition(".")[2] if instance else name,
            "module": self.homes[node.id],
            "instance": instance,
            "inputs": [self.ids[t.id] for t in node.tensors() if t.parameter is None],
            "outputs": [self.ids[r.id] for r in given_of(node)],
            "params": self.params(node.op, node),
            "weights": weight_records(node),
            "site": self.places.span(node.file, node.site),
            "made_at": made_at,
            "frame": self.frames.number(node.frame),
            "turn": self.frames.turn(node),
            "text": text,
            "modes": sorted(node.modes),
            "unmapped": self.unmapped(node, text),
            "origin": node.form.origin if node.form is not None else "",
            "call": self.call(node),
        }

    def unmapped(self, node: Node, text: str) -> dict[str, object] | None:
        """Why a node cannot be converted, and what it may mean; None for the others."""
        if node.op is not None and node.id not in self.unwritten:
            return None
        said = node.spelled.name.rpartition(".")[2] if node.spelled is not None else ""
        name = node.op.name if node.op is not None else said or spoken_name(text) or spoken_name(node.text)
        ranked = () if node.waits else self.suggested(node, name)
        found = [op for op in ranked if node.op is None or op != node.op.name]
        why = node.why or self.unwritten.get(node.id, "")
        return {"text": text, "why": why, "suggestions": found, "stopped": node.stopped, "waits": node.waits}

    def suggested(self, node: Node, name: str) -> tuple[str, ...]:
        """The ops that a node of this name may mean."""
        if self._suggester is None:
            self._suggester = Suggester(self._opset)
        spelled = node.spelled
        ranks = tuple(cell.type.rank for cell in node.tensors())
        keywords = (*spelled.kwargs, *spelled.applied_kwargs) if spelled is not None else ()
        return self._suggester.suggest(Wanted(name, ranks, tuple(keywords)))

    def call(self, node: Node) -> dict[str, object] | None:
        """The call of a node that may be mapped by hand: nothing reads it, or a form of one's own does."""
        own = node.form is not None and node.form.origin != "builtin"
        if node.op is not None and node.id not in self.unwritten and not own:
            return None
        spelled = spelled_of(self.network, node)
        return call_record(spelled, self.root) if spelled is not None else None

    def params(self, op: Op | None, node: Node) -> list[dict[str, object]]:
        """The parameters in the order of the op file."""
        found: list[dict[str, object]] = []
        for name, value in node.params.items():
            shown = value_text(value)[:TEXT_LIMIT]
            spec = op.params.get(name) if op is not None else None
            span, text = self.written_at(node.params_from.get(name))
            found.append(
                {
                    "name": name,
                    "type": str(spec.type) if spec is not None else "value",
                    "value": shown,
                    "text": text or shown,
                    "span": span,
                }
            )
        return found

    def written_at(self, value: Value | None) -> tuple[Span | None, str]:
        """The literal in the source that gives a value, and its text; (None, "") where no literal alone does."""
        if value is None:
            return None, ""
        if id(value) not in self._literals:
            self._literals[id(value)] = literal_of(value)
        found = self._literals[id(value)]
        if found is None:
            return None, ""
        file, node = found
        span = self.places.span(file, node)
        return span, self.places.text(file, node) if span is not None else ""


def literal_of(value: Value) -> tuple[str, ast.AST] | None:
    """(file, node) of the literal that a value is a copy of, nearest first.

    Values are followed through parameters, attributes and loops. Arithmetic ends the way: to write another literal
    there would not give the value that was asked for. A tuple of literals counts as one literal.
    """
    todo, seen = [value], 0
    while todo and seen < 64:
        item = todo.pop(0)
        seen += 1
        origin = item.origin
        if origin is None:
            continue
        if origin.node is not None and same(item.hint, value.hint) and is_literal(origin.node):
            return origin.file, origin.node
        if origin.kind != "apply" or isinstance(origin.node, (ast.IfExp, ast.BoolOp, ast.Subscript)):
            todo.extend(source for source in origin.sources if same(source.hint, value.hint))
    return None


def is_literal(node: ast.AST) -> bool:
    """`3`, `-1`, `"same"`, `None`, `(3, 3)`: what a person can overwrite with another literal."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, (ast.USub, ast.UAdd)) and isinstance(node.operand, ast.Constant)
    return isinstance(node, (ast.Tuple, ast.List)) and bool(node.elts) and all(is_literal(e) for e in node.elts)


def same(a: object, b: object) -> bool:
    """Equal plain values of one type, or the very same object."""
    return a is b or (plain(a) and type(a) is type(b) and a == b)


def weight_records(node: Node) -> list[dict[str, object]]:
    """The weights of a node under their names in the checkpoint: of its layer, and parameters it is given."""
    found: dict[int, tuple[str, ParameterObject]] = {}
    for name, parameter in node.weights.items():
        found.setdefault(id(parameter), (name, parameter))
    for name, operand in node.operands.items():
        for item in operand if isinstance(operand, tuple) else (operand,):
            held = getattr(item, "parameter", None)
            if isinstance(held, ParameterObject):
                found.setdefault(id(held), (name, held))
    return [
        {"name": name, "path": held.names[0] if held.names else "", "shape": shape_record(held.type.shape)}
        for name, held in found.values()
    ]
