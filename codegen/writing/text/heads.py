"""Simple statements, and the heads of compound ones, to leaves."""

from __future__ import annotations

import ast

from codegen.writing.text.leaves import Kind, Leaf
from codegen.writing.text.levels import BINARY, Level
from codegen.writing.text.patterns import Patterns
from codegen.writing.text.rows import Element

COMMENT = Kind.COMMENT


class Head(Patterns):
    """The row of one logical line; `owner` is the node that its comments belong to."""

    def __init__(self, owner: ast.AST) -> None:
        super().__init__()
        self.owner = owner

    def lead(self, node: ast.AST) -> None:
        """The owner's own comments stand above the whole line."""
        if node is not self.owner:
            super().lead(node)

    def take_loose(self) -> list[str]:
        """Removes the comment lines that stand outside all brackets, where no line can end."""
        if not any(leaf.kind is COMMENT for leaf in self.row):
            return []
        depth = 0
        kept: list[Leaf] = []
        loose: list[str] = []
        for leaf in self.row:
            depth += 1 if leaf.kind is Kind.OPEN else -1 if leaf.kind is Kind.CLOSE else 0
            if leaf.kind is Kind.COMMENT and depth == 0:
                loose.append(leaf.text)
            else:
                kept.append(leaf)
        self.row = kept
        return loose

    # --- simple statements

    def _Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, (ast.BinOp, ast.BoolOp, ast.Compare, ast.Constant, ast.JoinedStr, ast.Tuple)):
            self.maybe_bracketed(node.value, Level.YIELD)
        else:
            self.expression(node.value, Level.YIELD)

    def _Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            self.target(target)
            self._equal()
        self.maybe_bracketed(node.value, Level.YIELD)

    def _AugAssign(self, node: ast.AugAssign) -> None:
        self.target(node.target)
        self.word(f"{BINARY[type(node.op)][0]}=")
        self.maybe_bracketed(node.value, Level.YIELD)

    def _AnnAssign(self, node: ast.AnnAssign) -> None:
        if isinstance(node.target, ast.Name) and not node.simple:
            with self.brackets():
                self.expression(node.target)
        else:
            self.expression(node.target, Level.ATOM)
        self.put(":")
        self.gap = True
        self.expression(node.annotation)
        if node.value is not None:
            self._equal()
            self.maybe_bracketed(node.value, Level.YIELD)

    def _equal(self) -> None:
        self.gap = True
        self.put("=", Kind.EQUAL)
        self.gap = True

    def _Return(self, node: ast.Return) -> None:
        self.put("return")
        if node.value is not None:
            self.gap = True
            self.maybe_bracketed(node.value)

    def _Delete(self, node: ast.Delete) -> None:
        self.put("del")
        self.gap = True
        self.elements([Element(each, each) for each in node.targets])

    def _Raise(self, node: ast.Raise) -> None:
        self.put("raise")
        if node.exc is not None:
            self.gap = True
            self.expression(node.exc)
        if node.cause is not None:
            self.word("from")
            self.expression(node.cause)

    def _Assert(self, node: ast.Assert) -> None:
        self.put("assert")
        self.gap = True
        self.maybe_bracketed(node.test)
        if node.msg is not None:
            self.put(",")
            self.gap = True
            self.maybe_bracketed(node.msg)

    def _Import(self, node: ast.Import) -> None:
        self.put("import")
        self.gap = True
        self.elements([self._alias(each) for each in node.names])

    def _ImportFrom(self, node: ast.ImportFrom) -> None:
        self.put("from")
        self.gap = True
        self.put("." * node.level + (node.module or ""))
        self.word("import")
        if any(each.name == "*" for each in node.names):
            self.put("*")
            return
        with self.brackets(""):
            self.elements([self._alias(each) for each in node.names], bool(getattr(node, "exploded", False)))

    def _alias(self, node: ast.alias) -> Element:
        def write() -> None:
            self.put(node.name)
            if node.asname is not None:
                self.word("as")
                self.put(node.asname)

        return Element(node, start=write)

    def _Global(self, node: ast.Global) -> None:
        self.put(f"global {', '.join(node.names)}")

    def _Nonlocal(self, node: ast.Nonlocal) -> None:
        self.put(f"nonlocal {', '.join(node.names)}")

    def _Pass(self, node: ast.Pass) -> None:
        self.put("pass")

    def _Break(self, node: ast.Break) -> None:
        self.put("break")

    def _Continue(self, node: ast.Continue) -> None:
        self.put("continue")
