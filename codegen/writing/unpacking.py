"""`y, (h, c) = lstm(x)`: results taken apart where the target's call returns another structure than the source's."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codegen.writing import stores
from codegen.writing.plan_steps import direct_form
from codegen.writing.plans import Unwritable
from codegen.writing.results import filled, is_list, joined
from codegen.writing.state_entries import ENTRIES as STATE_ENTRIES
from pivot.results import ENTRIES, Result, ResultGroup, ResultName, result_names

if TYPE_CHECKING:
    from codegen.writing.expressions import Expressions
    from codegen.writing.statements import Statements


@dataclass(slots=True)
class Takers:
    """What takes a call's results: an assignment target per output, or one name for a group of them."""

    outputs: dict[str, ast.expr] = field(default_factory=dict)
    groups: list[tuple[ast.expr, ResultGroup]] = field(default_factory=list)
    entries: dict[str, list[tuple[int, ast.expr]]] = field(default_factory=dict)  # what takes one entry of an output


def unpacked(s: Statements, node: ast.Assign) -> list[ast.stmt] | None:
    """The statements for an assignment of a call's results; None where the call is written in the source's shape."""
    made = [v.made for v in s.w.trace.of(node.value) if v.made is not None]
    if not made or len(node.targets) != 1:
        return None
    lowered = s.w.lowering.lowered.get(id(made[0]))
    if lowered is None or lowered.chosen is None or made[0].form is None:
        return None
    direct = lowered.chosen.steps[-1].form if made[0].module is not None else direct_form(lowered)
    if direct is None:
        return None
    source, target = made[0].form.result, direct.result
    if source == target or isinstance(source, ResultName) or (is_list(source) and is_list(target)):
        return None
    takers = Takers()
    if not match(source, node.targets[0], takers):
        if isinstance(node.targets[0], ast.Name):
            return None
        raise Unwritable("the results of this call are not unpacked where it stands")
    s.e.as_is = node.value
    value = s.e.expr(node.value)
    given = set(result_names(target))
    takers.groups = [(text, group) for text, group in takers.groups if given & set(result_names(group))]
    wanted, after = Rebuilt(s, takers).of(target)
    return [ast.Assign([wanted], value), *after]


def match(pattern: Result, target: ast.expr, takers: Takers) -> bool:
    """Which result each part of an assignment target takes."""
    if isinstance(target, ast.Name) and target.id == "_":
        return True
    if isinstance(pattern, ResultName):
        takers.outputs[pattern.name] = target
        if pattern.codec in ENTRIES:
            takers.entries.setdefault(pattern.name, []).append((ENTRIES[pattern.codec or ""], target))
        return True
    if isinstance(target, (ast.Tuple, ast.List)) and len(target.elts) == len(pattern.items):
        return all(nested(p, t, takers) for p, t in zip(pattern.items, target.elts, strict=True))
    return False


def nested(pattern: Result, target: ast.expr, takers: Takers) -> bool:
    """A part of a result: a group of values may go to one name."""
    if isinstance(pattern, ResultGroup) and isinstance(target, ast.Name) and target.id != "_" and not is_list(pattern):
        takers.groups.append((target, pattern))
        return True
    return match(pattern, target, takers)


class Rebuilt:
    """The assignment target for what the target's call returns, and what has to follow the call."""

    def __init__(self, s: Statements, takers: Takers) -> None:
        self.s, self.takers = s, takers
        self.grouped = {name for _, group in takers.groups for name in result_names(group)}
        self.entries: dict[str, list[ast.expr]] = {}
        self.loads: dict[str, ast.expr] = {}
        self.taken: list[tuple[ast.expr, ast.expr]] = []  # entries of outputs

    def of(self, pattern: Result) -> tuple[ast.expr, list[ast.stmt]]:
        """Target and statements behind it."""
        counts = [n for n, codec in named(pattern) if codec in ENTRIES]
        several = {name for name in counts if counts.count(name) > 1}
        wanted = self.target(pattern, several)
        after: list[ast.stmt] = []
        for name, texts in self.entries.items():
            whole = joined(self.s.w.target, "expand", texts)
            if name in self.grouped:
                self.loads[name] = whole
            else:
                made = ast.Assign([self.s.e.target(self.takers.outputs[name])], whole)
                made.__dict__[STATE_ENTRIES] = [text.id for text in texts if isinstance(text, ast.Name)]
                after.append(made)
        for text, group in self.takers.groups:
            after.append(ast.Assign([self.s.e.target(text)], filled(group, self.loads)))
        if self.taken:
            left, right = [taker for taker, _ in self.taken], [text for _, text in self.taken]
            one = len(self.taken) == 1
            after.append(
                ast.Assign(left, right[0])
                if one
                else ast.Assign([ast.Tuple(left, ast.Store())], ast.Tuple(right, ast.Load()))
            )
        return wanted, after

    def target(self, pattern: Result, several: set[str]) -> ast.expr:
        """A name for each value that somebody takes."""
        if isinstance(pattern, ResultGroup):
            return ast.Tuple([self.target(item, several) for item in pattern.items], ast.Store())
        name, codec = pattern.name, pattern.codec
        taker = self.takers.outputs.get(name)
        if taker is None and name not in self.grouped:
            return ast.Name("_", ast.Store())
        if codec in ENTRIES:
            plain = isinstance(taker, ast.Name) and name not in several
            text = taker.id if plain and isinstance(taker, ast.Name) else self.fresh(name, codec, several)
            self.entries.setdefault(name, []).append(ast.Name(text, ast.Load()))
            return ast.Name(text, ast.Store())
        if name in self.takers.entries and name not in self.grouped:
            return self.whole(name)
        if taker is not None:
            return self.s.e.target(taker)
        self.loads[name] = ast.Name(self.fresh(name, None, several), ast.Load())
        return ast.Name(self.loads[name].id, ast.Store())  # type: ignore[attr-defined]

    def whole(self, name: str) -> ast.expr:
        """A name for an output of which the source's call returns the entries, which are taken out of it behind."""
        each = [(place, self.s.e.target(taker)) for place, taker in self.takers.entries[name]]
        plain = [taker.id for _, taker in each if isinstance(taker, ast.Name)]
        text = plain[-1] if plain else self.fresh(name, None, set())
        for place, taker in each:
            self.taken.append((taker, ast.Subscript(ast.Name(text, ast.Load()), ast.Constant(place), ast.Load())))
        return ast.Name(text, ast.Store())

    def fresh(self, name: str, codec: str | None, several: set[str]) -> str:
        """A local name that is not in use: `h_forward`, `h`."""
        taker = self.takers.outputs.get(name)
        base = taker.id if isinstance(taker, ast.Name) else name
        text = f"{base}_{codec}" if name in several else base
        while text in self.s.e.locals:
            text += "_state"
        return text


def named(pattern: Result) -> list[tuple[str, str | None]]:
    """Every value of a result with its codec."""
    if isinstance(pattern, ResultName):
        return [(pattern.name, pattern.codec)]
    return [pair for item in pattern.items for pair in named(item)]


def as_item(e: Expressions, node: ast.expr) -> ast.expr:
    """`torch.max(x, 1)[0]` for `torch.max(x, 1).values`, a function for a restated method; all else as it is."""
    node = e.w.trace.methods.get(id(node), node)
    place = e.w.trace.fields.get(id(node))
    if place is None or not isinstance(node, ast.Attribute):
        return node
    return ast.copy_location(ast.Subscript(node.value, ast.Constant(place), ast.Load()), node)


def one_item(e: Expressions, node: ast.Subscript) -> ast.expr | None:
    """`torch.max(x, 1)[0]`: one item of what a call returns; `x[rows, columns]` of a tensor."""
    if id(node) in e.w.trace.picks:
        return stores.picked(e, e.w.trace.picks[id(node)])
    visits = e.w.trace.of(node.value)
    if not isinstance(node.value, ast.Call) or not visits or visits[0].kind not in ("op", "apply"):
        return None
    form = visits[0].form
    if form is None or not isinstance(form.result, ResultGroup) or is_list(form.result):
        return None
    try:
        place = ast.literal_eval(node.slice)
    except ValueError:
        return None
    if not isinstance(place, int) or isinstance(place, bool):
        return None
    e.places[id(node.value)] = place
    return e.expr(node.value)
