"""Weights that a program reads from a library layer are stored in the order that the target's layer keeps them in.

`kernel: H W I O` of a convolution of Keras is `weight: O I H W` in PyTorch: what is computed with it is written for
that order, and what a step wants in another order is transposed there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pivot.reading.values import TensorCell

if TYPE_CHECKING:
    from codegen.lower import Lowering
    from codegen.orders import Order
    from pivot.op import Form
    from pivot.reading.modules import ModuleObject
    from pivot.reading.values import ParameterObject, TensorVersion


def kept_weights(lowering: Lowering, framework: str) -> dict[str, Order]:
    """Per version of a weight, the order in which the target's layer has it, where that is not the source's."""
    found: dict[str, Order] = {}
    for module in lowering.done.evaluator.modules:
        for version, order in of_module(module, framework):
            if order != tuple(range(len(order))):
                found[version.id] = order
    return found


def of_module(module: ModuleObject, framework: str) -> Iterator[tuple[TensorVersion, Order]]:
    """The weights of a library layer that the program can read by their names, with the order of each."""
    form = module.form
    for role, place in form.weights.items() if form is not None else ():
        value = module.parameters.get(place.path)
        cell = value.hint if value is not None else None
        order = order_in(form, role, framework)
        if not isinstance(cell, TensorCell) or order is None or len(order) != len(cell.version.type.shape):
            continue
        if cell.version.parameter is module.weights.get(role):  # rather than one that the program has of this name
            yield cell.version, order


def order_in(form: Form | None, role: str, framework: str) -> Order | None:
    """Place k of the target's weight holds axis order[k] of the source's; None where it is no order of its axes."""
    if form is None or role not in form.weights:
        return None
    here = tuple(form.weights[role].letters.split())
    others = [o for o in form.op.forms.get(framework, ()) if o.kind == "layer" and role in o.weights]
    there = {tuple(o.weights[role].letters.split()) for o in others}
    return order_of(here, there.pop()) if len(there) == 1 else None


def order_of(here: tuple[str, ...], there: tuple[str, ...]) -> Order | None:
    """The axes of a weight in the order of other letters; None where these are not the same axes."""
    if sorted(here) != sorted(there) or len(set(here)) != len(here):
        return None
    return tuple(here.index(letter) for letter in there)


def layers_of(source: ParameterObject, target: ParameterObject) -> tuple[ModuleObject, ModuleObject] | None:
    """The library layers of a weight and of what stands for it; None where a module of the program has it."""
    mine, theirs = source.owner, target.owner
    if not source.role or mine is None or theirs is None or mine.form is None or theirs.form is None:
        return None
    return (mine, theirs) if source.role in mine.form.weights and target.role in theirs.form.weights else None


def order_between(source: ParameterObject, target: ParameterObject, framework: str) -> Order | None:
    """The axes of a weight in the order of what stands for it in a framework; None where it is the same order.

    What stands for it belongs to a layer of the library too, or to a class that is read for one.
    """
    owner = source.owner
    order = order_in(owner.form, source.role, framework) if source.role and owner is not None else None
    if order is None or len(order) != len(source.type.shape) or order == tuple(range(len(order))):
        return None
    return None if target.role and target.role != source.role else order


def same_weight(source: ParameterObject, target: ParameterObject, framework: str) -> bool:
    """Can one parameter stand for another: with the same axes, in the orders in which both sides keep them?"""
    order = order_between(source, target, framework)
    shape = source.type.shape
    return (shape if order is None else tuple(shape[axis] for axis in order)) == target.type.shape


def reads_as_stored(orders: Mapping[str, Order], module: ModuleObject, name: str) -> bool:
    """Is what is computed with a weight written for the order in which the target's layer keeps it?"""
    value = module.parameters.get(name)
    return value is not None and isinstance(value.hint, TensorCell) and value.hint.version.id in orders
