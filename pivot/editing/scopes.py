"""Which definitions an edit changes so that it reaches the chosen instances and no other.

What all frames of a definition want is written into it. What only some want is written into a variant of it, which
those who want it call instead: a function beside the function, a class that derives from the class. A value that a
definition only passes on is given at the call instead.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from pivot.editing.arguments import given
from pivot.editing.frames import Calls, Key, Made, key_of
from pivot.editing.names import fresh, fresh_class, taken
from pivot.editing.source import Change, Source
from pivot.editing.variants import Redirect, class_methods, class_variant, function_variant, redirected
from pivot.problems import refuse

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Edit:
    """Changes of the text of one definition, or of the file outside all of them (`definition` None).

    `argument`, (call, name, place, text), stands instead of changes where all of it is another value of one argument:
    it can be said at the call of a definition that only passes it on, and on some turns of a loop.
    """

    file: str
    definition: Key | None
    changes: tuple[Change, ...]
    argument: tuple[Key, str, int, str] | None = None


@dataclass(slots=True)
class Result:
    """The changes of each file, and what was unrolled for them."""

    changes: dict[str, list[Change]] = field(default_factory=dict)
    unrolled: list[str] = field(default_factory=list)


Wish = frozenset[Redirect | int]
"""What a frame wants of its definition: redirected calls, and numbers of edits."""


class Spread:
    """Works from the innermost definition outward until everybody wants the same. `source` gives the text of a file."""

    def __init__(self, calls: Calls, source: Callable[[str], Source]) -> None:
        self._calls = calls
        self._source = source
        self._edits: list[Edit] = []
        self._wishes: dict[Key, dict[int, set[Redirect | int]]] = {}
        self._brought: dict[tuple[str, str], str] = {}  # (file, name of a new definition) -> its name there
        self._classes: dict[str, dict[str, dict[Key, Wish]]] = {}
        self._settled: set[Key] = set()
        self._used: dict[str, set[str]] = {}
        self.result = Result()

    def spread(self, edits: Iterable[Edit], wanted: Iterable[Made], paths: Iterable[str] = ()) -> Result:
        """All edits, for what was made at the wanted places. `paths` adds whole modules. Raises Refusal."""
        wanted = list(wanted)
        receivers = {self._calls.receiver(place.frame) for place in wanted} | set(paths)
        frames = {place.frame for place in wanted}
        own = {key_of(span) for frame in frames if (span := self._calls.frames[frame].definition) is not None}
        edits = list(edits)
        self._makes_all(edits, receivers)
        for edit in edits:
            if edit.definition is None:
                self.result.changes.setdefault(edit.file, []).extend(edit.changes)
                continue
            if edit.argument is not None:
                site, name, at, text = edit.argument
                for place in wanted:
                    argument = Redirect(site, place.turn, "argument", (name, at, text, None))
                    self._wish(edit.definition, place.frame, argument)
                continue
            self._whole(wanted)
            number = len(self._edits)
            self._edits.append(edit)
            for frame in self._calls.by_definition.get(edit.definition, ()):
                path = self._calls.frames[frame].receiver
                # Where the edit is in the very calls that are wanted, other calls of the same object are not meant.
                if frame in frames or (edit.definition not in own and path is not None and path in receivers):
                    self._wish(edit.definition, frame, number)
        if not self._wishes:
            raise refuse("edit-scope", "", 0, 0, "nothing of the program is in this scope", "choose another scope")
        while self._wishes or self._classes:
            if self._wishes:
                deepest = max(self._wishes, key=lambda key: max(map(self._calls.depth, self._wishes[key])))
                self._settle(deepest, self._wishes.pop(deepest))
            else:
                name = next(iter(self._classes))
                self._settle_class(name, self._classes.pop(name))
        return self.result

    def _makes_all(self, edits: Iterable[Edit], receivers: Iterable[str | None]) -> None:
        """The constructors that are changed must be those of all who are meant. Raises Refusal."""
        made: set[str | None] = set()
        place: Key | None = None
        for edit in edits:
            for frame in self._calls.by_definition.get(edit.definition, ()) if edit.definition is not None else ():
                here = self._calls.frames[frame]
                if here.name == "__init__" and here.receiver is not None and edit.argument is None:
                    made.add(here.receiver)
                    place = edit.definition
        for path in receivers if place is not None else ():
            if path is not None and path not in made and path in self._calls.classes and place is not None:
                why = f"{self._calls.classes[path]} ({path}) makes its parts itself"
                raise refuse(
                    "edit-scope", place[0], place[1], place[2], why, "choose a narrower scope, or edit the text"
                )

    def _whole(self, wanted: Iterable[Made]) -> None:
        """Only an argument can differ from turn to turn of a loop. Raises Refusal."""
        turns: dict[tuple[int, Key], set[int]] = {}
        for place in wanted:
            turns.setdefault((place.frame, place.site), set()).add(place.turn)
        for (frame, site), found in turns.items():
            if found < self._calls.turns(frame, site):
                why = "a loop makes this several times, and only some of them are meant"
                raise refuse("edit-scope", site[0], site[1], site[2], why, "choose a wider scope, or unroll the loop")

    # -- functions

    def _wish(self, definition: Key, frame: int, wish: Redirect | int) -> None:
        if definition in self._settled:
            raise refuse("edit-scope", definition[0], definition[1], 0, "this definition calls itself", "edit the text")
        self._wishes.setdefault(definition, {}).setdefault(frame, set()).add(wish)

    def _settle(self, definition: Key, wishes: Mapping[int, set[Redirect | int]]) -> None:
        self._settled.add(definition)
        frames = self._calls.by_definition[definition]
        groups: dict[Wish, list[int]] = {}
        for frame in frames:
            groups.setdefault(frozenset(wishes.get(frame, ())), []).append(frame)
        source = self._source(definition[0])
        if len(groups) == 1:
            wish = next(iter(groups))
            self.result.changes.setdefault(definition[0], []).extend(self._changes(source, definition, wish, frames))
            return
        for wish, members in groups.items():
            if wish and not self._passed_on(source, definition, wish, members):
                self._vary(source, definition, wish, members)

    def _vary(self, source: Source, definition: Key, wish: Wish, members: list[int]) -> None:
        """A variant of a function for some frames: their callers call it, or their objects get a class that has it."""
        entered = [frame for frame in members if self._calls.entered(frame)]
        for frame in entered:
            path = self._calls.frames[frame].receiver or ""
            self._classes.setdefault(self._calls.classes.get(path, ""), {}).setdefault(path, {})[definition] = wish
        called = [frame for frame in members if frame not in entered]
        if not called:
            return
        function = _function(source, definition)
        name = fresh(function.name, self._names(source))
        changes = self._changes(source, definition, wish, called)
        self.result.changes.setdefault(source.file, []).append(function_variant(source, function, changes, name))
        self.result.unrolled.append(f"{name} from {function.name}")
        for frame in called:
            self._ask_caller(frame, name, source.file, function.name)

    def _ask_caller(self, frame: int, name: str, file: str, old: str) -> None:
        here = self._calls.frames[frame]
        above = self._calls.frames[here.parent].definition if here.parent is not None else None
        if here.parent is None or here.site is None or above is None:
            raise refuse("edit-scope", "", 0, 0, f"{here.name} is called by no definition", "choose the class as scope")
        name = self._called_here(key_of(here.site), file, old, name)
        self._wish(key_of(above), here.parent, Redirect(key_of(here.site), here.turn, "callee", name))

    def _passed_on(self, source: Source, definition: Key, wish: Wish, members: list[int]) -> bool:
        """Give an argument at the calls instead, where the definition only passes it on."""
        found = {
            (item.site, item.value) for item in wish if isinstance(item, Redirect) and isinstance(item.value, tuple)
        }
        if len(found) != 1 or any(not isinstance(item, Redirect) or item.kind != "argument" for item in wish):
            return False
        site, (name, place, text, _) = next(iter(found))
        turns = {item.turn for item in wish if isinstance(item, Redirect)}
        if any(turns < self._calls.turns(frame, site) for frame in members):
            return False
        if any(self._calls.entered(frame) and self._calls.frames[frame].name != "__init__" for frame in members):
            return False
        function = _function(source, definition)
        call = _call(source, site)
        value = given(call, name, place)
        if not isinstance(value, ast.Name) or not _only_use(function, value):
            return False
        names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
        every = names + [argument.arg for argument in function.args.kwonlyargs]
        if value.id not in every:
            return False
        bound = source.class_around(function) is not None
        at = names.index(value.id) - bound if value.id in names else -1
        default = _default(source, function, value.id)
        places: list[tuple[Key, int, Redirect]] = []
        for frame in members:
            made = self._caller(frame)
            above = self._calls.frames[made.frame].definition if made is not None else None
            if made is None or above is None:
                return False
            spread = _call(self._source(made.site[0]), made.site)
            if any(k.arg is None for k in spread.keywords) or any(isinstance(a, ast.Starred) for a in spread.args):
                return False
            argument = (value.id, at, text, default)
            places.append((key_of(above), made.frame, Redirect(made.site, made.turn, "argument", argument)))
        for above_key, frame, redirect in places:
            self._wish(above_key, frame, redirect)
        return True

    def _caller(self, frame: int) -> Made | None:
        here = self._calls.frames[frame]
        if here.name == "__init__" and here.receiver is not None:
            return self._calls.made.get(here.receiver)
        if here.parent is None or here.site is None:
            return None
        return Made(here.parent, key_of(here.site), here.turn)

    def _changes(self, source: Source, definition: Key, wish: Wish, frames: Iterable[int]) -> list[Change]:
        """The text changes of one wish inside its definition."""
        changes = [change for item in wish if isinstance(item, int) for change in self._edits[item].changes]
        sites: dict[Redirect, set[int]] = {}
        for item in wish:
            if isinstance(item, Redirect):
                sites.setdefault(replace(item, turn=0), set()).add(item.turn)
        some = next(iter(frames))
        for redirect, turns in sites.items():
            changes += redirected(source, redirect, turns, self._calls.turns(some, redirect.site) or turns)
        return changes

    # -- classes

    def _settle_class(self, name: str, wishes: Mapping[str, Mapping[Key, Wish]]) -> None:
        groups: dict[frozenset[tuple[Key, Wish]], list[str]] = {}
        for path in self._calls.instances(name):
            groups.setdefault(frozenset(wishes.get(path, {}).items()), []).append(path)
        for methods, paths in groups.items():
            if methods:
                self._vary_class(name, methods, paths, len(groups) == 1)

    def _vary_class(self, name: str, methods: frozenset[tuple[Key, Wish]], paths: list[str], all_of_it: bool) -> None:
        """Other methods for some instances of a class; what it shares with other classes is overridden in it."""
        file = next(iter(methods))[0][0]
        source = self._source(file)
        cls = next((n for n in source.tree.body if isinstance(n, ast.ClassDef) and n.name == name), None)
        if cls is None or any(definition[0] != file for definition, _ in methods):
            why = f"{name or 'this'} is no class of the file that would have to change"
            raise refuse("edit-scope", file, 0, 0, why, "choose every instance of the class as scope")
        texts: list[tuple[Function, list[Change]]] = []
        for definition, wish in sorted(methods, key=lambda item: item[0]):
            frames = [f for f in self._calls.by_definition[definition] if self._calls.frames[f].receiver in paths]
            texts.append((_function(source, definition), self._changes(source, definition, wish, frames)))
        changes = self.result.changes.setdefault(file, [])
        if all_of_it and all(source.class_around(function) is not cls for function, _ in texts):
            changes.append(class_methods(source, cls, texts))
            self.result.unrolled.append(f"{', '.join(function.name for function, _ in texts)} of {name}")
            return
        variant = fresh_class(name.rstrip("0123456789") or name, self._names(source))
        changes.append(class_variant(source, cls, texts, variant))
        self.result.unrolled.append(f"{variant} from {name}")
        for path in paths:
            self._ask_maker(path, variant, file, name)

    def _ask_maker(self, path: str, variant: str, file: str, name: str) -> None:
        made = self._calls.made.get(path)
        above = self._calls.frames[made.frame].definition if made is not None else None
        if made is None or above is None:
            why = f"{path or 'the model'} is made by no definition of the program"
            raise refuse("edit-scope", "", 0, 0, why, "choose every instance of the class as scope")
        variant = self._called_here(made.site, file, name, variant)
        self._wish(key_of(above), made.frame, Redirect(made.site, made.turn, "callee", variant))

    def _called_here(self, site: Key, file: str, old: str, new: str) -> str:
        """What a new definition of a file is called at a call in another: imported beside the one it comes from."""
        if site[0] == file:
            return new
        source = self._source(site[0])
        callee = _call(source, site).func
        if isinstance(callee, ast.Attribute):
            own = isinstance(callee.value, ast.Name) and callee.value.id in ("self", "cls")
            return new if own else f"{source.of(callee.value)}.{new}"
        known = callee.id if isinstance(callee, ast.Name) else ""
        if (source.file, new) in self._brought:
            return self._brought[source.file, new]
        for statement in source.nodes:
            for item in statement.names if isinstance(statement, ast.ImportFrom) else ():
                if (item.asname or item.name) == known and item.name == old:
                    here = fresh(new, self._names(source))
                    said = new if here == new else f"{new} as {here}"
                    at = source.end(item)
                    self.result.changes.setdefault(source.file, []).append(Change(at, at, f", {said}"))
                    self._brought[source.file, new] = here
                    return here
        why = f"{old} is written in {file.rpartition('/')[2]}, and not imported by name here"
        raise refuse("edit-scope", site[0], site[1], site[2], why, f"import {old} by name, or choose a wider scope")

    def _names(self, source: Source) -> set[str]:
        return self._used.setdefault(source.file, taken(source))


@dataclass(frozen=True, slots=True)
class _Place:
    line: int
    column: int
    end_line: int
    end_column: int


def _function(source: Source, definition: Key) -> Function:
    node: ast.AST = source.at(_Place(*definition[1:]), ast.stmt)
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        raise source.refusal(node, "this is no function", "edit the source text")
    return node


def _call(source: Source, site: Key) -> ast.Call:
    return source.at(_Place(*site[1:]), ast.Call)


def _default(source: Source, function: Function, name: str) -> str | None:
    """What a parameter is where it is not given, if that is a literal."""
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = dict(zip((a.arg for a in reversed(positional)), reversed(arguments.defaults), strict=False))
    for argument, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if value is not None:
            defaults[argument.arg] = value
    found = defaults.get(name)
    return source.of(found) if isinstance(found, ast.Constant | ast.UnaryOp) else None


def _only_use(function: Function, value: ast.Name) -> bool:
    """Whether a parameter is read here and nowhere else, and never bound again."""
    named = [node for node in ast.walk(function) if isinstance(node, ast.Name) and node.id == value.id]
    return len(named) == 1
