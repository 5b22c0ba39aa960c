"""Axis numbers of a form that orders its axes (`x: N H W C`), on an op that takes tensors of any rank.

`keras.layers.GlobalAveragePooling2D` is the mean over the axes 2 and 3 of N C H W. On the tensor that it is given these
are the axes 1 and 2. A node has its parameters on the axis numbers of its own operands.
"""

from __future__ import annotations

from collections.abc import Mapping

from pivot.op import Form

USUAL = "NCDHWLTF"  # the order in which ops count axes


def orders_any_rank(form: Form) -> bool:
    """Does a form order axes that its op does not name?"""
    return bool(form.order) and all(spec.letters == ("*",) for spec in form.op.inputs.values())


def own_axes(form: Form, params: Mapping[str, object]) -> dict[str, object]:
    """The parameters with axes counted as the first operand has them."""
    given = next(iter(form.order.values()))
    usual = sorted(given, key=USUAL.index)
    moved = dict(params)
    for name, value in params.items():
        spec = form.op.params.get(name)
        if spec is None or spec.type.kind not in ("axis", "axes"):
            continue
        if isinstance(value, (tuple, list)):
            moved[name] = tuple(sorted(given.index(usual[axis]) for axis in value))
        elif isinstance(value, int):
            moved[name] = given.index(usual[value])
    return moved
