"""nn.Module as the evaluator meets it: registration, containers, calling, and what modules offer as methods."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pivot.dims import hint as dim_hint
from pivot.forms import Bound
from pivot.reading import applying, calls, classes
from pivot.reading.dialect import Dialect
from pivot.reading.modules import ModuleObject
from pivot.reading.stored import stored_shape
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
from pivot.slots import MISSING
from pivot.types import TensorType

if TYPE_CHECKING:
    from pivot.opset import Form
    from pivot.reading.dialect import Args, Kwargs
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

RETURNING_SELF = {
    "train", "eval", "to", "cuda", "cpu", "half", "float", "double", "bfloat16", "requires_grad_", "type", "share_memory", "apply",
    "to_empty", "compile", "zero_grad", "load_state_dict", "register_forward_hook", "register_forward_pre_hook",
    "register_full_backward_hook", "_register_load_state_dict_pre_hook", "_load_from_state_dict", "set_swish", "fuse_model",
}  # fmt: skip
CONTAINER_METHODS = {
    "append",
    "extend",
    "insert",
    "items",
    "keys",
    "values",
    "update",
    "pop",
    "__len__",
    "__getitem__",
    "__iter__",
}
CONTAINER_BASES = {"torch.nn.Sequential": "sequential", "torch.nn.ModuleList": "list", "torch.nn.ModuleDict": "dict"}


class TorchModules(Dialect):
    """Everything of nn.Module and its containers."""

    # -- construction ------------------------------------------------------------

    def construct_module(
        self, ev: Evaluator, callee: Value, cls: ClassObject, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
    ) -> Value:
        module = ModuleObject(cls, site=node, frame=frame, speculative=ev.speculating > 0)
        base = classes.library_base(cls)
        module.container = CONTAINER_BASES.get(base.name, "") if base is not None else ""
        ev.modules.append(module)
        result = Value(module, Origin("apply", node, frame.file, cls.name, args, frame))
        visit = ev.visit(Visit(node, frame, "class", callee, args, kwargs, module=module, result=result, name=cls.name))
        module.visit = visit
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
        if base in CONTAINER_BASES:
            self.fill_container(ev, module, module.container, args, kwargs, node, frame)
            return
        forms = ev.opset.find(self.framework, "call", base)
        if not forms or base == "torch.nn.Module":
            return
        found = applying.try_forms(ev, forms, args, kwargs, node, frame)
        if isinstance(found, str):
            module.attrs["unmapped"] = Value(f"{base}: {found}")
            return
        visit.form, visit.bound = found
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
        ev.modules.append(module)
        visit.module = module
        return Value(module, Origin("apply", node, frame.file, name, args, frame))

    def give_form(
        self, ev: Evaluator, module: ModuleObject, form: Form, bound: Bound, args: Args, kwargs: Kwargs
    ) -> None:
        """Make a module a library layer: parameters, weights with their shapes and names."""
        module.form, module.bound = form, bound
        module.params = dict(bound.params)
        module.param_values = applying.given_values(bound, args, kwargs)
        sizes = applying.merge_constraints(bound)
        for role, spec in form.op.weights.items():
            place = form.weights.get(role)
            if place is None:
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
                version = applying.new_version(ev, parameter.type, parameter)
                module.parameters[term.path] = Value(TensorCell(version))
                if index == 0:
                    module.weights[role] = parameter

    def make_container(
        self,
        ev: Evaluator,
        callee: Value,
        name: str,
        kind: str,
        args: Args,
        kwargs: Kwargs,
        node: ast.AST,
        frame: Frame,
    ) -> Value:
        """nn.Sequential(...), nn.ModuleList([...]) and the like."""
        module = ModuleObject(Api(name), container=kind, site=node, frame=frame, speculative=ev.speculating > 0)
        ev.modules.append(module)
        result = Value(module, Origin("apply", node, frame.file, name, args, frame))
        module.visit = ev.visit(
            Visit(node, frame, "container", callee, args, kwargs, module=module, result=result, name=name)
        )
        self.fill_container(ev, module, kind, args, kwargs, node, frame)
        return result

    def fill_container(
        self, ev: Evaluator, module: ModuleObject, kind: str, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
    ) -> None:
        """Register what a container is made of, under its names or numbers."""
        entries: list[tuple[str, Value]] = []
        if kind in ("sequential", "dict") and args and isinstance(args[0].hint, DictObject):
            entries = [(str(k), v) for k, (_, v) in args[0].hint.entries.items()]
        elif kind == "sequential":
            entries = [(str(i), v) for i, v in enumerate(args)]
        elif args:
            items = list(calls.iterate(ev, args[0], node, frame))
            if kind == "dict":
                pairs = [list(calls.iterate(ev, item, node, frame)) for item in items]
                entries = [(str(pair[0].hint), pair[1]) for pair in pairs]
            else:
                entries = [(str(i), v) for i, v in enumerate(items)]
        start = len(module.children)
        for i, (name, value) in enumerate(entries):
            key = str(start + i) if kind == "list" else name
            self.register(ev, module, key, value, node, frame)

    def register(
        self, ev: Evaluator, module: ModuleObject, name: str, value: Value, node: ast.AST, frame: Frame
    ) -> None:
        """Set a submodule, parameter or plain attribute, as nn.Module's __setattr__ does."""
        hint = value.hint
        target: dict[str, Value]
        if isinstance(hint, ModuleObject):
            target = module.children
        elif isinstance(hint, TensorCell) and hint.version.parameter is not None and not self.is_view(hint):
            target = module.parameters
            if hint.version.parameter.owner is None:
                hint.version.parameter.owner = module
        else:
            target = module.attrs
            if name in module.children and hint is None:
                old = module.children.pop(name)
                ev.undoable(lambda: module.children.__setitem__(name, old))
        if target is not module.attrs and name in module.attrs:
            kept = module.attrs.pop(name)
            ev.undoable(lambda: module.attrs.__setitem__(name, kept))
        ev.set_item(target, name, value)

    def is_view(self, cell: TensorCell) -> bool:
        """Is a cell a view of another?"""
        return cell.base is not None

    def set_module_attribute(
        self, ev: Evaluator, module: ModuleObject, attr: str, value: Value, node: ast.AST, frame: Frame
    ) -> None:
        if attr == "training":
            return
        self.register(ev, module, attr, value, node, frame)

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
            return Value("program")
        if attr in ("_modules", "_parameters", "_buffers"):
            box = module.children if attr == "_modules" else module.parameters
            return Value(DictObject({k: (Value(k), v) for k, v in box.items()}))
        if module.form is not None and module.bound is not None:
            for slot in module.form.args:
                if slot.name == attr:
                    return self.constructor_argument(module, attr, slot.default)
        if isinstance(module.cls, ClassObject) and classes.member(ev, module.cls, attr) is not None:
            return None
        if attr in METHODS or (module.container and attr in CONTAINER_METHODS):
            return Value(BoundApi(owner, attr))
        return None

    def constructor_argument(self, module: ModuleObject, attr: str, default: object) -> Value | None:
        """`conv.out_channels`: what the layer was made with."""
        assert module.bound is not None and module.visit is not None
        where = module.bound.given.get(attr)
        if isinstance(where, int) and where < len(module.visit.args):
            return module.visit.args[where]
        if isinstance(where, str) and where in module.visit.kwargs:
            return module.visit.kwargs[where]
        return Value(default) if default is not MISSING else None

    # -- calling ------------------------------------------------------------------

    def apply_module(
        self, ev: Evaluator, callee: Value, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
    ) -> Value:
        module = callee.hint
        assert isinstance(module, ModuleObject)
        visit = ev.visit(Visit(node, frame, "apply", callee, args, kwargs, module=module, name=module.class_name))
        visit.result = self.run_module(ev, callee, module, args, kwargs, node, frame, visit)
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
            value = args[0]
            for index, child in enumerate(list(module.children.values())):
                inner = self.synthetic(ev, node, index)
                value = self.apply_module(ev, child, (value,), {}, inner, frame)
            return value
        if "unmapped" in module.attrs:
            return self.unmapped(ev, args, kwargs, node, frame, str(module.attrs["unmapped"].hint), module)
        if module.form is None:
            raise ev.refusal(frame, node, f"{module.class_name} has no forward()", "call a module that has one")
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
            calls.write_in_place(ev, args[0].hint, value, node, frame)
            return args[0]
        return value

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
        for constraint in module.bound.constraints:
            letter, announced = constraint.letter, constraint.value
            cell = bound.operands.get(constraint.operand)
            letters = module.form.order.get(constraint.operand) or module.form.op.letters(constraint.operand)
            if not isinstance(cell, TensorCell) or letters is None or not isinstance(announced, int):
                continue
            from pivot.notation import axis_of

            axis = axis_of(tuple(letters), letter, len(cell.shape))
            if axis is None:
                continue
            size = cell.shape[axis]
            if dim_hint(size) != announced:
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
            return receiver
        visit = ev.visit(Visit(node, frame, "method", callee, args, kwargs, module=module, name=name))
        if name in ("add_module", "register_module", "register_parameter", "register_buffer"):
            visit.result = self.registered(ev, module, name, args, kwargs, node, frame)
        elif module.container and name in CONTAINER_METHODS:
            visit.result = self.container_method(ev, module, receiver, name, args, kwargs, node, frame)
        else:
            visit.result = self.introspect(ev, module, receiver, name, args, node, frame)
        return visit.result

    def registered(
        self, ev: Evaluator, module: ModuleObject, name: str, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
    ) -> Value:
        """add_module, register_parameter, register_buffer."""
        key = args[0] if args else kwargs["name"]
        value = (
            args[1]
            if len(args) > 1
            else next((kwargs[k] for k in ("module", "param", "tensor") if k in kwargs), Value(None))
        )
        if name == "register_buffer" and isinstance(value.hint, TensorCell):
            persistent = args[2] if len(args) > 2 else kwargs.get("persistent", Value(True))
            cell = value.hint
            parameter = ParameterObject(
                TensorType(cell.shape, cell.dtype), False, bool(persistent.hint), True, owner=module
            )
            ev.parameters.append(parameter)
            value = Value(TensorCell(applying.new_version(ev, parameter.type, parameter)), value.origin)
        self.register(ev, module, str(key.hint), value, node, frame)
        return Value(None)

    def container_method(
        self,
        ev: Evaluator,
        module: ModuleObject,
        receiver: Value,
        name: str,
        args: Args,
        kwargs: Kwargs,
        node: ast.AST,
        frame: Frame,
    ) -> Value:
        """append, extend, items ... of Sequential, ModuleList and ModuleDict."""
        if name == "append":
            self.register(ev, module, str(len(module.children)), args[0], node, frame)
            return receiver
        if name == "extend":
            for item in calls.iterate(ev, args[0], node, frame):
                self.register(ev, module, str(len(module.children)), item, node, frame)
            return receiver
        if name == "insert" and isinstance(args[0].hint, int):
            items = list(module.children.values())
            items.insert(args[0].hint, args[1])
            self.refill(ev, module, items)
            return Value(None)
        if name == "update":
            source = args[0].hint
            for key, (_, value) in source.entries.items() if isinstance(source, DictObject) else ():
                self.register(ev, module, str(key), value, node, frame)
            return Value(None)
        if name == "items":
            return Value(ListObject([Value((Value(k), v)) for k, v in module.children.items()]))
        if name == "keys":
            return Value(ListObject([Value(k) for k in module.children]))
        if name in ("values", "__iter__"):
            return Value(ListObject(list(module.children.values())))
        if name == "__len__":
            return Value(len(module.children))
        if name == "__getitem__":
            return self.module_index(ev, receiver, args[0], node, frame)
        if name == "pop":
            names = list(module.children)
            key = names[args[0].hint] if isinstance(args[0].hint, int) else str(args[0].hint)
            gone = module.children.pop(key)
            ev.undoable(lambda: module.children.__setitem__(key, gone))
            return gone
        raise ev.refusal(frame, node, f"the method {name!r} of a container is not read", "write it with a loop")

    def refill(self, ev: Evaluator, module: ModuleObject, items: list[Value]) -> None:
        """Replace the numbered children of a container."""
        old = dict(module.children)

        def undo() -> None:
            module.children.clear()
            module.children.update(old)

        ev.undoable(undo)
        module.children.clear()
        module.children.update({str(i): v for i, v in enumerate(items)})

    def introspect(
        self, ev: Evaluator, module: ModuleObject, receiver: Value, name: str, args: Args, node: ast.AST, frame: Frame
    ) -> Value:
        """modules(), children(), named_parameters() ... in the order of registration."""
        if name in ("modules", "named_modules"):
            pairs = [(path, Value(m)) for path, m in module.walk()]
        elif name in ("children", "named_children"):
            pairs = [(path, Value(m)) for path, m in module.own_children()]
        elif name in ("parameters", "named_parameters", "buffers", "named_buffers", "state_dict"):
            pairs = list(self.all_parameters(module, name))
        elif name == "get_submodule" and isinstance(args[0].hint, str):
            found = receiver
            for part in args[0].hint.split("."):
                assert isinstance(found.hint, ModuleObject)
                found = found.hint.children[part]
            return found
        elif name in ("extra_repr", "_get_name"):
            return Value(module.class_name)
        else:
            raise ev.refusal(frame, node, f"the method {name!r} of a module is not read", "write it out")
        if name == "state_dict":
            return Value(DictObject({k: (Value(k), v) for k, v in pairs}))
        if name.startswith("named_"):
            return Value(ListObject([Value((Value(path), value)) for path, value in pairs]))
        return Value(ListObject([value for _, value in pairs]))

    def all_parameters(self, module: ModuleObject, name: str) -> Iterator[tuple[str, Value]]:
        """Named parameters or buffers of a module and all below it."""
        wanted = "buffer" if "buffers" in name else "any" if name == "state_dict" else "parameter"
        for path, inner in module.walk():
            for key, value in inner.parameters.items():
                cell = value.hint
                if isinstance(cell, TensorCell) and cell.version.parameter is not None:
                    kind = "buffer" if cell.version.parameter.buffer else "parameter"
                    if wanted in (kind, "any"):
                        yield f"{path}.{key}" if path else key, value

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
            return Value(None)
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

    def module_index(self, ev: Evaluator, owner: Value, index: Value, node: ast.AST, frame: Frame) -> Value:
        module = owner.hint
        assert isinstance(module, ModuleObject)
        ev.visit(Visit(node, frame, "method", None, (owner, index), module=module, name="index"))
        if isinstance(index.hint, str):
            if index.hint not in module.children:
                raise ev.refusal(frame, node, f"the container has no {index.hint!r}", "check the key", "key")
            return module.children[index.hint]
        items = list(module.parameters.values() if module.container == "parameters" else module.children.values())
        where = calls.index_hint(index)
        try:
            if isinstance(where, slice):
                part = ModuleObject(
                    Api("torch.nn.Sequential" if module.container == "sequential" else "torch.nn.ModuleList")
                )
                part.container, part.site, part.frame = module.container, node, frame
                names = list(module.children)[where]
                part.children.update({str(i): module.children[n] for i, n in enumerate(names)})
                return Value(part)
            if isinstance(where, int):
                return items[where]
        except IndexError:
            raise ev.refusal(
                frame, node, f"index {where} is out of range", "check the configuration", "index"
            ) from None
        raise ev.refusal(frame, node, "a module cannot be indexed like this", "index with a number or a name")

    def module_store(
        self, ev: Evaluator, owner: Value, index: Value, value: Value, node: ast.AST, frame: Frame
    ) -> None:
        module = owner.hint
        assert isinstance(module, ModuleObject)
        ev.visit(Visit(node, frame, "method", None, (owner, index, value), module=module, name="store"))
        key = list(module.children)[index.hint] if isinstance(index.hint, int) and module.children else str(index.hint)
        self.register(ev, module, key, value, node, frame)

    def copy_module(
        self, ev: Evaluator, module: ModuleObject, memo: dict[int, Value], node: ast.AST, frame: Frame
    ) -> Value:
        twin = ModuleObject(
            module.cls, container=module.container, form=module.form, bound=module.bound, params=module.params
        )
        twin.site, twin.frame, twin.visit, twin.param_values = (
            module.site,
            module.frame,
            module.visit,
            module.param_values,
        )
        result = Value(twin)
        memo[id(module)] = result
        ev.modules.append(twin)
        for name, value in module.parameters.items():
            cell = value.hint
            assert isinstance(cell, TensorCell) and cell.version.parameter is not None
            old = cell.version.parameter
            fresh = ParameterObject(old.type, old.trainable, old.persistent, old.buffer, role=old.role, owner=twin)
            ev.parameters.append(fresh)
            twin.parameters[name] = Value(TensorCell(applying.new_version(ev, fresh.type, fresh)))
            for role, parameter in module.weights.items():
                if parameter is old:
                    twin.weights[role] = fresh
        from pivot.reading.stdlib import copied

        for name, value in module.attrs.items():
            twin.attrs[name] = copied(ev, value, True, memo, node, frame)
        for name, value in module.children.items():
            twin.children[name] = copied(ev, value, True, memo, node, frame)
        return result


METHODS = RETURNING_SELF | {
    "forward", "__call__", "add_module", "register_module", "register_parameter", "register_buffer", "modules", "named_modules",
    "children", "named_children", "parameters", "named_parameters", "buffers", "named_buffers", "state_dict", "get_submodule",
    "extra_repr", "_get_name",
}  # fmt: skip
