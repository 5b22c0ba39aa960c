"""A picture as a tree of text lines, and as Graphviz dot with one cluster per module."""

from __future__ import annotations

from collections.abc import Iterator

from studio.picture import Module, Node, Picture
from studio.places import count_text

INDENT = "  "


def tree_lines(picture: Picture) -> Iterator[str]:
    """Modules and nodes in the order of execution, nodes with the shapes they give."""
    root = next(module for module in picture.modules if module.parent is None)
    sizes = f"{count_text(len(picture.nodes), 'node')}, {count_text(root.parameters, 'parameter')}"
    yield f"{picture.source.model}: {sizes}"
    for terminal in picture.inputs:
        yield f"{INDENT}{terminal.name}: {picture.values[terminal.id].label} {terminal.dtype}"
    open_now: list[str] = []
    for node in picture.nodes:
        above = ancestors(picture, node.module)
        same = 0
        while same < min(len(above), len(open_now)) and above[same].path == open_now[same]:
            same += 1
        for depth, module in enumerate(above[same:], same):
            yield f"{INDENT * (depth + 1)}{module.name} · {module.class_name}"
        open_now = [module.path for module in above]
        yield f"{INDENT * (len(above) + 1)}{node_line(picture, node)}"
    for terminal in picture.outputs:
        yield f"{INDENT}-> {terminal.name}: {picture.values[terminal.id].label} {terminal.dtype}"


def node_line(picture: Picture, node: Node) -> str:
    """`conv1 · conv2d(filters=64, ...) -> N×64×112×112`."""
    shown = ", ".join(f"{param.name}={param.value}" for param in node.params if param.span is not None)
    name = f"{node.label} · {node.op}" if node.label != node.op else node.op
    only = f" [{node.modes[0]} only]" if len(node.modes) == 1 else ""
    if node.unmapped is not None:
        return f"! {name}: {node.unmapped.why}{only}"
    return f"{name}{f'({shown})' if shown else ''} -> {picture.shape_label(node.outputs)}{only}"


def ancestors(picture: Picture, path: str) -> list[Module]:
    """The modules around a path below the root, the outermost first, itself last."""
    found: list[Module] = []
    module = picture.module_by_path[path]
    while module.parent is not None:
        found.append(module)
        module = picture.module_by_path[module.parent]
    return found[::-1]


def dot_text(picture: Picture) -> str:
    """The network in Graphviz's language; names are quoted, so that none can say more than a name."""
    lines = [
        f"digraph {quoted(picture.source.model)} {{",
        '  rankdir=TB; compound=true; fontname="sans-serif";',
        '  node [shape=box, style="rounded,filled", fillcolor=white, fontname="sans-serif", fontsize=11];',
        '  edge [fontname="sans-serif", fontsize=9];',
    ]
    members: dict[str, list[Node]] = {}
    for node in picture.nodes:
        members.setdefault(node.module, []).append(node)
    held = {module.path for node in picture.nodes for module in ancestors(picture, node.module)}
    root = next(module for module in picture.modules if module.parent is None)
    work: list[tuple[Module, int, bool]] = [(root, 0, False)]
    while work:
        module, depth, left = work.pop()
        pad = "  " * (depth + 1)
        if left:
            lines.append(f"{'  ' * depth}}}")
            continue
        if module is not root:
            lines.append(f"{'  ' * depth}subgraph {quoted('cluster_' + module.path)} {{")
            lines.append(f"{pad}label={quoted(f'{module.path} · {module.class_name}')};")
            work.append((module, depth, True))
        for node in members.get(module.path, ()):
            lines.append(f"{pad}{quoted(node.id)} [{attributes(node)}];")
        inner = [child for child in picture.submodules.get(module.path, ()) if child.path in held]
        work.extend((child, depth + 1, False) for child in reversed(inner))
    lines += terminals(picture)
    lines += edges(picture)
    return "\n".join([*lines, "}"]) + "\n"


def attributes(node: Node) -> str:
    """Label and colour of a node."""
    label = node.label if node.label == node.op else f"{node.label}\n{node.title}"
    red = ', color="#c0392b", fontcolor="#c0392b"' if node.unmapped is not None else ""
    return f"label={quoted(label)}{red}"


def terminals(picture: Picture) -> Iterator[str]:
    """Inputs and outputs of the whole network."""
    for number, terminal in enumerate(picture.inputs):
        yield f"  in{number} [label={quoted(terminal.name)}, shape=ellipse];"
    for number, terminal in enumerate(picture.outputs):
        yield f"  out{number} [label={quoted(terminal.name)}, shape=ellipse];"


def edges(picture: Picture) -> Iterator[str]:
    """Values from where they are made to where they are taken, with their shapes."""
    makers = {value: quoted(node.id) for value, node in picture.producer.items()}
    makers.update({terminal.id: f"in{number}" for number, terminal in enumerate(picture.inputs)})
    for node in picture.nodes:
        for value in dict.fromkeys(node.inputs):
            if value in makers:
                yield f"  {makers[value]} -> {quoted(node.id)} [label={quoted(picture.values[value].label)}];"
    for number, terminal in enumerate(picture.outputs):
        if terminal.id in makers:
            yield f"  {makers[terminal.id]} -> out{number} [label={quoted(picture.values[terminal.id].label)}];"


def quoted(text: str) -> str:
    """A quoted name of the dot language."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return '"' + "".join(c if c.isprintable() else "?" for c in plain) + '"'
