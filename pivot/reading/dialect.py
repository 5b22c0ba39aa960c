"""What the evaluator asks of a framework. One subclass per framework; ops come from the op files, never from here."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pivot.forms import Bound
from pivot.reading import applying, own_layer, restating
from pivot.reading.handlers import Args, Kwargs
from pivot.reading.modules import ModuleObject
from pivot.reading.spelled import Spelled
from pivot.reading.tensor_calls import TensorCalls
from pivot.reading.trace import Visit
from pivot.reading.values import (
    Api,
    ClassObject,
    SuperObject,
    TensorCell,
    Value,
)

if TYPE_CHECKING:
    from pivot.op import Form
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame


class Dialect(TensorCalls, ABC):
    """Shared behaviour of frameworks: sites become nodes through forms, unknown calls become unmapped nodes."""

    forward_names: tuple[str, ...] = ("forward",)
    deferred_methods: frozenset[str] = frozenset()
    named_rows: frozenset[str] = frozenset()  # containers whose parts have names in classes derived from them, too
    called_by_name: frozenset[str] = frozenset()  # methods that are the module's call: `block.forward(x)`
    """Methods of modules that do nothing where they are called: what they make comes into being when it is used."""
    builds_step_by_step = False  # do files build models of tensors by statements at module level?
    packs_inputs: bool = False  # a model whose forward pass has one parameter is given several inputs as a list
    settings: frozenset[str] = frozenset()  # functions that change what all layers of a file mean
    channels_last = False  # where do images have their channels?
    retunes = False  # can its layers be read anew with another number, while all else stays?
    mixes_kinds = True  # do operators join tensors of two kinds of fractions?
    shape_lists: frozenset[str] = frozenset()  # methods of a shape that give its sizes
    size_values: frozenset[str] = frozenset()  # attributes of a size that give it as a number
    casts_numbers = False  # is `cast(4, "int32")`, which stays a number here, a tensor with a `dtype`?
    shape_ranks: frozenset[str] = frozenset()  # attributes of a shape that give how many there are
    stores = "torch.stores"  # the functions that stand for stores into tensors
    mutable_tensors = True  # does `x += y` change x for every alias?

    # -- names ---------------------------------------------------------------

    def canonical(self, name: str) -> str:
        """One name for each thing of a library."""
        return name

    def is_subclass(self, name: str, ancestor: str) -> bool:
        """Does the library class `name` descend from the library class `ancestor`?"""
        return name == ancestor

    @abstractmethod
    def is_module_class(self, cls: ClassObject) -> bool:
        """Is a program class a module of this framework?"""

    def is_model_name(self, name: str) -> bool:
        """Does a call of this library name give a whole model, not one layer of it?"""
        return False

    def is_model_class(self, cls: ClassObject) -> bool:
        """Is a program class one of whole models, as far as the framework tells them from layers?"""
        return self.is_module_class(cls)

    def settle_class(self, ev: Evaluator, node: ast.ClassDef, bases: list[Value], frame: Frame) -> list[Value]:
        """What a class says by its bases, said by itself, before it is read; the bases that it then has."""
        return bases

    def harmless_decorator(self, name: str) -> bool:
        """Decorators that leave what a function computes as it is."""
        return name in {"wraps", "lru_cache", "cache", "setter", "overload", "classproperty", "final", "override"}

    def knows(self, name: str) -> bool:
        """hasattr(library, name)."""
        return True

    def reads(self, ev: Evaluator, name: str) -> bool:
        """Is there a form, or something that leads to one, for calls of a library name?"""
        return bool(ev.opset.find(self.framework, "call", name))

    def exports(self, ev: Evaluator, module: str, name: str) -> bool:
        """Does `from module import *` bind this name?"""
        return bool(ev.opset.find(self.framework, "call", self.canonical(f"{module}.{name}")))

    def has_method(self, hint: object, attr: str) -> bool:
        """hasattr() on a value of the library."""
        return False

    def is_instance(self, hint: object, name: str) -> bool:
        """isinstance() of a plain hint and a library class."""
        return False

    def call_parameters(self, layer: ModuleObject) -> tuple[str, ...]:
        """The names of what a library layer is called with, where the library tells them; empty: they are not known."""
        return ()

    # -- calls of the library ---------------------------------------------------

    def call_api(
        self, ev: Evaluator, callee: Value, api: Api, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
    ) -> Value:
        """A library name is called: an op, a layer, a container, or something without meaning for the network."""
        special = self.special_call(ev, callee, api, args, kwargs, node, frame)
        if special is not None:
            return special
        forms = ev.opset.find(self.framework, "call", api.name)
        if forms:
            return self.call_forms(ev, callee, api.name, args, kwargs, node, frame)
        if any(self.holds_tensor(v) for v in (*args, *kwargs.values())):
            spelled = Spelled("call", api.name, node, frame, args, kwargs)
            return self.unmapped(ev, args, kwargs, node, frame, f"{api.name} is not known", spelled=spelled)
        return self.unknown_call(ev, callee, api, args, kwargs, node, frame)

    def call_forms(
        self, ev: Evaluator, callee: Value, name: str, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
    ) -> Value:
        """Read a call by the forms of its name."""
        forms = ev.opset.find(self.framework, "call", name)
        visit = Visit(node, frame, "op", callee, args, kwargs, name=name)
        found = applying.try_forms(ev, forms, args, kwargs, node, frame)
        if isinstance(found, str):
            restating.turn_to(ev, name)
            if forms[0].kind == "layer" and not any(self.holds_tensor(v) for v in (*args, *kwargs.values())):
                return self.unmapped_layer(ev, callee, name, args, kwargs, node, frame, found)
            spelled = Spelled("call", name, node, frame, args, kwargs)
            return self.unmapped(ev, args, kwargs, node, frame, f"{name}: {found}", spelled=spelled)
        form, bound = found
        visit.form, visit.bound = form, bound
        if form.kind == "layer":
            visit.kind = "layer"
            visit.result = self.make_layer(ev, callee, name, visit, args, kwargs, node, frame)
            ev.visit(visit)
            return visit.result
        layer = own_layer.layer_of(ev, visit, node, frame)
        if layer is not None:
            visit.result = own_layer.call(ev, layer, args, node, frame, visit)
        else:
            visit.result = self.run_function(ev, visit, args, kwargs, node, frame)
        ev.visit(visit)
        return visit.result

    def call_own_code(
        self,
        ev: Evaluator,
        callee: Value,
        forms: tuple[Form, ...],
        args: Args,
        kwargs: Kwargs,
        node: ast.AST,
        frame: Frame,
    ) -> Value:
        """A function that an op file brought along, read back: a node of that op."""
        visit = Visit(node, frame, "op", callee, args, kwargs, name=forms[0].name)
        found = applying.try_forms(ev, forms, args, kwargs, node, frame)
        if isinstance(found, str):
            return self.unmapped(ev, args, kwargs, node, frame, f"{forms[0].name}: {found}")
        visit.form, visit.bound = found
        visit.result = self.run_function(ev, visit, args, kwargs, node, frame)
        ev.visit(visit)
        return visit.result

    @abstractmethod
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
        """Construct a library layer: its parameters are known as far as its arguments say."""

    def unmapped_layer(
        self, ev: Evaluator, callee: Value, name: str, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame, why: str
    ) -> Value:
        """A layer that no form reads: applying it makes an unmapped node."""
        module = ModuleObject(Api(name), site=node, frame=frame, speculative=ev.speculating > 0)
        module.attrs["unmapped"] = Value(f"{name}: {why}")
        ev.add_module(module)
        result = Value(module)
        module.visit = ev.visit(
            Visit(node, frame, "layer", callee, args, kwargs, module=module, result=result, name=name)
        )
        return result

    def special_call(
        self, ev: Evaluator, callee: Value, api: Api, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
    ) -> Value | None:
        """Calls that are dialect, not ops. None: not special."""
        return None

    def unknown_call(
        self, ev: Evaluator, callee: Value, api: Api, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
    ) -> Value:
        """A library call without tensors that nobody knows: its value is unknown."""
        result = ev.unknown(frame, node, f"{api.name} is not read")
        ev.visit(Visit(node, frame, "data", callee, args, kwargs, result=result, name=api.name))
        return result

    def call_object(
        self, ev: Evaluator, callee: Value, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
    ) -> Value | None:
        """The call of an object of the library that is no module; None: it cannot be called."""
        return None

    # -- tensors --------------------------------------------------------------

    @abstractmethod
    def tensor_attribute(self, ev: Evaluator, owner: Value, attr: str, node: ast.AST, frame: Frame) -> Value:
        """x.attr."""

    # -- modules ----------------------------------------------------------------

    @abstractmethod
    def module_attribute(
        self, ev: Evaluator, owner: Value, module: ModuleObject, attr: str, node: ast.AST, frame: Frame
    ) -> Value | None:
        """What the library provides on a module."""

    @abstractmethod
    def set_module_attribute(
        self, ev: Evaluator, module: ModuleObject, attr: str, value: Value, node: ast.AST, frame: Frame
    ) -> None:
        """self.attr = value."""

    @abstractmethod
    def construct_module(
        self, ev: Evaluator, callee: Value, cls: ClassObject, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
    ) -> Value:
        """Make an instance of a program's module class."""

    @abstractmethod
    def apply_module(
        self, ev: Evaluator, callee: Value, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
    ) -> Value:
        """Call a module."""

    @abstractmethod
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
        """A method that the library provides on modules."""

    @abstractmethod
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
        """super().name(...) of a library base."""

    def module_items(self, ev: Evaluator, module: ModuleObject) -> Iterator[Value]:
        """Looping over a container."""
        if module.container == "dict" or module.class_name == "ParameterDict":
            return iter([Value(k) for k in module.members()])
        return iter(list(module.members().values()))

    @abstractmethod
    def module_index(self, ev: Evaluator, owner: Value, index: Value, node: ast.AST, frame: Frame) -> Value:
        """container[index]."""

    def fills_weights(self, cell: TensorCell) -> bool:
        """Is writing into a tensor writing into a weight?"""
        return False

    def module_store(
        self, ev: Evaluator, owner: Value, index: Value, value: Value, node: ast.AST, frame: Frame
    ) -> None:
        """container[index] = module."""
        held = owner.hint.class_name if isinstance(owner.hint, ModuleObject) else "a module"
        raise ev.refusal(frame, node, f"storing into {held} is not read", "make it with what it is to hold")

    def check_constraints(
        self, ev: Evaluator, module: ModuleObject, bound: Bound, node: ast.AST, frame: Frame
    ) -> str | None:
        """Do the operands have the sizes that the constructor announced?"""
        return None
