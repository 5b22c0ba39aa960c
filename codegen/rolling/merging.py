"""Calls of one helper that differ in structure as one body: what only some of them have stands under a condition."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from codegen.rolling.bodies import Attribute, Body, Choice, Entry, attribute_name, value_name
from codegen.rolling.forward import fill, read_by
from codegen.rolling.groups import Group, Leaf
from codegen.rolling.unify import skeleton

Key = tuple[Hashable, ...]
Place = tuple[Key, int]  # the r-th result of an entry, or of the inputs


@dataclass(slots=True)
class Merged:
    """One body for several: per attribute, what it is at each call that has it."""

    bodies: list[Body]
    attributes: list[dict[int, Attribute]] = field(default_factory=list)
    entries: list[Entry | Choice] = field(default_factory=list)
    texts: dict[int, dict[int, ast.expr]] = field(default_factory=dict)  # of an entry, by id: its text at each call
    parts: dict[int, list[Leaf | Group]] = field(default_factory=dict)  # of an entry, by id: what it is at each call
    outputs: tuple[int, ...] = ()
    inputs: int = 0


INPUTS: Key = ("inputs",)


class Merger:
    """Merges variants: lists of bodies of equal structure."""

    def __init__(self, variants: Sequence[Sequence[Body]]) -> None:
        self.variants = variants
        self.heads = [variant[0] for variant in variants]
        self.everyone = frozenset(range(len(variants)))
        self.keys = [keys_of(head) for head in self.heads]
        self.order = merge_orders(self.keys)
        self.has = {key: {v: keys.index(key) for v, keys in enumerate(self.keys) if key in keys} for key in self.order}
        self.places = [places_of(head, keys) for head, keys in zip(self.heads, self.keys, strict=True)]
        self.numbers: dict[Place, int] = {}
        self.same: dict[Place, Place] = {}  # values that are kept in the variable of another one
        self.copies: dict[Place, Place] = {}  # what a variable holds where a value is not made
        self.attributes: dict[tuple[int, int], int] = {}

    def merged(self) -> Merged | None:
        """The merged body, or None where no conditions can tell the variants apart."""
        if len({head.inputs for head in self.heads}) > 1 or len({len(head.outputs) for head in self.heads}) > 1:
            return None
        self.number()
        reads = {key: [self.resolve(read) for read in self.reads(key)] for key in self.order}
        outputs = [
            self.resolve({v: self.places[v][head.outputs[o]] for v, head in enumerate(self.heads)})
            for o in range(len(self.heads[0].outputs))
        ]
        if any(place is None for place in [*outputs, *(p for each in reads.values() for p in each)]):
            return None
        out = Merged([body for variant in self.variants for body in variant], inputs=self.heads[0].inputs)
        entries = [self.entry(key, [p for p in reads[key] if p is not None], out) for key in self.order]
        if any(entry is None for entry in entries):
            return None
        found = self.choices([e for e in entries if e is not None])
        if found is None:
            return None
        out.entries = found
        out.outputs = tuple(self.number_of(place) for place in outputs if place is not None)
        return out

    def members(self, key: Key) -> frozenset[int]:
        """The variants that have an entry."""
        return frozenset(self.has[key])

    def reads(self, key: Key) -> list[dict[int, Place]]:
        """What an entry reads, operand by operand, in each variant."""
        columns: list[dict[int, Place]] = []
        for v, place in self.has[key].items():
            for position, number in enumerate(placeholders(self.heads[v].entries[place].text)):
                while len(columns) <= position:
                    columns.append({})
                columns[position][v] = self.places[v][number]
        return columns

    # -- values ------------------------------------------------------------------------

    def is_common(self, place: Place) -> bool:
        """Is a value there in all variants?"""
        return place[0] == INPUTS or self.members(place[0]) == self.everyone

    def number(self) -> None:
        """Numbers for all values."""
        for position in range(self.heads[0].inputs):
            self.numbers[INPUTS, position] = position
        for key in self.order:
            v, place = next(iter(self.has[key].items()))
            for position in range(len(self.heads[v].entries[place].results)):
                self.numbers[key, position] = len(self.numbers)

    def resolve(self, read: Mapping[int, Place]) -> Place | None:
        """The value that stands for what is read, in each variant another one: a variable that an optional entry
        makes anew. None where there is no such variable.
        """
        if len(set(read.values())) == 1:
            return next(iter(read.values()))
        made = [place for place in dict.fromkeys(read.values()) if not self.is_common(place)]
        if not made:
            return None
        last = max(made, key=lambda place: self.numbers[place])
        takes = {v for v, place in read.items() if place == last}
        if any(v in read and v not in takes for v in self.members(last[0])):
            return None
        before = self.resolve({v: place for v, place in read.items() if v not in takes})
        if before is None:
            return None
        if self.is_total(before):
            held = {v: place for v, place in read.items() if v not in takes}
            default = self.copies.get(last) or self.latest(before, last, held)
            if last in self.same or any(self.holds(default, v) != self.holds(place, v) for v, place in held.items()):
                return None
            self.copies[last] = default
            return last
        if self.variants_of(last) & self.variants_of(before) and self.root(last) != self.root(before):
            return None
        if last in self.copies:
            return None
        self.same[last] = self.root(before) if last != self.root(before) else self.same.get(last, last)
        return last

    def latest(self, before: Place, made: Place, held: Mapping[int, Place]) -> Place:
        """The last variable before `made` that holds the value `before` in the variants that read that: with it, two
        optional steps in a row are `if a: x = f(x)` and `if b: x = g(x)`, and no value is kept for the second one.
        """
        later = [
            place
            for place in self.copies
            if self.numbers[before] < self.numbers[place] < self.numbers[made]
            and all(self.holds(place, v) == self.holds(before, v) for v in held)
        ]
        return max(later, key=lambda place: self.numbers[place], default=before)

    def holds(self, place: Place, variant: int) -> Place:
        """The value that the variable of a value has in a variant."""
        while place in self.copies and variant not in self.members(place[0]):
            place = self.copies[place]
        return self.root(place)

    def root(self, place: Place) -> Place:
        """The value whose variable a value is kept in."""
        while self.same.get(place, place) != place:
            place = self.same[place]
        return place

    def variants_of(self, place: Place) -> frozenset[int]:
        """The variants that make a value, or another one of its variable."""
        mine = [p for p in self.numbers if self.root(p) == self.root(place)]
        return frozenset().union(*(self.everyone if p[0] == INPUTS else self.members(p[0]) for p in mine))

    def is_total(self, place: Place) -> bool:
        """Has a variable a value in all variants?"""
        return place in self.copies or self.variants_of(place) == self.everyone

    def number_of(self, place: Place) -> int:
        """The number of a value's variable."""
        return self.numbers[self.root(place)]

    # -- entries -----------------------------------------------------------------------

    def entry(self, key: Key, reads: Sequence[Place], out: Merged) -> Entry | None:
        """One entry in common numbers."""
        first: Entry | None = None
        texts: dict[int, ast.expr] = {}
        parts: list[Leaf | Group] = []
        start = 0
        for v, variant in enumerate(self.variants):
            if v in self.has[key]:
                entry = self.heads[v].entries[self.has[key][v]]
                numbers = self.held(entry, v, start, out)
                if numbers is None or (first is not None and first.attributes != numbers):
                    return None
                table: dict[str, ast.expr] = {
                    f"_a{old}": attribute_name(new) for old, new in zip(entry.attributes, numbers, strict=True)
                }
                operands = placeholders(entry.text)
                for number, read in zip(operands, reads, strict=True):
                    table[f"_{number}"] = value_name(self.number_of(read))
                for offset, body in enumerate(variant):
                    texts[start + offset] = fill(body.entries[self.has[key][v]].text, table)
                    parts.append(body.entries[self.has[key][v]].part)
                if first is None:
                    results = tuple(self.number_of((key, r)) for r in range(len(entry.results)))
                    stored = {f"_{o}": value_name(n) for o, n in zip(entry.results, results, strict=True)}
                    pattern = fill(entry.pattern, stored) if entry.pattern is not None else None
                    first = Entry(entry.part, texts[start], numbers, results, pattern)
            start += len(variant)
        if first is not None:
            out.texts[id(first)], out.parts[id(first)] = texts, parts
        return first

    def held(self, entry: Entry, v: int, start: int, out: Merged) -> tuple[int, ...] | None:
        """The common numbers of an entry's attributes."""
        key = self.keys[v][self.heads[v].entries.index(entry)]
        found: list[int] = []
        for position, old in enumerate(entry.attributes):
            if (v, old) not in self.attributes:
                others = [
                    self.attributes[w, self.heads[w].entries[place].attributes[position]]
                    for w, place in self.has[key].items()
                    if (w, self.heads[w].entries[place].attributes[position]) in self.attributes
                ]
                if not others:
                    others = [len(out.attributes)]
                    out.attributes.append({})
                self.attributes[v, old] = others[0]
                table = out.attributes[others[0]]
                for offset, body in enumerate(self.variants[v]):
                    table[start + offset] = body.attributes[old]
            found.append(self.attributes[v, old])
        return tuple(found)

    def choices(self, entries: Sequence[Entry]) -> list[Entry | Choice] | None:
        """Entries that only some variants have, gathered under conditions."""
        out: list[Entry | Choice] = []
        place = 0
        defined: set[int] = set(range(self.heads[0].inputs))
        while place < len(entries):
            members = self.members(self.order[place])
            if members == self.everyone:
                out.append(entries[place])
                defined.update(entries[place].results)
                place += 1
                continue
            end = self.stretch(place, members)
            rest = self.stretch(end, self.everyone - members)
            copies: dict[int, int] = {}
            for key in self.order[place:rest]:
                for made, before in self.copies.items():
                    if made[0] == key:
                        copies[self.number_of(made)] = self.number_of(before)
            if any(number not in defined for number in copies.values()):
                return None
            for entry in entries[place:rest]:
                defined.update(entry.results)
            out.append(Choice(self.calls(members), list(entries[place:end]), list(entries[end:rest]), copies))
            place = rest
        return out

    def stretch(self, place: int, members: frozenset[int]) -> int:
        """Where the entries end that exactly these variants have."""
        while place < len(self.order) and self.members(self.order[place]) == members:
            place += 1
        return place

    def calls(self, members: Iterable[int]) -> tuple[bool, ...]:
        """Per call, whether its variant is among these."""
        wanted = set(members)
        return tuple(v in wanted for v, variant in enumerate(self.variants) for _ in variant)


def merge(variants: Sequence[Sequence[Body]]) -> Merged | None:
    """One body for several variants; None where they cannot be told as one."""
    return Merger(variants).merged()


def placeholders(text: ast.expr) -> list[int]:
    """The values that an expression reads, in order, each once."""
    return read_by(text)


def keys_of(body: Body) -> list[Key]:
    """What tells an entry from others: where it was made, how often before, and what it looks like."""
    seen: Counter[Key] = Counter()
    found: list[Key] = []
    for entry in body.entries:
        values = {f"_{n}": ast.Name("_", ast.Load()) for n in read_by(entry.text)}
        held = {f"_a{n}": ast.Name("_a", ast.Load()) for n in entry.attributes}
        shape = skeleton(fill(entry.text, {**values, **held}))
        looks = tuple(shape_of(body.attributes[n]) for n in entry.attributes)
        base = (*sites_of(entry.part, body.group), shape, looks, len(entry.results), entry.pattern is not None)
        found.append((*base, seen[base]))
        seen[base] += 1
    return found


def sites_of(part: Leaf | Group, group: Group) -> Key:
    """The places of the source that lead from a group to a part."""
    frame = part.node.frame if isinstance(part, Leaf) else part.frame
    found: list[Hashable] = [id(part.node.site)] if isinstance(part, Leaf) else []
    for at in frame.chain() if frame is not None else ():
        if group.frame is not None and at.key == group.frame.key:
            break
        found.append(id(at.site))
    return tuple(found)


def shape_of(attribute: Attribute) -> Key:
    """What has to be equal of an attribute; a loop may run for any number of times."""
    count = 0 if attribute.repeats else len(attribute.members)
    return skeleton(attribute.constructor), count


def places_of(body: Body, keys: Sequence[Key]) -> dict[int, Place]:
    """Where the values of a body come from."""
    found: dict[int, Place] = {number: (INPUTS, number) for number in range(body.inputs)}
    for entry, key in zip(body.entries, keys, strict=True):
        found.update({number: (key, position) for position, number in enumerate(entry.results)})
    return found


def merge_orders(orders: Sequence[Sequence[Key]]) -> list[Key]:
    """One order that all orders agree with as far as they can."""
    merged = list(orders[0])
    for other in orders[1:]:
        made: list[Key] = []
        matcher = SequenceMatcher(None, merged, list(other), autojunk=False)
        for _, i, i_end, j, j_end in matcher.get_opcodes():
            left = merged[i:i_end]
            made += left
            made += [key for key in other[j:j_end] if key not in left]
        merged = list(dict.fromkeys(made))
    return merged
