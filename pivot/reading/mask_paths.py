"""The ways of masks through a program's own functions: from the layer that makes one to the calls that it is handed to.

A mask is made again beside the call that makes its tensor, goes down as a parameter of the functions that the tensor
enters, and is not brought up: where a tensor comes out of a layer that embeds its own argument, the mask is made of
that argument by the layer's embedding.
"""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pivot.reading.frames import Frame
from pivot.reading.mask_edits import Edits, Made, Names, Place, is_plain, names_in, place_of
from pivot.reading.modules import ModuleObject
from pivot.reading.recording import cells
from pivot.reading.trace import Visit
from pivot.reading.values import FunctionObject, Value
from pivot.reading.walking import walk

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.keras_masks import Mask

PASS_IT = "pass the mask by hand: x = layer(x, mask=mask)"
CALLS = ("call", "__call__")


@dataclass(frozen=True, slots=True)
class Handed:
    """A mask, or several of a list of tensors, that a call is given without being told it."""

    node: ast.AST
    frame: Frame
    keyword: str
    masks: tuple[Mask | None, ...]
    several: bool


@dataclass(slots=True)
class Paths:
    """The edits that say all masks of a program."""

    ev: Evaluator
    edits: dict[str, Edits] = field(default_factory=dict)
    made: dict[tuple[str, Place], list[Made]] = field(default_factory=dict)  # by function: with the name still open

    def say(self, handed: Handed) -> None:
        """Tell a call its mask. Raises Refusal."""
        names: list[Names] = [None if m is None else self.name(m, handed.frame, handed.node) for m in handed.masks]
        self.tell(handed.frame, handed.node, handed.keyword, tuple(names) if handed.several else names[0])

    def tell(self, frame: Frame, node: ast.AST, keyword: str, names: Names) -> None:
        """Tell a call something by name. Raises Refusal."""
        if not isinstance(node, ast.Call) or "container_site" in node.__dict__:
            raise self.refusal(frame, node, "a mask goes through layers that are called in a row")
        told = self.of_file(frame).told
        if told.setdefault((place_of(node), keyword), names) != names:
            raise self.refusal(frame, node, "masks of different tensors come to this call")

    def name(self, mask: Mask, frame: Frame, node: ast.AST) -> str:
        """What a mask is called in a function, where it is made or arrives there. Raises Refusal."""
        if mask.maker is None or mask.frame is None:
            raise self.refusal(frame, node, "a mask that joins several masks is not read")
        if not is_text(frame):
            raise self.refusal(frame, node, "a mask goes through what is no function of the program")
        if any(frame is at for at in mask.frame.chain()):
            return self.made_in(mask, frame)
        return self.parameter(mask, frame)

    def made_in(self, mask: Mask, frame: Frame) -> str:
        """The name of a mask that is made in a function, or of a tensor that a call in it gives. Raises Refusal."""
        assert mask.maker is not None and mask.frame is not None
        call, at = mask.maker, mask.frame
        if not isinstance(call, ast.Call) or "container_site" in call.__dict__ or not (call.args or call.keywords):
            raise self.refusal(at, call, "a mask is made by layers that are called in a row")
        owner: ast.expr = call.func
        argument = call.args[0] if call.args else call.keywords[0].value
        while at is not frame:
            owner, argument = self.seen_from_above(at, owner, argument, call)
            assert isinstance(at.site, ast.Call) and at.parent is not None
            call, at = at.site, at.parent
        text = None if call is mask.maker else ast.unparse(argument)
        return self.named(frame, Made(place_of(call), "", ast.unparse(owner), text), argument)

    def named(self, frame: Frame, made: Made, argument: ast.expr) -> str:
        """The name of a mask: `mask`, or after its tensor where the function has one already."""
        function = frame.function
        assert function is not None
        held = self.made.setdefault((frame.file, place_of(function.node)), [])
        for one in held:
            if (one.before, one.owner, one.argument) == (made.before, made.owner, made.argument):
                return one.name
        taken = {*names_in(function.node), *(one.name for one in held)}
        base = argument.id if isinstance(argument, ast.Name) else "other"
        name = next(n for n in ("mask", f"{base}_mask", *(f"mask_{i}" for i in range(2, 99))) if n not in taken)
        found = Made(made.before, name, made.owner, made.argument)
        held.append(found)
        self.of_file(frame).made.add(found)
        return name

    def seen_from_above(
        self, frame: Frame, owner: ast.expr, argument: ast.expr, node: ast.AST
    ) -> tuple[ast.expr, ast.expr]:
        """A layer of a called layer, and what it is called with, in the words of the caller. Raises Refusal."""
        site, function = frame.site, frame.function
        why = "the mask of what this layer gives is made of something inside of it"
        parameters = [a.arg for a in function.node.args.args] if function is not None else []
        plain = isinstance(argument, ast.Name) and argument.id in parameters[1:]
        if not plain or not isinstance(site, ast.Call) or "container_site" in site.__dict__ or function is None:
            raise self.refusal(frame, node, why)
        assert isinstance(argument, ast.Name)
        before = [n for n in walk(function.node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        if any(n.id == argument.id and n.lineno < getattr(node, "lineno", 0) for n in before):
            raise self.refusal(frame, node, why)
        place = parameters.index(argument.id) - 1
        given = site.args[place] if place < len(site.args) else None
        given = given or next((k.value for k in site.keywords if k.arg == argument.id), None)
        if given is None or not is_plain(given) or not is_plain(site.func):
            raise self.refusal(frame, node, why)
        renamed = Renamed(parameters[0], site.func).visit(copy.deepcopy(owner))
        return renamed, given

    def parameter(self, mask: Mask, frame: Frame) -> str:
        """The parameter by which a mask comes into a function. Raises Refusal."""
        site, parent, function = frame.site, frame.parent, frame.function
        assert function is not None
        if site is None or parent is None:
            raise self.refusal(frame, function.node, "a mask comes from where the program is not read")
        visit = next((v for v in self.ev.trace.visits.get(id(site), ()) if v.entered is frame), None)
        carrying = [n for n, value in arguments(visit, function).items() if self.carries(value, mask)] if visit else []
        if not carrying or visit is None:
            raise self.refusal(parent, site, "a mask comes into this function with none of its arguments")
        tensors = [value for value in (*visit.args, *visit.kwargs.values()) if any(True for _ in cells(value))]
        name = "mask" if len(tensors) == 1 else f"{carrying[0]}_mask"
        edits = self.of_file(frame)
        if name not in [a.arg for a in (*function.node.args.args, *function.node.args.kwonlyargs)]:
            if name in names_in(function.node):
                raise self.refusal(frame, function.node, f"{name} is a name of something else in this function")
            edits.taken.add((place_of(function.node), name))
        elif name in visit.kwargs and not self.carries_itself(visit.kwargs[name], mask):
            raise self.refusal(parent, site, "this call is given another mask than its tensor has")
        if is_text(parent):
            self.tell(parent, site, name, self.name(mask, parent, site))
        return name

    def carries(self, value: Value, mask: Mask) -> bool:
        """Is this the tensor that has the mask?"""
        return any(self.ev.recorder.masks.get(cell.version.id) is mask for cell in cells(value))

    def carries_itself(self, value: Value, mask: Mask) -> bool:
        """Is this the mask, or nothing?"""
        return value.hint is None or (mask.made is not None and value.hint is mask.made.hint)

    def of_file(self, frame: Frame) -> Edits:
        """The edits of the file of a frame."""
        return self.edits.setdefault(frame.file, Edits())

    def refusal(self, frame: Frame, node: ast.AST, why: str) -> Exception:
        """That a mask cannot be said."""
        return self.ev.refusal(frame, node, f"{why}, which is not written", PASS_IT, "mask")


class Renamed(ast.NodeTransformer):
    """An expression with another one in the place of a name."""

    def __init__(self, name: str, other: ast.expr) -> None:
        self.name, self.other = name, other

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """The other expression, or the name."""
        return copy.deepcopy(self.other) if node.id == self.name else node


def arguments(visit: Visit, function: FunctionObject) -> dict[str, Value]:
    """What a call gives the parameters of a function; of a layer, those behind `self`."""
    names = [a.arg for a in function.node.args.args]
    if visit.kind == "apply":
        names = names[1:]
    return {**dict(zip(names, visit.args, strict=False)), **{k: v for k, v in visit.kwargs.items() if k in names}}


def is_text(frame: Frame) -> bool:
    """Does a frame run a function that is written as it stands, and not what puts layers together?"""
    if frame.function is None or not isinstance(frame.function.node, ast.FunctionDef):
        return False
    return any(is_call(at) for at in frame.chain())


def is_call(frame: Frame) -> bool:
    """Is this the call of a layer of the program?"""
    module = frame.receiver.hint if frame.receiver is not None else None
    return frame.function is not None and frame.function.name in CALLS and isinstance(module, ModuleObject)


def edits_for(ev: Evaluator) -> dict[str, Edits]:
    """The edits that say every mask that calls in functions of the program are handed. Raises Refusal."""
    paths = Paths(ev)
    for handed in ev.handed:
        paths.say(handed)
    return paths.edits
