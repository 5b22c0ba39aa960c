"""Padding with zeros before a convolution is the convolution's own: `conv(pad(x)) = conv(x, padding=...)`.

Keras has no explicit padding argument, so its programs pad in a layer of its own; a maximum over a window of what is
nowhere negative may be padded with zeros as well as with minus infinity. Where nothing else reads the padded tensor,
both are one node: as PyTorch says it, and as networks are compared.
"""

from __future__ import annotations

import copy
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace

from codegen.signs import Signs
from pivot.network import Node, Run
from pivot.reading.elaborate import Elaborated
from pivot.reading.values import TensorVersion

PADS = {"zero_pad1d": 1, "zero_pad2d": 2, "zero_pad3d": 3}
ANY_AXES = "axis_pad"
TAKING = {
    **{f"conv{rank}d": rank for rank in (1, 2, 3)},
    **{f"max_pool{rank}d": rank for rank in (1, 2, 3)},
}  # ops with a parameter `padding`, and the number of axes that they pad


def with_folded_padding(done: Elaborated, symmetric: bool = False) -> Elaborated:
    """The same program with paddings taken into what follows them.

    `symmetric`: only what is the same on both sides, at all visits of a place of the text; else paddings that follow
    from fixed sizes become numbers as well.
    """
    table: dict[int, Node | None] = {}
    runs = {mode: folded_run(run, table, symmetric) for mode, run in done.network.runs.items()}
    if not table:
        return done
    trace = copy.copy(done.network.trace)
    trace.visits = defaultdict(list)
    for key, visits in done.network.trace.visits.items():
        kept = [replace(v, made=table.get(id(v.made), v.made)) for v in visits if not is_gone(v.made, table)]
        if kept:
            trace.visits[key] = kept
    return replace(done, network=replace(done.network, runs=runs, trace=trace))


def is_gone(node: Node | None, table: Mapping[int, Node | None]) -> bool:
    """Was a node taken into another?"""
    return node is not None and id(node) in table and table[id(node)] is None


def folded_run(run: Run, table: dict[int, Node | None], symmetric: bool) -> Run:
    """One mode; `table` takes what became of nodes: another node, or None where it is gone."""
    signs = Signs()
    for node in run.nodes:
        signs.mark(node)
    if not symmetric:
        run = replace(run, nodes=tuple(with_numbers(node, table) for node in run.nodes))
    makers = {node.results[0].id: node for node in run.nodes if pads_zeros(node)}
    readers = Counter(tensor.id for node in run.nodes for tensor in node.tensors())
    readers.update(value.id for value in run.outputs)
    found: list[tuple[Node, Node, Node]] = []
    for node in run.nodes:
        value = node.operands.get("x")
        pad = makers.get(value.id) if isinstance(value, TensorVersion) else None
        if pad is None or readers[pad.results[0].id] != 1:
            continue
        whole = taken_in(node, pad, signs, symmetric)
        if whole is not None:
            found.append((node, pad, whole))
    mixed = other_sites(run, [node for node, _, _ in found]) | unequal_sites(found) if symmetric else set()
    for node, pad, whole in found:
        if id(node.site) not in mixed:
            table[id(node)], table[id(pad)] = whole, None
            table.update({key: whole for key, made in table.items() if made is node})
    if not any(id(node) in table for node in run.nodes):
        return run
    nodes = (table.get(id(node), node) for node in run.nodes)
    return replace(run, nodes=tuple(node for node in nodes if node is not None))


def with_numbers(node: Node, table: dict[int, Node | None]) -> Node:
    """A node whose padding follows from sizes that the program fixes, with the numbers."""
    value = node.operands.get("x")
    rank = TAKING.get(node.op.name) if node.op is not None else None
    if rank is None or node.params.get("padding") != "same" or not isinstance(value, TensorVersion):
        return node
    plain = node.op.letters("x") if node.op is not None else None
    letters = (node.form.order.get("x") if node.form is not None else None) or plain or ()
    sizes = [size for letter, size in zip(letters, value.type.shape, strict=False) if letter not in ("N", "C")]
    found: list[tuple[int, int]] = []
    window = [node.params.get(name) for name in ("kernel", "stride", "dilation")]
    per_axis = [w if isinstance(w, (tuple, list)) else (1,) * rank for w in window]
    for size, reach, step, spread in zip(sizes, *per_axis, strict=False):
        if not all(isinstance(n, int) for n in (size, reach, step, spread)):
            return node
        total = max((-(-size // step) - 1) * step + spread * (reach - 1) + 1 - size, 0)
        found.append((total // 2, total - total // 2))
    if len(found) != rank:
        return node
    made = replace(node, params={**node.params, "padding": tuple(found)})
    table[id(node)] = made
    return made


def other_sites(run: Run, chosen: list[Node]) -> set[int]:
    """Sites that make one of some nodes, and others as well: their text says the padding that these have."""
    known = {id(node) for node in chosen}
    return {id(node.site) for node in run.nodes if id(node) not in known}


def unequal_sites(found: list[tuple[Node, Node, Node]]) -> set[int]:
    """Sites of steps over an image whose paddings differ: the layer that pads says them in the program's words."""
    pads: dict[int, set[object]] = {}
    steps: dict[int, set[object]] = {}
    for node, _, whole in found:
        pads.setdefault(id(node.site), set()).add(whole.params["padding"])
        stride = whole.params.get("stride")
        steps.setdefault(id(node.site), set()).update(stride if isinstance(stride, tuple) else (stride,))
    return {site for site, each in pads.items() if len(each) > 1 and steps[site] != {1}}


def taken_in(node: Node, pad: Node, signs: Signs, symmetric: bool) -> Node | None:
    """A node that pads what another did before; None where that is not the same, or cannot be said."""
    op, before = node.op, pad.operands.get("x")
    if op is None or pad.op is None or op.name not in TAKING:
        return None
    said = over_space(node, pad) if pad.op.name == ANY_AXES else pad.params.get("padding")
    own, more = pairs(node.params.get("padding")), pairs(said)
    if own is None or more is None or len(own) != len(more) or not isinstance(before, TensorVersion):
        return None
    if op.name.startswith("max_pool"):
        kernel = node.params.get("kernel")
        fits = isinstance(kernel, (tuple, list)) and all(
            2 * max(pair) <= size for pair, size in zip(more, kernel, strict=True)
        )
        if not fits or not signs.is_positive(before) or any(pair != (0, 0) for pair in own):
            return None  # padded with minus infinity outside of the zeros, or windows of zeros alone
    total = tuple((a + c, b + d) for (a, b), (c, d) in zip(own, more, strict=True))
    if symmetric and any(first != last for first, last in total):
        return None
    kept = {name: value for name, value in node.params_from.items() if name != "padding"}
    operands = {name: before if name == "x" else value for name, value in node.operands.items()}
    return replace(node, params={**node.params, "padding": total}, operands=operands, params_from=kept)


def pads_zeros(node: Node) -> bool:
    """Does a node put zeros around a tensor?"""
    name = node.op.name if node.op is not None else ""
    return name in PADS or (name == ANY_AXES and node.params.get("value") == 0)


def over_space(node: Node, pad: Node) -> object:
    """The pairs of a pad of all axes for those of space alone; None where it pads samples or channels as well."""
    padding, plain = pad.params.get("padding"), node.op.letters("x") if node.op is not None else None
    letters = (node.form.order.get("x") if node.form is not None else None) or plain
    if plain is None or letters is None or not isinstance(padding, tuple) or len(padding) != len(letters):
        return None
    each = dict(zip(letters, padding, strict=True))
    if any(each.pop(letter, (0, 0)) != (0, 0) for letter in ("N", "C")):
        return None
    return tuple(each[letter] for letter in plain if letter in each)


def pairs(padding: object) -> tuple[tuple[int, int], ...] | None:
    """Numbers before and after per axis; None where they depend on sizes."""
    if not isinstance(padding, (tuple, list)):
        return None
    found: list[tuple[int, int]] = []
    for pair in padding:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            return None
        first, last = pair
        if not isinstance(first, int) or not isinstance(last, int) or first < 0 or last < 0:
            return None
        found.append((first, last))
    return tuple(found)
