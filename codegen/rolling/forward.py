"""The statements of `forward`: numbered values have the names of the source's variables while they live."""

from __future__ import annotations

import ast
import copy
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from codegen.rolling.bodies import Choice, Entry
from codegen.rolling.groups import Group, Leaf
from codegen.rolling.sources import Names, Sources
from codegen.writing.plans import Unwritable
from pivot.network import Node
from pivot.reading.frames import Frame
from pivot.reading.modules import ModuleObject

VALUE = re.compile(r"_(\d+)$")
DEEP = 3  # so many calls inside each other are put on lines of their own
KEPT = "identity"  # what an input is called that is needed again after its name was taken


@dataclass(slots=True)
class Wishes:
    """What the source calls the values of a body, its `a = b`, and by id of an entry the commented statements of it."""

    names: dict[int, str] = field(default_factory=dict)
    aliases: list[tuple[str, str]] = field(default_factory=list)
    told: dict[int, list[ast.stmt]] = field(default_factory=dict)


def wishes_of(sources: Sources, groups: Sequence[Group], entries: Sequence[Entry | Choice], inputs: int) -> Wishes:
    """Names for the values of a body, as far as the source has any. `groups`: the calls whose parts the entries are."""
    own = sources.names(groups[0])
    found = Wishes({}, list(own.aliases))
    every = flattened(entries)
    last = {id(entry.part): entry for entry in every}
    for entry in every:
        group = next(g for g in groups if entry.part in g.parts)
        found.told[id(entry)] = commented(sources, entry, group, own)
        for number in read_by(entry.text):
            if number < inputs and number not in found.names:
                name = input_name(entry, number, group)
                if name is not None:
                    found.names[number] = name
        if entry is not last[id(entry.part)]:
            continue  # padding before a convolution
        name = result_name(sources, entry, group, own)
        if name is not None and len(entry.results) == 1:
            found.names.setdefault(entry.results[0], name)
        if entry.pattern is not None:
            names = unpacked_names(entry, own)
            if len(names) <= len(entry.results):
                found.names.update(zip(entry.results, names, strict=False))
    return found


def without_unread(pattern: ast.expr) -> ast.expr:
    """`y, _` for `y, (_, _)`."""
    if not isinstance(pattern, ast.Tuple):
        return pattern
    parts = [without_unread(part) for part in pattern.elts]
    for place, part in enumerate(parts):
        if isinstance(part, ast.Tuple) and all(isinstance(e, ast.Name) and e.id == "_" for e in part.elts):
            parts[place] = ast.Name("_", ast.Store())
    return ast.Tuple(parts, ast.Store())


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
    if found is None and isinstance(entry.part, Group) and entry.part.frame is not None:
        outer = entry.part.frame.parent  # a closure that is written in place
        names = sources.names_in(outer.function) if outer is not None and outer.function is not None else Names()
        return names.assigned.get(id(site))
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


def commented(sources: Sources, entry: Entry, group: Group, own: Names) -> list[ast.stmt]:
    """The commented statements that an entry stands in, those of a helper written in place behind its call's."""
    site = site_of(entry.part)
    found: list[ast.stmt] = []
    for frame in frames_below(entry.part.node, group) if isinstance(entry.part, Leaf) else ():
        inner = sources.names_in(frame.function).told if frame.function is not None else {}
        found[:0] = inner.get(id(site), [])
        site = frame.site
    return [*own.told.get(id(site), []), *found]


def flattened(entries: Sequence[Entry | Choice]) -> list[Entry]:
    """All entries, those under conditions too."""
    return [e for entry in entries for e in ([entry] if isinstance(entry, Entry) else [*entry.then, *entry.orelse])]


def input_name(entry: Entry, number: int, group: Group) -> str | None:
    """The variable that an input stands in where it is first read."""
    site = site_of(entry.part)
    if not isinstance(site, ast.Call):
        return site.left.id if isinstance(site, ast.BinOp) and isinstance(site.left, ast.Name) else None
    below = frames_below(entry.part.node, group) if isinstance(entry.part, Leaf) else []
    if below:  # of a helper that is written in place
        given = getattr(below[-1].site, "args", [])
        return given[0].id if len(given) == 1 and isinstance(given[0], ast.Name) else None
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
        self,
        entries: Sequence[Entry | Choice],
        outputs: Sequence[int],
        wishes: Wishes,
        inputs: Sequence[str],
        texts: Mapping[str, ast.expr],
    ) -> None:
        self.entries, self.outputs, self.wishes, self.texts = list(entries), list(outputs), wishes, dict(texts)
        self.names: dict[int, str] = dict(enumerate(inputs))
        self.inputs = len(inputs)
        self.inline: dict[int, ast.expr] = {}
        self.flat: list[Entry] = []
        self.places: dict[int, int] = {}  # of entries and choices, by id
        self.copied: list[tuple[int, int]] = []  # (place, value that is copied there)
        self.joined: set[int] = set()
        self.open: set[int] = set()  # variables that the arm at hand makes
        self.pending: list[ast.stmt] = []  # commented statements of the source whose comments wait for a statement
        self.said: list[ast.stmt] = []  # those whose comments were taken: once, also of a loop that is unrolled
        self.still: dict[int, str] = {}  # values that the variable of a condition holds until it is made anew
        for entry in self.entries:
            self.place(entry)
        made = Counter(number for entry in self.flat for number in entry.results)
        self.joined |= {number for number, count in made.items() if count > 1}
        self.reads = [read_by(entry.text) for entry in self.flat]
        self.last: dict[int, int] = {}
        for place, read in [*enumerate(self.reads), *((place, [number]) for place, number in self.copied)]:
            for number in read:
                self.last[number] = max(place, self.last.get(number, 0))
        self.last.update(dict.fromkeys(self.outputs, len(self.flat)))

    def place(self, entry: Entry | Choice) -> None:
        """Where entries stand in order."""
        self.places[id(entry)] = len(self.flat)
        if isinstance(entry, Entry):
            self.flat.append(entry)
            return
        self.copied += [(len(self.flat), old) for old in entry.copies.values()]
        made = [{n for e in arm for n in e.results} for arm in (entry.then, entry.orelse)]
        self.joined |= set(entry.copies) | (made[0] & made[1])
        for inner in (*entry.then, *entry.orelse):
            self.place(inner)

    def statements(self, returned: ast.expr) -> list[ast.stmt]:
        """All statements; `returned` is what is given back, over values."""
        body = self.block(self.entries, returned, True)
        body.append(ast.Return(self.text(returned)))
        self.tell(body[-1])
        return body

    def block(self, entries: Sequence[Entry | Choice], returned: ast.expr, top: bool) -> list[ast.stmt]:
        """Statements in a row; only at the top may a value get another name for those behind it."""
        out: list[ast.stmt] = []
        for entry in entries:
            if isinstance(entry, Choice):
                out += self.choice(entry, returned)
            else:
                self.entry(entry, returned, out, top)
        return out

    def choice(self, entry: Choice, returned: ast.expr) -> list[ast.stmt]:
        """`if`: what both ways make is the same variable, and has a value before where one of them does not make it."""
        out: list[ast.stmt] = []
        place = self.places[id(entry)]
        end = place + len(entry.then) + len(entry.orelse)
        made = [{n for e in arm for n in e.results} for arm in (entry.then, entry.orelse)]
        held: dict[int, str] = {}
        for number in sorted(set(entry.copies) | (made[0] & made[1])):
            if number in self.names:
                continue  # an earlier condition made it too
            old = entry.copies.get(number)
            live = {n for n in self.names if self.last.get(n, -1) >= end and n != old}
            if old is not None and self.last.get(old, -1) >= end:
                live.add(old)
            before = self.names[old] if old is not None else ""
            if (
                old is not None and self.wishes.names.get(number, "x") != before
            ):  # `new = old` stands before the condition
                live |= {n for n in self.names if place <= self.last.get(n, -1) < end and n != old}
            busy = {name for n, name in self.names.items() if self.last.get(n, -1) >= place}
            self.names[number] = self.choose(number, live, out, busy)
            if old is not None and self.names[number] == before:
                held[old] = before
            if old is not None and self.names[number] not in (before, self.names[old]):
                out.append(assign(self.names[number], ast.Name(self.names[old], ast.Load())))
        assert entry.test is not None
        test, arms = self.text(entry.test), []
        for arm, results in zip((entry.then, entry.orelse), made, strict=True):
            self.open, self.still = self.joined & results, dict(held)
            arms.append(self.block(arm, returned, False))
        self.open, self.still = set(), {}
        out.append(ast.If(test, *arms))
        return out

    def entry(self, entry: Entry, returned: ast.expr, out: list[ast.stmt], top: bool) -> None:
        """One assignment, or an expression that stands where it is read, below the comments of its statement."""
        at, place = self.places[id(entry)], len(out)
        told = [s for s in self.wishes.told.get(id(entry), []) if s not in self.said]
        self.pending += told
        self.said += told
        self.put(entry, at, returned, out, top)
        if len(out) > place:
            self.tell(out[place])

    def tell(self, statement: ast.stmt) -> None:
        """Put the comments that wait above a statement."""
        lines = [line for told in self.pending for line in getattr(told, "before", ())]
        if lines:
            statement.__dict__["before"] = tuple(lines)
            statement.__dict__["blank"] = getattr(self.pending[0], "blank", 0)
        self.pending = []

    def put(self, entry: Entry, at: int, returned: ast.expr, out: list[ast.stmt], top: bool) -> None:
        """The statement of an entry, if it is not read in place."""
        if self.goes_inline(at, entry, returned, top):
            self.inline[entry.results[0]] = self.text(entry.text)
            return
        if not entry.results:
            out.append(ast.Expr(self.text(entry.text)))
            return
        text = self.text(entry.text)
        live = {n for n in self.names if self.last.get(n, -1) > at and n not in entry.results} - self.open
        busy = {name for n, name in self.names.items() if self.last.get(n, -1) >= at}
        names: dict[int, str] = {}
        for number in entry.results:
            known = number in self.joined and number in self.names
            name = self.names[number] if known else self.choose(number, live, out if top else None, busy)
            taken = {*names.values(), *(self.names[n] for n in live)}
            unread = self.last.get(number, -1) <= at and number not in self.outputs and not known
            if entry.pattern is not None and unread:
                name = "_"
            while name in names.values() and name != "_":
                base = self.wishes.names.get(number) or "x"
                name = next(f"{base}{n}" for n in count(2) if f"{base}{n}" not in taken)
            names[number] = name
        if any(self.names[n] in names.values() for n in live - self.joined):
            raise Unwritable("a variable is needed again that a condition makes anew")
        self.names.update(names)
        self.still = {n: name for n, name in self.still.items() if name not in names.values()}
        self.open -= set(entry.results)
        if entry.pattern is not None:
            stored = {f"_{n}": ast.Name(name, ast.Store()) for n, name in names.items()}
            out.append(ast.Assign([without_unread(fill(entry.pattern, stored))], text))
        else:
            out.append(assign(names[entry.results[0]], text))

    def text(self, tree: ast.expr) -> ast.expr:
        """An expression with the names of values."""
        names = {**self.names, **self.still}
        texts = {**self.texts, **{f"_{n}": ast.Name(name, ast.Load()) for n, name in names.items()}}
        texts.update({f"_{n}": made for n, made in self.inline.items()})
        return fill(tree, texts)

    def goes_inline(self, place: int, entry: Entry, returned: ast.expr, top: bool) -> bool:
        """Is a result read once, by what comes next, and without a name in the source?"""
        if len(entry.results) != 1 or entry.pattern is not None or entry.results[0] in self.joined:
            return False
        number = entry.results[0]
        readers = [p for p, read in enumerate(self.reads) if number in read]
        if number in self.outputs:
            single = self.outputs == [number] and isinstance(returned, ast.Name)
            return top and single and not readers and place == len(self.flat) - 1
        if len(readers) != 1 or number in self.wishes.names or any(n == number for _, n in self.copied):
            return False
        if depth(self.text(entry.text)) >= DEEP or not self.beside(place, readers[0]):
            return False
        text = self.flat[readers[0]].text
        between = range(place + 1, readers[0])
        return sum(1 for n in ast.walk(text) if isinstance(n, ast.Name) and n.id == f"_{number}") == 1 and all(
            len(self.flat[p].results) == 1
            and self.flat[p].results[0] not in self.wishes.names
            and [q for q, read in enumerate(self.reads) if self.flat[p].results[0] in read] == readers
            for p in between
        )

    def beside(self, one: int, other: int) -> bool:
        """Do two entries stand in the same block?"""
        arms = [arm for c in self.entries if isinstance(c, Choice) for arm in (c.then, c.orelse)]
        blocks = [[e for e in self.entries if isinstance(e, Entry)], *arms]
        return any(self.flat[one] in block and self.flat[other] in block for block in blocks)

    def choose(self, number: int, live: set[int], out: list[ast.stmt] | None, busy: set[str]) -> str:
        """The name of a result; what is still needed under that name gets another one first, where it may.

        `busy`: names that are read before the result is there.
        """
        wanted = self.wishes.names.get(number) or "x"
        holder = next((n for n in live if self.names[n] == wanted), None)
        if holder is None:
            return wanted
        used = {self.names[n] for n in live}
        kept = next((a for a, b in self.wishes.aliases if b == wanted and a not in used | busy), None)
        if kept is None and holder < self.inputs and KEPT not in used | busy:
            kept = KEPT
        if kept is not None and out is not None and holder not in self.joined:
            out.append(assign(kept, ast.Name(wanted, ast.Load())))
            self.names[holder] = kept
            return wanted
        place = 2
        while f"{wanted}{place}" in used:
            place += 1
        return f"{wanted}{place}"


def assign(name: str, value: ast.expr) -> ast.stmt:
    """`name = value`."""
    return ast.Assign([ast.Name(name, ast.Store())], value)


def tell_layers(
    sources: Sources, init: ast.FunctionDef, layers: Mapping[str, ModuleObject | None], said: Sequence[ast.stmt]
) -> None:
    """Put comments of statements that only make a layer above the line that makes it. `said`: told in `forward`."""
    told = list(said)
    for line in init.body:
        target = line.targets[0] if isinstance(line, ast.Assign) else None
        module = layers.get(target.attr) if isinstance(target, ast.Attribute) else None
        function = module.frame.function if module is not None and module.frame is not None else None
        if module is None or function is None:
            continue
        found = [s for s in sources.names_in(function).told.get(id(module.site), []) if s not in told]
        comments = tuple(comment for statement in found for comment in getattr(statement, "before", ()))
        if comments:
            line.__dict__.update(before=comments, blank=getattr(found[0], "blank", 0))
        told += found


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
