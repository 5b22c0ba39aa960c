"""What the evaluator asks of a framework. One subclass per framework; ops come from the op files, never from here."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pivot.dims import Size
from pivot.dims import hint as dim_hint
from pivot.forms import Bound
from pivot.network import Node
from pivot.reading import applying, calls
from pivot.reading.modules import ModuleObject
from pivot.reading.trace import Visit
from pivot.reading.values import (
    INPUT,
    SIZE,
    Api,
    ClassObject,
    ListObject,
    Origin,
    SuperObject,
    TensorCell,
    TensorVersion,
    Unknown,
    Value,
)
from pivot.types import TensorType

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

Args = tuple[Value, ...]
Kwargs = dict[str, Value]


class Dialect:
    """Shared behaviour of frameworks: sites become nodes through forms, unknown calls become unmapped nodes."""

    framework = ""
    forward_names: tuple[str, ...] = ("forward",)
    mutable_tensors = True  # does `x += y` change x for every alias?
    reflected = {"+": "+", "*": "*", "-": "-", "/": "/", "**": "**", "@": "@", "//": "//", "%": "%"}

    # -- names ---------------------------------------------------------------

    def canonical(self, name: str) -> str:
        """One name for each thing of a library."""
        return name

    def is_subclass(self, name: str, ancestor: str) -> bool:
        """Does the library class `name` descend from the library class `ancestor`?"""
        return name == ancestor

    def is_module_class(self, cls: ClassObject) -> bool:
        """Is a program class a module of this framework?"""
        raise NotImplementedError

    def harmless_decorator(self, name: str) -> bool:
        """Decorators that leave what a function computes as it is."""
        return name in {"wraps", "lru_cache", "cache", "setter", "overload", "classproperty", "final", "override"}

    def knows(self, name: str) -> bool:
        """hasattr(library, name)."""
        return True

    def has_method(self, hint: object, attr: str) -> bool:
        """hasattr() on a value of the library."""
        return False

    def is_instance(self, hint: object, name: str) -> bool:
        """isinstance() of a plain hint and a library class."""
        return False

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
            return self.unmapped(ev, args, kwargs, node, frame, f"{api.name} is not known")
        return self.unknown_call(ev, callee, api, args, kwargs, node, frame)

    def call_forms(
        self, ev: Evaluator, callee: Value, name: str, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
    ) -> Value:
        """Read a call by the forms of its name."""
        forms = ev.opset.find(self.framework, "call", name)
        visit = Visit(node, frame, "op", callee, args, kwargs, name=name)
        found = applying.try_forms(ev, forms, args, kwargs, node, frame)
        if isinstance(found, str):
            if forms[0].kind == "layer" and not any(self.holds_tensor(v) for v in (*args, *kwargs.values())):
                return self.unmapped_layer(ev, callee, name, args, kwargs, node, frame, found)
            return self.unmapped(ev, args, kwargs, node, frame, f"{name}: {found}")
        form, bound = found
        visit.form, visit.bound = form, bound
        if form.kind == "layer":
            visit.kind = "layer"
            visit.result = self.make_layer(ev, callee, name, visit, args, kwargs, node, frame)
            ev.visit(visit)
            return visit.result
        visit.result = self.run_function(ev, visit, args, kwargs, node, frame)
        ev.visit(visit)
        return visit.result

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
        """A function form applied to its operands; in place where the source says so."""
        assert visit.form is not None and visit.bound is not None
        bound = visit.bound
        given = applying.given_values(bound, args, kwargs)
        result = applying.make_node(
            ev,
            visit.form,
            dict(bound.params),
            bound.operands,
            node,
            frame,
            visit=visit,
            bound=bound,
            given=given,
            base=base,
        )
        if bound.flags.get("inplace"):
            first = next((o for o in bound.operands.values() if isinstance(o, TensorCell)), None)
            if first is not None:
                calls.write_in_place(ev, first, result, node, frame)
                return Value(first, None, INPUT)
        return result

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
        raise NotImplementedError

    def unmapped_layer(
        self, ev: Evaluator, callee: Value, name: str, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame, why: str
    ) -> Value:
        """A layer that no form reads: applying it makes an unmapped node."""
        module = ModuleObject(Api(name), site=node, frame=frame, speculative=ev.speculating > 0)
        module.attrs["unmapped"] = Value(f"{name}: {why}")
        ev.modules.append(module)
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

    # -- tensors --------------------------------------------------------------

    def holds_tensor(self, value: Value) -> bool:
        """Is there a tensor in a value?"""
        hint = value.hint
        if isinstance(hint, TensorCell):
            return True
        items = hint.items if isinstance(hint, ListObject) else hint if isinstance(hint, tuple) else ()
        return any(self.holds_tensor(v) for v in items)

    def operator(self, ev: Evaluator, symbol: str, operands: Args, node: ast.AST, frame: Frame) -> Value:
        """An operator applied to at least one tensor."""
        forms = ev.opset.find(self.framework, "operator", symbol)
        visit = Visit(node, frame, "op", None, operands, name=symbol)
        found = applying.try_forms(ev, forms, operands, {}, node, frame)
        if isinstance(found, str):
            return self.unmapped(ev, operands, {}, node, frame, f"operator {symbol}: {found}")
        visit.form, visit.bound = found
        visit.result = self.run_function(ev, visit, operands, {}, node, frame)
        ev.visit(visit)
        return visit.result

    def tensor_index(self, ev: Evaluator, owner: Value, index: Value, node: ast.AST, frame: Frame) -> Value:
        """x[index]."""
        forms = ev.opset.find(self.framework, "index", "[]")
        visit = Visit(node, frame, "op", None, (owner, index), name="[]")
        found = applying.try_forms(ev, forms, (owner, index), {}, node, frame)
        if isinstance(found, str):
            return self.unmapped(ev, (owner, index), {}, node, frame, f"indexing: {found}")
        visit.form, visit.bound = found
        base = owner.hint if isinstance(owner.hint, TensorCell) else None
        visit.result = self.run_function(ev, visit, (owner, index), {}, node, frame, base)
        ev.visit(visit)
        return visit.result

    def tensor_store(
        self, ev: Evaluator, owner: Value, index: Value, value: Value, node: ast.AST, frame: Frame
    ) -> None:
        """x[index] = value: a new version of x."""
        raise ev.refusal(
            frame, node, "storing into a tensor is not read", "build the tensor with where() or concatenation", "store"
        )

    def tensor_items(self, ev: Evaluator, value: Value, node: ast.AST, frame: Frame) -> Iterator[Value]:
        """Looping over the first axis of a tensor."""
        cell = value.hint
        assert isinstance(cell, TensorCell)
        count = cell.shape[0] if cell.shape else 0
        number = dim_hint(count)
        if isinstance(count, Size) or number > 512:
            raise ev.refusal(frame, node, "a loop over a tensor axis of free size", "loop over a fixed size", "limit")
        for i in range(number):
            yield self.tensor_index(ev, value, Value(i), node, frame)

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
        """x.name(...): by the method forms."""
        forms = ev.opset.find(self.framework, "method", name)
        everything = (receiver, *args)
        visit = Visit(node, frame, "op", callee, everything, kwargs, name=name)
        found = (
            applying.try_forms(ev, forms, everything, kwargs, node, frame)
            if forms
            else f"the method {name!r} is not known"
        )
        if isinstance(found, str):
            return self.unmapped(ev, everything, kwargs, node, frame, f"{name}: {found}" if forms else found)
        visit.form, visit.bound = found
        base = (
            receiver.hint
            if visit.form.op.layout in ("order", "index") and isinstance(receiver.hint, TensorCell)
            else None
        )
        visit.result = self.run_function(ev, visit, everything, kwargs, node, frame, base)
        ev.visit(visit)
        return visit.result

    def tensor_attribute(self, ev: Evaluator, owner: Value, attr: str, node: ast.AST, frame: Frame) -> Value:
        """x.attr."""
        raise NotImplementedError

    def set_tensor_attribute(
        self, ev: Evaluator, owner: Value, attr: str, value: Value, node: ast.AST, frame: Frame
    ) -> None:
        """x.requires_grad = False and the like: without meaning for what is computed."""
        if attr == "data" and isinstance(owner.hint, TensorCell):
            calls.write_in_place(ev, owner.hint, value, node, frame)

    def scalar_of(self, ev: Evaluator, value: Value, kind: str, node: ast.AST, frame: Frame) -> Value:
        """int(tensor), float(tensor)."""
        raise ev.refusal(
            frame, node, f"{kind}() of a tensor needs its content", "compute it from sizes or configuration", "content"
        )

    def size_value(self, cell: TensorCell, axis: int, owner: Value, node: ast.AST, frame: Frame) -> Value:
        """The size of one axis, with its origin."""
        return Value(
            cell.shape[axis], Origin("size", node, frame.file, str(axis % len(cell.shape)), (owner,), frame), SIZE
        )

    # -- modules ----------------------------------------------------------------

    def module_attribute(
        self, ev: Evaluator, owner: Value, module: ModuleObject, attr: str, node: ast.AST, frame: Frame
    ) -> Value | None:
        """What the library provides on a module."""
        raise NotImplementedError

    def set_module_attribute(
        self, ev: Evaluator, module: ModuleObject, attr: str, value: Value, node: ast.AST, frame: Frame
    ) -> None:
        """self.attr = value."""
        raise NotImplementedError

    def construct_module(
        self, ev: Evaluator, callee: Value, cls: ClassObject, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
    ) -> Value:
        """Make an instance of a program's module class."""
        raise NotImplementedError

    def apply_module(
        self, ev: Evaluator, callee: Value, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
    ) -> Value:
        """Call a module."""
        raise NotImplementedError

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
        raise NotImplementedError

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
        raise NotImplementedError

    def module_items(self, ev: Evaluator, module: ModuleObject) -> Iterator[Value]:
        """Looping over a container."""
        if module.container == "dict":
            return iter([Value(k) for k in module.children])
        if module.container == "parameters":
            return iter(list(module.parameters.values()))
        return iter(list(module.children.values()))

    def module_index(self, ev: Evaluator, owner: Value, index: Value, node: ast.AST, frame: Frame) -> Value:
        """container[index]."""
        raise NotImplementedError

    def module_store(
        self, ev: Evaluator, owner: Value, index: Value, value: Value, node: ast.AST, frame: Frame
    ) -> None:
        """container[index] = module."""
        raise NotImplementedError

    def copy_module(
        self, ev: Evaluator, module: ModuleObject, memo: dict[int, Value], node: ast.AST, frame: Frame
    ) -> Value:
        """A deep copy, with parameters of its own."""
        raise NotImplementedError

    def check_constraints(
        self, ev: Evaluator, module: ModuleObject, bound: Bound, node: ast.AST, frame: Frame
    ) -> str | None:
        """Do the operands have the sizes that the constructor announced?"""
        return None

    # -- what is not known ----------------------------------------------------

    def unmapped(
        self,
        ev: Evaluator,
        args: Args,
        kwargs: Mapping[str, Value],
        node: ast.AST,
        frame: Frame,
        why: str,
        module: ModuleObject | None = None,
    ) -> Value:
        """An unmapped node: text, place, reason, tensor operands; the result is taken to be like the first tensor."""
        operands: dict[str, object] = {}
        for i, value in enumerate((*args, *kwargs.values())):
            for j, cell in enumerate(self.cells(value)):
                operands[f"x{i}_{j}"] = applying.read_tensor(ev, cell, node, frame)
        ev.visit(Visit(node, frame, "unmapped", None, tuple(args), dict(kwargs), module=module, name=why))
        return self.unmapped_operands(ev, operands, node, frame, why, module)

    def unmapped_operands(
        self,
        ev: Evaluator,
        operands: Mapping[str, object],
        node: ast.AST,
        frame: Frame,
        why: str,
        module: ModuleObject | None = None,
    ) -> Value:
        """The node itself, from operands that were read."""
        first = next((o for o in operands.values() if isinstance(o, TensorVersion)), None)
        version = applying.new_version(ev, first.type if first is not None else TensorType((), "float32"))
        text = ast.unparse(node) if isinstance(node, ast.expr) else type(node).__name__
        made = Node(
            id=f"n{len(ev.nodes) + 1}", op=None, form=None, params={}, operands=dict(operands), weights={}, results=(version,),
            module=module, site=node, file=frame.file, frame=frame, modes={ev.mode}, owner=applying.owner_of(frame), why=why, text=text[:400],
        )  # fmt: skip
        ev.nodes.append(made)
        ev.note(
            frame,
            node,
            f"not mapped: {text.splitlines()[0][:80]}: {why}",
            "map it to an op, or write it with known ones",
            "unmapped",
            "error",
        )
        return Value(TensorCell(version), None, INPUT)

    def cells(self, value: Value) -> Iterator[TensorCell]:
        """The tensors in a value."""
        hint = value.hint
        if isinstance(hint, TensorCell):
            yield hint
        items = hint.items if isinstance(hint, ListObject) else hint if isinstance(hint, tuple) else ()
        for item in items:
            yield from self.cells(item)


def is_unknown(value: Value) -> bool:
    """Is a value one that the reader does not know?"""
    return isinstance(value.hint, Unknown)
