"""Places to cut at, where the source says the size of a part by a parameter: `torch.split(x, self.width, dim=1)`.

The number of parts would be right for the present width alone.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from codegen.orders import first_name, first_tensor
from codegen.writing import nodes
from codegen.writing.frozen import parameters_of
from codegen.writing.joined_sizes import product
from codegen.writing.origin_terms import taken_out, term, times
from codegen.writing.other_words import filled
from codegen.writing.size_origins import SizeOrigins
from codegen.writing.slots import slot_param
from pivot.forms import OperandRef
from pivot.reading.values import TensorCell, Value
from pivot.slots import Slot

if TYPE_CHECKING:
    from codegen.layout import Layout
    from codegen.lower import Step
    from codegen.writing.plans import Material
    from pivot.reading.trace import Visit


def cuts_by_size(
    layout: Layout, steps: list[Step], slot: Slot, operand: Callable[[OperandRef], ast.expr], material: Material
) -> ast.expr | None:
    """`range(size, x.shape[3], size)`, or `[size, 2 * size]` where three names take the parts.

    `parts` for `x.split(c // parts, 1)` of an x with c channels. None where the number of parts stays what it is
    whatever the parameters are: three times as many units were made as are in a part.
    """
    whole = steps[0].node
    if slot_param(slot) != "n" or whole is None or whole.op is None or whole.op.name != "split":
        return None
    source = next((s for s in material.form.args if slot_param(s) == "sections"), None) if material.form else None
    text = material.given.get(source.key) if source is not None else None
    if source is None or text is None or nodes.is_constant(text) or nodes.has_gone(text):
        return None
    sizes = [visit.given(source.key) for visit in material.visits]
    if not any(map(parameters_of, sizes)) or any(size is None or not isinstance(size.hint, int) for size in sizes):
        return None
    if len(steps) != len(sizes):
        return None
    if all(map(stays, [layout] * len(steps), steps, sizes)):
        material.stays.add(source.key)
        return None
    if isinstance(text, ast.BinOp) and isinstance(text.op, ast.FloorDiv) and all(map(parts_of_whole, steps, sizes)):
        return text.right
    counts, places = {step.params["n"] for step in steps}, {place_of(layout, step) for step in steps}
    if 1 in counts or len(places) != 1:
        return None  # there is nothing to cut, which Keras does not take
    if len(counts) == 1 and all(map(takes_apart, material.visits)):
        numbers = range(1, int(str(counts.pop())))
        return ast.List([product([*multiple(n), copy.deepcopy(text)]) for n in numbers], ast.Load())
    x = operand(OperandRef(first_name(steps[0])))
    if not isinstance(x, (ast.Name, ast.Attribute)):
        return None
    total = layout.target.size(copy.deepcopy(x), places.pop(), static=True)
    return filled("range(size, total, size)", {"size": text, "total": total})


def multiple(number: int) -> list[ast.expr]:
    """A factor; none for once."""
    return [nodes.literal(number)] if number > 1 else []


def place_of(layout: Layout, step: Step) -> int:
    """Where the axis that is cut is stored."""
    value, axis = first_tensor(step), step.params.get("axis")
    assert value is not None and isinstance(axis, int)
    placed = layout.placed_of(step)
    order = placed.orders_in.get(first_name(step), layout.order_of(value))
    return order.index(axis % len(value.type.shape))


def stays(layout: Layout, step: Step, size: Value | None) -> bool:
    """Does the layer that made the axis have so many times the size of a part, whatever the parameters are?"""
    value, axis, count = first_tensor(step), step.params.get("axis"), step.params.get("n")
    part = term(size)
    if value is None or not isinstance(axis, int) or not isinstance(count, int) or part is None:
        return False
    made = SizeOrigins(layout.lowering.nodes).of(value, axis % len(value.type.shape))
    module = getattr(made, "module", None)
    total = value.type.shape[axis]
    if module is None or module.maker is None or module.form is None:
        return False
    said = [module.maker.given(s.key) for s in module.form.args if module.params.get(slot_param(s) or "") == total]
    return bool(said) and all(term(each) == times(part, count) for each in said)


def parts_of_whole(step: Step, size: Value | None) -> bool:
    """Is a size `x.shape[1] // parts`, of the very axis that is cut?"""
    origin, value = size.origin if size is not None else None, first_tensor(step)
    if origin is None or origin.kind != "apply" or origin.name != "//" or value is None:
        return False
    axis = step.params.get("axis")
    whole = taken_out(origin.sources[0]).origin
    owner = whole.sources[0].hint if whole is not None and whole.kind == "size" and whole.sources else None
    own = isinstance(owner, TensorCell) and owner.version is value
    return own and isinstance(axis, int) and whole is not None and whole.name == str(axis % len(value.type.shape))


def takes_apart(visit: Visit) -> bool:
    """Do as many names take the parts as there are: `a, b = x.split(n)`, `a, b = (f(y) for y in x.split(n))`?"""
    function = visit.frame.function
    found: Sequence[ast.AST] = list(ast.walk(function.node)) if function is not None else ()
    for statement in found:
        if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], (ast.Tuple, ast.List)):
            continue
        value: ast.expr = statement.value
        if isinstance(value, (ast.GeneratorExp, ast.ListComp)) and len(value.generators) == 1:
            value = value.generators[0].iter if not value.generators[0].ifs else value
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "map":
            value = value.args[-1]
        if value is visit.node and not any(isinstance(e, ast.Starred) for e in statement.targets[0].elts):
            return True
    return False
