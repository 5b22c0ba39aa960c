"""Weights by axis letters: from the source's checkpoint names to the dataset paths of the target's weight file."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codegen.keras.saving import Item, Saveable, groups, library_layer
from codegen.orders import Block
from codegen.static_proof import Proof
from pivot.letters import read_weights, write_weights
from pivot.notation import parse_axes
from pivot.problems import refuse
from pivot.reading.checkpoint_names import checkpoint_name
from pivot.reading.keras_names import BASES
from pivot.reading.modules import ModuleObject
from pivot.reading.values import ClassObject, DictObject, ListObject, TensorCell, Value

if TYPE_CHECKING:
    from codegen.convert import Converted
    from codegen.weights.arrays import Array
    from pivot.op import Form


@dataclass(frozen=True, slots=True, eq=False)
class LayerMap:
    """One layer of the source and the layer of the target that takes its weights."""

    path: str
    source: Form
    target: Form
    datasets: Mapping[str, str]  # weight path in the target layer ("cell/kernel") -> dataset path in the file
    absorbed: Mapping[str, tuple[tuple[str, Block], ...]]
    roles: tuple[str, ...]
    sizes: Mapping[str, int]
    names: Mapping[str, str]  # path of a weight in the source's layer -> its name in a checkpoint


def weight_maps(converted: Converted, proof: Proof) -> list[LayerMap]:
    """One map per layer with weights, from the matches of the static proof."""
    assert proof.target is not None
    datasets = dataset_table(proof.target.network.root)
    found: dict[int, LayerMap] = {}
    for match in proof.matches:
        step, read = match.lowered.step, match.read.node
        if (
            step is None
            or read is None
            or read.module is None
            or read.form is None
            or not step.weights
            or step.node is None
        ):
            continue
        module = step.node.module
        if module is None or id(module) in found or step.node.form is None:
            continue
        placed = converted.layout.placed[id(step)]
        sizes = {k: v for k, v in step.params.items() if isinstance(v, int) and not isinstance(v, bool)}
        found[id(module)] = LayerMap(
            module.path, step.node.form, read.form, datasets.get(id(read.module), {}), dict(placed.absorbed),
            tuple(r for r in step.weights if r in read.form.weights), letter_sizes(step.node.form, sizes),
            names_in_checkpoint(converted.done.network.root, module, step.node.form),
        )  # fmt: skip
    return list(found.values())


def names_in_checkpoint(root: ModuleObject, module: ModuleObject, form: Form) -> dict[str, str]:
    """What a checkpoint calls the weights of a layer."""
    paths = {term.path for weight in form.weights.values() for term in weight.terms}
    return {path: checkpoint_name(root, f"{module.path}.{path}" if module.path else path) for path in paths}


def letter_sizes(form: Form, params: Mapping[str, int]) -> dict[str, int]:
    """Sizes of weight letters that the parameters say."""
    return {letter: params[text] for letter, text in form.op.sizes.items() if text in params}


def carry_weights(
    converted: Converted, checkpoint: Mapping[str, Array], proof: Proof | None = None
) -> dict[str, Array]:
    """The arrays of the target's weight file by dataset path. Raises Refusal: a weight is missing or misshapen."""
    if proof is None:
        raise ValueError("the static proof tells which layer takes which weights")
    found: dict[str, Array] = {}
    for layer in weight_maps(converted, proof):
        found.update(carry_layer(layer, checkpoint))
    found.update(carry_own(own_parameters(proof), checkpoint))
    found.update(carry_unread(converted, proof, checkpoint))
    return found


def carry_unread(converted: Converted, proof: Proof, checkpoint: Mapping[str, Array]) -> dict[str, Array]:
    """Parameters that no forward pass reads, by the path that they have on both sides: `embeddings.mask_token`."""
    if proof.target is None:
        return {}
    root, renamed = proof.target.network.root, converted.written.renamed
    datasets = dataset_table(root)
    read = {id(target) for _, target in proof.parameters.values()}
    sources = {n: p for p in converted.done.network.parameters if not p.role for n in p.names}
    by_path = {".".join(renamed.get(part, part) for part in name.split(".")): name for name in sources}
    found: dict[str, Array] = {}
    for path, module in root.walk():
        if module.form is not None:
            continue
        for own, parameter in module.own_parameters():
            name = by_path.get(f"{path}.{own}" if path else own, "")
            dataset = datasets.get(id(module), {}).get(own)
            fits = name in checkpoint and sources[name].type.shape == parameter.type.shape
            if id(parameter) not in read and dataset is not None and fits:
                found[dataset] = checkpoint[name]
    return found


def own_parameters(proof: Proof) -> list[tuple[tuple[str, ...], str]]:
    """Names of a parameter that a module of the program owns, and its dataset path."""
    if proof.target is None:
        return []
    datasets = dataset_table(proof.target.network.root)
    found: list[tuple[tuple[str, ...], str]] = []
    for source, target in proof.parameters.values():
        owner = target.owner
        if owner is None:
            continue
        name = next((n for n, p in owner.own_parameters() if p is target), None)
        dataset = datasets.get(id(owner), {}).get(name or "")
        if dataset is not None:
            found.append((tuple(source.names), dataset))
    return found


def carry_own(pairs: list[tuple[tuple[str, ...], str]], checkpoint: Mapping[str, Array]) -> dict[str, Array]:
    """Parameters of modules' own, as they are."""
    found: dict[str, Array] = {}
    for names, dataset in pairs:
        name = next((n for n in names if n in checkpoint), None)
        if name is None:
            wanted = names[0] if names else "?"
            raise refuse(
                "weights", wanted, 0, 0, f"the checkpoint has no weight {wanted!r}", "give the state_dict of this model"
            )
        found[dataset] = checkpoint[name]
    return found


def carry_layer(layer: LayerMap, checkpoint: Mapping[str, Array]) -> dict[str, Array]:
    """The weights of one layer."""
    stored: dict[str, Array] = {}
    for role in layer.roles:
        for term in layer.source.weights[role].terms:
            name = layer.names[term.path]
            if name not in checkpoint:
                raise refuse(
                    "weights", name, 0, 0, f"the checkpoint has no weight {name!r}", "give the state_dict of this model"
                )
            stored[term.path] = checkpoint[name]
    own = {role: layer.source.op.weights[role].letters for role in layer.roles}
    maps = {role: layer.source.weights[role] for role in layer.roles}
    try:
        values = read_weights(maps, stored, own, layer.sizes)
        for role, blocks in layer.absorbed.items():
            for letter, block in blocks if role in values else ():
                values[role] = reorder(values[role], own[role], letter, block)
        written = write_weights({r: layer.target.weights[r] for r in layer.roles}, values, own, layer.sizes)
    except ValueError as error:
        raise refuse(
            "weights", layer.path, 0, 0, f"the weights do not fit: {error}", "give the state_dict of this model"
        ) from None
    return {layer.datasets[path]: array for path, array in written.items() if path in layer.datasets}


def reorder(array: Array, letters: str, letter: str, block: Block) -> Array:
    """Rows of a weight whose axis `letter` holds the factors of a flattened block, in the order they are stored in."""
    axes = parse_axes(letters)
    axis = next(i for i, factors in enumerate(axes) if any(f.name == letter for f in factors))
    if math.prod(block.sizes) != array.shape[axis]:
        raise ValueError(f"{array.shape[axis]} features are not {block.sizes}")
    split = array.reshape(*array.shape[:axis], *block.sizes, *array.shape[axis + 1 :])
    order = [*range(axis), *(axis + place for place in block.order), *range(axis + len(block.sizes), split.ndim)]
    return split.transpose(order).reshape(array.shape)


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
    return table


def describe(module: ModuleObject, made: dict[int, Saveable], names: dict[int, tuple[int, str]]) -> Saveable:
    """A module as the object tree that Keras walks."""
    if id(module) in made:
        return made[id(module)]
    if module.form is not None and not isinstance(module.cls, ClassObject):
        paths = list(dict.fromkeys(module.form.weights[r].path for r in module.form.weights if r in module.weights))
        saveable = library_layer(module.class_name, paths, None, id(module))
        register(saveable, "", id(module), names)
        made[id(module)] = saveable
        return saveable
    graph = module.graph
    kind = "sequential" if module.container == "sequential" else "model" if graph or is_model(module) else "layer"
    tracked = tuple(describe(layer, made, names) for layer in graph.layers) if graph is not None else None
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
    for name, value in module.attrs.items():
        item = item_of(value, made, names)
        if item is not None:
            attributes.append((name, item))
    own = own_variables(module)
    for name, child in library_layer("", [n for n in own if "/" in n]).attributes:  # the cell of a recurrent layer
        attributes.append((name, child))
        if isinstance(child, Saveable):
            register(child, f"{name}/", id(module), names)
    own = [n for n in own if "/" not in n]
    saveable = Saveable(module.class_name, None, kind, tuple(attributes), tuple(own), id(module), tracked)  # type: ignore[arg-type]
    made[id(module)] = saveable
    names[id(saveable)] = (id(module), "")
    return saveable


def own_variables(module: ModuleObject) -> list[str]:
    """Names of a module's own variables as Keras saves them: trainable ones first, each kind as it came into being.

    A class that derives from a library layer makes its own in `__init__`, those of the layer come with `build`.
    """
    built = {name for name, value in module.parameters.items() if is_built(module, value)}
    ordered = sorted(module.own_parameters(), key=lambda pair: (not pair[1].trainable, pair[0] in built))
    return [name for name, _ in ordered]


def is_built(module: ModuleObject, value: Value) -> bool:
    """Is a parameter one of the library layer that a class derives from?"""
    hint = value.hint
    return isinstance(hint, TensorCell) and any(p is hint.version.parameter for p in module.weights.values())


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
