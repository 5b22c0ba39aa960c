"""Layers and models of Keras as the evaluator meets them: made, built by their first input, called."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from pivot.dims import Size
from pivot.dims import hint as dim_hint
from pivot.reading import (
    applying,
    boxes,
    calls,
    classes,
    constructed,
    keras_attributes,
    keras_building,
    keras_graphs,
    keras_layers_started,
    keras_masks,
    keras_modes,
    keras_numpy,
    keras_orders,
    keras_overridden,
    keras_policies,
    keras_ranks,
    keras_starts,
    restating,
)
from pivot.reading.handlers import Args, Kwargs
from pivot.reading.iterating import iterate
from pivot.reading.keras_calls import KerasCalls, check_alone
from pivot.reading.keras_names import ANSWERING, AS_FRACTIONS, BASES, CELLS, CONTAINERS, METHODS
from pivot.reading.modules import ACTIVATION, ModuleObject
from pivot.reading.recording import Exchange, Record
from pivot.reading.storage import new_version
from pivot.reading.trace import Visit
from pivot.reading.values import (
    MODE,
    Api,
    BoundApi,
    ClassObject,
    DictObject,
    FunctionObject,
    ListObject,
    Origin,
    ParameterObject,
    SuperObject,
    TensorCell,
    Value,
)
from pivot.types import TensorType

if TYPE_CHECKING:
    from pivot.forms import Bound
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame


class KerasModules(KerasCalls):
    """Everything of Layer, Model and Sequential."""

    def new_module(self, ev: Evaluator, cls: ClassObject | Api, node: ast.AST, frame: Frame) -> ModuleObject:
        """A module made at a site."""
        module = ModuleObject(cls, site=node, frame=frame, speculative=ev.speculating > 0)
        ev.add_module(module)
        return module

    def add_all(
        self, ev: Evaluator, module: ModuleObject, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
    ) -> None:
        """The layers of a Sequential, from a list."""
        held = args[0] if args else kwargs.get("layers")
        if held is not None and held.hint is not None:
            for item in iterate(ev, held, node, frame):
                keras_graphs.add_layer(ev, module, item, node, frame)

    def make_layer(
        self,
        ev: Evaluator,
        callee: Value,
        name: str,
        visit: Visit,
        args: Args,
        kwargs: Kwargs,
        node: ast.AST,
        frame: Frame,
    ) -> Value:
        assert visit.form is not None and visit.bound is not None
        module = self.new_module(ev, Api(name), node, frame)
        module.form, module.bound, module.visit = visit.form, visit.bound, visit
        module.params = dict(visit.bound.params)
        module.param_values = applying.given_values(visit.bound, args, kwargs)
        visit.module = module
        keras_graphs.give_name(ev, module, kwargs)
        return Value(module, Origin("apply", node, frame.file, name, args, frame))

    def construct_module(
        self, ev: Evaluator, callee: Value, cls: ClassObject, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
    ) -> Value:
        base = classes.library_base(cls)
        layer = base is not None and base.name not in BASES and ev.opset.find(self.framework, "call", base.name)
        started = keras_layers_started.initializers_set(cls, node) if layer else None
        if base is not None and started is not None:
            said = {**kwargs, **dict.fromkeys(started, keras_layers_started.UNREAD)}  # build has the last word
            return self.call_forms(ev, Value(base), base.name, args, said, node, frame)
        module = self.new_module(ev, cls, node, frame)
        module.container = CONTAINERS.get(base.name, "") if base is not None else ""
        kwargs = keras_orders.taken_off(ev, module, cls, kwargs, node, frame)
        result = Value(module, Origin("apply", node, frame.file, cls.name, args, frame))
        visit = ev.visit(Visit(node, frame, "class", callee, args, kwargs, module=module, result=result, name=cls.name))
        module.visit = visit
        hit = classes.member(ev, cls, "__init__")
        if hit is not None and isinstance(hit[0].hint, FunctionObject):
            calls.call_program(ev, hit[0].hint, (result, *args), kwargs, node, frame, hit[0], result, visit)
        elif base is not None and base.name == "keras.Model" and keras_graphs.model_arguments(args, kwargs):
            takes, gives = keras_graphs.model_arguments(args, kwargs) or (Value(None), Value(None))
            keras_graphs.fill_model(ev, module, takes, gives, node, frame)
        elif module.container:
            self.add_all(ev, module, args, kwargs, node, frame)
        elif base is not None and base.name not in BASES:
            self.library_init(ev, module, base.name, args, kwargs, visit)
        if not module.name:
            keras_graphs.give_name(ev, module, kwargs if hit is None else {})
        return result

    # -- attributes ------------------------------------------------------------------

    def set_module_attribute(
        self, ev: Evaluator, module: ModuleObject, attr: str, value: Value, node: ast.AST, frame: Frame
    ) -> None:
        keras_attributes.set_attribute(ev, module, attr, value)

    def module_attribute(
        self, ev: Evaluator, owner: Value, module: ModuleObject, attr: str, node: ast.AST, frame: Frame
    ) -> Value | None:
        if attr == "layers" and module.container == "sequential":
            return Value(ListObject(list(module.children.values())))
        if attr == "_layers" and not module.container:
            return Value(ListObject([Value(child) for _, child in module.own_children()]))
        if attr == "__class__":
            return Value(module.cls)
        if attr == "name":
            return Value(module.name)
        if attr == "state_size" and module.layer_name in CELLS and "units" in module.params:
            units = Value(module.params["units"])
            return Value(ListObject([units] * CELLS[module.layer_name])) if CELLS[module.layer_name] > 1 else units
        if attr == "activation" and ACTIVATION in module.attrs:
            return module.attrs[ACTIVATION]
        said = keras_graphs.attribute(ev, module, attr, node, frame)
        if said is not None:
            if attr.endswith("_shape"):  # a module of the target has none
                ev.visit(Visit(node, frame, "dropped", None, (owner,), name=attr, result=said))
            return said
        if attr in keras_policies.ATTRIBUTES:
            return Value(keras_policies.ATTRIBUTES[attr])
        if attr == "supports_masking" and attr not in module.attrs:
            said = Value(keras_masks.supports(ev, module))
            ev.visit(Visit(node, frame, "dropped", None, (owner,), name=attr, result=said))
            return said
        if attr == "build":  # weights come into being when the first input arrives
            return Value(BoundApi(owner, attr))
        made_with = constructed.argument(ev, owner, module, attr, node, frame)
        if made_with is not None:
            return made_with
        if isinstance(module.cls, ClassObject) and classes.member(ev, module.cls, attr) is not None:
            return None
        if attr in METHODS:
            return Value(BoundApi(owner, attr))
        return None

    def module_method(
        self,
        ev: Evaluator,
        callee: Value,
        receiver: Value,
        name: str,
        args: Args,
        kwargs: Kwargs,
        node: ast.AST,
        frame: Frame,
    ) -> Value:
        module = receiver.hint
        assert isinstance(module, ModuleObject)
        if name in ("call", "__call__"):
            return self.apply_module(ev, receiver, args, kwargs, node, frame)
        if name == "compute_mask":
            return keras_masks.computed(ev, module, args, kwargs, node, frame)
        visit = ev.visit(Visit(node, frame, "method", callee, args, kwargs, module=module, name=name))
        if name in ("add_weight", "add_variable"):
            visit.result = self.own_weight(ev, module, args, kwargs, node, frame)
            return visit.result
        if name == "get_layer":
            return keras_graphs.get_layer(ev, module, args, kwargs, node, frame)
        if name == "add":
            keras_graphs.add_layer(ev, module, args[0] if args else kwargs["layer"], node, frame)
        if name == "pop" and module.container == "sequential" and module.children:
            ev.drop_item(module.children, list(module.children)[-1])
        if name == "_flatten_layers":
            said = {**dict(zip(("include_self", "recursive"), args, strict=False)), **kwargs}
            flags = (said[name].hint is not False if name in said else True for name in ("include_self", "recursive"))
            return Value(ListObject(list(keras_graphs.nested(receiver, *flags))))
        if name == "get_config":
            return Value(DictObject({"name": (Value("name"), Value(module.name))}))
        if name in ANSWERING:
            return ev.unknown(frame, node, f"{module.class_name}.{name}() is not read")
        return Value(None)

    def own_weight(
        self, ev: Evaluator, module: ModuleObject, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
    ) -> Value:
        """self.add_weight(shape=..., trainable=...): a parameter of this layer; in Keras 2 a name may come first."""
        places = ("name", "shape") if args and isinstance(args[0].hint, str) else ("shape", "initializer")
        given = {**dict(zip(places, args, strict=False)), **kwargs}
        shape = given.get("shape", Value(()))
        sizes = [v.hint for v in iterate(ev, shape, node, frame)] if not isinstance(shape.hint, int) else [shape.hint]
        known = tuple(s for s in sizes if isinstance(s, (int, Size)))
        if len(known) != len(sizes):
            raise ev.refusal(frame, node, "a weight whose shape is not known", "give the shape as numbers")
        trainable = "trainable" not in given or bool(given["trainable"].hint)
        asked = keras_numpy.as_kind(given["dtype"]).hint if "dtype" in given else None
        kind = asked if isinstance(asked, str) and (asked == "bool" or "int" in asked) else ""
        whole = bool(kind)
        type_ = TensorType(keras_building.fixed(ev, known, node, frame), kind or "float32")
        trainable = trainable and not whole  # Keras would not train it either
        parameter = ParameterObject(type_, trainable, buffer=not trainable, owner=module)
        parameter.start = keras_starts.weight_start(given.get("initializer"), parameter.type.shape)
        ev.parameters.append(parameter)
        value = Value(TensorCell(new_version(ev, parameter.type, parameter)))
        ev.set_item(module.parameters, f"[{len(module.parameters)}]", value)  # until it gets the name of an attribute
        return value

    def super_method(
        self,
        ev: Evaluator,
        callee: Value,
        sup: SuperObject,
        name: str,
        args: Args,
        kwargs: Kwargs,
        node: ast.AST,
        frame: Frame,
    ) -> Value:
        module = sup.receiver.hint
        if not isinstance(module, ModuleObject):
            return boxes.super_method(ev, sup, name, args, kwargs, node, frame)
        if name == "__init__":
            base = classes.library_base(module.cls) if isinstance(module.cls, ClassObject) else None
            above = base.name if base is not None else name
            visit = ev.visit(Visit(node, frame, "super", callee, args, kwargs, module=module, name=above))
            keras_graphs.give_name(ev, module, kwargs)
            ends = keras_graphs.model_arguments(args, kwargs)
            if base is not None and base.name == "keras.Model" and ends is not None:
                keras_graphs.fill_model(ev, module, *ends, node, frame)
                return Value(None)
            if module.container:
                self.add_all(ev, module, args, kwargs, node, frame)
            elif base is not None and base.name not in BASES:
                self.library_init(ev, module, base.name, args, kwargs, visit)
            return Value(None)
        if name in ("call", "__call__"):
            visit = ev.visit(Visit(node, frame, "apply", callee, args, kwargs, module=module, name="super"))
            return self.super_call(ev, module, args, kwargs, node, frame, visit)
        if name == "build":
            keras_building.build(ev, module, module.entering[:1], {}, node, frame)
        return Value(None)

    def super_call(
        self,
        ev: Evaluator,
        module: ModuleObject,
        args: Args,
        kwargs: Kwargs,
        node: ast.AST,
        frame: Frame,
        visit: Visit,
    ) -> Value:
        """`super().call(x, training=False)` of a class that derives from a library layer."""
        args, kwargs = by_name(self.call_parameters(module), args, kwargs)
        number = module.calls.get(ev.mode, 1) - 1
        with keras_modes.in_mode(ev, module, kwargs, node, frame):
            visit.result = self.library_call(ev, module, args, kwargs, node, frame, visit, number)
        return visit.result

    # -- applying --------------------------------------------------------------------------

    def apply_module(
        self, ev: Evaluator, callee: Value, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
    ) -> Value:
        module = callee.hint
        assert isinstance(module, ModuleObject)
        if not ev.recorder.symbolic(ev, (*args, *kwargs.values())):
            return self.run_module(ev, callee, module, args, kwargs, node, frame)

        def again(ev: Evaluator, args: Args, kwargs: Kwargs, _: Exchange, frame: Frame) -> Value:
            return self.run_module(ev, callee, module, args, kwargs, node, frame)

        ev.recorder.depth += 1
        try:
            result = self.run_module(ev, callee, module, args, kwargs, node, frame)
        finally:
            ev.recorder.depth -= 1
        return ev.recorder.add(ev, Record(module, args, kwargs, node, frame, again), result)

    def run_module(
        self,
        ev: Evaluator,
        callee: Value,
        module: ModuleObject,
        args: Args,
        kwargs: Kwargs,
        node: ast.AST,
        frame: Frame,
    ) -> Value:
        """What a layer gives, whether the call is recorded or not; `training=False` holds for all that it calls."""
        if isinstance(module.cls, Api):
            args, kwargs = by_name(self.call_parameters(module), args, kwargs)
        with keras_modes.in_mode(ev, module, kwargs, node, frame):
            return self.run_in_mode(ev, callee, module, args, kwargs, node, frame)

    def run_in_mode(
        self,
        ev: Evaluator,
        callee: Value,
        module: ModuleObject,
        args: Args,
        kwargs: Kwargs,
        node: ast.AST,
        frame: Frame,
    ) -> Value:
        """The call of a layer, with the masks that Keras hands on beside the tensors."""
        names = keras_masks.parameters(ev, module)
        masked = keras_masks.given(ev, module, names, args, kwargs, node, frame)
        turned = keras_orders.turned(ev, module, args, node, frame)
        result = self.called(ev, callee, module, turned, masked, node, frame)
        result = keras_orders.turned_back(ev, module, result, node, frame)
        keras_masks.hand_on(ev, module, args, kwargs, result, node, frame)
        return result

    def called(
        self,
        ev: Evaluator,
        callee: Value,
        module: ModuleObject,
        args: Args,
        kwargs: Kwargs,
        node: ast.AST,
        frame: Frame,
    ) -> Value:
        """The call of a layer: its class's own, or the library's."""
        visit = ev.visit(Visit(node, frame, "apply", callee, args, kwargs, module=module, name=module.class_name))
        number = module.calls.get(ev.mode, 0)
        module.calls[ev.mode] = number + 1
        if isinstance(module.cls, ClassObject):
            hit = classes.member(ev, module.cls, "call") or classes.member(ev, module.cls, "__call__")
            if hit is not None and isinstance(hit[0].hint, FunctionObject):
                function = hit[0].hint
                names = [a.arg for a in (*function.node.args.args, *function.node.args.kwonlyargs)]
                if len(names) == 1 and isinstance(function.node, ast.FunctionDef) and function.node.name == "call":
                    self.check_takes(ev, module, function.node, node, frame)
                unsaid = "training" not in kwargs or kwargs["training"].hint is None
                if "training" in names and unsaid and names.index("training") > len(args):
                    kwargs = {**kwargs, "training": Value(ev.mode_values[ev.mode], None, MODE)}
                elif "training" not in names:
                    kwargs = keras_modes.asked_for(ev, function, args, kwargs, node, frame) or kwargs
                    kwargs = {k: v for k, v in kwargs.items() if k != "training"}
                own = classes.member(ev, module.cls, "build")
                if own is None:
                    keras_building.build(ev, module, args[:1], {}, node, frame)  # the base's own one
                else:
                    keras_building.build_own(ev, callee, module, own[0], args, kwargs, names[1:], node, frame)
                made = calls.call_program(ev, function, (callee, *args), kwargs, node, frame, hit[0], callee, visit)
                visit.result = keras_modes.standing(ev, names, args, made, visit, node) or made
                return visit.result
        return self.library_call(ev, module, args, kwargs, node, frame, visit, number)

    def check_takes(
        self, ev: Evaluator, module: ModuleObject, call: ast.FunctionDef, node: ast.AST, frame: Frame
    ) -> None:
        """Refuse a layer whose call() has no parameter: Keras looks at the first argument before it calls it."""
        if not (call.args.vararg or call.args.kwarg):
            why = f"{module.class_name}.call() takes no argument, and Keras calls a layer only with one (IndexError)"
            raise ev.refusal(frame, node, why, "give call() a parameter, such as training=None")

    def library_call(
        self,
        ev: Evaluator,
        module: ModuleObject,
        args: Args,
        kwargs: Kwargs,
        node: ast.AST,
        frame: Frame,
        visit: Visit,
        number: int,
    ) -> Value:
        """What Keras' own classes do when they are called."""
        if module.container == "sequential":
            value = args[0]
            for index, child in enumerate(list(module.children.values())):
                value = self.apply_module(ev, child, (value,), {}, self.synthetic(ev, node, index), frame)
            return value
        if module.graph is not None:
            return keras_graphs.call_model(ev, Value(module), args, kwargs, node, frame)
        if "function" in module.attrs:
            return ev.call(module.attrs["function"], args, kwargs, node, frame)
        if "unmapped" in module.attrs:
            spelled = applying.layer_call(module, args, kwargs, node)
            return self.unmapped(ev, args, kwargs, node, frame, str(module.attrs["unmapped"].hint), module, spelled)
        if module.form is None:
            raise ev.refusal(frame, node, f"{module.class_name} has no call()", "call a layer that has one")
        if isinstance(module.cls, ClassObject):
            keras_overridden.check_instance(ev, module, node, frame)
        check_alone(ev, module)
        self.check_axis(ev, module, args, node, frame)
        keras_ranks.fit(ev, module, args, node, frame)
        kwargs = {k: v for k, v in kwargs.items() if k != "training"}
        before = len(ev.nodes)
        kwargs, unsaid = with_key(module, args, kwargs)
        args = args[:2] if unsaid else args
        fits(ev, module, (*args, *kwargs.values()))
        casts(ev, module, args)
        keras_building.build(ev, module, args, kwargs, node, frame)
        result = applying.apply_layer(ev, module, args, kwargs, node, frame, visit)
        if unsaid and visit.bound is not None:
            given = dict(visit.bound.given)
            given[unsaid] = given["value"]
            visit.bound = replace(visit.bound, given=given)
        for made in ev.nodes[before:]:
            made.index = number
        return self.activated(ev, module, result, node, frame)

    def synthetic(self, ev: Evaluator, node: ast.AST, index: int) -> ast.AST:
        """A site of its own for the index-th layer of a Sequential called at `node`."""
        table: dict[int, ast.AST] = node.__dict__.setdefault("_children", {})
        if index not in table:
            made = ast.copy_location(ast.Call(getattr(node, "func", ast.Name("?", ast.Load())), [], []), node)
            made.__dict__.update(container_site=node, container_index=index)
            table[index] = made
            ev.trace.keep.append(made)
        return table[index]

    def check_constraints(
        self, ev: Evaluator, module: ModuleObject, bound: Bound, node: ast.AST, frame: Frame
    ) -> str | None:
        return None

    def module_items(self, ev: Evaluator, module: ModuleObject) -> Iterator[Value]:
        return iter(list(module.children.values()))

    def module_index(self, ev: Evaluator, owner: Value, index: Value, node: ast.AST, frame: Frame) -> Value:
        raise ev.refusal(frame, node, "a layer cannot be indexed", "index its list of layers")


def by_name(names: tuple[str, ...], args: Args, kwargs: Kwargs) -> tuple[Args, Kwargs]:
    """The mode that a layer is given behind its input, as the keyword `training`."""
    if len(names) != 2 or len(args) != 2:
        return args, kwargs
    return args[:1], {names[1]: args[1], **kwargs}


def with_key(module: ModuleObject, args: Args, kwargs: Kwargs) -> tuple[Kwargs, str]:
    """Attention that is given no key takes the value for it; also the name of what is added."""
    told = args[2:3] or tuple(v for k, v in kwargs.items() if k == "key")
    if module.layer_name != "MultiHeadAttention" or any(value.hint is not None for value in told):
        return kwargs, ""
    value = args[1] if len(args) > 1 else kwargs.get("value")
    return ({**kwargs, "key": value}, "key") if value is not None else (kwargs, "")


def fits(ev: Evaluator, module: ModuleObject, args: Args) -> None:
    """Heads that are together not as wide as what they attend to are no form's, but restated. Raises Restate."""
    cells = [value.hint for value in args if isinstance(value.hint, TensorCell)]
    width = module.params.get("width")
    name = module.made_by.name if module.made_by is not None else getattr(module.cls, "name", "")
    if module.layer_name == "MultiHeadAttention" and cells:
        if any(dim_hint(cell.shape[-1]) != width or len(cell.shape) != 3 for cell in cells):
            restating.turn_to(ev, name)


def casts(ev: Evaluator, module: ModuleObject, args: Args) -> None:
    """Whole numbers come to a layer that makes fractions of them. Raises Restate."""
    cell = args[0].hint if args else None
    if AS_FRACTIONS in module.attrs and isinstance(cell, TensorCell) and "float" not in cell.dtype:
        restating.turn_to(ev, AS_FRACTIONS)
