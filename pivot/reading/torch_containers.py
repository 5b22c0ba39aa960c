"""What nn.Module keeps: registration of submodules and parameters, containers, and walking over both."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from pivot.reading import classes, initialising, restating, updating
from pivot.reading.dialect import Dialect
from pivot.reading.handlers import Args, Kwargs
from pivot.reading.hints import index_hint, readable
from pivot.reading.iterating import iterate
from pivot.reading.modules import ModuleObject
from pivot.reading.storage import new_version, read_tensor
from pivot.reading.trace import Visit
from pivot.reading.values import (
    Api,
    ClassObject,
    DictObject,
    ListObject,
    Origin,
    ParameterObject,
    TensorCell,
    Unknown,
    Value,
)
from pivot.slots import Ignored, Slot
from pivot.types import TensorType

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame


class TorchContainers(Dialect):
    """Registration and containers of nn.Module."""

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
        ev.add_module(module)
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
        if kind in ("sequential", "dict", "parameters") and args and isinstance(args[0].hint, DictObject):
            entries = [(str(k), v) for k, (_, v) in args[0].hint.entries.items()]
        elif kind == "sequential":
            entries = [(str(i), v) for i, v in enumerate(args)]
        elif args:
            items = list(iterate(ev, args[0], node, frame))
            if kind == "dict":
                pairs = [list(iterate(ev, item, node, frame)) for item in items]
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
        ev.effects += 1
        if module.container in ("sequential", "list", "dict"):
            value = self.as_member(ev, name, value, node, frame)
        hint = value.hint
        target: dict[str, Value]
        if isinstance(hint, ModuleObject) or (hint is None and module.container in ("list", "dict")):
            target = module.children  # a list may hold None in the place of a module
        elif isinstance(hint, TensorCell) and hint.version.parameter is not None and not self.is_view(hint):
            target = module.parameters
            if hint.version.parameter.owner is None:
                hint.version.parameter.owner = module
        else:
            target = module.attrs
            if name in module.children and hint is None:
                old = module.children.pop(name)
                ev.undoable(lambda: module.children.__setitem__(name, old))
        before = module.children[name].hint if target is module.children and name in module.children else None
        if isinstance(before, ModuleObject) and before is not hint:
            ev.trace.displaced.append(before)
        if (target is module.parameters or hint is None) and is_replaced(module, name, hint):
            ev.trace.replaced.add(id(node))
            ev.drop_item(module.parameters, name)  # another one comes behind those that were made since
        if target is module.parameters and module.form is not None and isinstance(hint, TensorCell):
            self.tie(ev, module, name, hint, node, frame)
        if target is not module.attrs and name in module.attrs:
            kept = module.attrs.pop(name)
            ev.undoable(lambda: module.attrs.__setitem__(name, kept))
        ev.set_item(target, name, value)

    def tie(
        self, ev: Evaluator, module: ModuleObject, name: str, cell: TensorCell, node: ast.AST, frame: Frame
    ) -> None:
        """`a.weight = b.weight`: from here on both layers compute with one parameter."""
        assert module.form is not None
        role = next((r for r, w in module.form.weights.items() if [t.path for t in w.terms] == [name]), None)
        shared = cell.version.parameter
        if role is None or shared is None or role not in module.weights or module.weights[role] is shared:
            return
        if module.weights[role].type.shape != shared.type.shape:
            raise ev.refusal(frame, node, "the weights that are tied differ in shape", "check the sizes", "shape")
        old = module.weights[role]
        module.weights[role] = shared
        ev.undoable(lambda: module.weights.__setitem__(role, old))
        owner = shared.owner
        if owner is not module:
            other = owner.class_name if owner is not None else "the model"
            why = f"{module.class_name} and {other} share a weight; the target holds it in both of them"
            remedy = "both get its values; after training in the target, or to train them as one, set them equal"
            ev.note(frame, node, why, remedy, "tied-weights", "warning")
        ev.visit(Visit(node, frame, "dropped", None, (Value(module),), name="tied"))

    def as_member(self, ev: Evaluator, name: str, value: Value, node: ast.AST, frame: Frame) -> Value:
        """What may stand in a container. A member that was not read makes an unmapped node when it is called."""
        if isinstance(value.hint, Unknown):
            module = ModuleObject(Api("unread"), site=node, frame=frame, speculative=ev.speculating > 0)
            module.attrs["unmapped"] = Value(value.hint.why)
            module.attrs["unread"] = value
            ev.add_module(module)
            return Value(module, value.origin)
        return value

    def is_view(self, cell: TensorCell) -> bool:
        """Is a cell a view of another?"""
        return cell.base is not None

    def set_module_attribute(
        self, ev: Evaluator, module: ModuleObject, attr: str, value: Value, node: ast.AST, frame: Frame
    ) -> None:
        if attr == "training":
            return
        self.check_setting(ev, module, attr, value, node, frame)
        held, given = module.parameters.get(attr, Value(None)).hint, value.hint
        if isinstance(held, TensorCell) and held is not given:
            if initialising.in_forward(frame):
                ev.visit(Visit(node, frame, "dropped", None, (value,), name="start"))
                if not updating.stays(ev, held, given):
                    updating.update(ev, held, node, frame)
                return
            value = self.bound_anew(ev, module, held, value, node, frame)
        self.register(ev, module, attr, value, node, frame)

    def bound_anew(
        self, ev: Evaluator, module: ModuleObject, held: TensorCell, value: Value, node: ast.AST, frame: Frame
    ) -> Value:
        """`self.mask = x` in a constructor: what a registered buffer holds from here on is a buffer, too."""
        buffer, given = held.version.parameter, value.hint
        if (
            buffer is None
            or not buffer.buffer
            or not isinstance(given, TensorCell)
            or given.version.parameter is not None
        ):
            return value
        ev.trace.rebound.setdefault(id(node), set()).add(str(given.dtype))
        return self.buffer_of(ev, module, value, given, buffer.persistent, node, frame)

    def buffer_of(
        self,
        ev: Evaluator,
        module: ModuleObject,
        value: Value,
        cell: TensorCell,
        persistent: bool,
        node: ast.AST,
        frame: Frame,
    ) -> Value:
        """A buffer of a module that starts from a tensor."""
        if cell.start is None:
            read_tensor(ev, cell, node, frame)
        parameter = ParameterObject(TensorType(cell.shape, str(cell.dtype)), False, persistent, True, owner=module)
        ev.parameters.append(parameter)
        return Value(TensorCell(new_version(ev, parameter.type, parameter)), value.origin)

    def check_setting(
        self, ev: Evaluator, module: ModuleObject, attr: str, value: Value, node: ast.AST, frame: Frame
    ) -> None:
        """`conv.stride = 2`: what a layer computes with is not changed after it was made. Raises Refusal."""
        if isinstance(module.cls, ClassObject):
            self.check_restated(ev, module.cls, attr, node, frame)
        self.check_follows(ev, module, node, frame)
        if module.form is None or module.bound is None:
            return
        slot = next((s for s in module.form.args if s.name == attr), None)
        if slot is None or isinstance(slot.value, Ignored) or isinstance(module.cls, ClassObject):
            return  # what a class of the program changes is asked where it computes
        if value.hint != given_to(module, slot, module.visit):
            restating.turn_to(ev, module.cls.name)  # what it computes with is then no more than attributes
            why = f"{attr} of a layer is changed after the layer was made"
            raise ev.refusal(frame, node, why, "make the layer with this value", "changed-layer")

    def check_follows(self, ev: Evaluator, module: ModuleObject, node: ast.AST, frame: Frame) -> None:
        """What a restated function sets on a layer counts where the layer is restated beside it. Raises Refusal."""
        function = frame.function
        if function is None or function.owner is not None or not restating.is_restatement(function.file):
            return
        chain = module.cls.mro() if isinstance(module.cls, ClassObject) else [module.cls]
        files = {c.name: c.file for c in chain if isinstance(c, ClassObject) and restating.is_restatement(c.file)}
        if any(restating.beside(file, "") == restating.beside(function.file, "") for file in files.values()):
            return
        layer = next((c.name.rpartition(".")[2] for c in chain if isinstance(c, Api)), "")
        restating.turn_to(ev, restating.beside(function.file, next(iter(files), layer)))
        why = f"what {function.name} makes of {module.class_name} is not read"
        raise ev.refusal(frame, node, why, "compute the weight in the forward pass", "changed-layer")

    def check_changed(self, ev: Evaluator, module: ModuleObject, node: ast.AST, frame: Frame) -> None:
        """`self.stride = 2` in a class that derives from a layer, whose own pass computes with it. Raises Refusal."""
        for slot in module.form.args if module.form is not None else ():
            now = module.attrs.get(slot.key, Value(None)).hint
            if now is None or isinstance(now, TensorCell) or isinstance(slot.value, Ignored):
                continue
            if one_number(now) != one_number(given_to(module, slot, module.made_by)):
                base = classes.library_base(module.cls) if isinstance(module.cls, ClassObject) else None
                if base is not None:
                    restating.turn_to(ev, base.name)  # what it computes with is then no more than attributes
                why = f"{slot.name} of a layer is changed after the layer was made"
                raise ev.refusal(frame, node, why, "give it to the constructor of the base class", "changed-layer")

    def check_restated(self, ev: Evaluator, cls: ClassObject, attr: str, node: ast.AST, frame: Frame) -> None:
        """A restated layer follows what its forward pass reads, and nothing else that it was made with."""
        if not restating.is_restatement(cls.file) or restating.is_restatement(frame.file):
            return
        methods = {s.name: s for s in cls.node.body if isinstance(s, ast.FunctionDef)}
        made = methods.get("__init__")
        named = {a.arg for a in (*made.args.args, *made.args.kwonlyargs)} if made is not None else set()
        read = {n.attr for n in ast.walk(methods.get("forward", cls.node)) if isinstance(n, ast.Attribute)}
        if attr in named and attr not in read:
            why = f"{attr} of a layer is changed after the layer was made"
            raise ev.refusal(frame, node, why, "make the layer with this value", "changed-layer")

    def registered(
        self, ev: Evaluator, module: ModuleObject, name: str, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
    ) -> Value:
        """add_module, register_parameter, register_buffer."""
        key = args[0] if args else kwargs["name"]
        if not isinstance(key.hint, str) or not key.hint or "." in key.hint or key.hint.startswith("__"):
            raise ev.refusal(frame, node, f"{readable(key)!r} cannot be the name of a submodule", "use another name")
        value = (
            args[1]
            if len(args) > 1
            else next((kwargs[k] for k in ("module", "param", "tensor") if k in kwargs), Value(None))
        )
        if name == "register_buffer" and isinstance(value.hint, TensorCell):
            persistent = args[2] if len(args) > 2 else kwargs.get("persistent", Value(True))
            cell = value.hint
            if not persistent.hint and cell.version.parameter is None:  # not in the checkpoint: computed again
                followed(cell)
                self.register(ev, module, str(key.hint), value, node, frame)
                module.unsaved.append(str(key.hint))
                return Value(None)
            value = self.buffer_of(ev, module, value, cell, bool(persistent.hint), node, frame)
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
            self.register(ev, module, str(len(module.members())), args[0], node, frame)
            return receiver
        if name == "extend":
            for item in iterate(ev, args[0], node, frame):
                self.register(ev, module, str(len(module.members())), item, node, frame)
            return receiver
        if name == "insert" and isinstance(args[0].hint, int):
            items = list(module.children.values())
            items.insert(args[0].hint, args[1])
            self.refill(ev, module, items)
            return Value(None)
        if name == "__delitem__" and module.container in ("sequential", "list"):
            items, where = list(module.children.values()), index_hint(args[0])
            try:
                del items[where]  # type: ignore[arg-type]
            except (IndexError, TypeError):
                raise ev.refusal(frame, node, "what is deleted is not in the container", "check it", "index") from None
            self.refill(ev, module, items)  # all are counted anew, whatever their names were
            return Value(None)
        if name == "__delitem__" and args[0].hint in module.children:
            gone = module.children.pop(str(args[0].hint))
            ev.undoable(lambda: module.children.__setitem__(str(args[0].hint), gone))
            return Value(None)
        if name == "update":
            source = args[0].hint
            for key, (_, value) in source.entries.items() if isinstance(source, DictObject) else ():
                self.register(ev, module, str(key), value, node, frame)
            return Value(None)
        if name == "items":
            return Value(ListObject([Value((Value(k), v)) for k, v in module.members().items()]))
        if name == "keys":
            return Value(ListObject([Value(k) for k in module.members()]))
        if name in ("values", "__iter__"):
            return Value(ListObject(list(module.members().values())))
        if name == "__len__":
            return Value(len(module.members()))
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
            pairs = [(path, Value(m)) for path, m in module.children_once()]
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
            for key in dict.fromkeys(inner.unsaved) if wanted == "buffer" else ():
                value = inner.attrs.get(key, Value(None))
                if isinstance(value.hint, TensorCell):
                    yield f"{path}.{key}" if path else key, value

    def module_index(self, ev: Evaluator, owner: Value, index: Value, node: ast.AST, frame: Frame) -> Value:
        module = owner.hint
        assert isinstance(module, ModuleObject)
        visit = ev.visit(Visit(node, frame, "method", None, (owner, index), module=module, name="index"))
        if isinstance(index.hint, str):
            if index.hint not in module.members():
                raise ev.refusal(frame, node, f"the container has no {index.hint!r}", "check the key", "key")
            return module.members()[index.hint]
        items = list(module.members().values())
        where = index_hint(index)
        try:
            if isinstance(where, slice):
                part = ModuleObject(
                    Api("torch.nn.Sequential" if module.container == "sequential" else "torch.nn.ModuleList")
                )
                part.container, part.site, part.frame = module.container, node, frame
                names, keeps = list(module.children)[where], module.container == "sequential"
                part.children.update({n if keeps else str(i): module.children[n] for i, n in enumerate(names)})
                visit.result = Value(part)
                return visit.result
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


def followed(cell: TensorCell) -> None:
    """A buffer is of the kind that its module is turned to, whatever kind it was computed in."""
    type_ = TensorType(cell.shape, str(cell.dtype))
    cell.version = replace(cell.version, type=type_)


def is_replaced(module: ModuleObject, name: str, hint: object) -> bool:
    """Does a module of the program get another parameter, or None, under a name that one has?"""
    old = module.parameters[name].hint if name in module.parameters and module.form is None else None
    if not isinstance(old, TensorCell):
        return False
    return hint is None or (isinstance(hint, TensorCell) and old.version.parameter is not hint.version.parameter)


def given_to(module: ModuleObject, slot: Slot, visit: Visit | None) -> object:
    """What the call that made a layer gave an argument; its default where it gave none."""
    where = module.bound.given.get(slot.key) if module.bound is not None else None
    if visit is not None and isinstance(where, int) and where < len(visit.args):
        return visit.args[where].hint
    if visit is not None and isinstance(where, str) and where in visit.kwargs:
        return visit.kwargs[where].hint
    return slot.default


def one_number(hint: object) -> object:
    """Values as Python's own; (3, 3) as 3."""
    items = hint.items if isinstance(hint, ListObject) else hint if isinstance(hint, tuple) else None
    if items is None:
        return hint
    parts = [one_number(item.hint if isinstance(item, Value) else item) for item in items]
    return parts[0] if parts and all(part == parts[0] for part in parts) else tuple(parts)
