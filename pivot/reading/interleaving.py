"""Two stores that fill every second entry each: `pe[:, 0::2] = sines` and, next, `pe[:, 1::2] = cosines`.

Together they leave nothing of what was there: `pe = interleaved(sines, cosines)`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.reading import imports, lookup, restating, stores
from pivot.reading.storage import read_tensor, write_in_place
from pivot.reading.values import TensorCell, Value
from pivot.reading.walking import walk

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

NAME = "interleaved"


def runs(ev: Evaluator, body: list[ast.stmt], index: int, frame: Frame) -> bool:
    """Run a statement and the next as one, where they are such stores into a tensor. False: nothing was done."""
    first = body[index]
    second = body[index + 1] if index + 1 < len(body) else None
    if not isinstance(first, ast.Assign) or not isinstance(second, ast.Assign) or not fill(first, second):
        return False
    targets = [t for t in (first.targets[0], second.targets[0]) if isinstance(t, ast.Subscript)]
    owner = ev.evaluate(targets[0].value, frame)
    cell = owner.hint
    if not isinstance(cell, TensorCell) or cell.version.parameter is not None or ev.dialect.framework != "torch":
        return False
    values = [ev.evaluate(first.value, frame), ev.evaluate(second.value, frame)]
    ev.trace.executed.update({id(first), id(second)} if not ev.speculating else ())
    if all(is_half(cell, value) for value in values):
        read_tensor(ev, cell, targets[0], frame)
        write_in_place(ev, cell, together(ev, first, second, values, frame), targets[0], frame)
    else:
        for target, value in zip(targets, values, strict=True):
            ev.dialect.tensor_store(ev, owner, ev.evaluate(target.slice, frame), value, target, frame)
    return True


def together(ev: Evaluator, first: ast.Assign, second: ast.Assign, values: list[Value], frame: Frame) -> Value:
    """Both values in turn: the call of a restated function, whose site is the first of the statements."""
    call = ev.trace.pairs.get(id(first))
    if call is None:
        call = ast.copy_location(ast.Call(ast.Name(NAME, ast.Load()), [first.value, second.value], []), first)
        call.__dict__["container_site"] = first.targets[0]
        ev.trace.pairs[id(first)] = call
    file = imports.open_file(ev, restating.path_of(f"{ev.dialect.stores}.{NAME}"))
    function = lookup.in_module(ev, file, NAME)
    assert function is not None
    return ev.call(function, tuple(values), {}, call, frame)


def is_half(cell: TensorCell, value: Value) -> bool:
    """Is a value of the kind of a tensor, and half as long in the last axis?"""
    half = value.hint
    if not isinstance(half, TensorCell) or half.dtype != cell.dtype or len(half.shape) != len(cell.shape):
        return False
    long, short = cell.shape[-1], half.shape[-1]
    return isinstance(long, int) and isinstance(short, int) and long == 2 * short and half.shape[:-1] == cell.shape[:-1]


def fill(first: ast.Assign, second: ast.Assign) -> bool:
    """Are two statements stores into the even and the odd entries of the last axis of one tensor?"""
    one, other = first.targets[0], second.targets[0]
    if len(first.targets) > 1 or len(second.targets) > 1:
        return False
    if (
        not isinstance(one, ast.Subscript)
        or not isinstance(other, ast.Subscript)
        or not stores.is_rebindable(one.value)
    ):
        return False
    filled = ast.dump(one.value)
    if filled != ast.dump(other.value) or every_second(one.slice) != 0 or every_second(other.slice) != 1:
        return False
    read = {ast.dump(part) for value in (first.value, second.value) for part in walk(value)}
    return filled not in read


def every_second(index: ast.expr) -> int | None:
    """Where `[:, 0::2]` or `[..., 1::2]` begins."""
    *whole, last = index.elts if isinstance(index, ast.Tuple) else [index]
    if not isinstance(last, ast.Slice) or last.upper is not None or not is_number(last.step, 2):
        return None
    if not all(stores.is_whole(part) or (isinstance(part, ast.Constant) and part.value is ...) for part in whole):
        return None
    return 0 if last.lower is None or is_number(last.lower, 0) else 1 if is_number(last.lower, 1) else None


def is_number(node: ast.expr | None, number: int) -> bool:
    """Is this that literal?"""
    return isinstance(node, ast.Constant) and node.value == number and type(node.value) is int
