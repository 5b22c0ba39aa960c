"""Sizes that the source's library infers and the target's constructors are told: `in_channels`, `in_features`.

A size is said, in this order: by the argument of the layer before (`filters`), as the number on which all visits agree,
by a name in scope that has it at every visit, in a loop by a name that is carried from turn to turn, and else by a new
parameter of the function, which its callers are asked for in turn.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codegen.writing import nodes
from codegen.writing.loops import Loops, innermost, text_around
from codegen.writing.neighbours import beside
from codegen.writing.scoping import in_frame, plain_locals, plain_parameters, settled_name, visible
from codegen.writing.size_choices import chosen_by_parameter
from codegen.writing.size_origins import Made, Origin, SizeOrigins, Sum
from codegen.writing.slots import slot_param
from codegen.writing.turns import counted_off
from pivot.dims import hint as dim_hint
from pivot.notation import axis_of
from pivot.problems import refuse
from pivot.reading.frames import Frame
from pivot.reading.modules import ModuleObject
from pivot.reading.trace import Trace, Visit
from pivot.reading.values import ListObject, TensorCell, TensorVersion, Value
from pivot.slots import Path, SizeOf, Slot

if TYPE_CHECKING:
    from codegen.lower import Step
    from codegen.writing.sites import Sites
    from pivot.reading.elaborate import Elaborated

Key = tuple[int, str]
"""id of a call in the source, and the argument of the target's call, or the new parameter, that a size is for."""


@dataclass(slots=True, eq=False)
class Use:
    """One visit of a place that needs a size: the frame it stands in, the size, and where that comes from."""

    frame: Frame
    value: int
    origin: Origin | None
    module: ModuleObject | None = None  # that is made there
    met: bool = True  # rather than on trial, in an arm that nobody takes


@dataclass(slots=True, eq=False)
class Place:
    """A place that needs a size, with all its visits."""

    node: ast.expr
    name: str
    uses: list[Use] = field(default_factory=list)


class Inferred:
    """Texts of inferred sizes, and the parameters that have to be added for them."""

    def __init__(self, done: Elaborated, sites: Sites) -> None:
        self.done, self.trace = done, done.network.trace
        self.origins = SizeOrigins(sites.lowering.nodes)
        self.texts: dict[Key, ast.expr] = {}
        self.in_place = sites.lowering.in_place
        self.told: dict[int, dict[str, int]] = {}  # what modules are told that are made in such a place
        self.added: dict[int, dict[str, None]] = {}  # id of a function -> its new parameters
        self.loops = Loops()
        self.modules: dict[int, list[ModuleObject]] = {}  # by making site, in order
        for module in done.evaluator.modules:
            if module.site is not None and not module.speculative:
                self.modules.setdefault(id(module.site), []).append(module)
        runs, visits = done.network.runs.values(), self.trace.visits.values()
        self.met = {id(node) for run in runs for node in run.nodes}
        self.met |= {id(v.made) for each in visits for v in each if v.made is not None and not v.speculative}
        places: dict[Key, Place] = {}
        self.named: dict[int, list[Key]] = {}  # reads of an input's shape in `build`: one size, or a row of them
        self.collect_builds(places)
        for site in sites.sites.values():
            for case in site.cases:
                for member in case.members:
                    if sites.lowering.in_place(member.node.frame):
                        continue  # written from the network
                    steps = member.chosen.steps if member.chosen is not None else ()
                    for number, step in enumerate(steps):
                        self.collect(places, step, member.node.module, steps[:number])
        for place in places.values():
            place.uses = [use for use in place.uses if use.met] or place.uses
        self.resolve(list(places.values()))

    def collect(
        self, places: dict[Key, Place], step: Step, module: ModuleObject | None, before: Sequence[Step] = ()
    ) -> None:
        """The sizes that the constructor of a step is told. `before`: the steps in front of it, which pad."""
        site, frame = module.made_at if module is not None else (None, None)
        if frame is None or not isinstance(site, ast.Call):
            return
        for slot in step.form.args:
            if isinstance(slot.value, SizeOf):
                version = step.operands.get(slot.value.operand)
                axis = self.axis(step, slot.value, version)
                if isinstance(version, TensorVersion) and axis is not None:
                    place = places.setdefault((id(site), slot.key), Place(site, slot.key))
                    size = dim_hint(version.type.shape[axis])
                    met = step.node is None or id(step.node) in self.met
                    origin = self.origins.of(padded_from(version, axis, before), axis)
                    place.uses.append(Use(home(frame), size, origin, module, met))

    def collect_builds(self, places: dict[Key, Place]) -> None:
        """`input_shape[-1]` in `build`: a size that the constructor is told."""
        for frames in self.trace.frames.values():
            for frame in frames:
                if not is_build(frame) or frame.speculative:
                    continue
                assert frame.function is not None
                left = arms_left(self.trace, frame)
                for node in ast.walk(frame.function.node):
                    if not isinstance(node, ast.Subscript) or id(node) in left:
                        continue
                    named: list[Key] = []
                    before = self.named.get(id(node), [])
                    for version, axis in shape_read(frame, node):
                        rank = len(version.type.shape)
                        last = axis == rank - 1
                        name = f"size{axis}" if not last else "in_features" if rank < 4 else "in_channels"
                        if len(before) > len(named):  # of a tensor with another number of axes
                            name = before[len(named)][1]
                        named.append((id(node), name))
                        place = places.setdefault(named[-1], Place(node, name))
                        size = dim_hint(version.type.shape[axis])
                        place.uses.append(Use(home(frame), size, self.origins.of(version, axis)))
                    if named:
                        self.named[id(node)] = named

    def said_at(self, node: ast.AST) -> ast.expr | None:
        """The words for a size of an input that `build` reads at a node."""
        if id(node) in self.loops.kept:
            value = copy.copy(node)
            assert isinstance(value, ast.expr)
            return ast.NamedExpr(ast.Name(self.loops.kept[id(node)], ast.Store()), value)
        texts = [self.texts.get(key) for key in self.named.get(id(node), [])]
        row = isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice)
        if row and texts and all(text is not None for text in texts):
            return ast.Tuple([text for text in texts if text is not None], ast.Load())
        text = texts[0] if texts else None
        return None if text is node else text

    def axis(self, step: Step, wanted: SizeOf, version: object) -> int | None:
        """The axis of an operand that a slot is about, in the source's numbers."""
        form = step.node.form if step.node is not None and step.op is step.node.op else None
        letters = (form.order.get(wanted.operand) if form is not None else None) or step.op.letters(wanted.operand)
        if letters is None or not isinstance(version, TensorVersion):
            return None
        return axis_of(tuple(letters), wanted.letter, len(version.type.shape))

    def resolve(self, work: list[Place]) -> None:
        """Find a text for every place; what becomes a parameter makes new places at the calls."""
        asked: dict[Key, Place] = {}
        while work:
            place = work.pop(0)
            text = self.said(place)
            name = place.name
            if text is None:
                name = free_name(place, self.added)
                for more in self.ask_callers(place, name):
                    key = (id(more.node), more.name)
                    if key in asked:
                        asked[key].uses.extend(more.uses)
                    else:
                        asked[key] = more
                if not work:
                    work, asked = list(asked.values()), {}
                text = ast.Name(name, ast.Load())
            elif not work:
                work, asked = list(asked.values()), {}
            self.texts[id(place.node), place.name] = text

    def said(self, place: Place) -> ast.expr | None:
        """The text of a size at a place, or None where callers have to say it."""
        texts = [self.in_words(use.origin, use.frame, place.node, use.module) for use in place.uses]
        first = texts[0]
        if first is not None and not any(isinstance(n, ast.Name) for n in ast.walk(first)):
            first = None  # its number says as much
        if first is not None and all(t is not None and ast.dump(t) == ast.dump(first) for t in texts):
            return first
        values = {use.value for use in place.uses}
        if len(values) == 1:
            return nodes.literal(values.pop())
        frame = place.uses[0].frame
        for name in (*plain_parameters(frame), *plain_locals(frame, place.node)):
            if all(settled_name(use.frame, name) == use.value for use in place.uses):
                return ast.Name(name, ast.Load())
        text = beside(place, self.trace, self.turn_of) or self.loops.carried(place, self)
        text = text if text is not None else chosen_by_parameter(place)
        return text if text is not None else counted_off(place, self, self.done)

    def in_words(
        self, origin: Origin | None, frame: Frame, site: ast.expr, taker: ModuleObject | None = None
    ) -> ast.expr | None:
        """An origin as an expression that may stand at a site of a frame."""
        if isinstance(origin, Sum):
            parts = [self.in_words(part, frame, site, taker) for part in origin.parts]
            if any(part is None for part in parts):
                return None
            made = parts[0]
            for part in parts[1:]:
                assert made is not None and part is not None
                made = ast.BinOp(made, ast.Add(), part)
            return made
        made_in = origin.module.made_at[1] if isinstance(origin, Made) else None
        if not isinstance(origin, Made) or made_in is None:
            return None
        text = in_frame(origin.text, home(made_in), frame)
        if text is None:
            return None
        return text if visible(text, frame, site, self.same_turn(origin.module, frame, site, taker)) else None

    def same_turn(self, maker: ModuleObject, frame: Frame, site: ast.expr, taker: ModuleObject | None) -> bool:
        """Is what made a size made in the same turn of a loop as what needs it?"""
        if taker is None or maker.frame is not frame or maker.visit is None:
            return False
        around = text_around(frame, self)
        loop = innermost(around, site)
        inside = loop is not None and innermost(around, maker.visit.node) is loop
        return inside and self.turn_of(maker) == self.turn_of(taker)

    def turn_of(self, module: ModuleObject) -> int:
        """How many modules its frame had made before at the same place."""
        same = [m for m in self.modules.get(id(module.site), []) if m.frame is module.frame]
        return next((place for place, other in enumerate(same) if other is module), -1)

    def ask_callers(self, place: Place, name: str) -> list[Place]:
        """The calls of the function that a place stands in, each with the sizes it has to hand over under a name."""
        found: dict[int, Place] = {}
        seen: dict[int, int] = {}
        for use in place.uses:
            frame = use.frame
            if seen.setdefault(id(frame), use.value) != use.value:
                raise_unsaid(place)  # the turns of a comprehension: one call cannot hand over several sizes
            if frame.function is None or frame.site is None or frame.parent is None:
                raise_unsaid(place)
            assert frame.function is not None and frame.parent is not None and isinstance(frame.site, ast.expr)
            if self.in_place(frame.parent) and frame.receiver is not None:
                self.told.setdefault(id(frame.receiver.hint), {})[name] = use.value
                self.added.setdefault(id(frame.function.node), {}).setdefault(name)
                continue
            self.added.setdefault(id(frame.function.node), {}).setdefault(name)
            more = found.setdefault(id(frame.site), Place(frame.site, name))
            receiver = frame.receiver.hint if frame.receiver is not None else None
            made = receiver if isinstance(receiver, ModuleObject) else None
            more.uses.append(Use(home(frame.parent), use.value, use.origin, made))
        return list(found.values())

    # -- what the writer asks ------------------------------------------------------

    def text(self, steps: list[Step], slot: Slot) -> ast.expr | None:
        """The source's words for an inferred size at the making of a layer."""
        module = steps[0].node.module if steps[0].node is not None else None
        key = size_slot(steps[0], slot)
        return self.texts.get((id(module.made_at[0]), key)) if module is not None and key is not None else None

    def parameters(self, node: ast.AST) -> list[str]:
        """New parameters of a function."""
        return list(self.added.get(id(node), ()))

    def arguments(self, node: ast.Call, visits: list[Visit]) -> list[ast.expr]:
        """What a call has to hand over for the new parameters of what it enters, in the source's words."""
        for visit in visits:
            function = visit.entered.function if visit.entered is not None else None
            if function is not None and id(function.node) in self.added:
                nothing = ast.Constant(None)  # for a call whose way through the function asks for no such size
                return [self.texts.get((id(node), name), nothing) for name in self.added[id(function.node)]]
        return []


def free_name(place: Place, added: dict[int, dict[str, None]]) -> str:
    """What a size is called as a new parameter of the function that a place stands in: nothing that is bound there."""
    function = place.uses[0].frame.function
    if function is None or place.name in added.get(id(function.node), {}):
        return place.name
    spec = function.node.args
    bound = {a.arg for a in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)}
    bound |= {n.id for n in ast.walk(function.node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    name, number = place.name, 1
    while name in bound:
        number += 1
        name = f"{place.name}_{number}"
    return name


def padded_from(version: TensorVersion, axis: int, before: Sequence[Step]) -> TensorVersion:
    """What steps in front of a layer made a tensor of, as long as they leave the size of an axis as it is."""
    for step in reversed(before):
        value = next((v for v in step.operands.values() if isinstance(v, TensorVersion)), None)
        made = any(result.id == version.id for result in step.results)
        if not made or value is None or len(value.type.shape) != len(version.type.shape):
            continue
        if dim_hint(value.type.shape[axis]) != dim_hint(version.type.shape[axis]):
            break
        version = value
    return version


def size_slot(step: Step, slot: Slot) -> str | None:
    """The slot that says the size which a slot wants: itself, or where a parameter of the source's layer is nothing but
    the size of what it takes (the filters of a convolution of each channel by itself), the slot for that.
    """
    if isinstance(slot.value, SizeOf):
        return slot.key if slot_param(slot) is None else None
    node, param = step.node, slot_param(slot)
    if node is None or node.form is None or step.op is not node.op or not isinstance(slot.value, Path) or param is None:
        return None
    text = node.form.derive.get(param, "")
    for other in step.form.args:
        size = other.value
        if isinstance(size, SizeOf) and text == f"{size.operand}.{size.letter}":
            return other.key
    return None


def arms_left(trace: Trace, frame: Frame) -> set[int]:
    """The parts of a function (ids of syntax nodes) that stand in arms which a frame did not take."""
    assert frame.function is not None
    found: set[int] = set()
    for node in ast.walk(frame.function.node):
        taken = {b.taken for b in trace.branches.get(id(node), []) if b.frame is frame}
        if isinstance(node, ast.If) and len(taken) == 1:
            found.update(id(part) for s in (node.orelse if True in taken else node.body) for part in ast.walk(s))
    return found


def is_build(frame: Frame) -> bool:
    """Is a frame that of a layer's `build`?"""
    receiver = frame.receiver.hint if frame.receiver is not None else None
    return frame.function is not None and frame.function.name == "build" and isinstance(receiver, ModuleObject)


def home(frame: Frame) -> Frame:
    """The frame whose text a frame's text becomes part of: what `build` does is written into the constructor."""
    if not is_build(frame):
        return frame
    module = frame.receiver.hint if frame.receiver is not None else None
    visit = module.visit if isinstance(module, ModuleObject) else None
    return visit.entered if visit is not None and visit.entered is not None else frame


def shape_read(frame: Frame, node: ast.Subscript) -> list[tuple[TensorVersion, int]]:
    """The tensor and the axis whose size `input_shape[-1]` is, and those of `input_shape[1:]`; `input_shape[0][1]`."""
    sizes = row_of_sizes(frame, node.value)
    if not isinstance(sizes, tuple):
        return []
    places = list(range(len(sizes)))
    try:
        if isinstance(node.slice, ast.Slice):
            parts = (node.slice.lower, node.slice.upper, node.slice.step)
            places = places[slice(*(None if part is None else ast.literal_eval(part) for part in parts))]
        else:
            places = [places[number_said(frame, node.slice)]]
    except (ValueError, TypeError, IndexError):
        return []
    found: list[tuple[TensorVersion, int]] = []
    for place in places:
        origin = sizes[place].origin if isinstance(sizes[place], Value) else None
        cell = origin.sources[0].hint if origin is not None and origin.kind == "size" and origin.sources else None
        if not isinstance(cell, TensorCell) or (place == 0 and len(places) > 1):
            return []
        found.append((cell.version, place))
    return found


def number_said(frame: Frame, node: ast.expr) -> int:
    """A number in a text: `-1`, `channel_axis`, `self.axis`. Raises ValueError where it is no such one."""
    value: Value | None = None
    if isinstance(node, ast.Name):
        value = frame.scope.names.get(node.id)
    elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "self" and frame.receiver is not None:
        module = frame.receiver.hint
        value = module.attrs.get(node.attr) if isinstance(module, ModuleObject) else None
    number = ast.literal_eval(node) if value is None else value.hint
    if not isinstance(number, int):
        raise ValueError(f"{ast.unparse(node)} is no number that is known")
    return number


def row_of_sizes(frame: Frame, node: ast.expr) -> object:
    """What a shape holds: of the input, or of one of several inputs by its place."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, int):
        rows = row_of_sizes(frame, node.value)
        rows = rows.items if isinstance(rows, ListObject) else rows
        row = rows[node.slice.value] if isinstance(rows, (tuple, list)) and node.slice.value < len(rows) else None
        return row.hint if isinstance(row, Value) else None
    value = frame.scope.names.get(node.id) if isinstance(node, ast.Name) else None
    return value.hint if value is not None else None


def raise_unsaid(place: Place) -> None:
    """A size that nobody can be asked for."""
    why = f"{place.name} differs between the visits of one place and no name says it"
    file = place.uses[0].frame.file
    raise refuse(
        "inferred-size", file, place.node.lineno, place.node.col_offset + 1, why, "write the layers one by one"
    )
