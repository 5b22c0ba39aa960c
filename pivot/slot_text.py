"""Reads the notation of arguments in op files. Errors are NotationError with the column inside the text."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass

from pivot.slots import (
    MISSING,
    Coded,
    Flag,
    Ignored,
    Literal,
    Made,
    NotationError,
    Operand,
    Path,
    Reference,
    SizeOf,
    Slot,
    SlotValue,
    Used,
)

_TOKEN = re.compile(
    r"\s*(?:(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*'*)|(?P<number>-?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?|-inf)"
    r"|(?P<string>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")|(?P<mark>[*=|@!$()\[\]{},:]))"
)
_WORDS: Mapping[str, object] = {"None": None, "True": True, "False": False, "inf": float("inf"), "nan": float("nan")}


@dataclass(slots=True)
class _Cursor:
    text: str
    tokens: list[tuple[str, str, int]]
    at: int = 0

    def peek(self, ahead: int = 0) -> str:
        place = self.at + ahead
        return self.tokens[place][1] if place < len(self.tokens) else ""

    def kind(self, ahead: int = 0) -> str:
        place = self.at + ahead
        return self.tokens[place][0] if place < len(self.tokens) else "end"

    def column(self) -> int:
        return self.tokens[self.at][2] if self.at < len(self.tokens) else len(self.text)

    def take(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1][1]

    def expect(self, mark: str) -> None:
        if self.kind() != "mark" or self.peek() != mark:
            raise NotationError(f"expected '{mark}', found '{self.peek() or 'the end'}'", self.column())
        self.at += 1

    def accept(self, mark: str) -> bool:
        if self.kind() == "mark" and self.peek() == mark:
            self.at += 1
            return True
        return False

    def name(self) -> str:
        if self.kind() != "name":
            raise NotationError(f"expected a name, found '{self.peek() or 'the end'}'", self.column())
        return self.take()


def _tokens(text: str) -> _Cursor:
    found: list[tuple[str, str, int]] = []
    place = 0
    end = len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise NotationError(f"'{text[place:].strip()[:1]}' has no meaning here", place)
        found.append((match.lastgroup, match.group(match.lastgroup), match.start(match.lastgroup)))
        place = match.end()
    return _Cursor(text, found)


def parse_slots(text: str) -> tuple[Slot, ...]:
    """All slots of an `args` or `apply` text, in signature order."""
    cursor = _tokens(text)
    slots = _slots(cursor, closing="")
    if cursor.kind() != "end":
        raise NotationError(f"'{cursor.peek()}' is not expected here", cursor.column())
    return slots


def parse_reference(text: str) -> Reference:
    """A single path or literal: `kernel[0]`, `x.C`, `'same'`, `(1, 1)`."""
    cursor = _tokens(text)
    reference = _reference(cursor)
    if cursor.kind() != "end":
        raise NotationError(f"'{cursor.peek()}' is not expected here", cursor.column())
    return reference


def parse_call(text: str) -> tuple[str, tuple[Reference, ...]] | None:
    """`less(p, 3)` as its name and references; None where the text is not a call."""
    cursor = _tokens(text)
    if cursor.kind() != "name" or cursor.peek(1) != "(":
        return None
    name = cursor.take()
    references = _references(cursor)
    if cursor.kind() != "end":
        raise NotationError(f"'{cursor.peek()}' is not expected here", cursor.column())
    return name, references


def _slots(cursor: _Cursor, closing: str) -> tuple[Slot, ...]:
    slots: list[Slot] = []
    keyword = False
    names: set[str] = set()
    while cursor.kind() != "end" and not (closing and cursor.peek() == closing):
        if slots or keyword:
            cursor.expect(",")
            if cursor.kind() == "end" or (closing and cursor.peek() == closing):
                break
        if cursor.peek() == "*" and cursor.kind(1) != "name" and cursor.peek(1) != "*":
            if keyword:
                raise NotationError("a second '*'", cursor.column())
            cursor.take()
            keyword = True
            continue
        slot = _slot(cursor, keyword)
        if slot.name is not None and slot.name in names:
            raise NotationError(f"'{slot.name}' stands twice", slot.column)
        names.add(slot.name or "")
        keyword = keyword or slot.variadic
        slots.append(slot)
    return tuple(slots)


def _slot(cursor: _Cursor, keyword: bool) -> Slot:
    column = cursor.column()
    variadic = cursor.accept("*")
    rest = variadic and cursor.accept("*")
    name: str | None = None
    if cursor.kind() == "name" and cursor.peek(1) == "=" and "." not in cursor.peek():
        name = cursor.take()
        cursor.take()
    if variadic and name is None:
        raise NotationError("'*' needs a name: *shape=dims(shape)", column)
    value = _value(cursor)
    default = _literal(cursor) if cursor.accept("|") else MISSING
    if keyword and name is None:
        raise NotationError("a slot behind '*' needs a name", column)
    return Slot(name, value, default, (keyword or rest) and not variadic, variadic and not rest, rest, column)


def _value(cursor: _Cursor) -> SlotValue:
    if cursor.accept("@"):
        return _operand(cursor)
    if cursor.accept("!"):
        return Flag(cursor.name())
    if cursor.accept("$"):
        call = cursor.name()
        cursor.expect("(")
        slots = _slots(cursor, ")")
        cursor.expect(")")
        return Made(call, slots)
    if cursor.kind() == "name" and cursor.peek() not in _WORDS:
        if cursor.peek() == "_":
            cursor.take()
            return Ignored()
        if cursor.peek(1) == "(" and cursor.kind(1) == "mark":
            return _coded(cursor)
        return _path(cursor)
    return Literal(_literal(cursor))


def _coded(cursor: _Cursor) -> SlotValue:
    column = cursor.column()
    name = cursor.take()
    references = _references(cursor)
    if not references or not isinstance(references[0], Path):
        raise NotationError(f"{name}() needs a parameter as its first argument", column)
    first = references[0]
    if name in ("size", "sizes"):
        if first.part is None or len(references) > 1:
            raise NotationError(f"{name}() takes one operand axis, e.g. {name}(x.C)", column)
        return SizeOf(first.name, first.part, name == "sizes")
    if name == "used":
        return Used(first.name)
    return Coded(name, first, references[1:])


def _operand(cursor: _Cursor) -> Operand:
    for opening, closing, form in (("[", "]", "list"), ("(", ")", "tuple")):
        if cursor.accept(opening):
            names, deep = [cursor.name()], _deep(cursor)
            while cursor.accept(","):
                if cursor.peek() != closing:
                    names.append(cursor.name())
                    deep = _deep(cursor) and deep
            cursor.expect(closing)
            return Operand(tuple(names), form=form, deep=deep)
    column = cursor.column()
    name = cursor.name()
    if cursor.kind() == "mark" and cursor.peek() == "(":
        references = _references(cursor)
        if not references or not isinstance(references[0], Path):
            raise NotationError(f"@{name}() needs an operand as its first argument", column)
        if name == "tensor":
            return Operand((references[0].name,), form="tensor")
        return Operand((references[0].name,), name, references[1:])
    return Operand((name,), deep=_deep(cursor))


def _deep(cursor: _Cursor) -> bool:
    """`[None]` behind the name of an operand."""
    if not (cursor.kind() == "mark" and cursor.peek() == "[" and cursor.peek(1) == "None"):
        return False
    cursor.take()
    cursor.take()
    cursor.expect("]")
    return True


def _references(cursor: _Cursor) -> tuple[Reference, ...]:
    cursor.expect("(")
    found: list[Reference] = []
    while not cursor.accept(")"):
        if found:
            cursor.expect(",")
        found.append(_reference(cursor))
    return tuple(found)


def _reference(cursor: _Cursor) -> Reference:
    if cursor.kind() == "name" and cursor.peek() not in _WORDS:
        return _path(cursor)
    return Literal(_literal(cursor))


def _path(cursor: _Cursor) -> Path:
    column = cursor.column()
    name, _, part = cursor.name().partition(".")
    if "." in part or name.endswith("'"):
        raise NotationError(f"'{name}.{part}' is not a parameter or an operand axis", column)
    index: int | None = None
    if cursor.accept("["):
        if cursor.kind() != "number":
            raise NotationError("an index must be a number", cursor.column())
        index = int(cursor.take())
        cursor.expect("]")
    return Path(name, index, part or None)


def _literal(cursor: _Cursor) -> object:
    """A number, text, None, True, False, inf, a dotted name in quotes, or a tuple, list or dict of those."""
    column = cursor.column()
    kind = cursor.kind()
    if kind == "number":
        number = cursor.take()
        return float(number) if number == "-inf" or set(number) & set(".eE") else int(number)
    if kind == "string":
        return str(ast.literal_eval(cursor.take()))
    if kind == "name" and cursor.peek() in _WORDS:
        return _WORDS[cursor.take()]
    for opening, closing in (("(", ")"), ("[", "]")):
        if cursor.accept(opening):
            items: list[object] = []
            comma = False
            while not cursor.accept(closing):
                items.append(_literal(cursor))
                comma = cursor.accept(",")
                if not comma and cursor.peek() != closing:
                    cursor.expect(closing)
            if opening == "[":
                return items
            return items[0] if len(items) == 1 and not comma else tuple(items)
    raise NotationError(f"expected a literal, found '{cursor.peek() or 'the end'}'", column)
