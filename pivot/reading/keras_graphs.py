"""The functional API of Keras: inputs, models between tensors, and what layers say about the calls of them."""

from __future__ import annotations

import ast
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pivot.dims import Dim, hint
from pivot.reading import graphs
from pivot.reading.handlers import Args, Kwargs
from pivot.reading.hints import readable
from pivot.reading.iterating import iterate
from pivot.reading.modules import ModuleObject
from pivot.reading.recording import Record, announced, cells
from pivot.reading.storage import new_version
from pivot.reading.trace import Visit
from pivot.reading.values import (
    INPUT,
    Api,
    DictObject,
    ListObject,
    Origin,
    TensorCell,
    TensorVersion,
    Value,
)

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

INPUT_ARGUMENTS = ("shape", "batch_size", "dtype", "sparse", "batch_shape", "name", "tensor")
CONNECTED = "connected"
BEGINS = "begins."  # attributes of a layer that say what enters a model that begins with it
OF_MODELS = {"input", "inputs", "output", "outputs", "layers", "input_shape", "output_shape"}
OF_LAYERS = {"input", "output", "input_shape", "output_shape"}


@dataclass(slots=True, eq=False)
class FreeSize(Value):
    """The None that a symbolic tensor says for a size that is free, and the size itself."""

    size: Dim = 0


OLDER_INPUT = re.compile(r"input_(\d+)")
"""What Keras 2 called inputs without a name, counted from 1."""


def make_input(ev: Evaluator, callee: Value, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """keras.Input(...): a tensor whose batch and whose sizes of None are free."""
    given = input_arguments(args, kwargs)
    if "tensor" in given and given["tensor"].hint is not None:
        return given["tensor"]
    layer = input_layer(ev, given, node, frame)
    visit = ev.visit(Visit(node, frame, "layer", callee, args, kwargs, module=layer, name="keras.Input"))
    layer.visit = visit
    version = layer.announced[0]
    value = Value(TensorCell(version), Origin("apply", node, frame.file, "keras.Input", args, frame), INPUT)
    visit.result = value
    begin(ev, Record(layer, (), {}, node, frame, None, (), (version,), value))
    return value


def begin(ev: Evaluator, record: Record) -> None:
    """Keep an input; arms on trial leave no record."""
    if not ev.speculating:
        ev.recorder.made[record.results[0].id] = record
        ev.recorder.records.append(record)


def input_arguments(args: Args, kwargs: Kwargs) -> Kwargs:
    """The arguments of keras.Input by their names."""
    return {**dict(zip(INPUT_ARGUMENTS, args, strict=False)), **kwargs}


def input_layer(ev: Evaluator, given: Kwargs, node: ast.AST, frame: Frame) -> ModuleObject:
    """The layer that announces an input, from the arguments of keras.Input or of a first layer."""
    batch = whole(given.get("batch_size"))
    shape = given.get("shape") or given.get("input_shape")
    if shape is not None and shape.hint is None:
        shape = None
    all_of_it = given.get("batch_shape") or given.get("batch_input_shape")
    if all_of_it is not None and all_of_it.hint is not None:
        sizes = shape_of(ev, all_of_it, node, frame)
        batch, sizes = sizes[0], sizes[1:]
    elif shape is not None:
        sizes = shape_of(ev, shape, node, frame)
    else:
        raise ev.refusal(frame, node, "an input whose shape is not given", "write keras.Input(shape=(...))", "input")
    dtype = given.get("dtype", Value(None)).hint
    text = dtype if isinstance(dtype, str) else dtype.name.rpartition(".")[2] if isinstance(dtype, Api) else "float32"
    layer = ModuleObject(Api("keras.layers.InputLayer"), site=node, frame=frame, speculative=ev.speculating > 0)
    name = given.get("name", Value(None)).hint
    said = name if isinstance(name, str) else ""
    layer.name = said or ev.recorder.automatic_name("InputLayer", ev.speculating > 0)
    place = sum(record.again is None for record in ev.recorder.records)
    type_ = announced(ev, sizes, text, batch, place, example(all_of_it or shape, len(sizes)))
    layer.announced = (new_version(ev, type_, name=said if said.isidentifier() else ""),)
    ev.add_module(layer)
    return layer


def shape_of(ev: Evaluator, shape: Value, node: ast.AST, frame: Frame) -> tuple[int | None, ...]:
    """A shape as numbers and None."""
    if isinstance(shape.hint, int):
        return (shape.hint,)
    sizes = [item.hint for item in iterate(ev, shape, node, frame)]
    found = [size for size in sizes if size is None or (isinstance(size, int) and not isinstance(size, bool))]
    if len(found) != len(sizes):
        raise ev.refusal(frame, node, "a shape that is not known", "give it as numbers and None", "input")
    return tuple(found)


def example(shape: Value | None, rank: int) -> tuple[int | None, ...]:
    """Numbers for the free sizes of an input, where its shape is that of a tensor: Input(x.shape[1:]) is as x is."""
    items = shape.hint if shape is not None and isinstance(shape.hint, tuple) else ()
    known = [hint(item.size) if isinstance(item, FreeSize) else None for item in items[-rank:]]
    return tuple(known) if len(known) == rank else (None,) * rank


def whole(value: Value | None) -> int | None:
    """A whole number, or None."""
    return value.hint if value is not None and isinstance(value.hint, int) else None


def model_arguments(args: Args, kwargs: Kwargs) -> tuple[Value, Value] | None:
    """Inputs and outputs, where a model is made between tensors (`input=` and `output=` are Keras 1)."""
    given = {**dict(zip(("inputs", "outputs"), args, strict=False)), **kwargs}
    takes = given.get("inputs") or given.get("input")
    gives = given.get("outputs") or given.get("output")
    return (takes, gives) if takes is not None and gives is not None else None


def fill_model(ev: Evaluator, module: ModuleObject, takes: Value, gives: Value, node: ast.AST, frame: Frame) -> None:
    """Make a module the functional model between these tensors."""
    graph = graphs.connect(ev.recorder, takes, gives, frame)
    if isinstance(graph, str):
        raise ev.refusal(frame, node, f"this model cannot be read: {graph}", "connect its outputs to its inputs")
    before = module.container, module.graph, module.announced

    def as_before() -> None:
        module.container, module.graph, module.announced = before

    ev.undoable(as_before)
    module.container, module.graph, module.announced = "functional", graph, graph.inputs
    for layer in graph.layers:
        if not is_input(layer):
            key, number = layer.name, 1
            while key in module.children:
                key, number = f"{layer.name}_{number}", number + 1
            ev.set_item(module.children, key, Value(layer))


def add_layer(ev: Evaluator, module: ModuleObject, item: Value, node: ast.AST, frame: Frame) -> None:
    """One more layer of a Sequential; the first one may say what enters the model."""
    hint = item.hint
    if isinstance(hint, TensorCell) and hint.version.id in ev.recorder.made:  # keras.Input(...)
        announce(ev, module, (hint.version,))
        return
    if not isinstance(hint, ModuleObject):
        raise ev.refusal(frame, node, f"a Sequential of {readable(item)} is not read", "give it layers")
    if is_input(hint):
        announce(ev, module, hint.announced)
        return
    if not module.children and not module.announced:
        announce(ev, module, hint.announced or beginning(ev, hint, node, frame))
    for said in (CONNECTED, f"{CONNECTED}.input"):
        if said in module.attrs:
            ev.drop_item(module.attrs, said)
    ev.set_item(module.children, f"layers[{len(module.children)}]", item)


def announce(ev: Evaluator, module: ModuleObject, versions: tuple[TensorVersion, ...]) -> None:
    """Let a model announce inputs; an arm that is read on trial leaves it as it was."""
    before = module.announced
    ev.undoable(lambda: setattr(module, "announced", before))
    module.announced = versions


def beginning(ev: Evaluator, layer: ModuleObject, node: ast.AST, frame: Frame) -> tuple[TensorVersion, ...]:
    """The input that `Dense(8, input_shape=(4,))` announces for a model that it begins."""
    said = {k.removeprefix(BEGINS): v for k, v in layer.attrs.items() if k.startswith(BEGINS) and v.hint is not None}
    ids = layer.form is not None and layer.form.op.name == "embedding"
    size = said.pop("input_length" if ids else "input_dim", None)
    if size is not None and not {"input_shape", "batch_input_shape"} & said.keys():
        steps = () if ids or not over_steps(layer, said) else (said.pop("input_length", Value(None)),)
        said["input_shape"] = size if isinstance(size.hint, tuple) else Value((*steps, size))
    if "input_shape" not in said and "batch_input_shape" not in said:
        return ()
    return input_layer(ev, {**said, "dtype": Value("int32" if ids else "float32")}, node, frame).announced


def over_steps(layer: ModuleObject, said: Mapping[str, Value]) -> bool:
    """Does `input_dim=` leave out the steps: `LSTM(8, input_dim=3, input_length=10)` of older Keras?"""
    return "input_length" in said or layer.class_name in ("LSTM", "GRU", "SimpleRNN")


def connect_sequential(ev: Evaluator, module: ModuleObject, node: ast.AST, frame: Frame) -> None:
    """Call the layers of a Sequential on its announced input, so that they can say what they take and give."""
    if CONNECTED in module.attrs or not module.announced:
        return
    version = module.announced[0]
    value = Value(TensorCell(version), None, INPUT)
    if version.id not in ev.recorder.made:
        begin(ev, Record(None, (), {}, node, frame, None, (), (version,), value))
    ev.set_item(module.attrs, f"{CONNECTED}.input", value)
    for place, child in enumerate(list(module.children.values())):
        value = ev.dialect.apply_module(ev, child, (value,), {}, ev.trace.part(node, 10 + place), frame)
    ev.set_item(module.attrs, CONNECTED, value)


def nested(layer: Value, itself: bool = True, all_below: bool = True) -> Iterator[Value]:
    """A layer and the layers below it, each once, in Keras' order: those inside another one come last to first."""
    assert isinstance(layer.hint, ModuleObject)
    if itself:
        yield layer
    seen: set[int] = set()
    todo = deque(layer.hint.children.values())
    while todo:
        inner = todo.popleft()
        if id(inner.hint) not in seen and isinstance(inner.hint, ModuleObject):
            seen.add(id(inner.hint))
            yield inner
            todo.extendleft(inner.hint.children.values() if all_below else ())


def is_input(layer: ModuleObject) -> bool:
    """Is this one of the layers that announce inputs?"""
    return isinstance(layer.cls, Api) and layer.cls.name == "keras.layers.InputLayer"


def call_model(ev: Evaluator, model: Value, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """A functional model on tensors: its graph once more."""
    module = model.hint
    assert isinstance(module, ModuleObject) and module.graph is not None
    graph = module.graph
    given = args if args else tuple(v for k, v in kwargs.items() if k == "inputs")
    names = graph.names or tuple(name for name, _ in graphs.flat_inputs(graph.takes))
    entries = given[0].hint.entries if len(given) == 1 and isinstance(given[0].hint, DictObject) else None
    if entries is not None and all(name in entries for name in names):
        found = [entries[name][1] for name in names]
    else:
        found = [Value(cell, None, INPUT) for value in given for cell in cells(value)]
    if len(found) != len(graph.inputs):
        why = f"the model takes {len(graph.inputs)} inputs, {len(found)} are given"
        raise ev.refusal(frame, node, why, "check the call", "arguments")
    for announced_as, value in zip(graph.inputs, found, strict=True):
        if isinstance(value.hint, TensorCell) and len(value.hint.shape) != len(announced_as.type.shape):
            why = f"an input with {len(announced_as.type.shape)} axes is announced, {len(value.hint.shape)} arrive"
            raise ev.refusal(frame, node, why, "check the shapes", "shape")
    return graphs.repeat(ev, model, graph, found, node, frame)


def attribute(ev: Evaluator, module: ModuleObject, attr: str, node: ast.AST, frame: Frame) -> Value | None:
    """What models and layers say about the tensors between which they stand; None: nothing is known."""
    if module.graph is not None and attr in OF_MODELS:
        graph = module.graph
        if attr == "layers":
            return Value(ListObject([Value(layer) for layer in graph.layers]))
        if attr in ("inputs", "outputs"):
            side = graph.takes if attr == "inputs" else graph.gives
            return Value(ListObject([Value(cell, None, INPUT) for cell in cells(side)]))
        side = graph.takes if attr.startswith("input") else graph.gives
        alone = one(side)
        return sizes_of(alone) if attr.endswith("shape") else alone
    if module.container == "sequential" and attr in OF_MODELS - {"layers"}:
        connect_sequential(ev, module, node, frame)
        said = module.attrs.get(CONNECTED if attr.startswith("output") else f"{CONNECTED}.input")
        if said is None:
            return None
        return sizes_of(said) if attr.endswith("shape") else Value(ListObject([said])) if attr.endswith("s") else said
    if attr in OF_LAYERS:
        for model in ev.modules:
            if model.container == "sequential" and any(child.hint is module for child in model.children.values()):
                connect_sequential(ev, model, node, frame)
        record = next((r for r in ev.recorder.records if r.layer is module), None)
        if record is None or record.result is None:
            return None
        if attr.startswith("output") or not record.args:
            return sizes_of(record.result) if attr.endswith("shape") else record.result
        return sizes_of(record.args[0]) if attr.endswith("shape") else record.args[0]
    return None


def one(side: Value) -> Value:
    """A list of one tensor is that tensor."""
    items = side.hint.items if isinstance(side.hint, ListObject) else side.hint
    return items[0] if isinstance(items, (list, tuple)) and len(items) == 1 else side


def sizes_of(value: Value) -> Value:
    """The shape of a tensor, with None for a free batch."""
    if not isinstance(value.hint, TensorCell):
        return Value(ListObject([sizes_of(Value(cell)) for cell in cells(value)]))
    return Value(
        tuple(Value(size) if isinstance(size, int) else FreeSize(None, size=size) for size in value.hint.shape)
    )


def get_layer(ev: Evaluator, module: ModuleObject, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """model.get_layer(name or index)."""
    layers = attribute(ev, module, "layers", node, frame)
    held = list(layers.hint.items) if layers is not None and isinstance(layers.hint, ListObject) else []
    held = held or list(module.children.values())
    name = kwargs.get("name") or (args[0] if args and isinstance(args[0].hint, str) else None)
    index = kwargs.get("index") or (args[0] if args and isinstance(args[0].hint, int) else None)
    for place, value in enumerate(held):
        layer = value.hint
        assert isinstance(layer, ModuleObject)
        if (name is not None and layer.name == name.hint) or (index is not None and place == whole(index)):
            return value
    if index is not None and held and isinstance(index.hint, int) and -len(held) <= index.hint < 0:
        return held[index.hint]
    older = OLDER_INPUT.fullmatch(name.hint) if name is not None and isinstance(name.hint, str) else None
    entries = [
        value for value in held if isinstance(value.hint, ModuleObject) and value.hint.class_name == "InputLayer"
    ]
    if older is not None and 0 < int(older[1]) <= len(entries):
        why = f"{older[0]} is taken to be input {older[1]} of the model, which Keras 3 calls otherwise"
        ev.note(frame, node, why, "name the input where it is made, and ask for that name", "older-name")
        return entries[int(older[1]) - 1]
    wanted = name if name is not None else index
    why = f"the model has no layer {wanted.hint if wanted is not None else ''!r}"
    raise ev.refusal(frame, node, why, "name one of its layers", "unbound")


def give_name(ev: Evaluator, module: ModuleObject, kwargs: Kwargs) -> None:
    """The name that a layer is made with, or the next one of its class."""
    said = kwargs["name"].hint if "name" in kwargs else None
    if isinstance(said, str):
        module.name = said
    elif not module.name:
        module.name = ev.recorder.automatic_name(module.class_name, ev.speculating > 0)
