"""The steps: find the literal, follow it, read the layers it reaches again, then the shapes behind them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from pivot.problems import Refusal
from pivot.reading.elaborate import Elaborated, Request, room_for_calls
from pivot.reading.evaluator import Evaluator
from pivot.reading.merge import merge_modes
from pivot.reading.parsed import PARSED
from pivot.reading.reparsing import first_line
from pivot.reading.restating import is_restatement
from pivot.reading.retuned.declined import Declined
from pivot.reading.retuned.digits import Digits, changed_digits
from pivot.reading.retuned.flow import Flow, Function, parents
from pivot.reading.retuned.functions import check_read
from pivot.reading.retuned.layers import check_holders, fixed_facts, retune
from pivot.reading.retuned.literal import changed_literal, pairs, take_over
from pivot.reading.retuned.shapes import Reshaped
from pivot.reading.signals import Raised, Restate
from pivot.reading.source import load
from pivot.shapes import ShapeError

LASTING = {"companions", "assigned", "bound", "lowering", "printed"}
"""What is learned of an elaboration that no number changes, or that is brought up to it."""


def retuned(done: Elaborated, request: Request, untouched: Collection[str] = ()) -> Elaborated:
    """`done` for texts that differ in one literal; `done` itself is used up, whatever comes out. Raises Declined.

    `untouched`: files that are on disk what they were when they were read.
    """
    ev = done.evaluator
    if not ev.dialect.retunes:
        raise Declined(f"layers of {ev.dialect.framework} are not made anew")
    if {*ev.trace.unread} != {place for place, *_ in ev.failed}:
        raise Declined("what is stored in several orders was noted in the trace")
    file, text = changed_file(ev, request.texts, untouched)
    tree = tree_of(ev, file)
    digits = changed_digits(tree, ev.files[file], text)
    edit = in_place(digits, file, text) if digits is not None else reparsed(ev, tree, file, text)
    if (edit.literal.lineno, edit.literal.col_offset) in ev.sought:
        raise Declined("the inputs are found by it")
    flow = Flow(ev, edit.literal.value, edit.value)
    size = -1
    while size != flow.size:  # a function may be reached in several ways
        size = flow.size
        flow.read.clear()
        edit.begin(flow)
    flow.check_inputs()
    visits = list(flow.layers.values())
    bounds = [visit.bound for visit in visits if visit.bound is not None]
    try:
        before = [fixed_facts(visit, bound) for visit, bound in zip(visits, bounds, strict=True)]
        for visit in flow.functions.values():
            check_read(ev, visit)
        for held in flow.values.values():
            held.hint = edit.value
        edit.take()
        ev.files[file] = text
        ev.texts = dict(request.texts)
        problems = len(ev.problems)
        with room_for_calls():
            modules = [retune(ev, visit, facts) for visit, facts in zip(visits, before, strict=True)]
            check_holders(ev, modules, bounds)
            made = {id(visit.made) for visit in flow.functions.values()}
            anew = frozenset({*made, *map(id, modules)})
            Reshaped(done, anew).infer()
    except (Refusal, Restate, Raised, ShapeError) as error:
        raise Declined(str(error)) from None
    if len(ev.problems) != problems:
        raise Declined("there is more to say of the program")
    runs = done.network.runs
    done.network.nodes = merge_modes(runs["eval"], runs["train"]) if "train" in runs else tuple(runs["eval"].nodes)
    done.learned = {name: known for name, known in done.learned.items() if name in LASTING}
    done.learned["retuned"] = anew
    return done


def changed_file(ev: Evaluator, texts: Mapping[str, str], untouched: Collection[str]) -> tuple[str, str]:
    """The one file that has another text now, and that text. Raises Declined."""
    other = {name for name in {*texts, *ev.texts} if texts.get(name) != ev.texts.get(name)}
    found: dict[str, str] = {}
    for file, known in ev.files.items():
        if is_restatement(file):
            continue
        text = texts.get(file)
        if text is None and file in untouched and file not in ev.texts:
            continue
        if text is None:
            text = load(Path(file)).text
        if text != known:
            found[file] = text
    if len(found) != 1 or other - {*found}:
        raise Declined(f"{len(found)} files differ")
    return next(iter(found.items()))


def tree_of(ev: Evaluator, file: str) -> ast.Module:
    """The tree of a file that was read."""
    trees = (tree for tree in ev.trace.keep if isinstance(tree, ast.Module))
    return next(tree for tree in trees if tree.__dict__.get("file") == file)


class Default(NamedTuple):
    """A parameter of a function, by its name."""

    function: Function
    name: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A literal of the tree that was read, its value now, what it is given to, and how the tree becomes new."""

    literal: ast.Constant
    value: object
    to: ast.Call | Default
    take: Callable[[], None]

    def begin(self, flow: Flow) -> None:
        """Follow it from where it stands. Raises Declined."""
        if isinstance(self.to, ast.Call):
            flow.follow(self.to, self.literal)
        else:
            flow.default(*self.to, self.literal)


def in_place(digits: Digits, file: str, text: str) -> Edit:
    """An edit that moves nothing. Raises Declined."""
    PARSED.later(text, file)
    above = dict(pairwise((digits.literal, *reversed(digits.above))))
    return Edit(digits.literal, digits.value, given_to(digits.literal, above), digits.take)


def reparsed(ev: Evaluator, tree: ast.Module, file: str, text: str) -> Edit:
    """An edit whose statement is parsed again. Raises Declined."""
    old, new = statements(ev.files[file], tree, file, text)
    literal, value = changed_literal(old, new)
    check_places(ev, file, old, new, literal)
    return Edit(literal, value, given_to(literal, dict(parents(old))), lambda: take_over(old, new))


def statements(known: str, tree: ast.Module, file: str, text: str) -> tuple[ast.stmt, ast.stmt]:
    """The outermost statement that differs, as it is and as it stands in the new text. Raises Declined."""
    before, now = known.split("\n"), text.split("\n")
    changed = [number for number, (a, b) in enumerate(zip(before, now, strict=False), start=1) if a != b]
    if len(before) != len(now) or len(changed) != 1:
        raise Declined("more than one line differs")
    old, new = tree.body, PARSED.tree(text, file).body
    places = [at for at, statement in enumerate(old) if first_line(statement) <= changed[0]]
    if len(old) != len(new) or not places:
        raise Declined("the file has other statements now")
    return old[places[-1]], new[places[-1]]


def given_to(literal: ast.Constant, above: Mapping[ast.AST, ast.AST]) -> ast.Call | Default:
    """The call that is given a literal, by itself or in a tuple, or the parameter whose default it is. Raises
    Declined.
    """
    at: ast.AST = literal
    while isinstance(above.get(at), (ast.Tuple, ast.keyword)):
        at = above[at]
    taker = above.get(at)
    if isinstance(taker, ast.Call) and at is not taker.func:
        return taker
    function = above.get(taker) if isinstance(taker, ast.arguments) else None
    if at is literal and isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        assert isinstance(taker, ast.arguments)
        plain = [*taker.posonlyargs, *taker.args]
        pairs = [*zip(plain[len(plain) - len(taker.defaults) :], taker.defaults, strict=True)]
        pairs += [(a, d) for a, d in zip(taker.kwonlyargs, taker.kw_defaults, strict=True) if d is not None]
        return next(Default(function, parameter.arg) for parameter, default in pairs if default is literal)
    raise Declined("the literal is no argument of a call")


def check_places(ev: Evaluator, file: str, old: ast.stmt, new: ast.stmt, literal: ast.Constant) -> None:
    """What stands behind the literal on its line must not be named by its place. Raises Declined."""
    line, end = literal.end_lineno, literal.end_col_offset or 0
    twins = dict(pairs(old, new))
    twin = twins[literal]
    assert isinstance(twin, ast.Constant)
    if twin.end_col_offset == end:
        return
    for node in [*twins, *ev.trace.keep]:
        if getattr(node, "lineno", 0) == line and getattr(node, "col_offset", 0) >= end:
            if isinstance(node, (ast.Call, ast.stmt)) or id(node) in ev.trace.visits:
                raise Declined("a call behind the literal moves")
    for made in ev.trace.keep:
        if isinstance(made, ast.AST) and made not in twins and getattr(made, "end_lineno", 0) == line:
            if getattr(made, "end_col_offset", 0) >= end:
                raise Declined("a call that stands for several moves")
    if any(p.file == file and p.line == line and p.column > end for p in ev.problems):
        raise Declined("a problem behind the literal moves")
