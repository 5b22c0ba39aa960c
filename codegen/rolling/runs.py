"""Modules that are called one behind the other: `nn.Sequential` of a list, or of a loop where the source has one."""

from __future__ import annotations

import ast
import copy
from collections.abc import Mapping, Sequence
from itertools import pairwise

from codegen.rolling.bodies import Attribute, Body, Entry, attribute_name, value_name
from codegen.rolling.forward import fill, read_by
from codegen.rolling.groups import Group
from codegen.rolling.unify import Hole
from codegen.target import Target
from codegen.writing import nodes

LISTED = 5  # so many equal modules in a row are a list even without a loop
INDEX = "i"
LOOPS = (ast.For, ast.While, ast.ListComp, ast.GeneratorExp)


class Loops:
    """Which calls of the source stand in a loop."""

    def __init__(self) -> None:
        self.known: dict[int, set[int]] = {}

    def repeats(self, group: Group) -> bool:
        """Does the call that made a group stand in a loop of its function?"""
        frame = group.frame
        if frame is None or frame.parent is None or frame.parent.function is None:
            return False
        node = frame.parent.function.node
        if id(node) not in self.known:
            loops = [n for n in ast.walk(node) if isinstance(n, LOOPS)]
            self.known[id(node)] = {id(inner) for loop in loops for inner in ast.walk(loop)}
        return id(frame.site) in self.known[id(node)]


def fold(body: Body, loops: Loops) -> Body:
    """A body in which modules in a row are one entry."""
    readers: dict[int, int] = {}
    uses: dict[int, int] = {}
    for entry in body.entries:
        for number in read_by(entry.text):
            readers[number] = readers.get(number, 0) + 1
        for number in entry.attributes:
            uses[number] = uses.get(number, 0) + 1
    runs: list[list[Entry]] = []
    for entry in body.entries:
        last = runs[-1][-1] if runs else None
        if last is not None and goes_on(body, last, entry, readers, uses):
            runs[-1].append(entry)
        else:
            runs.append([entry])
    out = Body(body.group, [], [], body.inputs)
    table: dict[str, ast.expr] = {f"_{n}": value_name(n) for n in range(body.inputs)}
    moved: dict[int, int] = {}
    count = body.inputs
    for run in (piece for each in runs for piece in pieces(body, each, loops)):
        first, last = run[0], run[-1]
        repeats = isinstance(first.part, Group) and is_link(body, first, uses) and loops.repeats(first.part)
        numbers: list[int] = []
        if len(run) > 1 or repeats:
            held = body.attributes[first.attributes[0]]
            members = [body.attributes[entry.attributes[0]] for entry in run]
            numbers.append(len(out.attributes))
            out.attributes.append(Attribute(held.constructor, None, None, held.group, members, repeats))
            text: ast.expr = ast.Call(attribute_name(numbers[0]), [fill(a, table) for a in call_of(first).args], [])
        else:
            for number in first.attributes:
                if number not in moved:
                    moved[number] = len(out.attributes)
                    out.attributes.append(body.attributes[number])
                numbers.append(moved[number])
            texts = {f"_a{n}": attribute_name(moved[n]) for n in first.attributes}
            text = fill(first.text, {**table, **texts})
        results = tuple(range(count, count + len(last.results)))
        count += len(results)
        for old, new in zip(last.results, results, strict=True):
            table[f"_{old}"] = value_name(new)
        pattern = fill(last.pattern, table) if last.pattern is not None else None
        out.entries.append(Entry(last.part, text, tuple(numbers), results, pattern))
    names = {old: made.id for old, made in table.items() if isinstance(made, ast.Name)}
    out.outputs = tuple(int(names[f"_{n}"][1:]) for n in body.outputs)
    return out


def call_of(entry: Entry) -> ast.Call:
    """The call of an entry that is one."""
    assert isinstance(entry.text, ast.Call)
    return entry.text


def is_link(body: Body, entry: Entry, uses: Mapping[int, int]) -> bool:
    """Is an entry the call of a class of ours with one value, which nobody else calls?"""
    text = entry.text
    return (
        isinstance(entry.part, Group)
        and entry.part.module is None
        and len(entry.results) == 1
        and isinstance(text, ast.Call)
        and len(text.args) == 1
        and isinstance(text.args[0], ast.Name)
        and uses[entry.attributes[0]] == 1
    )


def goes_on(body: Body, last: Entry, entry: Entry, readers: Mapping[int, int], uses: Mapping[int, int]) -> bool:
    """Does an entry take what the one before it gave, and nobody else, and is it of the same class?"""
    if not is_link(body, last, uses) or not is_link(body, entry, uses):
        return False
    one, two = (body.attributes[e.attributes[0]].constructor for e in (last, entry))
    same = isinstance(one, ast.Call) and isinstance(two, ast.Call) and ast.dump(one.func) == ast.dump(two.func)
    number = last.results[0]
    return same and read_by(entry.text) == [number] and readers[number] == 1 and number not in body.outputs


def pieces(body: Body, run: list[Entry], loops: Loops) -> list[list[Entry]]:
    """A run in pieces of one loop each; without a loop it is a list where it is long enough."""
    if len(run) == 1:
        return [run]
    out: list[list[Entry]] = []
    for entry in run:
        assert isinstance(entry.part, Group)
        site = entry.part.frame.site if entry.part.frame is not None else None
        last = out[-1][-1].part if out else None
        before = last.frame.site if isinstance(last, Group) and last.frame is not None else None
        if out and before is site and loops.repeats(entry.part):
            out[-1].append(entry)
        else:
            out.append([entry])
    if all(len(piece) == 1 for piece in out) and len(run) >= LISTED:
        return [run]
    return out


# -- writing ----------------------------------------------------------------------


def unify_runs(runs: Sequence[Attribute], target: Target, holes: list[Hole]) -> ast.expr | None:
    """One text for a run at every call; None where their lengths cannot be told by one."""
    tables = [[arguments_of(member.constructor) for member in run.members] for run in runs]
    callee = called(runs[0].constructor)
    lengths = [len(table) for table in tables]
    if not runs[0].repeats or set(lengths) == {1}:
        if len(set(lengths)) != 1:
            return None
        elements = [element(callee, [t[place] for t in tables], holes) for place in range(lengths[0])]
        return elements[0] if len(elements) == 1 else target.row(ast.List(elements, ast.Load()))
    names = list(tables[0][0])
    for head, tail in ((0, 0), (1, 0), (0, 1)):
        inner = [table[head : len(table) - tail] for table in tables]
        if any(len(t) < head + tail for t in tables) or not any(len(part) > 1 for part in inner):
            continue
        if all(regular([step[name] for step in part]) for part in inner for name in names):
            heads = [element(callee, [t[0] for t in tables], holes)] if head else []
            tails = [element(callee, [t[-1] for t in tables], holes)] if tail else []
            loop = looped(callee, inner, holes)
            if not heads and not tails:
                return target.row(loop)
            return target.row(ast.List([*heads, ast.Starred(loop, ast.Load()), *tails], ast.Load()))
    if len(set(lengths)) != 1:
        return target.row(listed(callee, tables, holes))
    elements = [element(callee, [t[place] for t in tables], holes) for place in range(lengths[0])]
    return target.row(ast.List(elements, ast.Load()))


def called(constructor: ast.expr) -> ast.expr:
    """The class of a constructor."""
    assert isinstance(constructor, ast.Call)
    return constructor.func


def arguments_of(constructor: ast.expr) -> dict[str, object]:
    """The numbers of a constructor of ours, by parameter."""
    assert isinstance(constructor, ast.Call)
    return {k.arg: ast.literal_eval(k.value) for k in constructor.keywords if k.arg is not None}


def put(values: Sequence[object], keyword: str, holes: list[Hole]) -> ast.expr:
    """A constant that is the same at every call, or a hole."""
    if all(type(v) is type(values[0]) and v == values[0] for v in values):
        return nodes.literal(values[0])
    hole = Hole(tuple(values), keyword, f"_h{len(holes)}")
    holes.append(hole)
    return ast.Name(hole.name, ast.Load())


def element(callee: ast.expr, tables: Sequence[Mapping[str, object]], holes: list[Hole]) -> ast.expr:
    """One module of a run."""
    made = {name: put([t[name] for t in tables], name, holes) for name in tables[0]}
    return ast.Call(copy.deepcopy(callee), [], [ast.keyword(k, v) for k, v in made.items()])


def regular(values: Sequence[object]) -> bool:
    """Are values constant, or do they grow by the same number from one to the next?"""
    if all(type(v) is type(values[0]) and v == values[0] for v in values):
        return True
    if not all(isinstance(v, int) and not isinstance(v, bool) for v in values) or len(values) < 3:
        return False
    steps = {b - a for a, b in pairwise(values)}  # type: ignore[operator]
    return len(steps) == 1


def looped(callee: ast.expr, inner: Sequence[Sequence[Mapping[str, object]]], holes: list[Hole]) -> ast.expr:
    """`[Block(filters, in_channels + i * growth) for i in range(blocks)]`."""
    table = next(part[0] for part in inner if part)
    made: dict[str, ast.expr] = {}
    indexed = False
    for name in table:
        starts = [part[0][name] if part else table[name] for part in inner]
        steps = [growth([step[name] for step in part]) for part in inner]
        known = [s for s in steps if s is not None]
        text = put(starts, name, holes)
        if any(known):
            by = put([s if s is not None else known[0] for s in steps], f"{name}_step", holes)
            index: ast.expr = ast.Name(INDEX, ast.Load())
            index = index if isinstance(by, ast.Constant) and by.value == 1 else ast.BinOp(index, ast.Mult(), by)
            zero = isinstance(text, ast.Constant) and text.value == 0
            text = index if zero else ast.BinOp(text, ast.Add(), index)
            indexed = True
        made[name] = text
    count = put([len(part) for part in inner], COUNT, holes)
    each = ast.Name(INDEX if indexed else "_", ast.Store())
    loop = ast.comprehension(each, nodes.call("range", [count]), [], 0)
    return ast.ListComp(ast.Call(copy.deepcopy(callee), [], [ast.keyword(k, v) for k, v in made.items()]), [loop])


COUNT = "blocks"


def growth(values: Sequence[object]) -> int | None:
    """By how much values grow; None for fewer than two."""
    if len(values) < 2:
        return None
    a, b = values[0], values[1]
    return b - a if isinstance(a, int) and isinstance(b, int) and not isinstance(a, bool) else 0


def listed(callee: ast.expr, tables: Sequence[Sequence[Mapping[str, object]]], holes: list[Hole]) -> ast.expr:
    """`[Block(16, stride) for stride in (2, 1, 1)]`: what is irregular is looped over."""
    names = list(tables[0][0])
    made: dict[str, ast.expr] = {}
    loops: dict[str, ast.expr] = {}
    for name in names:
        columns = [tuple(step[name] for step in table) for table in tables]
        if all(len({repr(v) for v in column}) == 1 for column in columns):
            made[name] = put([column[0] for column in columns], name, holes)
        else:
            loops[name] = put(columns, name, holes)
            made[name] = ast.Name(name, ast.Load())
    each: ast.expr
    over: ast.expr
    if len(loops) == 1:
        (name, over), *_ = loops.items()
        each = ast.Name(name, ast.Store())
    else:
        each = ast.Tuple([ast.Name(name, ast.Store()) for name in loops], ast.Store())
        over = nodes.call("zip", list(loops.values()))
    loop = ast.comprehension(each, over, [], 0)
    return ast.ListComp(ast.Call(copy.deepcopy(callee), [], [ast.keyword(k, v) for k, v in made.items()]), [loop])
