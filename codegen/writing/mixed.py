"""Arguments of layers that a target refuses when the program runs: tensors and other things in one tuple."""

from __future__ import annotations

from collections.abc import Iterator

from codegen.writing.plans import Unwritable
from pivot.reading.own_layer import OWN
from pivot.reading.trace import Visit
from pivot.reading.values import DictObject, InstanceObject, ListObject, TensorCell, Value


def check_nested(visits: list[Visit]) -> None:
    """Raises Unwritable where a layer of the program is given tensors and numbers in one argument."""
    for visit in visits:
        if visit.kind == "apply" and visit.entered is not None and visit.name not in (OWN, "super"):
            for value in given(visit):
                kinds = {isinstance(part.hint, TensorCell) for part in parts(value) if part.hint is not None}
                if nested(value) is not None and len(kinds) > 1:
                    raise Unwritable(
                        "a layer is given tensors and other values in one tuple, which Keras does not take"
                    )


def given(visit: Visit) -> Iterator[Value]:
    """What the parameters of a forward pass get; what `*args` and `**kwargs` collect is one value each."""
    function = visit.entered.function if visit.entered is not None else None
    if function is None:
        return
    spec = function.node.args
    places = len(spec.posonlyargs) + len(spec.args) - 1  # without self
    names = {a.arg for a in (*spec.args, *spec.kwonlyargs)}
    yield from visit.args[:places]
    yield Value(tuple(visit.args[places:]))
    yield from (value for name, value in visit.kwargs.items() if name in names)
    yield Value(tuple(value for name, value in visit.kwargs.items() if name not in names))


def nested(value: Value) -> tuple[Value, ...] | None:
    """The items of a tuple, a list, a dict or a named tuple; None for everything else."""
    hint = value.hint
    if isinstance(hint, tuple):
        return tuple(item for item in hint if isinstance(item, Value))
    if isinstance(hint, ListObject):
        return tuple(hint.items)
    if isinstance(hint, DictObject):
        return tuple(item for _, item in hint.entries.values())
    return hint.items if isinstance(hint, InstanceObject) else None


def parts(value: Value) -> Iterator[Value]:
    """The leaves of a value."""
    items = nested(value)
    if items is None:
        yield value
        return
    for item in items:
        yield from parts(item)
