"""What a model says about its inputs without being run: the layers that take them, and settings with telling names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pivot.dims import hint as dim_hint
from pivot.reading import classes
from pivot.reading.forward_pass import forward_node
from pivot.reading.keras_graphs import BEGINS
from pivot.reading.modules import ModuleObject
from pivot.reading.values import ClassObject, FunctionObject, InstanceObject, Value

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator

IMAGE = re.compile(r"^(image|img|input|in|hr|lr)?_?(size|res|resolution|shape|height|hw)$|image_size|img_size")
FRAMES = re.compile(r"^(num_|n_)?frames$|frame_count")
LENGTH = re.compile(r"seq_?len|block_size|max_?len|max_position|context|n_positions|sequence_length")
CHANNELS = re.compile(r"^(in_|input_|num_|n_|img_|image_)?(channels?|chans?)(_in)?$")
WIDTH = re.compile(r"dim|classes|features|size|channels|hidden|latent|len|width|units|num|code|style")
FLATTENING = ("view", "reshape", "flatten", "size")


@dataclass(frozen=True, slots=True)
class Announcement:
    """The sizes of an input behind the batch, its element type, and who says so; axes that have no other size."""

    sizes: tuple[int, ...]
    dtype: str
    by: ModuleObject
    fixed: frozenset[int] = frozenset()


@dataclass(slots=True)
class ModelFacts:
    """Facts about a model; pairs are (name, number)."""

    layers: list[ModuleObject] = field(default_factory=list)  # that say how wide their input is, in order
    takers: dict[str, ModuleObject] = field(default_factory=dict)  # parameter of the forward pass -> layer
    said: dict[str, Announcement] = field(default_factory=dict)  # of a parameter, by a model or layer that takes it
    flattened: set[str] = field(default_factory=set)
    channels_last: set[str] = field(default_factory=set)
    sizes: tuple[tuple[str, tuple[int, int]], ...] = ()
    frames: tuple[tuple[str, int], ...] = ()
    lengths: tuple[tuple[str, int], ...] = ()
    numbers: tuple[tuple[str, int], ...] = ()
    channels: int | None = None
    embedded: dict[int, int] = field(default_factory=dict)  # vocabulary -> width of its embedding
    widths: set[int] = field(default_factory=set)  # inputs of linear layers

    def width_of(self, layer: ModuleObject) -> int | None:
        """Channels or features that a layer was made for."""
        if layer.bound is None or not layer.bound.constraints:
            return None
        value = layer.bound.constraints[0].value
        return value if isinstance(value, int) else None


def model_facts(ev: Evaluator, root: ModuleObject, node: ast.FunctionDef | ast.AsyncFunctionDef | None) -> ModelFacts:
    """All facts of one model."""
    facts = ModelFacts()
    for _, module in root.walk():
        if module.form is None:
            continue
        if module.form.op.name == "embedding":
            facts.layers.append(module)
            numbers = [v for v in module.params.values() if isinstance(v, int)]
            if len(numbers) > 1:
                facts.embedded[numbers[0]] = numbers[1]
        elif facts.width_of(module) is not None:
            facts.layers.append(module)
            if module.form.op.name == "linear":
                facts.widths.add(facts.width_of(module) or 0)
    read_settings(facts, settings(ev, root))
    if node is not None:
        read_forward(ev, facts, root, node)
    return facts


def settings(ev: Evaluator, root: ModuleObject) -> dict[str, object]:
    """Plain values by name: arguments of the constructor, attributes, settings objects, names bound at module level."""
    found: dict[str, object] = {}

    def add(names: Mapping[str, object], depth: int = 0) -> None:
        for name, value in names.items():
            hint = value.hint if isinstance(value, Value) else value
            if isinstance(hint, InstanceObject) and depth == 0:
                add(hint.attrs, 1)
            elif isinstance(hint, tuple):
                found.setdefault(name, tuple(v.hint if isinstance(v, Value) else v for v in hint))
            elif isinstance(hint, int) and not isinstance(hint, bool):
                found.setdefault(name, hint)

    if isinstance(root.cls, ClassObject):
        hit = classes.member(ev, root.cls, "__init__")
        if hit is not None and isinstance(hit[0].hint, FunctionObject):
            for frame in ev.trace.frames.get(id(hit[0].hint.node), []):
                if frame.receiver is not None and frame.receiver.hint is root:
                    add(frame.scope.names)
    add(root.attrs)
    add(ev.overrides)
    for scope in list(ev.scopes.values()):
        add(scope.names)
    return found


def read_settings(facts: ModelFacts, found: Mapping[str, object]) -> None:
    """Sort settings by what their names say."""
    numbers = [(n, v) for n, v in found.items() if isinstance(v, int) and 0 < v < 100_000]
    facts.frames = tuple(p for p in numbers if FRAMES.search(p[0]))
    facts.lengths = tuple(p for p in numbers if LENGTH.search(p[0]))
    facts.numbers = tuple(p for p in numbers if WIDTH.search(p[0]) and p[1] < 5000)
    facts.channels = next((v for n, v in numbers if CHANNELS.search(n) and v <= 16), None)
    sizes: list[tuple[str, tuple[int, int]]] = [(n, (v, v)) for n, v in numbers if IMAGE.search(n) and 8 <= v <= 1024]
    for name, value in found.items():
        if isinstance(value, tuple) and IMAGE.search(name) and all(isinstance(v, int) for v in value):
            whole = [v for v in value if isinstance(v, int)]
            if len(whole) in (2, 3) and min(whole[-2:]) >= 8:
                sizes.append((name, (whole[-2], whole[-1])))
                if len(whole) == 3:
                    facts.channels = facts.channels or whole[0]
    facts.sizes = tuple(sizes[:4])


def read_forward(
    ev: Evaluator, facts: ModelFacts, root: ModuleObject, node: ast.FunctionDef | ast.AsyncFunctionDef
) -> None:
    """Which layer each parameter goes to, and what is done to it before."""
    names = [a.arg for a in (*node.args.posonlyargs, *node.args.args)][1:]
    for call in calls_of(node):
        owner = call.func.value if isinstance(call.func, ast.Attribute) else None
        if isinstance(owner, ast.Name) and owner.id in names and isinstance(call.func, ast.Attribute):
            if call.func.attr in FLATTENING:
                facts.flattened.add(owner.id)
            if call.func.attr == "permute" and last_to_second(call):
                facts.channels_last.add(owner.id)
        for arg in call.args[:1]:
            name = innermost(arg)
            if name in names and name not in facts.takers:
                child = child_of(root, call.func)
                said = announcement(ev, child) if child is not None else None
                if said is not None:
                    facts.said.setdefault(name, said)
                layer = first_layer(ev, facts, child) if child is not None else None
                if layer is not None:
                    facts.takers[name] = layer
                    if begins_flat(child):
                        facts.flattened.add(name)
    if len(names) == 1 and names[0] not in facts.takers and facts.layers and not facts.frames:
        facts.takers.setdefault(names[0], facts.layers[0])


def announcement(ev: Evaluator, module: ModuleObject) -> Announcement | None:
    """What the first part of a module that says it takes: a functional model its inputs, a layer of Keras
    `input_shape=`.
    """
    for _, below in in_order(ev, module):
        if len(below.announced) == 1:
            type_ = below.announced[0].type
            fixed = frozenset(axis for axis, size in enumerate(type_.shape) if axis and isinstance(size, int))
            return Announcement(tuple(map(dim_hint, type_.shape))[1:], type_.dtype, below, fixed)
        shape = below.attrs.get(f"{BEGINS}input_shape")
        if shape is not None and isinstance(shape.hint, tuple):
            sizes = [item.hint for item in shape.hint if isinstance(item, Value)]
            whole = tuple(size for size in sizes if isinstance(size, int))
            if len(whole) == len(shape.hint):
                return Announcement(whole, "float32", below)
    return None


def calls_of(node: ast.AST) -> list[ast.Call]:
    """All calls below a node, as they stand in the text."""
    found = [n for n in ast.walk(node) if isinstance(n, ast.Call)]
    return sorted(found, key=lambda call: (call.lineno, call.col_offset))


def last_to_second(call: ast.Call) -> bool:
    """`x.permute(0, 3, 1, 2)`: the channels stand last before it."""
    parts = call.args[0].elts if len(call.args) == 1 and isinstance(call.args[0], (ast.Tuple, ast.List)) else call.args
    numbers = [p.value for p in parts if isinstance(p, ast.Constant)]
    return numbers == [0, 3, 1, 2] or not numbers


def innermost(node: ast.expr) -> str | None:
    """The name in `x`, `x.view(...)`, `x.float()`, `torch.flatten(x, 1)`."""
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            root = node.func.value
            is_library = isinstance(root, ast.Name) and root.id in ("torch", "F")
            node = node.args[0] if is_library and node.args else root
        elif isinstance(node, (ast.Attribute, ast.Subscript)):
            node = node.value
        else:
            return None
    return node.id


def child_of(root: ModuleObject, func: ast.expr) -> ModuleObject | None:
    """The submodule in `self.a.b`, `self.a[0]`."""
    path: list[str] = []
    while not isinstance(func, ast.Name):
        if isinstance(func, ast.Attribute):
            path.insert(0, func.attr)
            func = func.value
        elif isinstance(func, ast.Subscript) and isinstance(func.slice, ast.Constant):
            path.insert(0, str(func.slice.value))
            func = func.value
        else:
            return None
    at = root
    for name in path if func.id == "self" else ():
        value = at.children.get(name)
        if value is None or not isinstance(value.hint, ModuleObject):
            return None
        at = value.hint
    return at if at is not root else None


def first_layer(ev: Evaluator, facts: ModelFacts, module: ModuleObject) -> ModuleObject | None:
    """The first layer below a module that says how wide its input is, in the order of its forward pass."""
    for _, below in in_order(ev, module):
        if below.form is not None and (below.form.op.name == "embedding" or facts.width_of(below) is not None):
            return below
    return None


def in_order(ev: Evaluator, module: ModuleObject) -> Iterator[tuple[str, ModuleObject]]:
    """Modules below, those that the forward pass calls on its own first parameter in front."""
    node = forward_node(ev, module)
    if node is not None and len(node.args.args) > 1:
        name = node.args.args[1].arg
        for call in calls_of(node):
            if call.args and innermost(call.args[0]) == name:
                child = child_of(module, call.func)
                if child is not None:
                    yield from in_order(ev, child)
    yield from module.walk()


def begins_flat(module: ModuleObject | None) -> bool:
    """Does a module begin with a Flatten?"""
    if module is None:
        return False
    first = next((m for _, m in module.walk() if m.form is not None), None)
    return first is not None and first.form is not None and first.form.op.name == "flatten"
