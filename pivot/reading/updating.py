"""Parameters and buffers that a forward pass writes into: moving averages, counters, memories.

The target does not keep such an update. What reads the new value in the same pass must not reach an output.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from pivot.problems import Problem, Refusal
from pivot.reading.values import TensorCell, TensorVersion

if TYPE_CHECKING:
    from pivot.network import Node
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame


@dataclass(frozen=True, slots=True, eq=False)
class Update:
    """One write: the tensor, what it held before, what it holds now, and where that is said."""

    cell: TensorCell
    before: TensorVersion
    now: TensorVersion
    refusal: Refusal
    met: int  # nodes that were there before


def update(ev: Evaluator, cell: TensorCell, node: ast.AST, frame: Frame) -> None:
    """A tensor that is a parameter, or looks into one, is written in a forward pass: it gets a new version, and so
    does all that it looks into.
    """
    at: TensorCell | None = cell
    owner = cell
    while owner.version.parameter is None and owner.base is not None:
        owner = owner.base
    parameter = owner.version.parameter
    name = parameter.names[0] if parameter is not None and parameter.names else "a parameter or buffer"
    why = f"the forward pass writes into {name}"
    said = "the target leaves the update out; update it in the training loop where it matters"
    ev.note(frame, node, why, said, "update", "warning")
    remedy = "compute with a tensor of its own, and store it behind its last use"
    used = ev.refusal(frame, node, f"{why} and computes with the new value, which the target does not keep", remedy)
    while at is not None:
        before = at.version
        ev.versions += 1
        now = TensorVersion(f"v{ev.versions}", before.type, before.parameter)
        at.version = now
        one = Update(at, before, now, used, len(ev.nodes))
        ev.updated.append(one)
        ev.undoable(partial(take_back, ev, one))
        if at is owner:
            break
        if at.base is not None and at.base.version is at.seen:
            ev.undoable(partial(setattr, at, "seen", at.seen))
            at.seen = None  # it is written through this view, which looks into the new version
        at = at.base


def stays(ev: Evaluator, cell: TensorCell, given: object) -> bool:
    """Does a tensor get what it holds: `self.table = self.table.to(x.device)`?"""
    if not isinstance(given, TensorCell) or given.version is cell.version:
        return isinstance(given, TensorCell)
    made = (n for n in reversed(ev.nodes) if any(result.id == given.version.id for result in n.results))
    maker = next(made, None)
    if maker is None or maker.op is None or maker.op.name != "identity":
        return False
    return any(value is cell.version for value in tensors_of(maker))


def take_back(ev: Evaluator, one: Update) -> None:
    """An update in an arm on trial did not happen."""
    one.cell.version = one.before
    if one in ev.updated:
        ev.updated.remove(one)


def settle(ev: Evaluator, start: int, outputs: Iterable[TensorVersion]) -> None:
    """Behind a forward pass, whose nodes begin at `start`: what served the updates alone goes.

    Raises Refusal where an output depends on an updated value.
    """
    written = {u.now.id: u.refusal for u in ev.updated}
    if not written:
        return
    maker = {result.id: node for node in ev.nodes for result in node.results}
    todo, seen = [v.id for v in outputs], set[str]()
    while todo:
        id_ = todo.pop()
        if id_ in seen:
            continue
        seen.add(id_)
        if id_ in written:
            raise written[id_]
        if id_ in maker:
            todo += [v.id for v in tensors_of(maker[id_])]
    for one in ev.updated:
        if one.now.parameter is not None and one.now.parameter.role == "count":
            continue  # a counter of batches, which no layer computes with
        for node in ev.nodes[one.met :]:
            held = node.weights.values() if node.results and node.results[0].id in seen else ()
            if any(weight is one.now.parameter for weight in held):
                raise one.refusal
    ev.nodes[start:] = [node for node in ev.nodes[start:] if any(result.id in seen for result in node.results)]


def forget(ev: Evaluator) -> None:
    """The next pass starts with what the model holds."""
    for one in reversed(ev.updated):
        one.cell.version = one.before
    ev.updated.clear()


def counted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems with one remark for each statement that updates something, however many layers it is met in."""
    found: dict[object, list[Problem]] = {}
    for problem in problems:
        is_update = problem.code == "update"
        key = (problem.file, problem.line, problem.column, problem.remedy) if is_update else problem
        found.setdefault(key, []).append(problem)
    return tuple(
        replace(group[0], why=f"{group[0].why} and {len(group) - 1} more") if len(group) > 1 else group[0]
        for group in found.values()
    )


def tensors_of(node: Node) -> Iterator[TensorVersion]:
    """The values that a node takes, those inside an index too."""
    todo: list[object] = [*node.operands.values(), *node.params.values()]
    while todo:
        part = todo.pop()
        if isinstance(part, TensorVersion):
            yield part
        elif isinstance(part, TensorCell):
            yield part.version
        elif isinstance(part, (tuple, list)):
            todo += part
        elif isinstance(part, slice):
            todo += [part.start, part.stop, part.step]
