"""Attributes that a Keras program sets on its layers: which layers and weights they bring."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pivot.reading.modules import ModuleObject
from pivot.reading.values import DictObject, ListObject, TensorCell, Value

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator


def set_attribute(ev: Evaluator, module: ModuleObject, attr: str, value: Value) -> None:
    """module.attr = value: a weight gets its name, layers their place; both are listed for good, also behind others
    that take their place.
    """
    ev.set_item(module.attrs, attr, value)
    hint = value.hint
    if isinstance(hint, TensorCell) and hint.version.parameter is not None:
        hint.version.parameter.owner = hint.version.parameter.owner or module
        name_weight(ev, module, attr, value)
    for name, child in submodules(attr, value):
        ev.set_item(module.children, name, child)
    module.settings.append(value)
    ev.undoable(lambda: module.settings.__delitem__(-1))


def submodules(name: str, value: Value) -> Iterator[tuple[str, Value]]:
    """Modules in an attribute: itself, or the members of lists and dicts, with their places."""
    hint = value.hint
    if isinstance(hint, ModuleObject):
        yield name, value
    elif isinstance(hint, (ListObject, tuple)):
        for index, item in enumerate(hint.items if isinstance(hint, ListObject) else hint):
            yield from submodules(f"{name}[{index}]", item)
    elif isinstance(hint, DictObject):
        for key, (_, item) in hint.entries.items():
            yield from submodules(f"{name}[{key!r}]", item)


def name_weight(ev: Evaluator, module: ModuleObject, attr: str, value: Value) -> None:
    """A weight that is set on its layer has the attribute's name; one that only a list holds has none."""
    unnamed = next((k for k, v in module.parameters.items() if k.startswith("[") and v.hint is value.hint), None)
    if unnamed is not None:
        before = module.parameters.pop(unnamed)
        ev.undoable(lambda: module.parameters.__setitem__(unnamed, before))
    ev.set_item(module.parameters, attr, value)
