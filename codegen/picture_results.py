"""What a node gives in a picture: what its call returns."""

from __future__ import annotations

from pivot.network import Node
from pivot.reading.applying import entry_of
from pivot.reading.values import TensorVersion
from pivot.results import ENTRIES, result_items


def given_of(node: Node) -> tuple[TensorVersion, ...]:
    """What the call of a node gives, in its order; of a layer that returns its last state, (N, H), that state.

    The op has all its outputs whatever a call returns of them, and keeps states as (1, N, H).
    """
    items = result_items(node.form.result) if node.form is not None else ()
    if node.op is None or not any(item.codec in ENTRIES for item in items):
        return node.results
    outputs = dict(zip(node.op.outputs, node.results, strict=True))
    made = [(outputs[item.name], ENTRIES.get(item.codec or "")) for item in items if item.name != "_"]
    return tuple(whole if place is None else entry_of(whole, place) for whole, place in made)
