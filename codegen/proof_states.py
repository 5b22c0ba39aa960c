"""States of recurrent layers in the static proof: entries of them, what puts entries together, what takes them back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from codegen.lower import Step
from pivot.dims import hint as dim_hint
from pivot.network import Node
from pivot.reading.restating import is_restatement
from pivot.reading.values import TensorVersion
from pivot.results import ENTRIES, Result, ResultName, entry_id

RESHAPES = {"reshape", "flatten", "unflatten", "squeeze", "unsqueeze"}  # shape rules whose ops only regroup sizes


def joined(node: Node) -> TensorVersion | None:
    """The value whose entries a node puts together again: an axis more for one state, a stack for two directions."""
    parts = list(node.tensors())
    whole = parts[0].whole if parts else None
    if node.op is None or whole is None or node.results[0].type.shape != whole.type.shape:
        return None
    if node.op.name == "stack" and node.params.get("axis") != 0:
        return None
    if node.op.name != "stack" and not (node.op.shape in RESHAPES and len(parts) == 1):
        return None
    return whole if [(p.whole, p.place) for p in parts] == [(whole, i) for i in range(len(parts))] else None


def taken_back(nodes: Sequence[Node]) -> dict[int, TensorVersion | None]:
    """Nodes that give a state an axis of size 1 in front (None), and those of a restated layer that take it away again,
    with the state: `lstm(x, (h.unsqueeze(0), ...))` starts from h.
    """
    readers: dict[str, list[Node]] = {}
    for node in nodes:
        for value in node.tensors():
            readers.setdefault(value.id, []).append(node)
    found: dict[int, TensorVersion | None] = {}
    for node in nodes:
        given = list(node.tensors())
        if node.op is None or node.op.shape not in RESHAPES or len(given) != 1 or len(node.results) != 1:
            continue
        made = node.results[0]
        taking = readers.get(made.id, [])
        if made.type.shape != (1, *given[0].type.shape) or not taking or not all(map(takes_first, taking)):
            continue
        found[id(node)] = None
        found.update((id(reader), given[0]) for reader in taking)
    return found


def takes_first(node: Node) -> bool:
    """Does a restated layer take the first entry of a value?"""
    index = node.params.get("index")
    if isinstance(index, (tuple, list)) and len(index) == 1:
        index = index[0]
    return node.op is not None and node.op.shape == "index" and index == 0 and is_restatement(node.file)


def entry_of(node: Node | Step, states: set[str], canonical: Callable[[str], str]) -> str | None:
    """The canonical id of one direction's state, where a node takes it out of all: `h[0]`, `h.squeeze(0)` of one."""
    value, index = node.operands.get("x"), node.params.get("index")
    if isinstance(index, (tuple, list)) and len(index) == 1:
        index = index[0]
    if node.op is None or not isinstance(value, TensorVersion) or canonical(value.id) not in states:
        return None
    if node.op.shape in RESHAPES and value.type.shape == (1, *node.results[0].type.shape):
        index = 0
    elif node.op.shape != "index" or not isinstance(index, int):
        return None
    return entry_id(canonical(value.id), index % dim_hint(value.type.shape[0]))  # -1: the last of all directions


def part_of_stack(
    op: str, params: Mapping[str, object], operands: Sequence[object], stacks: Mapping[object, tuple[object, ...]]
) -> str | None:
    """The canonical id of what an item takes out of a stack again: `stack([a, b])[-1]` is b."""
    held = stacks.get(operands[0], ()) if op == "index" and operands and isinstance(operands[0], str) else ()
    index = params.get("index")
    items = list(index) if isinstance(index, (tuple, list)) else [index]
    if not held or any(item != slice(None) for item in items[1:]):
        return None
    place = items[0]
    if not isinstance(place, int) or isinstance(place, bool) or not -len(held) <= place < len(held):
        return None
    part = held[place]
    return part if isinstance(part, str) else None


def gives_whole_states(node: Node) -> bool:
    """Does the call of a recurrent layer return its states for all directions at once?"""
    return node.form is not None and not any(codec in ENTRIES for codec in codecs(node.form.result))


def codecs(pattern: Result) -> Iterator[str | None]:
    """The codecs of all values of a result."""
    if isinstance(pattern, ResultName):
        yield pattern.codec
    else:
        for item in pattern.items:
            yield from codecs(item)
