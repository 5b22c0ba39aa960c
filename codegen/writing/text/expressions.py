"""Expressions to leaves: brackets where the syntax needs them, places to split, comments where they stood."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from contextlib import nullcontext
from functools import partial

from codegen.writing.text.leaves import Kind, Split
from codegen.writing.text.levels import BINARY, COMPARE, OPERATORS, UNARY, Level, level_of
from codegen.writing.text.rows import Element, Leaves
from codegen.writing.text.strings import constant_texts, joined_texts


class Expressions(Leaves):
    """Writes any expression of Python 3.11."""

    def expression(self, node: ast.expr, level: Level = Level.TEST, after: bool = True) -> None:
        """`node`, in brackets if it binds less tightly than `level`."""
        writer = getattr(self, f"_{type(node).__name__}")
        self.begin(node)
        if level > level_of(node):
            with self.brackets(keeps_comma=isinstance(node, ast.Tuple) and len(node.elts) == 1):
                writer(node)
        else:
            writer(node)
        self.end(node, after)

    def elements(self, elements: Sequence[Element], exploded: bool = False, comma: bool = False) -> None:
        """Elements with commas between them, and one behind the last if `comma` or `exploded`."""
        for index, element in enumerate(elements):
            own = element.node if element.node is not element.value else None
            with self.node(own, after=False) if own is not None else nullcontext():
                if element.start is not None:
                    element.start()
                if element.value is not None:
                    self.expression(element.value, element.level, after=False)
            if index < len(elements) - 1 or comma or exploded:
                self.comma()
            if element.value is not None:
                self.follow(element.value)
            if own is not None:
                self.follow(own)

    def operand(self, node: ast.expr, level: Level) -> None:
        """An operand of an operator; brackets that the source has there are kept."""
        if isinstance(node, OPERATORS) and getattr(node, "parens", False):
            level = Level.ATOM
        self.expression(node, level)

    def maybe_bracketed(self, node: ast.expr, level: Level = Level.TEST) -> None:
        """`node` in brackets that are written only if that is the best way to split; a bare tuple stays bare."""
        if isinstance(node, ast.Tuple) and level_of(node) is Level.ATOM:
            self.expression(node, level)
            return
        if isinstance(node, ast.Tuple) and len(node.elts) == 1:
            self.target(node)
            return
        with self.brackets(""):
            self.expression(node, Level.TUPLE if isinstance(node, ast.Tuple) else level)

    # --- atoms

    def _Name(self, node: ast.Name) -> None:
        self.put(node.id)

    def _Constant(self, node: ast.Constant) -> None:
        self._texts(constant_texts(node), isinstance(node.value, (str, bytes)))

    def _JoinedStr(self, node: ast.JoinedStr) -> None:
        self._texts(joined_texts(node), True)

    def _texts(self, texts: Sequence[str], string: bool) -> None:
        for index, text in enumerate(texts):
            if index:
                self.split(Split.STRING)
                self.gap = True
            self.put(text, Kind.STRING if string else Kind.OTHER)

    def _Tuple(self, node: ast.Tuple) -> None:
        if level_of(node) is Level.ATOM:
            with self.brackets(literal=True, keeps_comma=len(node.elts) == 1):
                one = len(node.elts) == 1
                elements, exploded = self._literal(node, node.elts)
                self.elements(elements, exploded and not one, one)
        else:
            self.bare_tuple(node)

    def bare_tuple(self, node: ast.Tuple) -> None:
        """The elements alone."""
        self.elements([Element(each, each) for each in node.elts], comma=len(node.elts) == 1)

    def _literal(self, node: ast.expr, elements: Sequence[ast.expr]) -> tuple[list[Element], bool]:
        return [Element(each, each) for each in elements], bool(getattr(node, "exploded", False)) and bool(elements)

    def _List(self, node: ast.List) -> None:
        with self.brackets("[]", literal=True):
            self.elements(*self._literal(node, node.elts))

    def _Set(self, node: ast.Set) -> None:
        if not node.elts:  # no literal says this; a rewrite may have emptied it
            self.put("set()")
            return
        with self.brackets("{}", literal=True):
            self.elements(*self._literal(node, node.elts))

    def _Dict(self, node: ast.Dict) -> None:
        elements: list[Element] = []
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                elements.append(Element(value, value, partial(self._stars, value), Level.BIT_OR))
            else:
                elements.append(Element(value, value, partial(self._key, key)))
        with self.brackets("{}", literal=True):
            self.elements(elements, bool(getattr(node, "exploded", False)) and bool(elements))

    def _key(self, key: ast.expr) -> None:
        self.expression(key)
        self.put(":")
        self.gap = True

    def _stars(self, value: ast.expr) -> None:
        self.lead(value)
        self.put("**")

    # --- operators

    def _BinOp(self, node: ast.BinOp) -> None:
        """A chain `a + b + c` nests to the left as deep as it is long, so it is walked and not descended into."""
        spine: list[ast.BinOp] = [node]
        while isinstance(spine[-1].left, ast.BinOp) and not self._bracketed_left(spine[-1]):
            spine.append(spine[-1].left)
            self._starting.append(spine[-1])
            self._hoist(spine[-1])
        innermost = spine[-1]
        symbol, level, _ = BINARY[type(innermost.op)]
        self.operand(innermost.left, Level.AWAIT if symbol == "**" else level)
        for each in reversed(spine):
            symbol, level, priority = BINARY[type(each.op)]
            self.lead(each.right)
            hugs = symbol == "**" and _simple(each.left) and _simple(each.right)
            self.split(Split.NEVER if hugs else priority)
            if hugs:
                self.put(symbol)
            else:
                self.word(symbol)
            self.operand(each.right, Level.FACTOR if symbol == "**" else Level(level + 1))
            last = self.last_code()
            if each is not node and last is not None:
                last.ends.append(each)
                if getattr(each, "behind", None):
                    last.comments.append(each.behind)  # type: ignore[attr-defined]
                self.follow(each)

    def _hoist(self, node: ast.expr) -> None:
        starting, self._starting = self._starting, []
        self.lead(node)
        self._starting = starting

    def _bracketed_left(self, node: ast.BinOp) -> bool:
        assert isinstance(node.left, ast.BinOp)
        level = BINARY[type(node.op)][1]
        return bool(getattr(node.left, "parens", False)) or isinstance(node.op, ast.Pow) or level_of(node.left) < level

    def _BoolOp(self, node: ast.BoolOp) -> None:
        word, level = ("or", Level.AND) if isinstance(node.op, ast.Or) else ("and", Level.NOT)
        for index, value in enumerate(node.values):
            if index:
                self.lead(value)
                self.split(Split.LOGIC)
                self.word(word)
            self.operand(value, level)

    def _Compare(self, node: ast.Compare) -> None:
        self.operand(node.left, Level.BIT_OR)
        for operator, value in zip(node.ops, node.comparators, strict=True):
            self.lead(value)
            self.split(Split.COMPARE)
            self.word(COMPARE[type(operator)])
            self.operand(value, Level.BIT_OR)

    def _UnaryOp(self, node: ast.UnaryOp) -> None:
        self.put(UNARY[type(node.op)])
        if isinstance(node.op, ast.Not):
            self.gap = True
            self.operand(node.operand, Level.NOT)
        else:
            self.operand(node.operand, Level.FACTOR)

    def _IfExp(self, node: ast.IfExp) -> None:
        self.expression(node.body, Level.OR)
        for word, part, level in (("if", node.test, Level.OR), ("else", node.orelse, Level.TEST)):
            self.lead(part)
            self.split(Split.TERNARY)
            self.word(word)
            self.expression(part, level)

    def _NamedExpr(self, node: ast.NamedExpr) -> None:
        self.expression(node.target, Level.ATOM)
        self.word(":=")
        self.expression(node.value)

    def _Starred(self, node: ast.Starred) -> None:
        self.put("*")
        self.expression(node.value, Level.BIT_OR)

    def _Await(self, node: ast.Await) -> None:
        self.put("await")
        self.gap = True
        self.expression(node.value, Level.ATOM)

    def _Yield(self, node: ast.Yield) -> None:
        self.put("yield")
        if node.value is not None:
            self.gap = True
            self.expression(node.value, Level.TUPLE if isinstance(node.value, ast.Tuple) else Level.TEST)

    def _YieldFrom(self, node: ast.YieldFrom) -> None:
        self.put("yield")
        self.word("from")
        self.expression(node.value)

    def _Lambda(self, node: ast.Lambda) -> None:
        self.put("lambda")
        with self.quiet():
            self.gap = bool(_count(node.args))
            self.elements(self.parameters(node.args))
        self.gap = False
        self.put(":")
        self.gap = True
        self.expression(node.body)

    # --- trailers

    def _Attribute(self, node: ast.Attribute) -> None:
        value = node.value
        if isinstance(value, ast.Constant) and isinstance(value.value, int) and not isinstance(value.value, bool):
            with self.node(value), self.brackets():
                self._Constant(value)
        else:
            self.expression(value, Level.ATOM)
        if self.row[-1].kind is Kind.CLOSE:
            self.split(Split.DOT)
        self.put(".", Kind.DOT)
        self.put(node.attr)

    def _Call(self, node: ast.Call) -> None:
        self.expression(node.func, Level.ATOM)
        sole = node.args[0] if len(node.args) == 1 and not node.keywords else None
        with self.brackets():
            if isinstance(sole, ast.GeneratorExp):
                with self.node(sole):
                    self._comprehension(sole.elt, sole.generators)
                return
            self.elements(
                self.arguments(node.args, node.keywords),
                bool(getattr(node, "exploded", False)) and bool(node.args or node.keywords),
            )

    def arguments(self, args: Sequence[ast.expr], keywords: Sequence[ast.keyword]) -> list[Element]:
        """The elements of the brackets of a call or a class."""
        return [
            *(Element(each, each) for each in args),
            *(Element(each, each.value, partial(self._name_of, each)) for each in keywords),
        ]

    def _name_of(self, node: ast.keyword) -> None:
        if node.arg is None:
            self.put("**")
        else:
            self.put(node.arg)
            self.put("=")

    def _Subscript(self, node: ast.Subscript) -> None:
        self.expression(node.value, Level.ATOM)
        index = node.slice
        bare = isinstance(index, ast.Tuple) and index.elts and not getattr(index, "parens", False)
        with self.brackets("[]", keeps_comma=isinstance(index, ast.Tuple) and len(index.elts) == 1):
            if bare and isinstance(index, ast.Tuple):
                with self.node(index):
                    wide = any(_is_wide(each) for each in index.elts)
                    self.elements(
                        [
                            Element(each, start=partial(self._slice, each, wide))
                            if isinstance(each, ast.Slice)
                            else Element(each, each)
                            for each in index.elts
                        ],
                        comma=len(index.elts) == 1,
                    )
            else:
                self.expression(index)

    def _Slice(self, node: ast.Slice) -> None:
        self._slice(node, _is_wide(node))

    def _slice(self, node: ast.Slice, wide: bool) -> None:
        if node.lower is not None:
            self.expression(node.lower)
            self.gap = wide
        self.put(":")
        if node.upper is not None:
            self.gap = wide
            self.expression(node.upper)
        if node.step is not None:
            self.gap = wide and node.upper is not None
            self.put(":")
            self.gap = wide
            self.expression(node.step)

    # --- comprehensions

    def _ListComp(self, node: ast.ListComp) -> None:
        with self.brackets("[]", literal=True):
            self._comprehension(node.elt, node.generators)

    def _SetComp(self, node: ast.SetComp) -> None:
        with self.brackets("{}", literal=True):
            self._comprehension(node.elt, node.generators)

    def _GeneratorExp(self, node: ast.GeneratorExp) -> None:
        with self.brackets(literal=True):
            self._comprehension(node.elt, node.generators)

    def _DictComp(self, node: ast.DictComp) -> None:
        with self.brackets("{}", literal=True):
            self.expression(node.key)
            self.put(":")
            self.gap = True
            self._comprehension(node.value, node.generators)

    def _comprehension(self, element: ast.expr, generators: Sequence[ast.comprehension]) -> None:
        self.expression(element)
        for each in generators:
            self.lead(each.target)
            self.split(Split.COMPREHENSION)
            if each.is_async:
                self.word("async")
            self.word("for")
            with self.quiet():
                self.target(each.target)
                self.word("in")
            self.expression(each.iter, Level.OR)
            for test in each.ifs:
                self.lead(test)
                self.split(Split.COMPREHENSION)
                self.word("if")
                self.expression(test, Level.OR)

    def target(self, node: ast.expr) -> None:
        """What a `for` or an assignment binds; a tuple needs no brackets there, one of one element reads better so."""
        if isinstance(node, ast.Tuple) and node.elts:
            one = len(node.elts) == 1
            with self.node(node), self.brackets(literal=True, keeps_comma=True) if one else nullcontext():
                self.bare_tuple(node)
        else:
            self.expression(node, Level.TUPLE)

    # --- parameters

    def parameters(self, node: ast.arguments) -> list[Element]:
        """The elements of a signature."""
        plain = [*node.posonlyargs, *node.args]
        defaults: list[ast.expr | None] = [None] * (len(plain) - len(node.defaults))
        defaults.extend(node.defaults)
        elements = [self._parameter("", each, default) for each, default in zip(plain, defaults, strict=True)]
        if node.posonlyargs:
            elements.insert(len(node.posonlyargs), Element(None, start=partial(self._mark, "/", None)))
        if node.vararg is not None:
            elements.append(self._parameter("*", node.vararg, None))
        elif node.kwonlyargs:
            elements.append(Element(None, start=partial(self._mark, "*", node.kwonlyargs[0])))
        elements.extend(
            self._parameter("", each, default) for each, default in zip(node.kwonlyargs, node.kw_defaults, strict=True)
        )
        if node.kwarg is not None:
            elements.append(self._parameter("**", node.kwarg, None))
        return elements

    def _mark(self, text: str, following: ast.arg | None) -> None:
        if following is not None:
            self.lead(following)
        self.put(text)

    def _parameter(self, stars: str, node: ast.arg, default: ast.expr | None) -> Element:
        def write() -> None:
            if stars:
                self.put(stars)
            self.put(node.arg)
            if node.annotation is not None:
                self.put(":")
                self.gap = True
                self.expression(node.annotation)
            if default is not None:
                self.gap = node.annotation is not None
                self.put("=")
                self.gap = node.annotation is not None

        return Element(node, default, write)


def _count(node: ast.arguments) -> int:
    return len(node.posonlyargs) + len(node.args) + len(node.kwonlyargs) + bool(node.vararg) + bool(node.kwarg)


def _simple(node: ast.expr) -> bool:
    """Operands that `**` hugs: names, numbers, attributes of names, and those with a minus."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return isinstance(node.operand, ast.Constant) and isinstance(node.operand.value, (int, float))
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) or (
        isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and level_of(node) is Level.ATOM
    )


def _is_wide(node: ast.expr) -> bool:
    """Whether the colons of a slice stand apart: it holds more than names, numbers and signs."""
    parts = [part for part in (node.lower, node.upper, node.step) if part] if isinstance(node, ast.Slice) else [node]
    for part in parts:
        while isinstance(part, ast.UnaryOp) and not isinstance(part.op, ast.Not):
            part = part.operand
        if not isinstance(part, (ast.Name, ast.Constant, ast.List, ast.Tuple, ast.Set, ast.Dict)):
            return True
    return False
