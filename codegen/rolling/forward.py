"""The statements of `forward`: numbered values get the names of the source's variables, and keep them while they live."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from codegen.rolling.bodies import Body, Entry
from codegen.rolling.groups import Group, Leaf
from codegen.rolling.sources import Names, Sources
from pivot.network import Node
from pivot.reading.frames import Frame

VALUE = re.compile(r"_(\d+)$")
DEEP = 3  # so many calls inside each other are put on lines of their own
KEPT = "identity"  # what an input is called that is needed again after its name was taken


@dataclass(slots=True)
class Wishes:
    """What the source calls the values of a body, and its `a = b`."""

    names: dict[int, str] = field(default_factory=dict)
    aliases: list[tuple[str, str]] = field(default_factory=list)


def wishes_of(sources: Sources, body: Body) -> Wishes:
    """Names for the values of a body, as far as the source has any."""
    group = body.group
    own = sources.names(group)
    found = Wishes({}, list(own.aliases))
    for entry in body.entries:
        for number in read_by(entry.text):
            if number < body.inputs and number not in found.names:
                name = input_name(entry, number, body)
                if name is not None:
                    found.names[number] = name
        name = result_name(sources, entry, group, own)
        if name is not None and len(entry.results) == 1:
            found.names[entry.results[0]] = name
        if entry.pattern is not None:
            found.names.update(zip(entry.results, unpacked_names(entry, own), strict=False))
    return found


def site_of(part: Leaf | Group) -> ast.AST | None:
    """The place of the source that made a part."""
    if isinstance(part, Leaf):
        return part.node.site
    return part.frame.site if part.frame is not None else None


def unpacked_names(entry: Entry, own: Names) -> list[str]:
    """The names that a result is taken apart into."""
    return own.unpacked.get(id(site_of(entry.part)), [])


def frames_below(node: Node, group: Group) -> list[Frame]:
    """The frames of a node that were written in place in a group, the innermost first."""
    found: list[Frame] = []
    for frame in node.frame.chain():
        if group.frame is not None and frame.key == group.frame.key:
            break
        if frame.function is None:
            break
        found.append(frame)
    return found


def result_name(sources: Sources, entry: Entry, group: Group, own: Names) -> str | None:
    """The variable that a result is assigned to; that of the call, for the last node of a helper written in place."""
    site = site_of(entry.part)
    found = own.assigned.get(id(site))
    node = entry.part.node if isinstance(entry.part, Leaf) else None
    if found is not None or node is None:
        return found
    for frame in frames_below(node, group):
        last = [n for n in group.nodes if any(f.key == frame.key for f in n.frame.chain())][-1]
        if last is node and (name := own.assigned.get(id(frame.site))) is not None:
            return name
        inner = sources.names_in(frame.function).assigned.get(id(site)) if frame.function is not None else None
        if inner is not None:
            return inner
        site = frame.site
    return None


def input_name(entry: Entry, number: int, body: Body) -> str | None:
    """The variable that an input stands in where it is first read."""
    site = site_of(entry.part)
    if not isinstance(site, ast.Call):
        return site.left.id if isinstance(site, ast.BinOp) and isinstance(site.left, ast.Name) else None
    if entry.part.nodes and isinstance(entry.part, Leaf):
        frame = entry.part.node.frame
        if body.group.frame is not None and frame.key != body.group.frame.key:
            return None
    numbers = list(read_by(entry.text))
    given = [a for arg in site.args for a in (arg.elts if isinstance(arg, (ast.List, ast.Tuple)) else [arg])]
    tensors = [a.id for a in given if isinstance(a, ast.Name)]
    at = numbers.index(number)
    return tensors[at] if at < len(tensors) and len(tensors) >= len(numbers) else None


def read_by(text: ast.AST) -> list[int]:
    """The numbers of the values that an expression reads, in order, each once."""
    found: dict[int, None] = {}
    for node in ast.walk(text):
        match = VALUE.match(node.id) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) else None
        if match:
            found.setdefault(int(match[1]))
    return list(found)


def depth(text: ast.AST) -> int:
    """How deep calls are nested."""
    inner = max((depth(child) for child in ast.iter_child_nodes(text)), default=0)
    return inner + isinstance(text, ast.Call)


class Filler(ast.NodeTransformer):
    """Puts expressions in the place of names."""

    def __init__(self, texts: Mapping[str, ast.expr]) -> None:
        self.texts = texts

    def visit_Name(self, node: ast.Name) -> ast.expr:
        made = self.texts.get(node.id)
        if made is None:
            return node
        made = copy.deepcopy(made)
        if isinstance(node.ctx, ast.Store) and isinstance(made, ast.Name):
            made.ctx = ast.Store()
        return made


def fill(tree: ast.expr, texts: Mapping[str, ast.expr]) -> ast.expr:
    """A copy of a tree with expressions in the place of names."""
    made = Filler(texts).visit(copy.deepcopy(tree))
    assert isinstance(made, ast.expr)
    return made


class Forward:
    """Writes the statements of one body. `texts`: what stands for attributes and holes."""

    def __init__(
        self, body: Body, entries: Sequence[Entry], wishes: Wishes, inputs: Sequence[str], texts: Mapping[str, ast.expr]
    ) -> None:
        self.body, self.entries, self.wishes, self.texts = body, list(entries), wishes, dict(texts)
        self.inputs = list(inputs)
        self.names: dict[int, str] = dict(enumerate(inputs))
        self.inline: dict[int, ast.expr] = {}
        self.out: list[ast.stmt] = []
        self.reads = [read_by(entry.text) for entry in self.entries]
        self.last: dict[int, int] = {}
        for place, read in enumerate(self.reads):
            for number in read:
                self.last[number] = place
        for number in body.outputs:
            self.last[number] = len(self.entries)

    def statements(self, returned: ast.expr) -> list[ast.stmt]:
        """All statements; `returned` is what is given back, over values."""
        for place, entry in enumerate(self.entries):
            text = self.text(entry.text)
            if self.goes_inline(place, entry, returned):
                self.inline[entry.results[0]] = text
                continue
            if not entry.results:
                self.out.append(ast.Expr(text))
                continue
            live = {n for n in self.names if self.last.get(n, -1) > place and n not in entry.results}
            names = {number: self.choose(number, live, set()) for number in entry.results}
            text = self.text(entry.text)  # names may have changed
            self.names.update(names)
            if entry.pattern is not None:
                stored = {f"_{n}": ast.Name(name, ast.Store()) for n, name in names.items()}
                self.out.append(ast.Assign([fill(entry.pattern, stored)], text))
            else:
                self.out.append(ast.Assign([ast.Name(names[entry.results[0]], ast.Store())], text))
        self.out.append(ast.Return(self.text(returned)))
        return self.out

    def text(self, tree: ast.expr) -> ast.expr:
        """An expression with the names of values."""
        texts = {**self.texts, **{f"_{n}": ast.Name(name, ast.Load()) for n, name in self.names.items()}}
        texts.update({f"_{n}": made for n, made in self.inline.items()})
        return fill(tree, texts)

    def goes_inline(self, place: int, entry: Entry, returned: ast.expr) -> bool:
        """Is a result read once, by what comes next, and without a name in the source?"""
        if len(entry.results) != 1 or entry.pattern is not None:
            return False
        number = entry.results[0]
        readers = [p for p, read in enumerate(self.reads) if number in read]
        if number in self.body.outputs:
            single = list(self.body.outputs) == [number] and isinstance(returned, ast.Name)
            return single and not readers and place == len(self.entries) - 1
        if len(readers) != 1 or number in self.wishes.names:
            return False
        if depth(self.text(entry.text)) >= DEEP:
            return False
        count = sum(1 for n in ast.walk(self.entries[readers[0]].text) if isinstance(n, ast.Name) and n.id == f"_{number}")
        between = range(place + 1, readers[0])
        quiet = all(
            len(self.entries[p].results) == 1
            and self.entries[p].results[0] not in self.wishes.names
            and [q for q, read in enumerate(self.reads) if self.entries[p].results[0] in read] == readers
            for p in between
        )
        return count == 1 and quiet

    def choose(self, number: int, live: set[int], taken: set[str]) -> str:
        """The name of a result; what is still needed under that name gets another one first."""
        wanted = self.wishes.names.get(number) or self.default_name()
        holder = next((n for n in live if self.names[n] == wanted), None)
        if holder is None:
            return wanted
        used = {self.names[n] for n in live}
        kept = next((a for a, b in self.wishes.aliases if b == wanted and a not in used), None)
        if kept is None and holder < self.body.inputs and KEPT not in used:
            kept = KEPT
        if kept is not None:
            self.out.append(ast.Assign([ast.Name(kept, ast.Store())], ast.Name(wanted, ast.Load())))
            self.names[holder] = kept
            return wanted
        place = 2
        while f"{wanted}{place}" in used:
            place += 1
        return f"{wanted}{place}"

    def default_name(self) -> str:
        """What a value is called that has no name in the source."""
        return "x"


def rename_inputs(count: int, wishes: Wishes) -> list[str]:
    """The names of the parameters of `forward`."""
    names: list[str] = []
    for number in range(count):
        base = wishes.names.get(number) or "x"
        name, place = base, 2
        while name in names:
            name, place = f"{base}{place}", place + 1
        names.append(name)
    return names
