"""Sizes carried from turn to turn of a loop: `in_channels = 3` before it, `in_channels = filters` behind it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codegen.writing import nodes
from codegen.writing.scoping import in_caller
from codegen.writing.size_origins import Made
from pivot.reading.modules import ModuleObject
from pivot.reading.values import ListObject, Value

if TYPE_CHECKING:
    from codegen.writing.inferring import Inferred, Place, Use
    from pivot.reading.frames import Frame, Scope

Carry = tuple[str, ast.expr | None, ast.expr, ast.stmt]
"""A name, what it is before the loop, what it is from the end of a turn's block on, in the source's words, and the last
statement of that block: a layer that only some turns make changes the size in these alone.

None before the loop: the name is a parameter that the function's callers are asked for.
"""


class Loops:
    """What the loops of the program carry."""

    def __init__(self) -> None:
        self.carries: dict[int, list[Carry]] = {}  # by loop
        self.kept: dict[int, str] = {}  # arguments in a comprehension that give the size of the next turn its name
        self.renamed: dict[int, str] = {}  # the name of a comprehension's items that had none
        self.begun: dict[int, list[tuple[str, ast.expr]]] = {}  # what it is before a statement with a comprehension

    def ending(self, statement: ast.stmt) -> list[tuple[str, ast.expr]]:
        """What is carried on behind the last statement of a block."""
        return [(name, text) for found in self.carries.values() for name, _, text, last in found if last is statement]

    def carried(self, place: Place, sizes: Inferred) -> ast.expr | None:
        """The name that carries a size, or None where no loop does."""
        function = place.uses[0].frame.function
        loop = outermost(text_around(place.uses[0].frame, sizes), place.node)
        if loop is None:
            return self.carried_inside(place, sizes)
        if any(isinstance(n, (ast.Continue, ast.Break)) for n in ast.walk(loop)):
            return None
        starts: list[ast.expr | None] = []
        steps: list[ast.expr] = []
        values: set[int] = set()
        for uses in by_frame(place.uses):
            starts.append(sizes.in_words(uses[0].origin, uses[0].frame, loop_place(loop)))
            values.add(uses[0].value)
            for turn, use in enumerate(uses[1:]):
                text = self.made_before(use, turn, loop, sizes)
                if text is None:
                    return None
                steps.append(text)
        if not steps or any(ast.dump(s) != ast.dump(steps[0]) for s in steps):
            return None
        ends = [block_end(use, loop) for use in place.uses]
        end = next((found for found in ends if found is not None), None)
        if end is None or any(found is not end for found in ends if found is not None):
            return None
        first = starts[0]
        if first is None or any(s is None or ast.dump(s) != ast.dump(first) for s in starts):
            if len(values) != 1:
                place.uses = [uses[0] for uses in by_frame(place.uses)]  # the callers say the first, the loop the rest
                self.carries.setdefault(id(loop), []).append((place.name, None, steps[0], end))
                return None
            first = nodes.literal(values.pop())
        bound = {n.id for n in ast.walk(function.node) if isinstance(n, ast.Name)} if function is not None else set()
        spec = function.node.args if function is not None else None
        bound |= {a.arg for a in (*spec.args, *spec.kwonlyargs)} if spec is not None else set()
        return ast.Name(self.name_for(loop, place.name, (first, steps[0], end), bound), ast.Load())

    def carried_inside(self, place: Place, sizes: Inferred) -> ast.expr | None:
        """The same in a comprehension: `[nn.Linear(size, (size := n)) for n in widths]`."""
        around = text_around(place.uses[0].frame, sizes)
        found = [
            n for n in ast.walk(around) if isinstance(n, ast.ListComp) and any(m is place.node for m in ast.walk(n))
        ]
        statement = next((s for s in own_statements(around) if any(n in found for n in ast.walk(s))), None)
        if len(found) != 1 or statement is None:
            return None
        named = self.listed(place, found[0])
        if named is not None:
            return named
        given: set[int] = set()
        argument: ast.expr | None = None
        frames = by_frame(place.uses)
        for uses in frames:
            for turn, use in enumerate(uses[1:]):
                argument = self.made_before(use, turn, found[0], sizes)
                if argument is None:
                    return None
                given.add(id(argument))
        if argument is None or len(given) != 1 or not any(n is argument for n in ast.walk(place.node)):
            return None
        self.kept[id(argument)] = place.name
        values = {uses[0].value for uses in frames}
        if len(values) == 1:
            self.begun.setdefault(id(statement), []).append((place.name, nodes.literal(values.pop())))
            return ast.Name(place.name, ast.Load())
        place.uses = [uses[0] for uses in frames]  # the callers say the first
        return None

    def listed(self, place: Place, found: ast.ListComp) -> ast.expr | None:
        """The name of a comprehension's items, where they are the sizes turn by turn."""
        if len(found.generators) != 1 or not isinstance(found.generators[0].target, ast.Name):
            return None
        over, target = found.generators[0].iter, found.generators[0].target
        for uses in by_frame(place.uses):
            value = seen_from(uses[0].frame, over.id) if isinstance(over, ast.Name) else None
            hint = value.hint if value is not None else None
            items = hint.items if isinstance(hint, ListObject) else hint
            if not isinstance(items, (list, tuple)):
                return None
            if [i.hint if isinstance(i, Value) else i for i in items] != [use.value for use in uses]:
                return None
        if target.id != "_":
            return ast.Name(target.id, ast.Load())
        self.renamed[id(target)] = place.name
        return ast.Name(place.name, ast.Load())

    def item_name(self, target: ast.expr) -> ast.expr:
        """The target of a loop, with the name that its items got."""
        return ast.Name(self.renamed[id(target)], ast.Store()) if id(target) in self.renamed else target

    def made_before(self, use: Use, turn: int, loop: ast.For | ast.ListComp, sizes: Inferred) -> ast.expr | None:
        """What says a size that a layer of the turn before gave: the argument that it was made with."""
        found = made_in(use)
        if found is None:
            return None
        text, maker = found
        assert maker.visit is not None
        if not any(n is maker.visit.node for n in ast.walk(loop)) or sizes.turn_of(maker) != turn:
            return None
        return text if all(isinstance(n, SIMPLE) for n in ast.walk(text)) else None

    def name_for(self, loop: ast.For, name: str, carry: tuple[ast.expr, ast.expr, ast.stmt], bound: set[str]) -> str:
        """The name that carries a size; one for all layers that take the same."""
        start, step, end = carry
        known = self.carries.setdefault(id(loop), [])
        for other, first, last, place in known:
            same = first is not None and ast.dump(first) == ast.dump(start) and ast.dump(last) == ast.dump(step)
            if same and place is end:
                return other
        taken, number, free = {other for other, *_ in known} | bound, 1, name
        while free in taken:
            number += 1
            free = f"{name}_{number}"
        known.append((free, start, step, end))
        return free


SIMPLE = (ast.Name, ast.Constant, ast.BinOp, ast.operator, ast.Attribute, ast.Subscript, ast.expr_context)


def by_frame(uses: list[Use]) -> list[list[Use]]:
    """The uses of each frame in order, one per module."""
    found: dict[int, dict[int, Use]] = {}
    for use in uses:
        found.setdefault(id(use.frame), {}).setdefault(id(use.module), use)
    return [list(table.values()) for table in found.values()]


def text_around(frame: Frame, sizes: Inferred) -> ast.AST:
    """The function that a frame is a call of, or its file."""
    if frame.function is not None:
        return frame.function.node
    trees = (t for t in sizes.trace.keep if isinstance(t, ast.Module) and t.__dict__.get("file") == frame.file)
    return next(trees, ast.Pass())


def innermost(function: ast.AST, site: ast.AST) -> ast.For | None:
    """The innermost loop around a site."""
    loops = [n for n in ast.walk(function) if isinstance(n, ast.For) and any(m is site for m in ast.walk(n))]
    return min(loops, key=lambda loop: sum(1 for _ in ast.walk(loop)), default=None)


def outermost(function: ast.AST, site: ast.AST) -> ast.For | None:
    """The outermost loop around a site: a size is carried through the turns of all of them."""
    loops = [n for n in ast.walk(function) if isinstance(n, ast.For) and any(m is site for m in ast.walk(n))]
    return max(loops, key=lambda loop: sum(1 for _ in ast.walk(loop)), default=None)


def made_in(use: Use) -> tuple[ast.expr, ModuleObject] | None:
    """The module of the frame of a use that gave a size, and what it was told for it: a layer, or a block of layers."""
    origin = use.origin
    if not isinstance(origin, Made) or origin.module.frame is None:
        return None
    text: ast.expr | None = origin.text
    maker = origin.module
    if maker.made_by is not None:  # what a class tells the constructor of its base, in the words of what makes it
        text = in_caller(origin.text, home_of(maker.made_by.frame))
    while maker.frame is not None and home_of(maker.frame) is not use.frame:
        frame = home_of(maker.frame)
        receiver = frame.receiver.hint if frame.receiver is not None else None
        if not isinstance(receiver, ModuleObject) or receiver.frame is None or receiver is maker or text is None:
            return None
        text, maker = in_caller(text, frame), receiver
    return None if text is None or maker.visit is None or maker.frame is None else (text, maker)


def seen_from(frame: Frame, name: str) -> Value | None:
    """What a name stands for in a frame, or around it."""
    scope: Scope | None = frame.scope
    while scope is not None and name not in scope.names:
        scope = scope.parent
    return scope.names[name] if scope is not None else None


def home_of(frame: Frame) -> Frame:
    """The constructor that a frame is one of, where it is that of a `build`."""
    module = frame.receiver.hint if frame.receiver is not None else None
    if frame.function is None or frame.function.name != "build" or not isinstance(module, ModuleObject):
        return frame
    return module.visit.entered if module.visit is not None and module.visit.entered is not None else frame


def own_statements(around: ast.AST) -> list[ast.stmt]:
    """The simple statements of a function or file."""
    return [n for n in ast.walk(around) if isinstance(n, (ast.Assign, ast.AnnAssign, ast.Expr, ast.Return))]


def block_end(use: Use, loop: ast.For) -> ast.stmt | None:
    """The last statement of the innermost block of a loop in which a layer is made."""
    found = made_in(use)
    site = found[1].visit.node if found is not None and found[1].visit is not None else None
    blocks = [
        body
        for n in ast.walk(loop)
        for body in (getattr(n, "body", None), getattr(n, "orelse", None))
        if isinstance(body, list) and any(m is site for s in body for m in ast.walk(s))
    ]
    smallest = min(blocks, key=lambda body: sum(1 for s in body for _ in ast.walk(s)), default=None)
    return smallest[-1] if smallest else None


def loop_place(loop: ast.For) -> ast.expr:
    """A place before a loop."""
    return loop.iter
