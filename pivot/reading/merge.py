"""Merging evaluation and training: a site met in both modes is one node."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from pivot.network import Node, Run
from pivot.reading.values import TensorVersion


def keyed(run: Run) -> list[tuple[tuple[str, int, int], Node]]:
    """Each node with frame, site and how often that site made one in this frame before."""
    seen: Counter[tuple[str, int]] = Counter()
    found = []
    for node in run.nodes:
        base = (node.frame.key, id(node.site))
        found.append(((*base, seen[base]), node))
        seen[base] += 1
    return found


def merge_modes(evaluation: Run, training: Run) -> tuple[Node, ...]:
    """Nodes of both runs in order; those of one mode only stand where that run has them."""
    evaluated = keyed(evaluation)
    known = dict(evaluated)
    same: dict[str, TensorVersion] = {
        a.value.id: b.value for a, b in zip(training.inputs, evaluation.inputs, strict=True)
    }
    merged: list[Node] = []
    done: set[int] = set()
    order = [node for _, node in evaluated]
    place = 0
    for key, node in keyed(training):
        twin = known.get(key)
        if twin is not None and id(twin) not in done:
            while place < len(order) and order[place] is not twin:
                if id(order[place]) not in done:
                    merged.append(order[place])
                    done.add(id(order[place]))
                place += 1
            place += 1
            merged.append(replace(twin, modes={"eval", "train"}))
            done.add(id(twin))
            same.update({a.id: b for a, b in zip(node.results, twin.results, strict=False)})
        else:
            merged.append(replace(node, operands={k: swapped(v, same) for k, v in node.operands.items()}))
    merged.extend(node for node in order[place:] if id(node) not in done)
    return tuple(merged)


def swapped(operand: object, same: dict[str, TensorVersion]) -> object:
    """An operand of training, in terms of evaluation where it is the same value."""
    if isinstance(operand, TensorVersion):
        return same.get(operand.id, operand)
    if isinstance(operand, tuple):
        return tuple(swapped(item, same) for item in operand)
    return operand
