"""nn.Module as the evaluator meets it: construction, attributes, calling, and methods."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pivot.binding import Constraint
from pivot.dims import Dim, Size
from pivot.dims import hint as dim_hint
from pivot.forms import Bound, without_batch
from pivot.notation import axis_of
from pivot.reading import (
    applying,
    boxes,
    calls,
    classes,
    constructed,
    freezing,
    initialising,
    remembering,
    restating,
    surroundings,
)
from pivot.reading.handlers import Args, Kwargs
from pivot.reading.modules import ModuleObject
from pivot.reading.spelled import of_unknown
from pivot.reading.storage import new_version, write_in_place
from pivot.reading.stored import paths_of_weights, stored_shape
from pivot.reading.torch_containers import TorchContainers
from pivot.reading.torch_names import CONTAINER_METHODS, CONTAINERS, METHODS, RETURNING_SELF
from pivot.reading.trace import Visit
from pivot.reading.values import (
    MODE,
    Api,
    BoundApi,
    ClassObject,
    DictObject,
    FunctionObject,
    InstanceObject,
    Origin,
    ParameterObject,
    SuperObject,
    TensorCell,
    Value,
)
from pivot.types import TensorType

if TYPE_CHECKING:
    from pivot.opset import Form
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame


class TorchModules(TorchContainers):
    """Everything of nn.Module and its containers."""

    # -- construction ------------------------------------------------------------

    def construct_module(
        self, ev: Evaluator, callee: Value, cls: ClassObject, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
    ) -> Value:
        module = ModuleObject(cls, site=node, frame=frame, speculative=ev.speculating > 0)
        base = classes.library_base(cls)
        module.container = CONTAINERS.get(base.name, "") if base is not None else ""
        ev.add_module(module)
        result = Value(module, Origin("apply", node, frame.file, cls.name, args, frame))
        visit = ev.visit(Visit(node, frame, "class", callee, args, kwargs, module=module, result=result, name=cls.name))
        module.visit = visit
        visit.began = remembering.at_first(args, kwargs, node, frame)
        hit = classes.member(ev, cls, "__init__")
        if hit is not None and isinstance(hit[0].hint, FunctionObject):
            calls.call_program(ev, hit[0].hint, (result, *args), kwargs, node, frame, hit[0], result, visit)
        elif base is not None:
            self.library_init(ev, module, base.name, args, kwargs, node, frame, visit)
        return result

    def library_init(
        self,
        ev: Evaluator,
        module: ModuleObject,
        base: str,
        args: Args,
        kwargs: Kwargs,
        node: ast.AST,
        frame: Frame,
        visit: Visit,
    ) -> None:
        """What the constructor of a library base does to the instance of a subclass."""
        if base in CONTAINERS:
            self.fill_container(ev, module, module.container, args, kwargs, node, frame)
            return
        forms = ev.opset.find(self.framework, "call", base)
        if not forms or base == "torch.nn.Module":
            return
        found = applying.try_forms(ev, forms, args, kwargs, node, frame)
        if isinstance(found, str):
            restating.turn_to(ev, base)
            module.attrs["unmapped"] = Value(f"{base}: {found}")
            return
        visit.form, visit.bound = found
        module.made_by = visit
        self.give_form(ev, module, found[0], found[1], args, kwargs)

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
        module = ModuleObject(Api(name), site=node, frame=frame, visit=visit, speculative=ev.speculating > 0)
        self.give_form(ev, module, visit.form, visit.bound, args, kwargs)
        ev.add_module(module)
        visit.module = module
        return Value(module, Origin("apply", node, frame.file, name, args, frame))

    def give_form(
        self, ev: Evaluator, module: ModuleObject, form: Form, bound: Bound, args: Args, kwargs: Kwargs
    ) -> None:
        """Make a module a library layer: parameters, weights with their shapes and names."""
        module.form, module.bound = form, bound
        module.params = dict(bound.params)
        module.param_values = applying.given_values(bound, args, kwargs)
        self.make_weights(ev, module, form, bound, applying.merge_constraints(bound))
        initialising.start_by_default(module, args, kwargs)

    def make_weights(
        self, ev: Evaluator, module: ModuleObject, form: Form, bound: Bound, sizes: dict[tuple[str, str], Dim]
    ) -> None:
        """The weights whose shapes are known and that are not there yet."""
        for role, spec in form.op.weights.items():
            place = form.weights.get(role)
            if place is None or role in module.weights:
                continue
            if not sizes and module.class_name.startswith("Lazy"):
                continue
            for index, term in enumerate(place.terms):
                shape = stored_shape(form.op, role, place, bound.params, sizes)
                if shape is None:
                    module.attrs.setdefault(term.path, Value(None))
                    continue
                dtype = "int64" if not place.letters and spec.buffer else "float32"
                parameter = ParameterObject(
                    TensorType(shape, dtype), not spec.buffer, True, spec.buffer, role=role, owner=module
                )
                ev.parameters.append(parameter)
                version = new_version(ev, parameter.type, parameter)
                module.parameters[term.path] = Value(TensorCell(version))
                if index == 0:
                    module.weights[role] = parameter
        for path in paths_of_weights(form):
            if path not in module.parameters:
                module.attrs.setdefault(path, Value(None))

    # -- reading ------------------------------------------------------------------

    def module_attribute(
        self, ev: Evaluator, owner: Value, module: ModuleObject, attr: str, node: ast.AST, frame: Frame
    ) -> Value | None:
        if attr == "training":
            ev.visit(Visit(node, frame, "mode", None, (owner,), name="training"))
            return Value(ev.mode_values[ev.mode], None, MODE)
        if attr == "__class__":
            return Value(module.cls)
        if attr == "__module__":
            return Value(surroundings.module_name(module.cls.file)) if isinstance(module.cls, ClassObject) else None
        if attr in ("_modules", "_parameters", "_buffers"):
            box = module.children if attr == "_modules" else module.parameters
            if attr == "_modules":
                ev.visit(Visit(node, frame, "held", None, (owner,), module=module))
            return Value(DictObject({k: (Value(k), v) for k, v in box.items()}))
        made_with = constructed.argument(ev, owner, module, attr, node, frame)
        if made_with is not None:
            return made_with
        if isinstance(module.cls, ClassObject) and classes.member(ev, module.cls, attr) is not None:
            return None
        if attr in METHODS or (module.container and attr in CONTAINER_METHODS):
            return Value(BoundApi(owner, attr))
        return None

    # -- calling ------------------------------------------------------------------

    def apply_module(
        self, ev: Evaluator, callee: Value, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
    ) -> Value:
        module = callee.hint
        assert isinstance(module, ModuleObject)
        visit = ev.visit(Visit(node, frame, "apply", callee, args, kwargs, module=module, name=module.class_name))
        cell = args[0].hint if args else None
        old = cell.version if isinstance(cell, TensorCell) else None
        visit.result = self.run_module(ev, callee, module, args, kwargs, node, frame, visit)
        if isinstance(cell, TensorCell) and old is not None and cell.version is not old:
            visit.altered = (old, cell.version)
        return visit.result

    def run_module(
        self,
        ev: Evaluator,
        callee: Value,
        module: ModuleObject,
        args: Args,
        kwargs: Kwargs,
        node: ast.AST,
        frame: Frame,
        visit: Visit,
    ) -> Value:
        """The forward pass of a module: its own, its container's, or its op."""
        self.turn_to_variant(ev, module, args)
        if ev.mode == "train" and classes.stays_in_evaluation(ev, module.cls):
            ev.mode = "eval"
            try:
                return self.run_module(ev, callee, module, args, kwargs, node, frame, visit)
            finally:
                ev.mode = "train"
        number = module.calls.get(ev.mode, 0)
        module.calls[ev.mode] = number + 1
        if isinstance(module.cls, ClassObject):
            hit = classes.member(ev, module.cls, "forward")
            if hit is not None and isinstance(hit[0].hint, FunctionObject):
                return calls.call_program(ev, hit[0].hint, (callee, *args), kwargs, node, frame, hit[0], callee, visit)
        return self.library_forward(ev, module, args, kwargs, node, frame, visit, number)

    def library_forward(
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
        """forward() as the library has it."""
        if module.container == "sequential":
            if not args and "input" not in kwargs:
                raise ev.refusal(
                    frame, node, "a Sequential is called without an input", "give it a tensor", "arguments"
                )
            if len(args) > 1 or set(kwargs) - {"input"}:
                why = "a Sequential takes one input and nothing else"
                raise ev.refusal(frame, node, why, "leave the other arguments out", "arguments")
            value = args[0] if args else kwargs["input"]
            for index, child in enumerate(list(module.children.values())):
                inner = self.synthetic(ev, node, index)
                value = self.apply_module(ev, child, (value,), {}, inner, frame)
            return value
        if "unmapped" in module.attrs:
            unread = module.attrs.get("unread")
            spelled = (
                of_unknown(ev, unread, args, kwargs, node)
                if unread is not None
                else applying.layer_call(module, args, kwargs, node)
            )
            return self.unmapped(ev, args, kwargs, node, frame, str(module.attrs["unmapped"].hint), module, spelled)
        if module.form is None:
            raise ev.refusal(frame, node, f"{module.class_name} has no forward()", "call a module that has one")
        if module.class_name.startswith("Lazy"):
            self.settle_lazy(ev, module, args, frame, node)
        if isinstance(module.cls, ClassObject):
            self.check_changed(ev, module, node, frame)
        before = len(ev.nodes)
        value = applying.apply_layer(ev, module, args, kwargs, node, frame, visit)
        for made in ev.nodes[before:]:
            made.index = number
        if (
            module.bound is not None
            and module.bound.flags.get("inplace")
            and args
            and isinstance(args[0].hint, TensorCell)
        ):
            write_in_place(ev, args[0].hint, value, node, frame)
            return args[0]
        return value

    def turn_to_variant(self, ev: Evaluator, module: ModuleObject, args: Args) -> None:
        """A layer that is called with an object of a restated class is restated beside that. Raises Restate."""
        given = args[0].hint if args else None
        cls = given.cls if isinstance(given, InstanceObject) else None
        own = isinstance(module.cls, ClassObject) and not restating.is_restatement(module.cls.file)
        if isinstance(cls, ClassObject) and not own and restating.is_restatement(cls.file):
            restating.turn_to(ev, restating.beside(cls.file, module.class_name))

    def settle_lazy(self, ev: Evaluator, module: ModuleObject, args: Args, frame: Frame, node: ast.AST) -> None:
        """A layer that learns its sizes from its first input: they are fixed by it, and its weights are made."""
        if module.form is None or module.bound is None or not args or not isinstance(args[0].hint, TensorCell):
            return
        name, cell = next(iter(module.form.op.inputs)), args[0].hint
        letters = module.form.order.get(name) or module.form.op.letters(name) or ()
        if "*" not in letters and len(letters) == len(cell.shape) + 1:
            letters = tuple(letter for letter in letters if letter != "N")
        sizes: dict[tuple[str, str], Dim] = {}
        for letter in letters:
            axis = axis_of(tuple(letters), letter, len(cell.shape)) if letter != "*" else None
            if axis is not None and letter in ("C", "I"):
                sizes[name, letter] = dim_hint(cell.shape[axis])
                if isinstance(cell.shape[axis], Size):
                    place = f"{frame.file}:{getattr(node, 'lineno', 0)}"
                    ev.guards.append((cell.shape[axis], sizes[name, letter], place))
        self.make_weights(ev, module, module.form, module.bound, sizes)

    def synthetic(self, ev: Evaluator, node: ast.AST, index: int) -> ast.AST:
        """A site of its own for the index-th child of a container applied at `node`."""
        table: dict[int, ast.AST] = node.__dict__.setdefault("_children", {})
        if index not in table:
            made = ast.Call(getattr(node, "func", ast.Name("?", ast.Load())), [], [])
            ast.copy_location(made, node)
            made.__dict__["container_site"] = node
            made.__dict__["container_index"] = index
            table[index] = made
            ev.trace.keep.append(made)
        return table[index]

    def check_constraints(
        self, ev: Evaluator, module: ModuleObject, bound: Bound, node: ast.AST, frame: Frame
    ) -> str | None:
        """in_channels and the like against what arrives; free sizes are fixed by it."""
        assert module.bound is not None and module.form is not None
        for constraint in (*module.bound.constraints, *of_weights(module)):
            letter, announced = constraint.letter, constraint.value
            cell = bound.operands.get(constraint.operand)
            order = without_batch(module.form) if bound.unbatched else module.form.order
            letters = order.get(constraint.operand) or module.form.op.letters(constraint.operand)
            if not isinstance(cell, TensorCell) or letters is None or not isinstance(announced, int):
                continue
            axis = axis_of(tuple(letters), letter, len(cell.shape))
            if axis is None:
                continue
            size = cell.shape[axis]
            if dim_hint(size) != announced:
                ev.misfit = (announced, dim_hint(size))
                return f"{module.class_name} was made for {announced} on axis {axis}, {dim_hint(size)} arrive"
            if not isinstance(size, int):
                ev.guards.append((size, announced, f"{frame.file}:{getattr(node, 'lineno', 0)}"))
        return None

    # -- methods --------------------------------------------------------------------

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
        if name in ("forward", "__call__"):
            return self.apply_module(ev, receiver, args, kwargs, node, frame)
        if name in RETURNING_SELF:
            ev.visit(Visit(node, frame, "dropped", callee, args, kwargs, module=module, name=name, result=receiver))
            if name == "requires_grad_":
                wanted = args[0] if args else kwargs.get("requires_grad", Value(True))
                freezing.freeze(ev, freezing.of_module(module), wanted, node, frame)
            if name == "apply" and args:
                initialising.apply_function(ev, module, args[0], node, frame)
            return receiver
        if name == "reset_parameters" and starts_afresh(module):
            ev.visit(Visit(node, frame, "dropped", callee, args, kwargs, module=module, name=name))
            return Value(None)
        visit = ev.visit(Visit(node, frame, "method", callee, args, kwargs, module=module, name=name))
        if name in ("add_module", "register_module", "register_parameter", "register_buffer"):
            visit.result = self.registered(ev, module, name, args, kwargs, node, frame)
        elif module.container and name in CONTAINER_METHODS:
            visit.result = self.container_method(ev, module, receiver, name, args, kwargs, node, frame)
        else:
            visit.result = self.introspect(ev, module, receiver, name, args, node, frame)
        return visit.result

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
        base = classes.library_base(module.cls) if isinstance(module.cls, ClassObject) else None
        if name == "__init__":
            visit = ev.visit(
                Visit(node, frame, "super", callee, args, kwargs, module=module, name=base.name if base else "")
            )
            if base is not None:
                self.library_init(ev, module, base.name, args, kwargs, node, frame, visit)
            return Value(None)
        if name in ("forward", "__call__"):
            visit = ev.visit(Visit(node, frame, "apply", callee, args, kwargs, module=module, name="super"))
            visit.result = self.library_forward(
                ev, module, args, kwargs, node, frame, visit, module.calls.get(ev.mode, 1) - 1
            )
            return visit.result
        if name == "__setattr__":
            self.set_module_attribute(ev, module, str(args[0].hint), args[1], node, frame)
            return Value(None)
        return self.module_method(ev, callee, sup.receiver, name, args, kwargs, node, frame)


def starts_afresh(module: ModuleObject) -> bool:
    """Does a layer of the library still start from its own distributions, so that drawing anew changes nothing?"""
    starts = [parameter.start for parameter in module.weights.values()]
    return module.form is not None and all(start is None or start.default for start in starts)


def of_weights(module: ModuleObject) -> Iterator[Constraint]:
    """The sizes that weights have by a parameter of the op alone, for the operands that share the axis."""
    op = module.form.op if module.form is not None else None
    for letter, said in op.sizes.items() if op is not None else ():
        for name, spec in op.inputs.items() if op is not None and isinstance(module.params.get(said), int) else ():
            if letter in (spec.letters or ()) and not spec.optional:
                yield Constraint(name, letter, module.params[said])
