"""Values that one expression needs several times: computed where they are first needed, under a name of their own."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable

from codegen.writing import nodes
from codegen.writing.hoisting import MARK
from pivot.dims import Atom, Dim, Size


class Shared(ast.Name):
    """Stands for an expression that may be needed again; `settle` decides. `text`: the expression, `role`: its name."""

    _fields = ("id", "ctx")

    def __deepcopy__(self, memo: object) -> Shared:
        """A mark itself: what it stands for is computed once, however often its text is needed."""
        return self


def shared(text: ast.expr, role: str) -> ast.expr:
    """A mark for an expression; names and numbers need none."""
    if isinstance(text, Shared) or is_cheap(text) or isinstance(text, (ast.List, ast.Tuple)):
        return text
    mark = Shared(id=role, ctx=ast.Load())
    mark.__dict__["text"] = text
    return mark


def is_cheap(text: ast.expr) -> bool:
    """Does it cost nothing to write an expression twice? Names, attributes and numbers."""
    while isinstance(text, ast.Attribute):
        text = text.value
    return isinstance(text, (ast.Name, ast.Constant)) or (isinstance(text, ast.UnaryOp) and nodes.is_constant(text))


def settle(text: ast.expr, taken: set[str]) -> ast.expr:
    """The expression without marks: what is needed once stands where it is needed, else `(name := ...)` comes first.

    Parts are visited in the order in which Python evaluates them. New names are added to `taken`.
    """
    count: Counter[int] = Counter()
    marks(text, count)
    return Settle(count, taken).visit(text)  # type: ignore[no-any-return]


def marks(node: ast.AST, count: Counter[int]) -> None:
    """How often each mark is needed; what stands in a mark counts once."""
    if isinstance(node, Shared):
        count[id(node)] += 1
        if count[id(node)] == 1:
            marks(node.__dict__["text"], count)
        return
    for child in ast.iter_child_nodes(node):
        marks(child, count)


class Settle(ast.NodeTransformer):
    """Takes the marks out."""

    def __init__(self, count: Counter[int], taken: set[str]) -> None:
        self.count, self.taken = count, taken
        self.names: dict[int, str] = {}

    def visit_Shared(self, node: Shared) -> ast.AST:
        """A mark is its text, a definition or a name."""
        if id(node) in self.names:
            return ast.Name(self.names[id(node)], ast.Load())
        inner = self.visit(node.__dict__["text"])
        if self.count[id(node)] == 1:
            return inner  # type: ignore[no-any-return]
        name = free_name(node.id, self.taken)
        self.names[id(node)] = name
        made = ast.NamedExpr(ast.Name(name, ast.Store()), inner)
        made.__dict__[MARK] = True
        return made


def free_name(role: str, taken: set[str]) -> str:
    """A name like `role` that is not in use; it is in use from now on."""
    name, number = role, 1
    while name in taken:
        number += 1
        name = f"{role}{number}"
    taken.add(name)
    return name


class Sized(ast.Name):
    """Stands for a size that is known only when the program runs; `dims`: that of each visit, or the one of all."""

    _fields = ("id", "ctx")


def sized(*dims: Dim) -> ast.expr:
    """A mark for a size: of every visit, where it differs between them."""
    mark = Sized(id="size", ctx=ast.Load())
    mark.__dict__["dims"] = dims if len(set(dims)) > 1 else dims[:1]
    return mark


def fill_sizes(text: ast.expr, say: Callable[..., ast.expr]) -> ast.expr:
    """The expression with sizes said by `say`, which is given that of every visit where they differ."""

    class Fill(ast.NodeTransformer):
        def visit_Shared(self, node: Shared) -> ast.AST:
            node.__dict__["text"] = self.visit(node.__dict__["text"])
            return node

        def visit_Sized(self, node: Sized) -> ast.AST:
            return say(*node.__dict__["dims"])

    return Fill().visit(text)  # type: ignore[no-any-return]


def size_text(dim: Dim, known: list[tuple[Dim, ast.expr]]) -> ast.expr | None:
    """A size in terms of sizes that are at hand, or None: one of them, a multiple, a part, a product of two, else as
    it is computed.
    """
    if isinstance(dim, int):
        return nodes.literal(dim)
    for size, text in known:
        if size == dim:
            return text
    for size, text in known:
        if not isinstance(size, Size):
            continue
        for factor in range(2, 129):
            if size * factor == dim:
                return ast.BinOp(text, ast.Mult(), ast.Constant(factor))
            if size // factor == dim:
                return ast.BinOp(text, ast.FloorDiv(), ast.Constant(factor))
        for step in (-2, -1, 1, 2):
            if size + step == dim:
                return ast.BinOp(text, ast.Add() if step > 0 else ast.Sub(), ast.Constant(abs(step)))
        for other, more in known:
            if isinstance(other, Size) and size * other == dim:
                return ast.BinOp(text, ast.Mult(), more)
    return computed(dim, known)


def computed(dim: Dim, known: list[tuple[Dim, ast.expr]]) -> ast.expr | None:
    """The arithmetic of a size over sizes that are at hand, or None where one of its parts is not."""
    if isinstance(dim, int):
        return nodes.literal(dim)
    found = next((text for size, text in known if size == dim), None)
    if found is not None:
        return found
    total: ast.expr | None = None
    for monomial, coefficient in sorted(dim.terms, key=lambda term: (not term[0], term[1] < 0)):
        factors = [atom_text(atom, known) for atom, power in monomial for _ in range(power)]
        if any(text is None for text in factors):
            return None
        texts = [text for text in factors if text is not None]
        if abs(coefficient) != 1 or not texts:
            texts.insert(0, nodes.literal(abs(coefficient)))
        product = texts[0]
        for text in texts[1:]:
            product = ast.BinOp(product, ast.Mult(), text)
        if total is not None:
            total = ast.BinOp(total, ast.Add() if coefficient > 0 else ast.Sub(), product)
        else:
            total = product if coefficient > 0 else ast.UnaryOp(ast.USub(), product)
    return total


def atom_text(atom: Atom, known: list[tuple[Dim, ast.expr]]) -> ast.expr | None:
    """A part of a size: at hand, or a quotient, a rest, the smaller or larger of two parts that are."""
    found = next((text for size, text in known if isinstance(size, Size) and size.terms == ((((atom, 1),), 1),)), None)
    if found is not None or atom.kind == "symbol":
        return found
    left, right = (computed(part, known) for part in atom.args)
    if left is None or right is None:
        return None
    if atom.kind in ("min", "max"):
        return nodes.call(atom.kind, [left, right])
    return ast.BinOp(left, ast.FloorDiv() if atom.kind == "//" else ast.Mod(), right)
