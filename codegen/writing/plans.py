"""One site in the target's words where it is no layer: nested calls of functions, transposes of storage."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from codegen.layout import Layout, Placed
from codegen.lower import Lowered, Step
from codegen.orders import first_name, identity, rank_of
from codegen.writing import nodes, same_pads, sizes_of_operands
from codegen.writing.body_sizes import computed_sizes
from codegen.writing.chunk_text import cuts_of_chunks
from codegen.writing.disagreement import Disagreement
from codegen.writing.expand_text import expand_expression
from codegen.writing.held_shapes import held_sizes
from codegen.writing.inferring import Inferred
from codegen.writing.joined_sizes import like_another, split_as_said
from codegen.writing.pattern_text import is_pattern, pattern_elements
from codegen.writing.plan_steps import (
    direct_form,
    given_slot,
    operator_text,
    same_operand,
    transposed_list,
)
from codegen.writing.reshape_text import index_expression, reshape_expression
from codegen.writing.results import alike, filled, parts, picked
from codegen.writing.sharing import fill_sizes, settle, shared, size_text
from codegen.writing.slots import Given, arguments, slot_param
from codegen.writing.split_text import cuts_by_size
from codegen.writing.starting import Starts
from pivot.dims import Dim, Size
from pivot.forms import OperandRef
from pivot.op import Form
from pivot.reading.trace import Visit
from pivot.reading.values import ListObject, TensorVersion
from pivot.results import ResultGroup
from pivot.slots import Operand, Path, SizeOf, Slot

RAISES = "_unmapped"
"""The helper of a written file that raises where an operation stands that nobody maps."""


class Unwritable(Exception):
    """A site cannot be written; the text says why."""


class GoneResult(Unwritable):
    """What a function returns has no counterpart."""


@dataclass(frozen=True, slots=True)
class Material:
    """What the source gives a site: expressions per slot, its form, and the values that a slot had."""

    given: Given
    form: Form | None
    hints: Callable[[str], list[object]]
    names: set[str] = field(default_factory=set)  # names in use where the site stands
    marks: dict[tuple[str, str], ast.expr] = field(default_factory=dict)  # operands that may be needed several times
    sizes: list[tuple[Dim, ast.expr]] = field(default_factory=list)  # sizes that the source's own arguments say
    write: Callable[[ast.expr], ast.expr] | None = None  # an expression of the source in the target's words
    visits: Sequence[Visit] = ()  # where the text is that of one call of the source
    stays: set[str] = field(default_factory=set)  # slots of the source whose numbers are right for all parameters

    def tensors(self) -> list[ast.expr]:
        """The texts of operands."""
        slots = (*self.form.args, *self.form.apply) if self.form is not None else ()
        return [self.given[s.key] for s in slots if isinstance(s.value, Operand) and s.key in self.given]


def is_member(steps: list[Step]) -> bool:
    """Are these layers of a container, whose call nobody writes? What comes before them has to be a layer too."""
    members = [s.node is not None and hasattr(s.node.site, "container_index") for s in steps]
    if any(members) and not all(members):
        raise Unwritable("this layer is called by a container and by itself, on tensors stored in another order")
    return all(members)


def is_boxed(hints: list[object]) -> bool:
    """Were lists or tuples given at every visit?"""
    return bool(hints) and all(isinstance(hint, (ListObject, tuple)) for hint in hints)


def unsayable(*dims: Dim) -> ast.expr:
    """A constructor has no tensor at hand whose size it could ask for."""
    if len(dims) == 1 and isinstance(dims[0], int):
        return nodes.literal(dims[0])
    raise Unwritable("a size that is known only when the program runs is not at hand here")


class FunctionText:
    """Writes plans. All members of a case are written by one text, or it is refused."""

    def __init__(self, layout: Layout, starts: Starts | None = None) -> None:
        self.layout, self.starts = layout, starts
        self.inferred: Inferred | None = None  # sizes that constructors are told, where the target wants them
        self.target = layout.target

    def steps_at(self, members: list[Lowered], index: int) -> list[Step]:
        """The index-th step of every member."""
        return [m.chosen.steps[index] for m in members if m.chosen is not None]

    def placed(self, steps: list[Step]) -> Placed:
        """How the steps stand in storage; refused where the visits differ."""
        found = [self.layout.placed[id(s)] for s in steps if id(s) in self.layout.placed]
        if not found:
            return self.layout.placed_of(steps[0])
        first = found[0]
        for other in found:
            if other.why:
                raise Unwritable(other.why)
            if (other.transposes, other.inserted, other.alias) != (first.transposes, first.inserted, first.alias):
                raise Unwritable("the visits of this site hold their tensors in different orders")
        return first

    # -- functions -----------------------------------------------------------------

    def function(
        self,
        members: list[Lowered],
        material: Material,
        *,
        place: int | None = None,
        raw: bool = False,
        known: Mapping[str, ast.expr] | None = None,
    ) -> ast.expr:
        """A plan as an expression over the operands, in the shape of the source's result.

        `place`: only this item of the result; `raw`: whatever the target's call returns; `known`: what the first step
        gives, where it is written already.
        """
        made: dict[str, ast.expr] = dict(known or {})  # id of a result -> its text
        count = len(members[0].chosen.steps) if members[0].chosen is not None else 0
        text: ast.expr | None = None
        for index in range(1 if known else 0, count):
            steps = self.steps_at(members, index)
            text = self.same_padded(members, index, material, made)
            text = self.function_step(members, steps, material, made) if text is None else text
            self.keep_results(steps[0], text, made)
        if text is None:
            raise Unwritable("there is nothing to write")
        text = self.shaped(members[0], text, made, material, place, raw)
        return settle(fill_sizes(text, self.sizes_of_visits(members, material, made)), material.names)

    def sizes_of_visits(
        self, members: list[Lowered], material: Material, made: dict[str, ast.expr]
    ) -> Callable[..., ast.expr]:
        """How sizes are said at a site where they differ between its visits: as sizes of its operands at each."""
        first = self.sizes_at_hand(members[0], material, made)
        operands = replace(material, sizes=[])

        def say(*dims: Dim) -> ast.expr:
            if len(dims) == 1:
                return first(*dims)
            visits = [m for m in members if m.chosen is not None]
            texts = [self.sizes_at_hand(m, operands, made)(dim) for m, dim in zip(visits, dims, strict=False)]
            if len(visits) != len(dims) or len({ast.unparse(text) for text in texts}) > 1:
                raise Unwritable("a size is made in different ways at different visits")
            return texts[0]

        return say

    def keep_results(self, step: Step, text: ast.expr, made: dict[str, ast.expr]) -> None:
        """The texts of what a step gives."""
        names = list(step.op.outputs)
        if step.form.spelling == "body" or len(names) < 2:
            for result in step.results:
                made[result.id] = shared(text, step.op.name)
            return
        found = parts(self.target, step.form.result, text)
        for name, result in zip(names, step.results, strict=False):
            if name in found:
                made[result.id] = shared(found[name], name)

    def shaped(
        self,
        low: Lowered,
        text: ast.expr,
        made: dict[str, ast.expr],
        material: Material,
        place: int | None,
        raw: bool,
    ) -> ast.expr:
        """The text of a plan in the shape of the source's result."""
        source, direct = material.form.result if material.form is not None else None, direct_form(low)
        if source is None or (direct is not None and raw):
            return text
        if place is None and (direct.result if direct is not None else None) is not None:
            assert direct is not None
            if alike(direct.result, source):
                return text
        if place is None and direct is None and len(low.node.results) < 2 and not isinstance(source, ResultGroup):
            return next((made[r.id] for r in low.node.results if r.id in made), text)  # no result: it is never called
        wanted = source if place is None else picked(source, place)
        if wanted is None:
            assert place is not None
            return ast.Subscript(text, ast.Constant(place), ast.Load())
        names = list(low.node.op.outputs) if low.node.op is not None else []
        if direct is not None:
            return filled(wanted, parts(self.target, direct.result, shared(text, "results")))
        return filled(wanted, {n: made[r.id] for n, r in zip(names, low.node.results, strict=False) if r.id in made})

    def sizes_at_hand(self, low: Lowered, material: Material, made: dict[str, ast.expr]) -> Callable[[Dim], ast.expr]:
        """How sizes are said at a site: as the source's arguments say them, or as sizes of its operands."""
        known = [(self.layout.settled(dim), text) for dim, text in material.sizes]
        for name, value in low.node.operands.items():
            if not isinstance(value, TensorVersion):
                continue
            try:
                step = low.chosen.steps[0] if low.chosen is not None else None
                text = self.source_operand(step, name, value, material) if step is not None else None
            except Unwritable:
                text = None
            if text is None:
                continue
            order = self.layout.order_of(value)
            if len(order) != len(value.type.shape):
                continue
            for place, axis in enumerate(order):
                known.append((value.type.shape[axis], self.target.size(text, place)))

        def say(dim: Dim) -> ast.expr:
            text = size_text(self.layout.settled(dim), known)
            if text is None:
                raise Unwritable("a size that is known only when the program runs is not at hand here")
            return text

        return say

    def same_padded(
        self, members: list[Lowered], index: int, material: Material, made: dict[str, ast.expr]
    ) -> ast.expr | None:
        """A step that pads by what depends on the size of the tensor; None for every other step."""
        asked = same_pads.window(members, index)
        if asked is None:
            return None
        steps = self.steps_at(members, index)
        x = shared(self.operand(steps[0], OperandRef(first_name(steps[0])), material, made, self.placed(steps)), "x")
        return self.target.same_pad(x, same_pads.arguments(asked), same_pads.value(steps[0]))

    def function_step(
        self, members: list[Lowered], steps: list[Step], material: Material, made: dict[str, ast.expr]
    ) -> ast.expr:
        """One step of a function."""
        placed = self.placed(steps)

        def operand(ref: OperandRef) -> ast.expr:
            given = (s for s in steps if s.operands.get(ref.name) is not None)  # `self.bias` may be None at a visit
            return self.operand(next(given, steps[0]), ref, material, made, placed)

        step = steps[0]
        numbers = {k: v for k, v in step.operands.items() if isinstance(v, (int, float))}
        unsaid = [k for k in numbers if self.said_number(step, k, material) is None]
        if any(s.operands.get(k) != numbers[k] for s in steps for k in unsaid):
            if any(s.op is not s.node.op for s in steps if s.node is not None):
                raise Unwritable("the visits of this site compute with different numbers")
        if placed.alias:
            return operand(OperandRef(first_name(step)))
        return self.step_text(steps, material, operand)

    def step_text(self, steps: list[Step], material: Material, operand: Callable[[OperandRef], ast.expr]) -> ast.expr:
        """One step as a call, an operator or an index over the texts of its operands."""
        step = steps[0]
        if step.op.shape in ("reshape", "flatten", "unflatten") and step.kind == "function":
            x = shared(operand(OperandRef(first_name(step))), "x")
            elements: Sequence[ast.expr | None] | None = self.pattern_sizes(steps, material)
            elements = elements or like_another(self.layout, steps, material.given)
            elements = elements or split_as_said(steps, material.given, material.form)
            elements = elements or held_sizes(steps, material)
            elements = elements or computed_sizes(
                self.layout, steps, material.given, material.form, partial(self.whole_operand, step, material)
            )
            return reshape_expression(self.layout, steps, x, material.given, material.form, elements)
        if step.op.name == "expand" and not is_pattern(step):
            x = shared(operand(OperandRef(first_name(step))), "x")
            made = expand_expression(self.layout, steps, x, material)
            if made is not None:
                return made
        if step.op.shape == "expand" and is_pattern(step):
            sizes = self.pattern_sizes(steps, material)
            if sizes is not None:
                order = self.layout.order_of(step.results[0])
                shape = ast.Tuple([sizes[axis] for axis in order], ast.Load())
                return self.target.broadcast(operand(OperandRef(first_name(step))), shape)
        if step.op.shape == "index":
            return index_expression(
                self.layout, steps, operand(OperandRef(first_name(step))), material.given, material.form
            )
        if step.form.spelling == "operator":
            made = operator_text(step, operand)
            if made is None:
                raise Unwritable(f"the operator {step.form.pattern} is not known")
            return made
        args, kwargs = self.arguments(steps, "args", material, operand)
        if step.form.kind == "layer":
            layer = ast.Call(nodes.name(step.form.name), args, kwargs)
            more, named = self.arguments(steps, "apply", material, operand)
            return ast.Call(layer, more, named)
        if step.form.spelling == "method":
            return ast.Call(ast.Attribute(args[0], step.form.name, ast.Load()), args[1:], kwargs)
        if step.form.spelling == "attribute":
            return ast.Attribute(args[0], step.form.name, ast.Load())
        return ast.Call(nodes.name(step.form.name), args, kwargs)

    def whole_operand(self, step: Step, material: Material, name: str) -> ast.expr:
        """What the source's call takes, for a step of what stands for it."""
        return self.source_operand(step, name, step.node.operands.get(name) if step.node else None, material)

    def pattern_sizes(self, steps: list[Step], material: Material) -> list[ast.expr] | None:
        """The sizes that a step of an axis pattern gives, one per axis."""
        node = steps[0].node
        if not is_pattern(steps[0]) or node is None:
            return None
        x = self.source_operand(steps[0], "x", node.operands["x"], material)
        return pattern_elements(self.layout, steps, x, material.given)

    def arguments(
        self, steps: list[Step], part: str, material: Material, operand: Callable[[OperandRef], ast.expr]
    ) -> tuple[list[ast.expr], list[ast.keyword]]:
        """Arguments of a step; disagreement of visits is a reason not to write."""
        measured = sizes_of_operands.differing(self.layout, steps, part)
        texts: dict[str, ast.expr] = {}

        def once(ref: OperandRef) -> ast.expr:
            if ref.name not in measured or ref.others:
                return operand(ref)
            return texts.setdefault(ref.name, shared(operand(ref), ref.name))

        def inferred(steps: list[Step], slot: Slot) -> ast.expr | None:
            text = self.inferred.text(steps, slot) if self.inferred is not None else None
            if text is None and (shape := self.shape_of_operand(steps, slot, material)) is not None:
                return shape
            if text is None and (cuts := cuts_of_chunks(self.layout, steps, slot, operand, material)) is not None:
                return cuts
            if text is None and (cuts := cuts_by_size(self.layout, steps, slot, operand, material)) is not None:
                return cuts
            if isinstance(slot.value, SizeOf) and slot.value.operand in measured:
                name = slot.value.operand
                return sizes_of_operands.text(self.target, once(OperandRef(name)), measured[name])
            return material.write(text) if text is not None and material.write is not None else None

        try:
            return arguments(self.layout, steps, part, material.given, material.form, once, material.hints, inferred)
        except Disagreement as no:
            raise Unwritable(no.why) from None

    def shape_of_operand(self, steps: list[Step], slot: Slot, material: Material) -> ast.expr | None:
        """A shape that differs between the visits, and that is the shape of an operand at all of them."""
        param = slot_param(slot)
        name = steps[0].origin.get(f"#{param}")
        if param is None or name is None or all(s.params[param] == steps[0].params[param] for s in steps):
            return None
        values = [s.node.operands.get(name) for s in steps if s.node is not None]
        known = [v for v in values if isinstance(v, TensorVersion)]
        if len(known) != len(steps) or any(self.layout.order_of(v) != identity(rank_of(v)) for v in known):
            return None
        return self.target.shape(self.source_operand(steps[0], name, known[0], material))

    def said_number(self, step: Step, name: str, material: Material) -> ast.expr | None:
        """The source's text of a parameter that a step of a decomposition takes as a number."""
        outer = step.origin.get(f"@{name}")
        if outer is None or material.form is None:
            return None
        source = next((s for s in material.form.args if isinstance(s.value, Path) and slot_param(s) == outer), None)
        text = material.given.get(source.key) if source is not None else None
        return None if nodes.has_gone(text) else text

    def operand(
        self, step: Step, ref: OperandRef, material: Material, made: dict[str, ast.expr], placed: Placed
    ) -> ast.expr:
        """The expression of an operand: an earlier step's, or the source's own."""
        value = step.operands.get(ref.name)
        if isinstance(value, (int, float, Size)) and (said := self.said_number(step, ref.name, material)) is not None:
            return said
        if ref.form != "one" and (ref.others or not isinstance(value, tuple)):
            each = [self.operand(step, OperandRef(n), material, made, placed) for n in (ref.name, *ref.others)]
            return ast.List(each, ast.Load()) if ref.form == "list" else ast.Tuple(each, ast.Load())
        perms = placed.transposes.get(ref.name)
        if isinstance(value, TensorVersion) and value.id in made:
            text = made[value.id]
        elif isinstance(value, tuple) and any(isinstance(v, TensorVersion) and v.id in made for v in value):
            each = [
                made[v.id] if isinstance(v, TensorVersion) and v.id in made
                else self.source_operand(step, ref.name, v, material)
                for v in value
            ]  # fmt: skip
            text = ast.List(each, ast.Load())
        else:
            text = self.source_operand(step, ref.name, value, material)
        if perms is None:
            return self.with_axes(text, value, placed.inserted.get(ref.name, ()))
        if perms and isinstance(perms[0], int):
            turned = self.target.transpose(text, perms)
            return self.with_axes(turned, value, placed.inserted.get(ref.name, ()))
        if not isinstance(text, (ast.List, ast.Tuple)) or len(text.elts) != len(perms):
            return transposed_list(self.target, shared(text, ref.name), perms)
        elements = [
            self.target.transpose(e, p) if isinstance(p, tuple) else e for e, p in zip(text.elts, perms, strict=True)
        ]
        return ast.List(elements, ast.Load())

    def with_axes(self, text: ast.expr, value: object, places: tuple[int, ...]) -> ast.expr:
        """An operand with the axes of size 1 with which it broadcasts in storage: `self.bias.view(-1, 1, 1)`."""
        if places and isinstance(value, TensorVersion) and rank_of(value) == 1:
            return self.target.reshape(text, nodes.literal((-1, *(1 for _ in places))))
        for place in places:
            text = self.target.unsqueeze(text, place)
        return text

    def source_operand(self, step: Step, name: str, value: object, material: Material) -> ast.expr:
        """The argument of the source's call that gave an operand."""
        node = step.node
        if value is not None and node is not None:
            first = (name,) if step.op is node.op else ()  # one value may be two operands: x + self.drop_path(x)
            given = [*first, *node.operands]
            outer = next((k for k in given if same_operand(node.operands.get(k), value)), None)
            if outer is None and isinstance(value, tuple):
                return ast.List([self.source_operand(step, name, v, material) for v in value], ast.Load())
            if outer is not None and not (step.op is not node.op and isinstance(value, (int, float))):
                name = outer
            elif isinstance(value, (int, float)):
                return nodes.literal(value)
        if material.form is not None and (value is not None or node is None):
            operands = node.operands.items() if node is not None and isinstance(value, TensorVersion) else ()
            for which in (name, *(k for k, v in operands if v is value)):  # a key that is left out is the value
                if (found := given_slot(material.form, material.given, which)) is not None:
                    return self.item_of(material, *found, which, isinstance(value, TensorVersion))
        if isinstance(value, (int, float, bool)) or value is None:
            return nodes.literal(value)
        raise Unwritable(f"the operand {name} has no text of its own here")

    def item_of(self, material: Material, key: str, operand: Operand, name: str, is_tensor: bool = False) -> ast.expr:
        """The text of an operand; a tensor that was given in a list or tuple is taken out of it."""
        text = material.given[key]
        boxed = is_tensor and operand.form == "list" and is_boxed(material.hints(key))
        if len(operand.names) > 1 or boxed:
            place = operand.names.index(name)
            if isinstance(text, (ast.Tuple, ast.List)) and len(text.elts) == len(operand.names):
                text = text.elts[place]
            else:
                text = ast.Subscript(text, ast.Constant(place), ast.Load())
        memory = material.marks
        if (key, name) not in memory:
            memory[key, name] = shared(text, name)
        return memory[key, name]

    # -- layers --------------------------------------------------------------------
