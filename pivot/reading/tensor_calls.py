"""Operators, indexing and methods of tensors: forms make nodes of them, what no form reads is an unmapped node."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pivot.dims import hint as dim_hint
from pivot.network import Node
from pivot.reading import applying, contents, picks, restated_methods, stores
from pivot.reading.bombs import check_graph, check_nested
from pivot.reading.handlers import Args, Kwargs
from pivot.reading.modules import ModuleObject
from pivot.reading.spelled import Spelled, stop_at
from pivot.reading.storage import new_version, read_tensor, write_in_place
from pivot.reading.trace import Visit
from pivot.reading.values import (
    INPUT,
    SIZE,
    Api,
    ListObject,
    Origin,
    TensorCell,
    TensorVersion,
    Value,
)
from pivot.types import TensorType

if TYPE_CHECKING:
    from pivot.forms import Bound
    from pivot.opset import Form
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame


VIEWS = {
    "cast", "chunk", "diagonal", "expand", "expand_as", "flatten", "identity", "index", "move_axis", "narrow",
    "permute", "reshape", "reshape_as", "select", "split", "squeeze", "stop_gradient", "transpose", "unbind",
    "unflatten", "unsqueeze",
}  # fmt: skip
"""Ops whose result may share its storage with the operand: a write into one is seen by the other."""


UNSTACKED = "unstacked"
"""Of an expression that is looped over as a tensor: the call that gives its parts."""

LOOPING = {"enumerate", "filter", "list", "map", "max", "min", "reversed", "set", "sorted", "sum", "tuple", "zip"}
"""Functions that loop over their arguments."""


class TensorCalls:
    """What a framework's tensors do in expressions."""

    framework = ""
    unstacks = ""  # the function that gives the parts of a tensor that a loop runs over

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
        if base is None:
            base = viewed(ev, visit.form, bound)
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
                write_in_place(ev, first, result, node, frame)
                return Value(first, None, INPUT)
        return result

    def holds_tensor(self, value: Value) -> bool:
        """Is there a tensor in a value?"""
        return next(self.cells(value), None) is not None

    def operator(self, ev: Evaluator, symbol: str, operands: Args, node: ast.AST, frame: Frame) -> Value:
        """An operator applied to at least one tensor."""
        forms = ev.opset.find(self.framework, "operator", symbol)
        visit = Visit(node, frame, "op", None, operands, name=symbol)
        found = applying.try_forms(ev, forms, operands, {}, node, frame)
        if isinstance(found, str):
            spelled = Spelled("operator", symbol, node, frame, operands)
            return self.unmapped(ev, operands, {}, node, frame, f"operator {symbol}: {found}", spelled=spelled)
        visit.form, visit.bound = found
        visit.result = self.run_function(ev, visit, operands, {}, node, frame)
        ev.visit(visit)
        return visit.result

    def tensor_index(self, ev: Evaluator, owner: Value, index: Value, node: ast.AST, frame: Frame) -> Value:
        """x[index]."""
        if index.hint is None:  # x[None] is x[None,]
            index = Value((index,), index.origin, index.depends)
        if isinstance(index.hint, ListObject) and ev.dialect.mutable_tensors:  # x[[0, 2]] is x[[0, 2],]
            index = Value((index,), index.origin, index.depends)
        index = without_lists_of_one(index, node)
        chosen = picks.pick(ev, owner, index, node, frame) if ev.dialect.mutable_tensors else None
        if chosen is not None:
            return chosen
        forms = ev.opset.find(self.framework, "index", "[]")
        visit = Visit(node, frame, "op", None, (owner, index), name="[]")
        found = applying.try_forms(ev, forms, (owner, index), {}, node, frame)
        if isinstance(found, str):
            spelled = Spelled("index", "[]", node, frame, (owner, index))
            return self.unmapped(ev, (owner, index), {}, node, frame, f"indexing: {found}", spelled=spelled)
        visit.form, visit.bound = found
        base = owner.hint if isinstance(owner.hint, TensorCell) and not holds_places(index) else None
        visit.result = self.run_function(ev, visit, (owner, index), {}, node, frame, base)
        ev.visit(visit)
        return visit.result

    def tensor_store(
        self, ev: Evaluator, owner: Value, index: Value, value: Value, node: ast.AST, frame: Frame
    ) -> None:
        """x[index] = value: a new version of x."""
        held = owner.hint
        if not ev.dialect.mutable_tensors and not (isinstance(held, TensorCell) and held.version.parameter is None):
            raise ev.refusal(frame, node, "tensors cannot be stored into", "use slice_update or where", "store")
        stores.store(ev, owner, index, value, node, frame)

    def tensor_items(self, ev: Evaluator, value: Value, node: ast.AST, frame: Frame) -> Iterator[Value]:
        """Looping over the first axis of a tensor."""
        cell = value.hint
        assert isinstance(cell, TensorCell)
        count = cell.shape[0] if cell.shape else 0
        number = dim_hint(count)
        if number > 512:
            raise ev.refusal(frame, node, "a loop over a long tensor axis", "loop over a shorter one", "limit")
        ev.count_size(count, node, frame)
        node = node.value if isinstance(node, ast.Starred) else node
        if contents.content(ev, cell.version) is not None:  # a list of numbers: the loop itself is no site
            node = ast.copy_location(ast.Subscript(ast.Name("?", ast.Load()), ast.Constant(0), ast.Load()), node)
            ev.trace.keep.append(node)
        elif self.unstacks and isinstance(node, ast.expr) and not hides_tensor(node):
            call = node.__dict__.get(UNSTACKED)
            if call is None:
                call = ast.copy_location(ast.Call(ast.Name("?", ast.Load()), [node], []), node)
                call.__dict__["container_site"] = node  # it stands where the expression stands
                ev.trace.keep.append(call)
            made = ev.dialect.call_forms(ev, Value(Api(self.unstacks)), self.unstacks, (value,), {}, call, frame)
            node.__dict__[UNSTACKED] = call  # not if it was refused, as in an arm on trial
            if isinstance(made.hint, (ListObject, tuple)):  # else nothing is known of what is taken apart
                yield from made.hint.items if isinstance(made.hint, ListObject) else made.hint
                return
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
        """x.name(...): by the method forms, else by the function that is restated for it."""
        forms = ev.opset.find(self.framework, "method", name)
        everything = (receiver, *args)
        standing = restated_methods.name_of(self.framework, name) if not forms else None
        if standing is not None:
            known = restated_methods.call(ev, standing, everything, kwargs, node, frame)
            if known is not None:
                return known
        visit = Visit(node, frame, "op", callee, everything, kwargs, name=name)
        found = (
            applying.try_forms(ev, forms, everything, kwargs, node, frame)
            if forms
            else f"the method {name!r} is not known"
        )
        if isinstance(found, str):
            why = f"{name}: {found}" if forms else found
            spelled = Spelled("method", name, node, frame, everything, kwargs)
            return self.unmapped(ev, everything, kwargs, node, frame, why, spelled=spelled)
        visit.form, visit.bound = found
        base = (
            receiver.hint
            if visit.form.op.layout in ("order", "index") and isinstance(receiver.hint, TensorCell)
            else None
        )
        visit.result = self.run_function(ev, visit, everything, kwargs, node, frame, base)
        ev.visit(visit)
        return visit.result

    def set_tensor_attribute(
        self, ev: Evaluator, owner: Value, attr: str, value: Value, node: ast.AST, frame: Frame
    ) -> None:
        """x.requires_grad = False and the like: without meaning for what is computed."""
        if attr == "data" and isinstance(owner.hint, TensorCell):
            write_in_place(ev, owner.hint, value, node, frame)

    def scalar_of(self, ev: Evaluator, value: Value, kind: str, node: ast.AST, frame: Frame) -> Value:
        """int(tensor), float(tensor)."""
        known = contents.as_python(ev, value, node, frame)
        if known is not None and isinstance(known.hint, (int, float)):
            hint = known.hint
            return Value({"int": int, "float": float, "bool": bool}.get(kind, float)(hint), known.origin)
        raise ev.refusal(
            frame, node, f"{kind}() of a tensor needs its content", "compute it from sizes or configuration", "content"
        )

    def size_value(self, cell: TensorCell, axis: int, owner: Value, node: ast.AST, frame: Frame) -> Value:
        """The size of one axis, with its origin."""
        return Value(
            cell.shape[axis], Origin("size", node, frame.file, str(axis % len(cell.shape)), (owner,), frame), SIZE
        )

    def unmapped(
        self,
        ev: Evaluator,
        args: Args,
        kwargs: Mapping[str, Value],
        node: ast.AST,
        frame: Frame,
        why: str,
        module: ModuleObject | None = None,
        spelled: Spelled | None = None,
    ) -> Value:
        """An unmapped node: text, place, reason, tensor operands; the result is taken to be like the first tensor.

        `spelled`: the call as a form would read it, for whoever maps it by hand.
        """
        operands: dict[str, object] = {}
        for i, value in enumerate((*args, *kwargs.values())):
            for j, cell in enumerate(self.cells(value)):
                operands[f"x{i}_{j}"] = read_tensor(ev, cell, node, frame)
        stop = stop_at(ev, spelled)
        visit = Visit(node, frame, "unmapped", None, tuple(args), dict(kwargs), module=module, name=why)
        if stop is not None:
            visit.stopped, visit.name = True, stop.message
        ev.visit(visit)
        return self.unmapped_operands(ev, operands, node, frame, why, module, spelled)

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
        """The node itself, from operands that were read. `waits`: the unmapped call that its shapes hang on."""
        stop = stop_at(ev, spelled)
        first = next((o for o in operands.values() if isinstance(o, TensorVersion)), None)
        version = new_version(ev, first.type if first is not None else TensorType((), "float32"))
        text = ast.unparse(node) if isinstance(node, ast.expr) else type(node).__name__
        made = Node(
            id=f"n{len(ev.nodes) + 1}",
            op=None,
            form=None,
            params={},
            operands=dict(operands),
            weights={},
            results=(version,),
            module=module,
            site=node,
            file=frame.file,
            frame=frame,
            modes={ev.mode},
            owner=applying.owner_of(frame),
            why=why if stop is None else stop.message or "the target stops here, as was decided",
            text=text[:400],
            spelled=spelled,
            waits=waits,
            stopped=stop is not None,
        )
        check_graph(len(ev.nodes))
        ev.nodes.append(made)
        if stop is not None:
            why = f"stops here, as was decided: {text.splitlines()[0][:80]}"
            ev.note(frame, node, why, "map it to have it computed", "stopped", "warning")
        elif waits:
            why = f"not read before {waits} is mapped: {text.splitlines()[0][:80]}: {why}"
            ev.note(frame, node, why, f"map {waits} first", "waits", "warning")
        else:
            why = f"not mapped: {text.splitlines()[0][:80]}: {why}"
            ev.note(frame, node, why, "map it to an op, or write it with known ones", "unmapped", "error")
        ev.guessed[version.id] = waits or text.splitlines()[0][:80]
        return Value(TensorCell(version), None, INPUT)

    def waiting(
        self,
        ev: Evaluator,
        operands: Mapping[str, object],
        node: ast.AST,
        frame: Frame,
        awaited: str,
        why: str,
        module: ModuleObject | None,
    ) -> Value:
        """A node that cannot be read before an unmapped call is mapped: the shape it was taken to have does not fit."""
        ev.visit(Visit(node, frame, "unmapped", None, (), {}, module=module, name=why))
        return self.unmapped_operands(ev, operands, node, frame, why, module, None, awaited)

    def cells(self, value: Value) -> Iterator[TensorCell]:
        """The tensors in a value."""
        check_nested(value.hint)
        yield from self.cells_in(value)

    def cells_in(self, value: Value) -> Iterator[TensorCell]:
        """The tensors in a value that is known to end."""
        hint = value.hint
        if isinstance(hint, TensorCell):
            yield hint
        items = hint.items if isinstance(hint, ListObject) else hint if isinstance(hint, tuple) else ()
        for item in items:
            yield from self.cells_in(item)


def hides_tensor(node: ast.expr) -> bool:
    """Is a tensor looped over at a node that is not its own: a target of an assignment, `zip(*tensors)`?"""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id in LOOPING
    return isinstance(getattr(node, "ctx", None), ast.Store)


def viewed(ev: Evaluator, form: Form, bound: Bound) -> TensorCell | None:
    """The tensor whose storage the result of a function may share."""
    first = next(iter(bound.operands.values()), None)
    if not ev.dialect.mutable_tensors or not isinstance(first, TensorCell) or form.op.name not in VIEWS:
        return None
    if form.op.name == "identity" and form.name.rpartition(".")[2] == "clone":
        return None
    if form.op.name == "index" and holds_places(Value(bound.params.get("index"))):
        return None
    changes_type = form.op.name == "cast" and bound.params.get("dtype") not in (None, first.dtype)
    return None if changes_type else first


def holds_places(index: Value) -> bool:
    """Does an index list places, by a tensor or a list? It gives a copy, not a view."""
    parts = index.hint if isinstance(index.hint, tuple) else (index,)
    found = [part.hint if isinstance(part, Value) else part for part in parts]
    return any(isinstance(part, (TensorCell, ListObject, list)) for part in found)


def without_lists_of_one(index: Value, node: ast.AST) -> Value:
    """`x[:, [-1]]` keeps the axis, as `x[:, -1:]` does; the only list in an index may be said as a slice."""
    said = node.slice if isinstance(node, ast.Subscript) else None
    if not any(isinstance(part, ast.List) for part in (said.elts if isinstance(said, ast.Tuple) else [said])):
        return index  # a list that has a name: its text stays
    items = index.hint if isinstance(index.hint, tuple) else (index,)
    lists = [i for i, item in enumerate(items) if isinstance(item.hint, ListObject)]
    others = all(
        item.hint is None or item.hint is ... or isinstance(item.hint, slice)
        for i, item in enumerate(items)
        if i not in lists
    )
    box = items[lists[0]].hint if len(lists) == 1 and others else None
    number = box.items[0].hint if isinstance(box, ListObject) and len(box.items) == 1 else None
    if not isinstance(number, int) or isinstance(number, bool):
        return index
    part = Value(slice(number, number + 1 if number != -1 else None, None))
    made = (*items[: lists[0]], part, *items[lists[0] + 1 :])
    return Value(made if isinstance(index.hint, tuple) else part.hint, index.origin, index.depends)
