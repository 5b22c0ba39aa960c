"""Keras 3 as the evaluator meets it: layers and models by attribute, Sequential, keras.ops, sizes and the mode."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from pivot.codecs.dtypes import FollowingDtype
from pivot.problems import Severity
from pivot.reading import (
    keras_answers,
    keras_derived,
    keras_graphs,
    keras_numpy,
    keras_orders,
    keras_overridden,
    keras_policies,
    keras_starts,
    keras_variables,
    restating,
    tf_modules,
)
from pivot.reading.handlers import Args, Kwargs
from pivot.reading.keras_modules import KerasModules
from pivot.reading.keras_names import (
    AS_FRACTIONS,
    BASES,
    CASTING,
    CONTAINERS,
    LOWER,
    MODELS,
    OF_ONE_GROUP_EACH,
    TRAINED_WITH,
    TRAINING_ONLY,
    canonical,
)
from pivot.reading.keras_spellings import table
from pivot.reading.modules import ModuleObject
from pivot.reading.recording import Exchange, Record
from pivot.reading.spelled import Spelled
from pivot.reading.trace import Visit
from pivot.reading.values import (
    SIZE,
    Api,
    BoundApi,
    ClassObject,
    DictObject,
    Origin,
    Partial,
    TensorCell,
    TensorVersion,
    Value,
)

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame


NAMED = {"keras.Input", "keras.layers.InputLayer", "keras.layers.Lambda", *(f"keras.layers.{name}" for name in LOWER)}
"""What `from keras.layers import *` binds besides layers that have forms."""


OLDER_SHAPES = {"_keras_shape", "_shape_val", "_shape_tuple"}
"""What tensors of Keras 2 called the sizes that are known while a model is put together."""


LAMBDA_ARGUMENTS = ("function", "output_shape", "mask", "arguments")


def with_arguments(ev: Evaluator, given: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """The function of a Lambda, with what its `arguments` say by name. Raises Refusal where they are not known."""
    more = given.get("arguments", Value(None)).hint
    if more is None:
        return given["function"]
    if not isinstance(more, DictObject) or not all(isinstance(key, str) for key in more.entries):
        raise ev.refusal(frame, node, "the arguments= of this Lambda are not known", "write them into its function")
    named = tuple((str(key), value) for key, (_, value) in more.entries.items())
    return Value(Partial(given["function"], (), named), given["function"].origin) if named else given["function"]


class KerasDialect(KerasModules):
    """keras.layers, keras.ops, keras.Sequential and subclasses of Layer and Model."""

    framework = "keras"
    forward_names = ("call", "__call__")
    builds_step_by_step = True
    packs_inputs = True
    deferred_methods = frozenset({"build"})
    settings = keras_policies.SETTINGS | keras_orders.SETTINGS
    channels_last = True
    shape_lists = frozenset({"as_list"})
    size_values = frozenset({"value"})  # of TensorFlow 1
    casts_numbers = True
    shape_ranks = frozenset({"rank", "ndims"})
    stores = "keras.ops.stores"
    mutable_tensors = False
    mixes_kinds = False

    def canonical(self, name: str) -> str:
        return canonical(name)

    def is_subclass(self, name: str, ancestor: str) -> bool:
        if name == ancestor:
            return True
        layer = name.startswith("keras.layers.") or name in BASES
        return (layer and ancestor == "keras.layers.Layer") or (
            name == "keras.Sequential" and ancestor == "keras.Model"
        )

    def is_module_class(self, cls: ClassObject) -> bool:
        return any(isinstance(c, Api) and (c.name in BASES or c.name.startswith("keras.layers.")) for c in cls.mro())

    def is_model_name(self, name: str) -> bool:
        return canonical(name) in MODELS or name.startswith("keras.applications.")

    def is_model_class(self, cls: ClassObject) -> bool:
        return any(isinstance(c, Api) and canonical(c.name) in MODELS for c in cls.mro())

    def exports(self, ev: Evaluator, module: str, name: str) -> bool:
        full = canonical(f"{module}.{name}")
        known = {*MODELS, *TRAINING_ONLY, *CONTAINERS, *BASES, *restating.known(), *table(), *NAMED}
        if name in TRAINED_WITH.get(module.rpartition("keras.")[2], ()):
            return True
        return super().exports(ev, module, name) or full in known or keras_starts.class_of(full) is not None

    def settle_class(self, ev: Evaluator, node: ast.ClassDef, bases: list[Value], frame: Frame) -> list[Value]:
        tf_modules.settle(node)
        keras_variables.without_lambdas(node)
        keras_overridden.check_class(ev, node, bases, frame)
        return keras_derived.settle(ev, node, bases, frame)

    def harmless_decorator(self, name: str) -> bool:
        return super().harmless_decorator(name) or name in {"register_keras_serializable", "function", "keras_export"}

    def is_instance(self, hint: object, name: str) -> bool:
        return isinstance(hint, TensorCell) and name in ("keras.KerasTensor", "tensorflow.Tensor")

    def has_method(self, hint: object, attr: str) -> bool:
        return isinstance(hint, ModuleObject) and attr in {"call", "build", "add"}

    # -- calls -------------------------------------------------------------------

    def special_call(
        self, ev: Evaluator, callee: Value, api: Api, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
    ) -> Value | None:
        name = api.name
        if name in CONTAINERS:
            module = self.new_module(ev, Api(name), node, frame)
            module.container = "sequential"
            keras_graphs.give_name(ev, module, kwargs)
            result = Value(module, Origin("apply", node, frame.file, name, args, frame))
            module.visit = ev.visit(
                Visit(node, frame, "container", callee, args, kwargs, module=module, result=result, name=name)
            )
            self.add_all(ev, module, args, kwargs, node, frame)
            return result
        if name == "keras.layers.InputLayer":
            return Value(keras_graphs.input_layer(ev, keras_graphs.input_arguments(args, kwargs), node, frame))
        if name == "keras.Input":
            return keras_graphs.make_input(ev, callee, args, kwargs, node, frame)
        ends = keras_graphs.model_arguments(args, kwargs) if name == "keras.Model" else None
        if ends is not None:
            module = self.new_module(ev, Api("keras.Functional"), node, frame)  # as Keras calls it in files of weights
            keras_graphs.give_name(ev, module, kwargs)
            keras_graphs.fill_model(ev, module, *ends, node, frame)
            result = Value(module, Origin("apply", node, frame.file, name, args, frame))
            module.visit = ev.visit(
                Visit(node, frame, "container", callee, args, kwargs, module=module, result=result, name=name)
            )
            return result
        if name in TRAINING_ONLY:
            return self.training_only(ev, callee, name, kwargs, node, frame)
        if name == OF_ONE_GROUP_EACH:
            more = {"groups": Value(-1), **kwargs}
            return self.call_forms(ev, callee, "keras.layers.GroupNormalization", args, more, node, frame)
        if name == "keras.layers.Lambda" and (args or "function" in kwargs):
            visit = Visit(node, frame, "layer", callee, args, kwargs, name=name)
            given = {**dict(zip(LAMBDA_ARGUMENTS, args, strict=False)), **kwargs}
            return self.function_layer(ev, visit, with_arguments(ev, given, node, frame))
        made = keras_numpy.call(ev, callee, name, args, kwargs, node, frame)
        if made is not None:
            return made
        known = keras_answers.answer(ev, callee, name, args, kwargs, node, frame)
        if known is None:
            known = self.library_function(ev, callee, name, args, kwargs, node, frame)
        return known

    def call_object(
        self, ev: Evaluator, callee: Value, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
    ) -> Value | None:
        return keras_variables.drawn(ev, callee, args, kwargs, node, frame)

    def training_only(
        self, ev: Evaluator, callee: Value, name: str, kwargs: Kwargs, node: ast.AST, frame: Frame
    ) -> Value:
        """What is left of a layer that changes images in training: nothing, or fractions instead of whole numbers."""
        layer = name.rpartition(".")[2]
        why = f"{layer} acts in training only"
        if layer == "RandomCrop":
            why += ": outside of it Keras 3 hands on images as they are, whatever their size"
        severity: Severity = "warning" if layer == "RandomCrop" else "info"
        ev.note(frame, node, why, "augment the data before it enters the model", "training-only", severity)
        plain = {k: v for k, v in kwargs.items() if k == "name"}
        if name in CASTING and AS_FRACTIONS in ev.restated:
            return ev.call(restating.library_value(ev, AS_FRACTIONS), (), plain, node, frame)
        made = self.call_forms(ev, callee, "keras.layers.Identity", (), plain, node, frame)
        if name in CASTING and isinstance(made.hint, ModuleObject):
            ev.set_item(made.hint.attrs, AS_FRACTIONS, Value(True))
        return made

    def tensor_method(
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
        if name == "get_shape":
            return self.tensor_attribute(ev, receiver, "shape", node, frame)
        if name == "assign" and keras_variables.begins(ev, receiver, frame):
            return keras_variables.started(ev, callee, args, kwargs, node, frame)
        made = keras_numpy.method(ev, callee, receiver, name, args, kwargs, node, frame)
        if made is not None:
            return made
        return super().tensor_method(ev, callee, receiver, name, args, kwargs, node, frame)

    def operator(self, ev: Evaluator, symbol: str, operands: Args, node: ast.AST, frame: Frame) -> Value:
        operands = keras_numpy.with_tensors(ev, operands, node, frame)
        if symbol == "/" and keras_numpy.of_whole_numbers(operands):
            why = "NumPy divides whole numbers in double precision, PyTorch in its default type"
            ev.note(
                frame, node, why, "make the array of floats: np.arange(n, dtype=np.float64)", "precision", "warning"
            )
        return super().operator(ev, symbol, operands, node, frame)

    # -- tensors ------------------------------------------------------------------------------

    def tensor_attribute(self, ev: Evaluator, owner: Value, attr: str, node: ast.AST, frame: Frame) -> Value:
        cell = owner.hint
        assert isinstance(cell, TensorCell)
        if attr == "shape":
            if ev.recorder.symbolic(ev, (owner,)) and any(not isinstance(size, int) for size in cell.shape[1:]):
                return keras_graphs.sizes_of(owner)  # while a model is put together, Keras says None for a free axis
            ev.visit(Visit(node, frame, "size", None, (owner,), name="shape"))
            return Value(
                tuple(self.size_value(cell, i, owner, node, frame) for i in range(len(cell.shape))), None, SIZE
            )
        if attr in OLDER_SHAPES:
            ev.visit(Visit(node, frame, "size", None, (owner,), name="shape"))
            return keras_graphs.sizes_of(owner)
        if attr == "ndim":
            return Value(len(cell.shape))
        if attr == "dtype":
            return Value(FollowingDtype(cell.dtype))
        return Value(BoundApi(owner, attr))

    def run_function(
        self,
        ev: Evaluator,
        visit: Visit,
        args: Args,
        kwargs: Kwargs,
        node: ast.AST,
        frame: Frame,
        base: TensorCell | None = None,
    ) -> Value:
        if not ev.recorder.symbolic(ev, (*args, *kwargs.values())):
            return super().run_function(ev, visit, args, kwargs, node, frame, base)
        form, bound = visit.form, visit.bound
        assert bound is not None

        def again(ev: Evaluator, args: Args, kwargs: Kwargs, exchange: Exchange, frame: Frame) -> Value:
            operands = {name: exchange.plain(operand) for name, operand in bound.operands.items()}
            params = {name: exchange.plain(value) for name, value in bound.params.items()}
            twin = Visit(node, frame, visit.kind, visit.callee, args, kwargs, name=visit.name)
            twin.form, twin.bound = form, replace(bound, operands=operands, params=params)
            twin.result = self.run_function(ev, twin, args, kwargs, node, frame)
            ev.visit(twin)
            return twin.result

        result = super().run_function(ev, visit, args, kwargs, node, frame, base)
        return ev.recorder.add(ev, Record(None, args, kwargs, node, frame, again), result)

    def unmapped_operands(
        self,
        ev: Evaluator,
        operands: Mapping[str, object],
        node: ast.AST,
        frame: Frame,
        why: str,
        module: ModuleObject | None = None,
        spelled: Spelled | None = None,
        waits: str = "",
    ) -> Value:
        result = super().unmapped_operands(ev, operands, node, frame, why, module, spelled, waits)
        held = tuple(Value(TensorCell(v)) for v in operands.values() if isinstance(v, TensorVersion))
        if not ev.recorder.symbolic(ev, held):
            return result

        def again(ev: Evaluator, args: Args, kwargs: Kwargs, exchange: Exchange, frame: Frame) -> Value:
            now = {name: exchange.plain(operand) for name, operand in operands.items()}
            return self.unmapped_operands(ev, now, node, frame, why, module, spelled, waits)

        return ev.recorder.add(ev, Record(None, held, {}, node, frame, again), result)
