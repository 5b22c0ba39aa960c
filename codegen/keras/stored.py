"""The h5 paths of all weights of a Keras program, from its modules: as Keras saves this object tree."""

from __future__ import annotations

from codegen.keras.saving import Item, Saveable, groups, library_layer, listed
from pivot.reading.checkpoint_names import checkpoint_name, has_patterns
from pivot.reading.keras_calls import SHARER
from pivot.reading.keras_names import BASES
from pivot.reading.modules import ModuleObject
from pivot.reading.restating import is_restatement
from pivot.reading.values import ClassObject, DictObject, ListObject, TensorCell, Value


def dataset_table(root: ModuleObject) -> dict[int, dict[str, str]]:
    """Per target layer: weight path -> dataset path, as Keras saves this object tree."""
    made: dict[int, Saveable] = {}
    names: dict[int, tuple[int, str]] = {}
    tree = describe(root, made, names)
    assert isinstance(tree, Saveable)
    table: dict[int, dict[str, str]] = {}
    for group in groups(tree):
        if id(group.owner) not in names:
            continue
        module, prefix = names[id(group.owner)]
        for role, dataset in zip(group.roles, group.datasets(), strict=True):
            table.setdefault(module, {})[f"{prefix}{role}"] = dataset
    for _, outer in root.walk():
        for role, (part, own) in gathered(outer).items():
            if role in table.get(id(outer), {}):
                table.setdefault(id(part), {})[own] = table[id(outer)][role]
    return table


def gathered(module: ModuleObject) -> dict[str, tuple[ModuleObject, str]]:
    """Weights inside a restated layer that Keras has on the layer itself: its name for each, and whose it is here."""
    if not has_patterns(module):
        return {}
    found: dict[str, tuple[ModuleObject, str]] = {}
    for path, part in module.walk():
        for own, _ in part.own_parameters():
            name = f"{path}.{own}" if path else own
            role = checkpoint_name(module, name)
            if role != name:
                found[role] = (part, own)
    return found


def describe(module: ModuleObject, made: dict[int, Saveable], names: dict[int, tuple[int, str]]) -> Saveable:
    """A module as the object tree that Keras walks."""
    if id(module) in made:
        return made[id(module)]
    around = module.attrs.get(SHARER)
    if around is not None and isinstance(around.hint, ModuleObject):  # one object, wherever Keras comes to it first
        cell = dict(describe(around.hint, made, names).attributes).get("cell")
        if isinstance(cell, Saveable):
            return cell
    if module.form is not None and not isinstance(module.cls, ClassObject):
        paths = list(dict.fromkeys(module.form.weights[r].path for r in module.form.weights if r in module.weights))
        saveable = library_layer(module.class_name, paths, None, id(module))
        register(saveable, "", id(module), names)
        made[id(module)] = saveable
        return saveable
    inside = gathered(module)
    if inside and isinstance(module.cls, ClassObject) and is_restatement(module.cls.file):
        saveable = library_layer(module.class_name, list(inside), None, id(module))
        made[id(module)] = saveable
        names[id(saveable)] = (id(module), "")
        return saveable
    graph = module.graph
    kind = "functional" if graph is not None else "model" if is_model(module) else "layer"
    kind = "sequential" if module.container == "sequential" else kind
    tracked = tuple(describe(layer, made, names) for layer in graph.layers) if graph is not None else None
    if kind == "model":
        tracked = tuple(listed([item_of(value, made, names) for value in module.settings]))
    attributes: list[tuple[str, Item]] = []
    if kind == "sequential":
        attributes.append(
            (
                "layers",
                tuple(
                    describe(c.hint, made, names) for c in module.children.values() if isinstance(c.hint, ModuleObject)
                ),
            )
        )
    within = {id(part) for part, _ in inside.values()}
    for name, value in module.attrs.items():
        item = None if id(value.hint) in within else item_of(value, made, names)
        if item is not None:
            attributes.append((name, item))
    own = own_variables(module)
    for name, child in library_layer("", [n for n in own if "/" in n]).attributes:  # the cell of a recurrent layer
        attributes.append((name, child))
        if isinstance(child, Saveable):
            register(child, f"{name}/", id(module), names)
    own = [*(role for role in inside if role not in own), *(n for n in own if "/" not in n)]
    saveable = Saveable(module.class_name, None, kind, tuple(attributes), tuple(own), id(module), tracked)  # type: ignore[arg-type]
    made[id(module)] = saveable
    names[id(saveable)] = (id(module), "")
    return saveable


def own_variables(module: ModuleObject) -> list[str]:
    """Names of a module's own variables as Keras saves them: trainable ones first, each kind as it came into being.

    A class that derives from a library layer makes its own in `__init__`, ahead of those of the layer, or in `build`.
    """
    cells = [(name, value.hint) for name, value in module.parameters.items() if isinstance(value.hint, TensorCell)]
    for name, cell in module.held_parameters():
        later = (place for place, (_, other) in enumerate(cells) if number(other) > number(cell))
        cells.insert(next(later, len(cells)), (name, cell))
    own = [(name, cell, cell.version.parameter) for name, cell in cells]
    derived = module.made_by is not None
    ordered = sorted(
        ((name, cell, parameter) for name, cell, parameter in own if parameter is not None),
        key=lambda one: (not one[2].trainable, number(one[1]) if derived else 0),
    )
    return [name for name, _, _ in ordered]


def number(cell: TensorCell) -> int:
    """Tensors are counted as they come into being."""
    return int(cell.version.id.removeprefix("v"))


def register(saveable: Saveable, prefix: str, module: int, names: dict[int, tuple[int, str]]) -> None:
    """Remember which module a part of a library layer belongs to, and the path of its variables inside it."""
    names[id(saveable)] = (module, prefix)
    for name, child in saveable.attributes:
        if isinstance(child, Saveable):
            register(child, f"{prefix}{name}/", module, names)


def item_of(value: Value, made: dict[int, Saveable], names: dict[int, tuple[int, str]]) -> Item:
    """What an attribute holds: a layer, a container of layers, or nothing of interest."""
    hint = value.hint
    if isinstance(hint, ModuleObject):
        return describe(hint, made, names)
    if isinstance(hint, (ListObject, tuple)):
        items = [item_of(v, made, names) for v in (hint.items if isinstance(hint, ListObject) else hint)]
        return tuple(items) if any(i is not None for i in items) else None
    if isinstance(hint, DictObject):
        table = {str(k): item_of(v, made, names) for k, (_, v) in hint.entries.items()}
        return table if any(i is not None for i in table.values()) else None
    return None


def is_model(module: ModuleObject) -> bool:
    """Does a class descend from keras.Model?"""
    if not isinstance(module.cls, ClassObject):
        return False
    from pivot.reading.classes import library_base

    base = library_base(module.cls)
    return base is not None and base.name in BASES and base.name != "keras.layers.Layer"
