"""What an item says: its lines of text, colours by name, and its description for people who cannot see it. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from studio.catalogue import op_title
from studio.layout.tree import Group, Tree
from studio.picture import Node, Picture, Span, Terminal
from studio.places import place_text
from studio.size_text import shape_text

Kind = Literal["node", "group", "input", "output"]
_MOST = 4  # lines of one kind in a tip


@dataclass(frozen=True, slots=True)
class Face:
    """The texts of one item. `lost` counts unmapped nodes, `count` the equal modules a fold stands for."""

    kind: Kind
    title: str
    subtitle: str
    family: str = ""
    lost: int = 0
    count: int = 1


class Faces:
    """The faces of one picture, made when they are first asked for."""

    def __init__(self, picture: Picture, tree: Tree) -> None:
        self.picture = picture
        self.tree = tree
        self._made: dict[str, Face] = {}
        self._inputs = {f">{terminal.id}": terminal for terminal in picture.inputs}
        self._outputs = {f"<{terminal.id}": terminal for terminal in picture.outputs}

    def of(self, item: str) -> Face:
        """The face of a node, a group, an input or an output."""
        found = self._made.get(item)
        if found is None:
            found = self._made[item] = self._make(item)
        return found

    def _make(self, item: str) -> Face:
        node = self.picture.node_by_id.get(item)
        if node is not None:
            return _node_face(node)
        if item in self._inputs:
            return _terminal_face(self._inputs[item], "input")
        if item in self._outputs:
            return _terminal_face(self._outputs[item], "output")
        return _group_face(self.tree.groups[item])

    def describe(self, item: str) -> str:
        """One line for a screen reader."""
        face = self.of(item)
        node = self.picture.node_by_id.get(item)
        if node is not None:
            shapes = self.shapes(node)
            state = f", unmapped: {node.unmapped.why}" if node.unmapped else ""
            return f"{node.path}, {node.title}, {shapes}{state}"
        if face.kind == "group":
            times = f", {face.count} times" if face.count > 1 else ""
            lost = f", {face.lost} unmapped" if face.lost else ""
            return f"group {face.title}{times}, {face.subtitle}{lost}"
        return f"{face.kind} {face.title}, {face.subtitle}"

    def shapes(self, node: Node) -> str:
        """What goes in and what comes out: "N×3×32×32 → N×64×32×32"."""
        return f"{self.picture.shape_label(node.inputs) or '–'} → {self.picture.shape_label(node.outputs) or '–'}"

    def tip(self, item: str) -> tuple[str, list[tuple[str, str]]]:
        """A heading and named lines for the tooltip; the names are to be translated where they are shown."""
        node = self.picture.node_by_id.get(item)
        if node is not None:
            return node.path, self._node_tip(node)
        face = self.of(item)
        if face.kind != "group":
            terminal = self._inputs.get(item) or self._outputs[item]
            return face.title, [("shape", shape_text(terminal.shape)), ("type", terminal.dtype)]
        group = self.tree.groups[item]
        module = self.picture.module_by_path[group.modules[0]]
        lines = [("class", group.class_name), ("nodes", f"{group.node_count:,}")]
        if group.parameters:
            lines.append(("parameters", f"{group.parameters:,}"))
        if group.unmapped:
            lines.append(("unmapped", f"{group.unmapped:,}"))
        return group.title, lines + _places(("made at", module.made_at), ("defined at", module.definition))

    def _node_tip(self, node: Node) -> list[tuple[str, str]]:
        lost = node.unmapped
        lines = (
            [("operation", node.title or node.op)] if lost is None else [("call", lost.text), ("unmapped", lost.why)]
        )
        if lost is not None and lost.suggestions:
            lines.append(("nearest", ", ".join(map(op_title, lost.suggestions))))
        for name, values in (("input", node.inputs), ("output", node.outputs)):
            lines += [(name, self._typed(value)) for value in values[:_MOST]]
            if len(values) > _MOST:
                lines.append((name, f"+ {len(values) - _MOST}"))
        lines += [(param.name, param.text) for param in node.params[:8]]
        lines += [("weight", f"{weight.name}  {shape_text(weight.shape)}") for weight in node.weights[:_MOST]]
        return lines + _places(("called at", node.site), ("made at", node.made_at))

    def _typed(self, value: str) -> str:
        known = self.picture.values.get(value)
        return f"{known.label}  {known.dtype}" if known is not None else "?"


def _node_face(node: Node) -> Face:
    if node.unmapped is not None:
        return Face("node", node.label, node.unmapped.text or node.text, "", 1)
    weight = shape_text(node.weights[0].shape) if node.weights else ""
    return Face("node", node.label, f"{node.title}  {weight}" if weight else node.title, node.family)


def _terminal_face(terminal: Terminal, kind: Literal["input", "output"]) -> Face:
    return Face(kind, terminal.name, shape_text(terminal.shape))


def _group_face(group: Group) -> Face:
    parts = [f"{group.node_count:,} node" if group.node_count == 1 else f"{group.node_count:,} nodes"]
    if group.parameters:
        parts.append(f"{short_number(group.parameters)} parameters")
    return Face("group", group.title, "  ·  ".join(parts), "", group.unmapped, group.count)


def short_number(value: int) -> str:
    """73984 -> "74.0 k"; below a thousand as it is."""
    for limit, unit in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if value >= limit:
            return f"{value / limit:.1f} {unit}"
    return str(value)


def _places(*named: tuple[str, Span | None]) -> list[tuple[str, str]]:
    return [(name, place_text(span.file, span.line)) for name, span in named if span is not None]
