"""Shapes behind layers that were made anew: inferred again as far as they change."""

from __future__ import annotations

from collections.abc import Collection

from pivot.forms import Bound, Refused, normalise, read_apply, without_batch
from pivot.network import Node
from pivot.reading import applying
from pivot.reading.elaborate import Elaborated
from pivot.reading.fixing import settle_sizes
from pivot.reading.own_axes import orders_any_rank
from pivot.reading.recording import HOLDING, cells
from pivot.reading.retuned.declined import Declined
from pivot.reading.retuned.functions import read_call
from pivot.reading.trace import Visit
from pivot.reading.values import TensorVersion
from pivot.shapes import ShapeError
from pivot.slots import Operand
from pivot.types import TensorType

SHAPELESS = {"unreadable", "unbound"}  # codes of what cannot be read whatever the sizes
FOUND = {"given", "found"}
"""How inputs were told where no size of a tensor tells them; they are guessed by what goes through the model."""
CALLING = {"apply", "op", "function", "class", "container"}
"""Kinds of calls that may be given a tensor of another shape: what they do with it has visits of its own."""


class Reshaped:
    """The tensors whose shapes are others now. `retuned`: layers that were made anew and nodes of functions that are
    given another number, by identity.
    """

    def __init__(self, done: Elaborated, retuned: Collection[int]) -> None:
        self.done, self.ev, self.retuned = done, done.evaluator, retuned
        self.changed: dict[int, TensorVersion] = {}  # by identity, as they were

    def infer(self) -> None:
        """Go through all nodes in the order of evaluation. Raises Declined."""
        visits = [v for found in self.ev.trace.visits.values() for v in found if v.made is not None]
        visits.sort(key=lambda visit: visit.serial)
        met = {id(visit.made) for visit in visits}
        for visit in visits:
            node = visit.made
            assert node is not None
            if self.reaches(node) or self.is_anew(node):
                self.again(visit, node)
        if not self.changed:
            return
        for run in self.done.network.runs.values():
            if any(id(node) not in met and self.reaches(node) for node in run.nodes):
                raise Declined("a step without a call of its own takes a tensor of another shape")
        self.check_readers()

    def is_anew(self, node: Node) -> bool:
        """Is a node, or its layer, made with another number?"""
        return id(node.module if node.module is not None else node) in self.retuned

    def reaches(self, node: Node) -> bool:
        """Does a node take a tensor that has another shape now?"""
        if any(t.whole is not None and id(t.whole) in self.changed for t in node.tensors()):
            raise Declined("a part of a tensor of another shape is taken")
        return any(id(tensor) in self.changed for tensor in node.tensors())

    def again(self, visit: Visit, node: Node) -> None:
        """Bind and infer one node again. Raises Declined."""
        op, form, module = node.op, node.form, node.module
        self.check_arms(visit)
        if op is None or form is None or node.bound is None or visit.bound is not node.bound or orders_any_rank(form):
            raise Declined("a node that no form reads is reached")
        anew = self.is_anew(node)
        bound = node.bound if not anew and takes_tensors_alone(node) else self.bound_again(visit, node)
        self.check_announced(visit, node, bound)
        types = {name: applying.type_of(operand) for name, operand in node.operands.items()}
        if module is None:
            types.update({name: p.type for name, p in node.weights.items() if name not in types})
        checked: dict[str, object] | Refused = (
            node.params
        )  # they depend on the ranks of the tensors, which are the same
        if anew:
            checked = normalise(op, {**(module.params if module is not None else {}), **bound.params}, types)
        if isinstance(checked, Refused):
            raise Declined(f"{op.name}: {checked.why}")
        order = without_batch(form) if bound.unbatched else form.order or None
        try:
            inferred = applying.infer_on_trial(self.ev, op, checked, types, order)
        except ShapeError as error:
            raise Declined(f"{op.name}: {error}") from None
        if op.name in ("cast", "tensor") and self.ev.dialect.mixes_kinds:
            inferred = tuple(applying.kind_kept(t, checked.get("dtype"), types.get("x", t)) for t in inferred)
        visit.bound = node.bound = bound
        node.params = checked
        self.note(node, inferred)

    def check_arms(self, visit: Visit) -> None:
        """What an arm on trial did before it failed decides where it fails. Raises Declined."""
        for _, first, last, code in self.ev.failed:
            if first < visit.serial <= last or code not in SHAPELESS:
                raise Declined("an arm on trial could be read further now")

    def bound_again(self, visit: Visit, node: Node) -> Bound:
        """The call of a node read again. Raises Declined where its own arguments say something else now."""
        assert node.form is not None and node.bound is not None
        module, old = node.module, node.bound
        if module is None and self.is_anew(node):
            return read_call(self.ev, visit)
        args = tuple(applying.plain_of(v) for v in visit.args)
        kwargs = {k: applying.plain_of(v) for k, v in visit.kwargs.items()}
        found: Bound | Refused
        if module is not None:
            found = read_apply(node.form, module.params, args, kwargs)
            own = {k: v for k, v in old.params.items() if k not in module.params}
        else:
            read = applying.try_forms(self.ev, (node.form,), visit.args, visit.kwargs, visit.node, visit.frame)
            found = Refused(read) if isinstance(read, str) else read[1]
            own = old.params
        if isinstance(found, Refused):
            raise Declined(found.why)
        said = found.params if module is None else {k: v for k, v in found.params.items() if k not in module.params}
        same = (old.constraints, old.flags, old.given, old.codecs, old.unbatched, own)
        if same != (found.constraints, found.flags, found.given, found.codecs, found.unbatched, said):
            raise Declined("a call says something else on tensors of another shape")
        return found

    def check_announced(self, visit: Visit, node: Node, bound: Bound) -> None:
        """Sizes that a layer was made for have to arrive. Raises Declined."""
        if node.module is not None and self.reaches(node):
            bad = self.ev.dialect.check_constraints(self.ev, node.module, bound, visit.node, visit.frame)
            if bad is not None:
                raise Declined(bad)

    def note(self, node: Node, inferred: tuple[TensorType, ...]) -> None:
        """Give the results of a node their types. Raises Declined."""
        if len(inferred) != len(node.results):
            raise Declined("a node gives another number of tensors now")
        for version, type_ in zip(node.results, inferred, strict=True):
            old = version.type
            if type_ == old and type_.dtype.__class__ is old.dtype.__class__:
                continue
            kinds = (type_.dtype, type_.dtype.__class__) == (old.dtype, old.dtype.__class__)
            if not kinds or len(type_.shape) != len(old.shape) or version.constant is not None:
                raise Declined("a tensor is of another kind now")
            self.changed[id(version)] = TensorVersion(version.id, old)
            version.type = type_

    def check_readers(self) -> None:
        """Does the program itself ask nothing of the tensors that have other shapes now? Raises Declined."""
        done, ev = self.done, self.ev
        if done.found not in FOUND or ev.guards or ev.abandoned:
            raise Declined("sizes decide what is read")
        specs, fixed, _ = settle_sizes(ev, done.network.root, done.specs, False, done.network.fixed)
        if specs != done.specs or fixed != done.network.fixed:
            raise Declined("other sizes of the inputs are fixed")
        for visits in ev.trace.visits.values():
            for visit in visits:
                if visit.kind in CALLING and (visit.kind != "op" or visit.made is not None):
                    continue
                held = [value for value in (*visit.args, *visit.kwargs.values()) if isinstance(value.hint, HOLDING)]
                if any(id(cell.version) in self.changed for value in held for cell in cells(value)):
                    raise Declined(f"{visit.name or visit.kind} is asked of a tensor of another shape")


def takes_tensors_alone(node: Node) -> bool:
    """Is a layer called with nothing but tensors, so that their shapes change nothing of how the call is read?"""
    form = node.form
    return (
        node.module is not None
        and form is not None
        and all(isinstance(slot.value, Operand) and slot.value.codec is None for slot in form.apply)
    )
