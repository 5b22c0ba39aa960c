"""The patterns of `match` to leaves."""

from __future__ import annotations

import ast

from codegen.writing.text.expressions import Expressions
from codegen.writing.text.leaves import Split
from codegen.writing.text.levels import Level
from codegen.writing.text.rows import Element


class Patterns(Expressions):
    """Expressions, and what stands behind `case`."""

    def pattern(self, node: ast.pattern, inner: bool = False) -> None:
        """`inner` asks for brackets around `a | b` and `a as b`."""
        with self.node(node):
            bare = isinstance(node, ast.MatchOr) or (isinstance(node, ast.MatchAs) and node.pattern is not None)
            if inner and bare:
                with self.brackets():
                    self._pattern(node)
            else:
                self._pattern(node)

    def _pattern(self, node: ast.pattern) -> None:
        match node:
            case ast.MatchValue():
                self.expression(node.value, Level.ARITH)
            case ast.MatchSingleton():
                self.put(repr(node.value))
            case ast.MatchSequence():
                with self.brackets("[]", literal=True):
                    self.elements([self._part(each) for each in node.patterns])
            case ast.MatchMapping():
                with self.brackets("{}", literal=True):
                    elements = [self._part(value, key=key) for key, value in zip(node.keys, node.patterns, strict=True)]
                    if node.rest is not None:
                        elements.append(Element(None, start=lambda: self._rest(f"**{node.rest}")))
                    self.elements(elements)
            case ast.MatchClass():
                self.expression(node.cls, Level.ATOM)
                with self.brackets():
                    self.elements(
                        [
                            *(self._part(each) for each in node.patterns),
                            *(
                                self._part(each, name)
                                for name, each in zip(node.kwd_attrs, node.kwd_patterns, strict=True)
                            ),
                        ]
                    )
            case ast.MatchStar():
                self.put(f"*{node.name or '_'}")
            case ast.MatchAs():
                if node.pattern is not None:
                    self.pattern(node.pattern, isinstance(node.pattern, ast.MatchAs))
                    self.word("as")
                self.put(node.name or "_")
            case ast.MatchOr():
                for index, each in enumerate(node.patterns):
                    if index:
                        self.lead(each)
                        self.split(Split.OR)
                        self.word("|")
                    self.pattern(each, inner=True)

    def _part(self, node: ast.pattern, name: str | None = None, key: ast.expr | None = None) -> Element:
        def write() -> None:
            if name is not None:
                self.put(f"{name}=")
            if key is not None:
                self.expression(key)
                self.put(":")
                self.gap = True
            self.pattern(node)

        return Element(None, start=write)

    def _rest(self, text: str) -> None:
        self.put(text)
