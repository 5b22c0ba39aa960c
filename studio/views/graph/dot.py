"""The visible graph in Graphviz's language: open groups as clusters, shapes on the edges. No Qt here."""

from __future__ import annotations

from collections.abc import Iterator

from studio.layout.tree import ROOT
from studio.views.graph.state import GraphState

_SHAPES = {"group": "box3d", "input": "oval", "output": "oval", "node": "box"}


def dot_text(state: GraphState, title: str = "") -> str:
    """What is drawn now, group for group, as a digraph."""
    direction = "LR" if state.horizontal else "TB"
    lines = [
        f"digraph {_quoted(title or 'network')} {{",
        f"  rankdir={direction}; compound=true;",
        '  node [fontname="Helvetica", fontsize=11, shape=box, style=rounded];',
        '  edge [fontname="Helvetica", fontsize=9, color="#888888"];',
        *(f"  {line}" for line in _items(state, ROOT)),
    ]
    for edge in state.drawing.visible.edges:
        text = state.picture.shape_label(edge.values)
        lines.append(f"  {_quoted(edge.source)} -> {_quoted(edge.target)} [label={_quoted(text)}];")
    return "\n".join((*lines, "}", ""))


def _items(state: GraphState, group: str) -> Iterator[str]:
    for item in state.drawing.visible.levels[group].items:
        if item in state.drawing.visible.levels:
            yield f"subgraph {_quoted('cluster' + item)} {{"
            yield f"  label={_quoted(state.faces.of(item).title)}; style=rounded;"
            for line in _items(state, item):
                yield f"  {line}"
            yield "}"
            continue
        face = state.faces.of(item)
        times = f" ×{face.count}" if face.count > 1 else ""
        text = f"{face.title}{times}\n{face.subtitle}" if face.subtitle else face.title
        lost = ', color=red, penwidth=2, xlabel="unmapped"' if face.kind == "node" and face.lost else ""
        yield f"{_quoted(item)} [label={_quoted(text)}, shape={_SHAPES[face.kind]}{lost}];"


def _quoted(text: str) -> str:
    """A string of DOT: only quotes and backslashes mean something in it; a line break is written as two signs."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
