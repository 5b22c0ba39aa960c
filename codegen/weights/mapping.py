"""Weights by axis letters: from the source's checkpoint names to the dataset paths of the target's weight file."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from codegen.kept_weights import layers_of, order_between
from codegen.lower import TORCH_ONLY
from codegen.orders import Block
from codegen.static_proof import Proof
from codegen.target import target_of
from codegen.weights.unsaved import unsaved
from pivot.dims import hint
from pivot.letters import read_weights, write_weights
from pivot.notation import parse_axes
from pivot.problems import refuse

if TYPE_CHECKING:
    from codegen.convert import Converted
    from codegen.orders import Order
    from codegen.weights.arrays import Array
    from pivot.op import Form
    from pivot.reading.elaborate import Elaborated
    from pivot.reading.modules import ModuleObject


@dataclass(frozen=True, slots=True, eq=False)
class LayerMap:
    """One layer of the source and the layer of the target that takes its weights."""

    path: str
    source: Form
    target: Form
    datasets: Mapping[str, tuple[str, ...]]  # weight path in the target layer ("cell/kernel") -> its names in the file
    absorbed: Mapping[str, tuple[tuple[str, Block], ...]]
    roles: tuple[str, ...]
    sizes: Mapping[str, int]
    names: Mapping[str, str]  # path of a weight in the source's layer -> its name in the checkpoint
    place: tuple[str, int, int] = ("", 0, 0)  # where the source makes the layer


def weight_maps(converted: Converted, proof: Proof) -> list[LayerMap]:
    """One map per layer with weights, from the matches of the static proof."""
    assert proof.target is not None
    datasets, own = stored_names(proof.target), stored_names(converted.done)
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
            {path: names[0] for path, names in own.get(id(module), {}).items()}, made_at(module),
        )  # fmt: skip
    for mine, theirs in read_layers(proof):
        if id(mine) not in found and mine.form is not None and theirs.form is not None:
            sizes = {k: v for k, v in mine.params.items() if isinstance(v, int) and not isinstance(v, bool)}
            found[id(mine)] = LayerMap(
                mine.path, mine.form, theirs.form, datasets.get(id(theirs), {}), {},
                tuple(r for r in mine.weights if r in theirs.form.weights), letter_sizes(mine.form, sizes),
                {path: names[0] for path, names in own.get(id(mine), {}).items()}, made_at(mine),
            )  # fmt: skip
    return list(found.values())


def read_layers(proof: Proof) -> list[tuple[ModuleObject, ModuleObject]]:
    """Library layers whose weights a program reads, with those that stand for them, whether they are called or not."""
    pairs = (layers_of(source, target) for source, target in proof.parameters.values())
    return [pair for pair in pairs if pair is not None]


def stored_names(done: Elaborated) -> Mapping[int, Mapping[str, tuple[str, ...]]]:
    """What a checkpoint of a program calls its weights: id of a module -> path of a weight in it -> its names."""
    return target_of(done.evaluator.dialect.framework).stored_names(done.network.root)


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
    checkpoint = with_plain_names(checkpoint)
    for layer in weight_maps(converted, proof):
        found.update(carry_layer(layer, checkpoint))
    others = starts(converted, proof, checkpoint)
    found.update(carry_own(own_parameters(converted, proof), checkpoint, others, other_orders(proof)))
    found.update(carry_unread(converted, proof, checkpoint))
    found.update(counters(proof))
    found.update(fillings(proof))
    if proof.target is not None and converted.layout.framework == converted.done.evaluator.dialect.framework:
        names = {name for names in parameter_names(proof.target).values() for name in names}
        counts = counters(proof)  # of the same framework, so that they go on
        found.update({n: checkpoint[n] for n in names if n in checkpoint and (n in counts or n not in found)})
    return found


def with_plain_names(checkpoint: Mapping[str, Array]) -> dict[str, Array]:
    """Keras 2 calls parts of its layers `att/_query_dense` that Keras 3 calls `att/query_dense`: both are found."""
    return {**{name.replace("/_", "/"): array for name, array in checkpoint.items()}, **checkpoint}


def counters(proof: Proof) -> dict[str, Array]:
    """PyTorch's numbers of batches, which nobody else counts: they start anew."""
    import numpy as np

    if proof.target is None:
        return {}
    names = stored_names(proof.target)
    paths = [
        (id(module), term.path)
        for _, module in proof.target.network.root.walk()
        for role, place in (module.form.weights.items() if module.form is not None else ())
        if role in TORCH_ONLY
        for term in place.terms
    ]
    return {name: np.zeros((), "int64") for key, path in paths for name in names.get(key, {}).get(path, ())}


def fillings(proof: Proof) -> dict[str, Array]:
    """Weights that the layers of the target have and those of the source lack: a scale of ones."""
    import numpy as np

    if proof.target is None:
        return {}
    names = stored_names(proof.target)
    found: dict[str, Array] = {}
    for match in proof.matches:
        step, read = match.lowered.step, match.read.node
        if step is None or read is None or read.module is None or read.form is None:
            continue
        held = dict(read.module.own_parameters())
        for role, number in step.filled.items():
            for term in read.form.weights[role].terms:
                type_ = held[term.path].type
                array = np.full(tuple(map(hint, type_.shape)), number, type_.dtype)
                found.update(dict.fromkeys(names.get(id(read.module), {}).get(term.path, ()), array))
    return found


def carry_unread(converted: Converted, proof: Proof, checkpoint: Mapping[str, Array]) -> dict[str, Array]:
    """Parameters that no forward pass reads, by the path that they have on both sides: `embeddings.mask_token`."""
    if proof.target is None:
        return {}
    root, renamed = proof.target.network.root, converted.written.renamed
    datasets, stored = stored_names(proof.target), parameter_names(converted.done)
    read = {id(target) for _, target in proof.parameters.values()}
    sources = {n: p for p in converted.done.network.parameters if not p.role for n in p.names}
    owners = {id(theirs.owner): mine.owner for mine, theirs in proof.parameters.values()}
    for here, there in in_step(converted.done.network.root, root):
        owners.setdefault(id(there), here)
    by_path = {".".join(renamed.get(part, part) for part in name.split(".")): name for name in sources}
    found: dict[str, Array] = {}
    walked = list(root.walk())
    known = {id(module) for _, module in walked}
    # Nothing walks down to what is in a list that is filled after it was set on a layer: it has no path.
    inside = [(None, m) for m in proof.target.evaluator.modules if id(m) in datasets and id(m) not in known]
    for path, module in (*walked, *inside):
        if module.form is not None:
            continue
        for own, parameter in module.own_parameters():
            name = "" if path is None else by_path.get(f"{path}.{own}" if path else own, "")
            source = sources.get(name)
            mine = owners.get(id(module))
            if source is None and mine is not None:  # it lies beside one that is read
                source = next((p for n, p in mine.own_parameters() if renamed.get(n, n) == own), None)
            given = next((n for n in stored.get(id(source), ()) if n in checkpoint), None)
            fits = source is not None and source.type.shape == parameter.type.shape
            if id(parameter) not in read and fits and given is not None:
                found.update(dict.fromkeys(datasets.get(id(module), {}).get(own, ()), checkpoint[given]))
    return found


def in_step(source: ModuleObject, target: ModuleObject) -> Iterator[tuple[ModuleObject, ModuleObject]]:
    """Modules of one class, in the order in which they are met, where there are as many of it on both sides."""
    met: list[dict[str, list[ModuleObject]]] = []
    for root in (source, target):
        by_class: dict[str, list[ModuleObject]] = {}
        for module in dict.fromkeys(module for _, module in root.walk()):
            if module.form is None:
                by_class.setdefault(module.class_name, []).append(module)
        met.append(by_class)
    for name, modules in met[0].items():
        others = met[1].get(name, [])
        if len(modules) == len(others):
            yield from zip(modules, others, strict=True)


def parameter_names(done: Elaborated) -> dict[int, tuple[str, ...]]:
    """What a checkpoint calls each parameter: id -> its names."""
    table, found = stored_names(done), dict[int, tuple[str, ...]]()
    walked = [module for _, module in done.network.root.walk()]
    # A Keras list that is filled after it was set on a layer is saved, but nothing walks down to what is in it.
    for module in dict.fromkeys((*walked, *(m for m in done.evaluator.modules if id(m) in table))):
        held = [(path, cell.version.parameter) for path, cell in module.held_parameters()]
        for path, parameter in (*module.own_parameters(), *held):
            found[id(parameter)] = (*found.get(id(parameter), ()), *table.get(id(module), {}).get(path, ()))
    return found


def own_parameters(converted: Converted, proof: Proof) -> list[tuple[tuple[str, ...], str]]:
    """Names of a parameter that a module of the program owns, with each of the names that the target has for it."""
    if proof.target is None:
        return []
    names, datasets = parameter_names(converted.done), parameter_names(proof.target)
    found: list[tuple[tuple[str, ...], str]] = []
    for source, target in proof.parameters.values():
        if layers_of(source, target) is not None:
            continue  # it is carried with its layer
        found.extend((names.get(id(source), ()), name) for name in datasets.get(id(target), ()))
    return found


def other_orders(proof: Proof) -> dict[str, Order]:
    """By the names that the target has for them: own parameters whose axes stand there in another order."""
    if proof.target is None:
        return {}
    datasets, framework = parameter_names(proof.target), proof.target.evaluator.dialect.framework
    orders = [(target, order_between(source, target, framework)) for source, target in proof.parameters.values()]
    return {n: order for target, order in orders if order is not None for n in datasets.get(id(target), ())}


def made_at(module: ModuleObject) -> tuple[str, int, int]:
    """File, line and column of the call that makes a layer."""
    file = module.frame.file if module.frame is not None else ""
    return file, getattr(module.site, "lineno", 0), getattr(module.site, "col_offset", -1) + 1


def starts(converted: Converted, proof: Proof, checkpoint: Mapping[str, Array]) -> dict[str, Array]:
    """By the names that the target has for them: variables that the source does not save."""
    if proof.target is None:
        return {}
    names, datasets = parameter_names(converted.done), parameter_names(proof.target)
    known = {name for each in names.values() for name in each}
    found: dict[str, Array] = {}
    for source, target in proof.parameters.values():
        if not any(name in checkpoint for name in names.get(id(source), ())):
            array = unsaved(converted, source, checkpoint, known)
            found.update(dict.fromkeys(datasets.get(id(target), ()), array) if array is not None else {})
    return found


def carry_own(
    pairs: list[tuple[tuple[str, ...], str]],
    checkpoint: Mapping[str, Array],
    others: Mapping[str, Array],
    orders: Mapping[str, Order] = MappingProxyType({}),
) -> dict[str, Array]:
    """Parameters of modules' own, with their axes in `orders`; `others`: what those are that the checkpoint lacks."""
    found: dict[str, Array] = {}
    for names, dataset in pairs:
        name = next((n for n in names if n in checkpoint), None)
        if name is None and dataset in others:
            found[dataset] = others[dataset]
            continue
        if name is None:
            wanted = names[0] if names else "?"
            raise refuse(
                "weights", wanted, 0, 0, f"the checkpoint has no weight {wanted!r}", "give the state_dict of this model"
            )
        found[dataset] = checkpoint[name].transpose(orders[dataset]) if dataset in orders else checkpoint[name]
    return found


def carry_layer(layer: LayerMap, checkpoint: Mapping[str, Array]) -> dict[str, Array]:
    """The weights of one layer."""
    stored: dict[str, Array] = {}
    for role in layer.roles:
        for term in layer.source.weights[role].terms:
            name = layer.names.get(term.path)
            if name is None:
                name = layer.path or f"the {layer.source.name.rpartition('.')[2]}"
                why = f"the source saves no weights of {name}, which it calls outside of the model"
                raise refuse("weights", *layer.place, why, "call it on what enters the model, or leave them out")
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
    return {name: array for path, array in written.items() for name in layer.datasets.get(path, ())}


def reorder(array: Array, letters: str, letter: str, block: Block) -> Array:
    """Rows of a weight whose axis `letter` holds the factors of a flattened block, in the order they are stored in."""
    axes = parse_axes(letters)
    axis = next(i for i, factors in enumerate(axes) if any(f.name == letter for f in factors))
    if math.prod(block.sizes) != array.shape[axis]:
        raise ValueError(f"{array.shape[axis]} features are not {block.sizes}")
    split = array.reshape(*array.shape[:axis], *block.sizes, *array.shape[axis + 1 :])
    order = [*range(axis), *(axis + place for place in block.order), *range(axis + len(block.sizes), split.ndim)]
    return split.transpose(order).reshape(array.shape)
