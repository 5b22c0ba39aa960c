"""Calls of Keras and TensorFlow functions and constructors: arguments of every era, spellings of other libraries."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from pivot.reading import applying, keras_graphs, keras_modes, keras_orders, own_layer, restating
from pivot.reading.dialect import Dialect
from pivot.reading.handlers import Args, Kwargs
from pivot.reading.keras_arguments import BEGINNINGS, Prepared, activation_name, prepare
from pivot.reading.keras_names import LOWER
from pivot.reading.keras_spellings import Spelling, rewritten, table
from pivot.reading.modules import ACTIVATION, ModuleObject
from pivot.reading.trace import Visit
from pivot.reading.values import Api, ListObject, TensorCell, Value
from pivot.slots import Made

if TYPE_CHECKING:
    from pivot.forms import Bound
    from pivot.op import Form
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

LATE_AXIS = "late axis"
MODES = {"sum": "Add", "mul": "Multiply", "ave": "Average", "max": "Maximum", "concat": "Concatenate", "dot": "Dot"}
"""What `merge(mode=...)` of Keras 1 makes."""

MAKING = 2
"""The part of `add([x, y])` that makes the layer; the first part of a call is its activation."""


WITHIN = "within"
"""What is kept beside a layer that another one was made of: `self.cell` of `RNN(self.cell)`."""


DEPTHWISE = "keras.ops.depthwise_conv"


def several_of_each(args: Args, kwargs: Kwargs) -> bool:
    """Does a convolution of each channel by itself give several results of each? No form reads that."""
    kernel = (args[1] if len(args) > 1 else kwargs.get("kernel", Value(None))).hint
    return isinstance(kernel, TensorCell) and kernel.shape[-1] != 1


SHARER = "layer around"
"""What is kept beside a cell that lies in another layer."""
SHARING = "keras.layers.RNN"
"""What computes with the very layer that it is made of; others are made of it as of an example."""


def check_alone(ev: Evaluator, module: ModuleObject) -> None:
    """A cell that is called by itself, too, has its weights in common with the layer around it. Raises Restate."""
    if WITHIN in module.attrs and module.attrs[WITHIN].hint == SHARING:
        restating.turn_to(ev, SHARING)


def nested_layers(visit: Visit) -> Iterator[ModuleObject]:
    """The layers that a layer is made of, as its form says."""
    for slot in visit.form.args if visit.form is not None else ():
        value = visit.given(slot.key) if isinstance(slot.value, Made) else None
        if value is not None and isinstance(value.hint, ModuleObject):
            yield value.hint


class KerasCalls(Dialect):
    """Reading a call by the forms of Keras, whatever the source's own spelling of it is."""

    def reads(self, ev: Evaluator, name: str) -> bool:
        return super().reads(ev, name) or name in table()

    def call_forms(
        self, ev: Evaluator, callee: Value, name: str, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
    ) -> Value:
        forms = ev.opset.find(self.framework, "call", name)
        if name == "keras.ops.take":
            indexed = self.taken(ev, callee, args, kwargs, node, frame)
            if indexed is not None:
                return indexed
        if name == DEPTHWISE and several_of_each(args, kwargs):
            restating.turn_to(ev, name)
        if forms[0].kind != "layer":
            return super().call_forms(ev, callee, name, args, kwargs, node, frame)
        visit = Visit(node, frame, "layer", callee, args, kwargs, name=name)
        ready, found = self.read_constructor(ev, name, visit, args, kwargs)
        if isinstance(found, str):
            if name == "keras.layers.Activation" and (args or kwargs):
                return self.function_layer(ev, visit, (*args, *kwargs.values())[0])
            restating.turn_to(ev, name)
            return self.unmapped_layer(ev, callee, name, args, kwargs, node, frame, found)
        visit.form, bound = found
        visit.bound = told_by_source(bound, ready.back)
        visit.result = self.make_layer(ev, callee, name, visit, args, kwargs, node, frame)
        assert isinstance(visit.result.hint, ModuleObject)
        self.finish_layer(ev, visit.result.hint, ready)
        for inner in nested_layers(visit):
            if name == SHARING and (WITHIN in inner.attrs or inner.weights or inner.calls):
                restating.turn_to(ev, name)
            ev.set_item(inner.attrs, WITHIN, Value(name))
            if name == SHARING:
                ev.set_item(inner.attrs, SHARER, visit.result)
        ev.visit(visit)
        return visit.result

    def read_constructor(
        self, ev: Evaluator, name: str, visit: Visit, args: Args, kwargs: Kwargs
    ) -> tuple[Prepared, tuple[Form, Bound] | str]:
        """What a layer's constructor is told, by the forms of the layer: called for itself, or by a class that derives
        from it.
        """
        forms = ev.opset.find(self.framework, "call", name)
        if not forms:
            return Prepared(args, kwargs), "no form reads this layer"
        ready = prepare(ev, name, forms, args, kwargs, visit.node, visit.frame)
        if name == "keras.layers.Activation":
            named = next(iter(ready.kwargs.items()), None)
            text = activation_name(named[1]) if named is not None else None
            if named is not None and text is not None:
                ready.kwargs[named[0]] = Value(text.rpartition(".")[2], named[1].origin)
        visit.read_as = (ready.args, ready.kwargs)
        return ready, applying.try_forms(ev, forms, ready.args, ready.kwargs, visit.node, visit.frame)

    def library_init(
        self, ev: Evaluator, module: ModuleObject, base: str, args: Args, kwargs: Kwargs, visit: Visit
    ) -> None:
        """What the constructor of a library layer does to the instance of a subclass: what it does to a layer."""
        ready, found = self.read_constructor(ev, base, visit, args, kwargs)
        if isinstance(found, str):
            restating.turn_to(ev, base)
            module.attrs["unmapped"] = Value(f"{base}: {found}")
            return
        visit.form, visit.bound = module.form, module.bound = found[0], told_by_source(found[1], ready.back)
        module.made_by = visit
        for slot in found[0].args:
            if slot.name in module.attrs:  # the constructor sets it in its turn
                ev.drop_item(module.attrs, slot.name)
        module.params = dict(found[1].params)
        module.param_values = applying.given_values(visit.bound, args, kwargs)
        self.finish_layer(ev, module, ready)

    def taken(
        self, ev: Evaluator, callee: Value, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
    ) -> Value | None:
        """`ops.take(x, places, axis=1)` with places of several axes: x indexed by them behind full slices."""
        named = dict(zip(("x", "indices", "axis"), args, strict=False)) | dict(kwargs)
        x, places, axis = (named.get(key, Value(None)).hint for key in ("x", "indices", "axis"))
        listed = isinstance(places, ListObject) and all(type(item.hint) is int for item in places.items)
        if not isinstance(x, TensorCell) or not isinstance(axis, int):
            return None
        axis %= max(len(x.shape), 1)
        if not listed and not isinstance(places, TensorCell):
            return None
        if isinstance(places, TensorCell) and (
            len(places.shape) < 2 or places.dtype == "bool" or (axis == 0 and len(x.shape) == 2)
        ):
            return None
        index = Value((*(Value(slice(None)) for _ in range(axis)), named["indices"]))
        found = applying.try_forms(
            ev, ev.opset.find(self.framework, "index", "[]"), (named["x"], index), {}, node, frame
        )
        if isinstance(found, str):
            return None
        visit = Visit(node, frame, "op", callee, (named["x"], index), {}, name="keras.ops.take")
        visit.form, visit.bound = found[0], replace(found[1], given={"x": 0})
        visit.result = self.run_function(ev, visit, (named["x"], index), {}, node, frame)
        ev.visit(visit)
        return visit.result

    def finish_layer(self, ev: Evaluator, module: ModuleObject, ready: Prepared) -> None:
        """Keep what stands beside the op of a layer: its activation, and where a model with it begins."""
        if ready.activation is not None:
            ev.set_item(module.attrs, ACTIVATION, ready.activation)
        if ready.channels_first:
            ev.set_item(module.attrs, keras_orders.CHANNELS_FIRST, Value(True))
        if ready.late is not None:
            ev.set_item(module.attrs, LATE_AXIS, Value(ready.late))
        for name, value in ready.beside.items():
            ev.set_item(module.attrs, name, value)
        for name, value in ready.begins.items():
            ev.set_item(module.attrs, f"{keras_graphs.BEGINS}{name}", value)

    def function_layer(self, ev: Evaluator, visit: Visit, function: Value) -> Value:
        """`Lambda(function)`, `Activation(function)`: a layer that calls a function."""
        module = ModuleObject(
            Api(visit.name), site=visit.node, frame=visit.frame, visit=visit, speculative=ev.speculating > 0
        )
        ev.add_module(module)
        name = activation_name(function) if visit.name == "keras.layers.Activation" else None
        if visit.name == "keras.layers.Activation" and function.hint is None:
            name = "keras.activations.linear"
        module.attrs["function"] = Value(Api(name), function.origin) if name is not None else function
        keras_graphs.give_name(ev, module, visit.kwargs)
        for said in BEGINNINGS:
            if said in visit.kwargs:
                ev.set_item(module.attrs, f"{keras_graphs.BEGINS}{said}", visit.kwargs[said])
        visit.module, visit.result = module, Value(module)
        ev.visit(visit)
        return visit.result

    def call_parameters(self, layer: ModuleObject) -> tuple[str, ...]:
        if layer.form is None and "function" not in layer.attrs:
            return ()
        in_training = layer.form is not None and keras_modes.depends_on_mode(layer)
        return ("inputs", "training") if in_training else ("inputs",)

    def check_axis(self, ev: Evaluator, module: ModuleObject, args: Args, node: ast.AST, frame: Frame) -> None:
        """An axis that is read as the last one is the last one of the tensor that arrives. Raises Refusal."""
        late = module.attrs.get(LATE_AXIS)
        cell = args[0].hint if args else None
        if late is None or not isinstance(cell, TensorCell) or not isinstance(late.hint, int):
            return
        rank = max(len(cell.shape), 1)
        if late.hint % rank != rank - 1:
            why = f"{module.class_name} over axis {late.hint} of {rank} is not read"
            raise ev.refusal(frame, node, why, "move the axis to the end", "axis")

    def activated(self, ev: Evaluator, module: ModuleObject, result: Value, node: ast.AST, frame: Frame) -> Value:
        """The result of a layer that was made with an activation."""
        function = module.attrs.get(ACTIVATION)
        if function is None or module.form is None:
            return result
        name = activation_name(function)
        callee = Value(Api(name), function.origin) if name is not None else function
        site = ev.trace.part(node, 1)
        site.__dict__["closes"] = (
            "container_index" not in node.__dict__
        )  # its result is what the call in the text gives
        return ev.call(callee, (result,), {}, site, frame)

    def spelled(
        self,
        ev: Evaluator,
        callee: Value,
        name: str,
        spelling: Spelling,
        args: Args,
        kwargs: Kwargs,
        node: ast.AST,
        frame: Frame,
    ) -> Value:
        """A function of another library that is one of keras.ops."""
        ready = rewritten(spelling, args, kwargs)
        if isinstance(ready, str):
            restating.turn_to(ev, name)
            return self.unmapped(ev, args, kwargs, node, frame, f"{name} {ready}")
        forms = ev.opset.find(self.framework, "call", spelling.target)
        found = applying.try_forms(ev, forms, ready.args, ready.kwargs, node, frame)
        if isinstance(found, str):
            restating.turn_to(ev, name)
            return self.unmapped(ev, args, kwargs, node, frame, f"{name}: {found}")
        visit = Visit(node, frame, "op", callee, args, kwargs, name=name)
        visit.form, visit.bound = found[0], told_by_source(found[1], ready.back)
        layer = own_layer.layer_of(ev, visit, node, frame, anywhere=True)
        if layer is not None:
            visit.result = own_layer.call(ev, layer, args, node, frame, visit)
        else:
            visit.result = self.run_function(ev, visit, args, kwargs, node, frame)
        ev.visit(visit)
        return visit.result

    def merged(
        self, ev: Evaluator, callee: Value, name: str, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
    ) -> Value:
        """`concatenate([a, b], axis=-1)`, `merge([a, b], mode="sum")`: a layer made and called at once."""
        inputs = args[0] if args else kwargs["inputs"]
        plain = {k: v for k, v in kwargs.items() if k not in ("inputs", "mode")}
        layer = name.rpartition(".")[2]
        cls = layer.capitalize()
        if layer == "merge":
            mode = kwargs.get("mode") or (args[1] if len(args) > 1 else Value("sum"))
            if mode.hint not in MODES:
                raise ev.refusal(frame, node, f"merge() with mode={mode.hint!r} is not read", "use a layer of Keras 3")
            cls = MODES[str(mode.hint)]
            args = args[:1]
        layer_class = restating.library_value(ev, f"keras.layers.{cls}")
        made = ev.call(layer_class, args[1:], plain, ev.trace.part(node, MAKING), frame)
        result = ev.call(made, (inputs,), {}, node, frame)
        visit = next((v for v in reversed(ev.trace.visits[id(node)]) if v.bound is not None), None)
        if not args and visit is not None and visit.bound is not None:  # `add(inputs=[x, y])` has no first argument
            said = {slot: "inputs" if where == 0 else where for slot, where in visit.bound.given.items()}
            visit.bound = replace(visit.bound, given=said)
        return result

    def library_function(
        self, ev: Evaluator, callee: Value, name: str, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
    ) -> Value | None:
        """Functions that stand for others; None: this is none."""
        if name.startswith("keras.layers.") and name.rpartition(".")[2] in LOWER:
            return self.merged(ev, callee, name, args, kwargs, node, frame)
        spelling = table().get(name)
        if spelling is None or not any(self.holds_tensor(v) or holds_size(v) for v in (*args, *kwargs.values())):
            return None
        return self.spelled(ev, callee, name, spelling, args, kwargs, node, frame)


def holds_size(value: Value) -> bool:
    """Are there numbers, in lists of lists as well, that a tensor may be made of?"""
    hint = value.hint
    if isinstance(hint, (ListObject, tuple)):
        items = hint.items if isinstance(hint, ListObject) else hint
        return any(holds_size(v) for v in items if isinstance(v, Value))
    return isinstance(hint, (int, float)) or hasattr(hint, "terms")


def told_by_source(bound: Bound, back: dict[int | str, int | str]) -> Bound:
    """What was given, at the places where the source has it; defaults that stand in it nowhere were not given."""
    given = {slot: back[where] for slot, where in bound.given.items() if back.get(where, -1) != -1}
    return replace(bound, given=given)
