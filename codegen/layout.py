"""Storage orders: the pivot keeps the source's axis numbers, the target stores some values in another order.

An order is a tuple: place k of the stored tensor holds logical axis order[k]. Permutes change numbering only.
A flattened group whose places are together but not in order stays as it is where a following layer can absorb it into
its weights (a block).
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from codegen.absorbing import absorb, absorb_result
from codegen.agreeing import NOTHING, Agreed, site_step
from codegen.axis_groups import RESHAPING
from codegen.index_placing import place_index
from codegen.kept_weights import kept_weights
from codegen.letters_layout import place_einsum
from codegen.lower import Lowering, Step, source_order, step_order
from codegen.orders import (
    Block,
    Order,
    alike,
    broadcast_order,
    expand,
    first_name,
    first_tensor,
    identity,
    inserted_axes,
    permutation,
    rank_of,
    reduced_axes,
    same_size,
    spread_order,
    stacked_order,
    symbol_of,
    tensors,
)  # fmt: skip
from codegen.permuting import is_for_plain, is_said
from codegen.reshaping import is_idle, place_reshape
from codegen.target import target_of
from codegen.turning import turn_of
from codegen.unfolding import unfolded
from codegen.wishes import PERMUTING, partner, read_wish
from pivot.dims import Dim, Size
from pivot.forms import Refused, Written
from pivot.network import Node
from pivot.op import Op
from pivot.reading.values import TensorVersion


@dataclass(slots=True, eq=False)
class Placed:
    """How one step stands in storage: transposes before it, whether it costs nothing, what its weights absorb."""

    step: Step
    transposes: dict[str, tuple[int, ...] | tuple[tuple[int, ...] | None, ...]] = field(default_factory=dict)
    inserted: dict[str, tuple[int, ...]] = field(default_factory=dict)  # places of axes of size 1 that operands get
    orders_in: dict[str, Order] = field(default_factory=dict)
    orders_out: tuple[Order, ...] = ()
    alias: bool = False
    absorbed: dict[str, tuple[tuple[str, Block], ...]] = field(default_factory=dict)  # weight -> letters, blocks
    why: str = ""


class Layout:
    """Orders of all values, and how each step stands in them."""

    def __init__(
        self,
        lowering: Lowering,
        framework: str,
        joins: list[tuple[str, str, ast.AST]],
        agreed: Agreed = NOTHING,
    ) -> None:
        self.agreed = agreed
        self.lowering = lowering
        self.framework = framework
        self.target = target_of(framework)
        self.orders: dict[str, Order] = {}
        self.blocks: dict[str, Block] = {}
        self.placed: dict[int, Placed] = {}
        self.written: dict[object, dict[str, Written] | Refused] = {}  # what steps alike write
        self.consumers: dict[str, list[Step]] = {}
        self.applications: dict[int, list[Step]] = {}  # steps with weights, by the module that owns them
        self.owners: dict[int, set[int]] = {}  # parameter -> the modules that use it, 0 = read by itself
        runs = lowering.done.network.runs.values()
        self.outputs = {v.id for run in runs for v in run.outputs}
        self.unmapped = {r.id: node for run in runs for node in run.nodes if node.op is None for r in node.results}
        self.met = {id(node) for run in runs for node in run.nodes}  # not on trial
        for visits in lowering.done.network.trace.visits.values():  # what the constructors compute too
            self.met |= {id(v.made) for v in visits if v.made is not None and not v.speculative}
        self.joins: dict[str, set[str]] = {}
        for a, b, _ in joins:
            self.joins.setdefault(a, set()).add(b)
            self.joins.setdefault(b, set()).add(a)
        guards = lowering.done.evaluator.guards
        self.fixed: dict[Size, int] = {a: b for a, b, _ in guards if isinstance(a, Size) and isinstance(b, int)}
        self.fixed.update([known for a, b in list(self.fixed.items()) if (known := symbol_of(a, b)) is not None])
        steps = [s for low in lowering.lowered.values() if low.chosen is not None for s in low.chosen.steps]
        for step in steps:
            for value in tensors(step.operands):
                self.consumers.setdefault(value.id, []).append(step)
                if value.parameter is not None:
                    self.owners.setdefault(id(value.parameter), set()).add(0)
            if step.weights and step.node is not None:
                self.applications.setdefault(id(step.node.module), []).append(step)
                for parameter in step.weights.values():
                    self.owners.setdefault(id(parameter), set()).add(id(step.node.module))
        self.wishes: dict[str, Order | None] = {}
        self.makers: dict[str, Step] = {}
        for step in reversed(steps):  # who reads a value stands behind who makes it
            for value in step.results:
                self.makers[value.id] = step
                self.wishes[value.id] = read_wish(self, value)
        self.orders.update(kept_weights(lowering, framework))
        entered = [run.inputs for run in runs]
        for inputs in (*entered, *lowering.done.evaluator.tried):
            for number, entry in enumerate(inputs):
                self.orders[entry.value.id] = (
                    agreed.inputs.get(number) or self.wish(entry.value) or identity(rank_of(entry.value))
                )
        for node in lowering.nodes:
            low = lowering.lowered.get(id(node))
            if low is None or low.chosen is None:
                for result in node.results:
                    self.orders[result.id] = self.unknown_order(node, result)
                continue
            for step in low.chosen.steps:
                self.placed[id(step)] = self.place(step)

        self.broken_joins = [
            arm
            for a, b, arm in joins
            if self.orders.get(a) != self.orders.get(b) and a in self.orders and b in self.orders
        ]

    def is_general(self, step: Step) -> bool:
        """Is a step placed without regard to axes that have size 1 at some of its visits only?"""
        return bool(self.agreed.general) and site_step(self.lowering, step) in self.agreed.general

    def in_source_order(self, step: Step) -> bool:
        """Must a step give its result in the source's order, because visits of what follows disagree?"""
        return bool(self.agreed.plain) and site_step(self.lowering, step) in self.agreed.plain

    # -- what a consumer wants ------------------------------------------------

    def target_letters(self, op: Op, name: str) -> tuple[str, ...] | None:
        """Axis letters the target wants for an operand or gives for an output, where its form says none."""
        if not self.target.channels_last:
            return op.letters(name)  # ops are written like this target's layers
        for form in op.forms.get(self.framework, ()):
            if name in form.order:
                return form.order[name]
        letters = op.letters(name)
        if op.layout == "spatial" and letters is not None and len(letters) > 2 and letters[:2] != ("*",):
            return (letters[0], *letters[2:], letters[1])
        return letters

    def form_letters(self, step: Step, name: str) -> tuple[str, ...] | None:
        """Axis letters that a step's form wants or gives: those it says, the op's own, or those of its target."""
        own = step.form.order.get(name)
        if own is None and step.op.layout == "plain" and step.form.spelling != "body":
            return step.op.letters(name)
        return own or self.target_letters(step.op, name)

    def wanted(self, step: Step, name: str, rank: int) -> Order | None:
        """The order a step wants an operand in: None where any will do."""
        source = step_order(step.op, step.node).get(name) or step.op.letters(name)
        target = self.form_letters(step, name)
        if (
            source is None
            or target is None
            or (step.op.layout not in ("spatial", "plain") and tuple(source) == tuple(target))
        ):
            return None
        a, b = expand(tuple(source), rank), expand(tuple(target), rank)
        if a is None or b is None or sorted(a) != sorted(b):
            return None
        return tuple(a.index(letter) for letter in b)

    def wish(self, value: TensorVersion) -> Order | None:
        """The order that the first consumer with a wish wants, seen through permutes and elementwise steps."""
        found = self.wishes.get(value.id) or read_wish(self, value)
        if found is not None:
            return found
        for other in self.joins.get(value.id, ()):
            order = self.orders.get(other)
            if order is not None and len(order) == rank_of(value):
                return order
        return None

    # -- placing --------------------------------------------------------------

    def placed_of(self, step: Step) -> Placed:
        """How a step stands in storage; one that is never applied in the source's order."""
        return self.placed.get(id(step)) or Placed(step, alias=is_idle(step))

    def order_of(self, value: TensorVersion) -> Order:
        """The order a value is stored in; parameters and constants in the source's."""
        if value.id not in self.orders and value.id in self.unmapped:
            self.orders[value.id] = self.unknown_order(self.unmapped[value.id], value)
        return self.orders.get(value.id, identity(rank_of(value)))

    def unknown_order(self, node: Node, result: TensorVersion) -> Order:
        """What cannot be said raises where it stands: its result takes the order of a tensor with the same axes."""
        same = next((v for v in node.tensors() if v.type.shape == result.type.shape), None)
        return self.order_of(same) if same is not None else identity(rank_of(result))

    def place(self, step: Step) -> Placed:
        """Decide transposes, result orders and absorption of one step."""
        placed = Placed(step)
        if step.op.shape in PERMUTING and step.op.layout != "plain":
            self.renumber(step, placed)
        elif step.op.name == "identity":
            placed.alias = step.kind == "function"
            self.follow(step, placed)
            self.turn(step, placed)
        elif step.op.shape in RESHAPING:
            place_reshape(self, step, placed)
        elif step.op.shape == "index":
            place_index(self, step, placed)
        elif step.op.shape in ("squeeze", "unsqueeze"):
            self.place_ones(step, placed)
        elif step.op.shape == "einsum" and place_einsum(self, step, placed):
            pass
        elif step.op.layout == "spatial":
            self.place_spatial(step, placed)
        elif step.op.layout == "any":
            self.place_any(step, placed)
        elif step.op.layout == "axis":
            self.place_axis(step, placed)
        elif step.op.layout == "last":
            self.place_last(step, placed)
        else:
            self.place_plain(step, placed)
        for result, order in zip(step.results, placed.orders_out, strict=False):
            self.orders[result.id] = order
        return placed

    def bring(self, placed: Placed, name: str, wanted: Order | None) -> None:
        """Bring an operand into an order, by a transpose where it is not in it; a block in the way is refused."""
        operand = placed.step.operands.get(name)
        values = operand if isinstance(operand, tuple) else (operand,)
        perms: list[tuple[int, ...] | None] = []
        for value in values:
            if not isinstance(value, TensorVersion):
                perms.append(None)
                continue
            have = self.order_of(value)
            want = have if wanted is None else wanted if len(wanted) == len(have) else identity(len(have))
            if value.id in self.blocks:
                placed.why = (
                    "a flattened value whose parts are stored in another order is used where it cannot be absorbed"
                )
            perms.append(None if have == want else tuple(have.index(axis) for axis in want))
            placed.orders_in[name] = want
        if any(p is not None for p in perms):
            placed.transposes[name] = tuple(perms) if isinstance(operand, tuple) else perms[0]  # type: ignore[assignment]

    def renumber(self, step: Step, placed: Placed) -> None:
        """A permute costs nothing: the same storage under other axis numbers."""
        value = first_tensor(step)
        perm = permutation(step)
        assert value is not None
        order = self.order_of(value)
        if perm == identity(rank_of(value)) and step.node is not None and step.op is not step.node.op:
            self.follow(step, placed)  # a step of a decomposition that moves nothing
            placed.alias = True
            return
        plain = order == identity(len(order))
        if perm is not None and not plain and self.in_source_order(step):
            placed.alias, placed.orders_in[first_name(step)] = True, perm
            placed.orders_out = (identity(len(perm)),)
            if perm != order:
                placed.transposes[first_name(step)] = tuple(order.index(axis) for axis in perm)
            return
        if plain and perm is not None and is_said(self, step, perm):
            self.place_plain(step, placed)
            return
        if perm is None or self.in_source_order(step) or (plain and is_for_plain(self, step.results[0])):
            self.place_plain(step, placed)
            return
        placed.alias = True
        placed.orders_in[first_name(step)] = order
        placed.orders_out = (tuple(perm.index(axis) for axis in order),)
        block = self.blocks.get(value.id)
        if block is not None:
            self.blocks[step.results[0].id] = Block(perm.index(block.axis), block.sizes, block.order)

    def follow(self, step: Step, placed: Placed) -> None:
        """One operand, the result stored like it."""
        value = first_tensor(step)
        assert value is not None
        order = self.order_of(value)
        placed.orders_in[first_name(step)] = order
        placed.orders_out = tuple(order for _ in step.results)
        block = self.blocks.get(value.id)
        if block is not None:
            for result in step.results:
                self.blocks[result.id] = block

    def turn(self, step: Step, placed: Placed) -> None:
        """Transpose what a site gives, where the site that takes it gets the like in another order elsewhere."""
        wanted, value = turn_of(self, step), first_tensor(step)
        if wanted is None or value is None or len(wanted) != rank_of(value):
            return  # a turn is meant for the tensors of one rank of its site
        if (order := self.order_of(value)) != wanted:
            placed.transposes[first_name(step)] = tuple(order.index(axis) for axis in wanted)
            placed.orders_in[first_name(step)] = wanted
            placed.orders_out = (wanted,)

    def place_spatial(self, step: Step, placed: Placed) -> None:
        """Convolution, pooling and their kin: channels where the target has them."""
        for name, operand in step.operands.items():
            value = operand if isinstance(operand, TensorVersion) else None
            if value is not None:
                block = self.blocks.get(value.id)
                wanted = self.wanted(step, name, rank_of(value)) if step.op.letters(name) else None
                if block is not None and wanted in (None, identity(rank_of(value))):
                    absorb(step, placed, name, value, block)
                    placed.orders_in[name] = self.order_of(value)
                    continue
                if wanted is not None and self.keeps_channels(step, name, self.order_of(value), wanted):
                    placed.orders_in[name] = self.order_of(value)
                    placed.orders_out = tuple(self.order_of(value) for _ in step.results)
                    return
                self.bring(placed, name, wanted)
        placed.orders_out = tuple(
            self.output_order(step, name, r) for name, r in zip(step.op.outputs, step.results, strict=False)
        )
        value = first_tensor(step)
        if value is not None and value.id in self.blocks and step.op.shape == "same":
            self.blocks[step.results[0].id] = self.blocks[value.id]

    def keeps_channels(self, step: Step, name: str, have: Order, wanted: Order) -> bool:
        """Are samples and channels in their places, for a step that does the same at all places of an image?"""
        letters = step_order(step.op, step.node).get(name) or step.op.letters(name) or ()
        plain = step.op.letters(name) or ()
        if step.op.shape != "same" or len(plain) < 2 or "*" in plain or len(letters) != len(have) or have == wanted:
            return False
        axes = [letters.index(letter) for letter in plain[:2]]
        return all(have.index(axis) == wanted.index(axis) for axis in axes)

    def output_order(self, step: Step, name: str, result: TensorVersion) -> Order:
        """The order in which a form gives an output."""
        source = step_order(step.op, step.node).get(name) or step.op.letters(name)
        target = self.form_letters(step, name)
        if source is not None and target is not None:
            a, b = expand(tuple(source), rank_of(result)), expand(tuple(target), rank_of(result))
            if a is not None and b is not None and sorted(a) == sorted(b):
                return tuple(a.index(letter) for letter in b)
        return identity(rank_of(result))

    def place_any(self, step: Step, placed: Placed) -> None:
        """Elementwise: all operands in one order after padding ranks on the left."""
        values = list(tensors(step.operands))
        if not values:
            placed.orders_out = tuple(identity(rank_of(r)) for r in step.results)
            return
        rank = max(map(rank_of, values))
        full = [v for v in values if rank_of(v) == rank]
        blocked = [v for v in values if v.id in self.blocks]
        if blocked and (len(values) == 1 or all(self.blocks.get(v.id) == self.blocks[blocked[0].id] for v in values)):
            for result in step.results:
                self.blocks[result.id] = self.blocks[blocked[0].id]
        elif blocked:
            placed.why = "a flattened value whose parts are stored in another order is combined with another value"
        lead = next((v for v in full if self.order_of(v) != identity(rank)), full[0])
        order = self.order_of(lead)
        for name, operand in step.operands.items():
            if not isinstance(operand, TensorVersion):
                continue
            have, shift = self.order_of(operand), rank - rank_of(operand)
            want = broadcast_order(order, operand, self.is_general(step))
            if want is None and not blocked:
                want, placed.inserted[name] = spread_order(order, operand)
            if want is None:
                placed.why = "operands of different rank are stored in different orders"
            elif not alike(have, want, operand):
                placed.transposes[name] = tuple(have.index(axis) for axis in want)
            if shift == 0 or name in placed.transposes:
                placed.orders_in[name] = want or order
        result_rank = rank_of(step.results[0]) if step.results else rank
        placed.orders_out = tuple(order if result_rank == rank else identity(rank_of(r)) for r in step.results)

    def place_axis(self, step: Step, placed: Placed) -> None:
        """Axis arguments are looked up; reduced axes leave the order."""
        lead = next(tensors(step.operands), None)
        if lead is None:
            self.place_plain(step, placed)
            return
        order = self.order_of(lead)
        for name, operand in step.operands.items():
            values = operand if isinstance(operand, tuple) else (operand,)
            ranks = {rank_of(v) for v in values if isinstance(v, TensorVersion)}
            if ranks == {len(order)}:
                self.bring(placed, name, order)
            elif ranks:
                self.bring(placed, name, None)
        orders: list[Order] = []
        gone = reduced_axes(step)
        for result in step.results:
            rank = rank_of(result)
            if rank == len(order):
                orders.append(order)
            elif gone and rank == len(order) - len(gone):
                left = [axis for axis in order if axis not in gone]
                ranked = sorted(left)
                orders.append(tuple(ranked.index(axis) for axis in left))
            elif step.op.shape == "stack" and self.wish(result) != identity(rank):
                orders.append(stacked_order(step, order))
            else:
                orders.append(identity(rank))
                if order != identity(len(order)) and rank != 0:
                    self.bring(placed, first_name(step), identity(len(order)))
        placed.orders_out = tuple(orders)

    def place_last(self, step: Step, placed: Placed) -> None:
        """Linear, layer normalisation: the axes they act on must be stored last, in order."""
        value = first_tensor(step)
        assert value is not None
        order, rank = self.order_of(value), rank_of(value)
        count = max(1, sum(1 for letter in step.op.letters(first_name(step)) or () if letter != "*"))
        shape = step.params.get("shape")
        if isinstance(shape, tuple):
            count = len(shape)
        tail = tuple(range(rank - count, rank))
        block = self.blocks.get(value.id)
        if block is not None and block.axis == rank - 1 and order[-1] == rank - 1 and count == 1:
            absorb(step, placed, first_name(step), value, block)
            placed.orders_in[first_name(step)] = order
            if (
                rank_of(step.results[0]) == rank
                and same_size(step.results[0].type.shape[-1], value.type.shape[-1])
                and step.op.shape == "same"
            ):
                self.blocks[step.results[0].id] = block
        else:
            wanted = order if order[-count:] == tail else identity(rank)
            self.bring(placed, first_name(step), wanted)
            order = wanted
        placed.orders_out = tuple(order if rank_of(r) == rank else identity(rank_of(r)) for r in step.results)
        given = unfolded(self, step) if order == identity(rank) else None
        if given is not None:
            self.blocks[step.results[0].id] = given
            absorb_result(step, placed, given)

    def place_plain(self, step: Step, placed: Placed) -> None:
        """The op's own axis order, whatever the storage was; forms with an order of their own say which."""
        for name, operand in step.operands.items():
            values = operand if isinstance(operand, tuple) else (operand,)
            first = next((v for v in values if isinstance(v, TensorVersion)), None)
            if first is not None:
                self.bring(placed, name, self.wanted(step, name, rank_of(first)) or identity(rank_of(first)))
        names = list(step.op.outputs)
        outs: list[Order] = []
        for index, result in enumerate(step.results):
            name = names[index] if index < len(names) else names[-1]
            ordered = step.form.order or source_order(step.node)
            outs.append(self.output_order(step, name, result) if ordered else identity(rank_of(result)))
        placed.orders_out = tuple(outs)

    def place_ones(self, step: Step, placed: Placed) -> None:
        """squeeze and unsqueeze: axes of size 1 leave or enter the order."""
        value = first_tensor(step)
        assert value is not None
        order, rank, out = self.order_of(value), rank_of(value), rank_of(step.results[0])
        if value.id in self.blocks:
            placed.why = "a flattened value whose parts are stored in another order is reshaped"
        axes = sorted(set(reduced_axes(step) if out < rank else inserted_axes(step, out)))
        placed.orders_in[first_name(step)] = order
        if out <= rank:
            gone = axes or [a for a in range(rank) if value.type.shape[a] == 1]
            left = [a for a in order if a not in gone]
            ranked = sorted(left)
            placed.orders_out = (tuple(ranked.index(a) for a in left),)
            return
        result = step.results[0]
        wish = None if self.in_source_order(step) else self.wish(result) or partner(self, result)
        kept = [a for a in range(out) if a not in axes]
        moved = [kept[a] for a in order]
        if wish is not None and [a for a in wish if a not in axes] == moved:
            placed.orders_out = (wish,)
            return
        for axis in axes:
            at = axis if order == identity(rank) else (moved.index(axis + 1) if axis + 1 in moved else len(moved))
            if wish is not None and order != identity(rank) and len(axes) == 1:
                at = wish.index(axis)
            moved.insert(at, axis)
        placed.orders_out = (tuple(moved),)

    def settled(self, size: Dim) -> Dim:
        """A size that a layer fixes is its number."""
        return self.fixed.get(size, size) if isinstance(size, Size) else size
