"""Statements to lines: heads, blocks, blank lines, and the comments that stand between them."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from codegen.writing.text.again import FUNCTIONS, Known, Name, Piece, Place, Printed, spoken
from codegen.writing.text.blanks import DEFINITIONS, blank_lines, is_docstring
from codegen.writing.text.heads import Head
from codegen.writing.text.layout import lay_out
from codegen.writing.text.leaves import INDENT, WIDTH, Kind, Leaf, Line
from codegen.writing.text.levels import Level
from codegen.writing.text.strings import docstring_text

NOTHING: Mapping[Name, Known] = MappingProxyType({})


class Printer:
    """Collects the text of a module line by line, and where each node came to stand."""

    def __init__(self, before: Mapping[Name, Known] = NOTHING, width: int = WIDTH) -> None:
        self.before = before
        self.width = width
        self.pieces: dict[Name, Piece] = {}
        self._within: Name = ()  # names of the definitions around
        self.lines: list[str] = []
        self.starts: dict[int, Place] = {}  # by id: line and column from 1
        self.ends: dict[int, Place] = {}
        self.nodes: list[ast.AST] = []
        self._end: Place = (1, 1)  # behind the last code written

    @property
    def printed(self) -> Printed:
        """What was printed so far."""
        return Printed(self.lines, self.nodes, self.starts, self.ends, self.pieces, self.width)

    # --- blocks

    def module(self, node: ast.Module) -> None:
        """Everything."""
        self.block(node.body, node, 0)
        self._comments(getattr(node, "tail", ()), 0)

    def block(self, body: Sequence[ast.stmt], owner: ast.AST, depth: int) -> None:
        """The statements of one block, without the comments at its end."""
        previous: ast.stmt | None = None
        for index, statement in enumerate(body):
            doc = index == 0 and isinstance(owner, (ast.Module, *DEFINITIONS)) and is_docstring(statement)
            self._blank(blank_lines(statement, previous, owner, depth))
            self.statement(statement, depth, doc)
            previous = statement

    def _suite(self, body: Sequence[ast.stmt], owner: ast.AST, depth: int, tail: str = "tail") -> None:
        if body:
            self.block(body, owner, depth + 1)
        else:
            self._write(depth + 1, "pass")  # a rewrite may have taken everything
        self._comments(getattr(owner, tail, ()), depth + 1)

    def statement(self, node: ast.stmt, depth: int, docstring: bool = False) -> None:
        """One statement with its blocks and comments."""
        if isinstance(node, DEFINITIONS):
            self._definition(node, depth)
            return
        if docstring:
            assert isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            head = Head(node)
            with head.node(node):
                head.put(docstring_text(node.value, INDENT * depth), Kind.STRING)
            self._head(head, node, depth)
            return
        writer: Callable[[ast.stmt, int], None] | None = getattr(self, f"_{type(node).__name__}", None)
        if writer is not None:
            writer(node, depth)
        else:
            head = Head(node)
            with head.node(node):
                getattr(head, f"_{type(node).__name__}")(node)
            self._head(head, node, depth)
        self.ends[id(node)] = self._end

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, depth: int) -> None:
        """A function or class; the lines of a function that stands as it was printed before are taken over."""
        around, self._within = self._within, (*self._within, node.name)
        above, first, begun = self._above(), len(self.lines), len(self.nodes)
        if not isinstance(node, FUNCTIONS) or not self._taken_over(node, depth, above):
            getattr(self, f"_{type(node).__name__}")(node, depth)
            self.ends[id(node)] = self._end
        if isinstance(node, FUNCTIONS):
            made = Piece(node, depth, above, (first, len(self.lines)), (begun, len(self.nodes)), self._end)
            self.pieces.setdefault(self._within, made)
        self._within = around

    def _taken_over(self, node: ast.AST, depth: int, above: int) -> bool:
        """Take the lines of a function from what was printed before; False where it is another one now."""
        known = self.before.get(self._within)
        if known is None or (known.depth, known.above, known.width) != (depth, above, self.width):
            return False
        said, nodes = spoken(node)
        if said != known.said:
            return False
        down = len(self.lines)
        self.lines += known.lines
        for number, (line, column), end in known.places:
            placed = nodes[number]
            self.nodes.append(placed)
            self.starts[id(placed)] = line + down, column
            if end is not None:
                self.ends[id(placed)] = end[0] + down, end[1]
        line, column = known.end
        self._end = line + down, column
        return True

    def _above(self) -> int:
        """How many blank lines the text ends in, as far as what follows looks at them; -1 where there is no text."""
        return min(_trailing_blanks(self.lines), 2) if self.lines else -1

    # --- compound statements

    def _FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef, depth: int) -> None:
        decorators = self._decorators(node)
        head = Head(node)
        with head.node(node):
            if isinstance(node, ast.AsyncFunctionDef):
                head.put("async")
                head.gap = True
            head.put("def")
            head.gap = True
            head.put(node.name)
            with head.brackets():
                parameters = head.parameters(node.args)
                variadic = [each for each in parameters if each.node is None and each.value is None]
                head.elements(parameters, bool(getattr(node, "exploded", False)) and len(parameters) > len(variadic))
            if node.returns is not None:
                head.word("->")
                head.expression(node.returns)
                head.gap = False
            head.put(":")
        self._head(head, node, depth, decorators, is_def=True)
        self._suite(node.body, node, depth)

    _AsyncFunctionDef = _FunctionDef

    def _ClassDef(self, node: ast.ClassDef, depth: int) -> None:
        decorators = self._decorators(node)
        head = Head(node)
        with head.node(node):
            head.put("class")
            head.gap = True
            head.put(node.name)
            if node.bases or node.keywords:
                with head.brackets():
                    head.elements(head.arguments(node.bases, node.keywords), bool(getattr(node, "exploded", False)))
            head.put(":")
        self._head(head, node, depth, decorators)
        self._suite(node.body, node, depth)

    def _decorators(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> list[Head]:
        heads: list[Head] = []
        for decorator in node.decorator_list:
            head = Head(decorator)
            head.put("@")
            head.expression(decorator, Level.NAMED)
            heads.append(head)
        return heads

    def _If(self, node: ast.If, depth: int, word: str = "if") -> None:
        chain: list[ast.If] = []
        while True:
            chain.append(node)
            self._simple_head(node, depth, word, node.test)
            self._suite(node.body, node, depth)
            following = node.orelse[0] if len(node.orelse) == 1 else None
            if not isinstance(following, ast.If) or not getattr(following, "elif_", True) or _else_says(node):
                break
            node, word = following, "elif"
        self._else(node, node.orelse, depth)
        for each in chain[1:]:
            self.ends[id(each)] = self._end

    def _While(self, node: ast.While, depth: int) -> None:
        self._simple_head(node, depth, "while", node.test)
        self._suite(node.body, node, depth)
        self._else(node, node.orelse, depth)

    def _simple_head(self, node: ast.stmt, depth: int, word: str, test: ast.expr) -> None:
        head = Head(node)
        with head.node(node):
            head.put(word)
            head.gap = True
            head.maybe_bracketed(test, Level.NAMED)
            head.put(":")
        self._head(head, node, depth)

    def _For(self, node: ast.For | ast.AsyncFor, depth: int) -> None:
        head = Head(node)
        with head.node(node):
            head.put("async for" if isinstance(node, ast.AsyncFor) else "for")
            head.gap = True
            with head.quiet():
                head.target(node.target)
            head.word("in")
            head.maybe_bracketed(node.iter)
            head.put(":")
        self._head(head, node, depth)
        self._suite(node.body, node, depth)
        self._else(node, node.orelse, depth)

    _AsyncFor = _For

    def _With(self, node: ast.With | ast.AsyncWith, depth: int) -> None:
        head = Head(node)
        with head.node(node):
            head.put("async with" if isinstance(node, ast.AsyncWith) else "with")
            head.gap = True
            with head.brackets(""):
                for index, item in enumerate(node.items):
                    if index:
                        head.comma()
                    sole = len(node.items) == 1 and item.optional_vars is None
                    if sole and isinstance(item.context_expr, ast.Tuple):
                        # One pair of brackets would be taken for the statement's own.
                        with head.brackets():
                            head.expression(item.context_expr)
                    else:
                        head.expression(item.context_expr)
                    if item.optional_vars is not None:
                        head.word("as")
                        head.expression(item.optional_vars)
            head.put(":")
        self._head(head, node, depth)
        self._suite(node.body, node, depth)

    _AsyncWith = _With

    def _Try(self, node: ast.Try | ast.TryStar, depth: int) -> None:
        head = Head(node)
        with head.node(node):
            head.put("try:")
        self._head(head, node, depth)
        self._suite(node.body, node, depth)
        for handler in node.handlers:
            head = Head(handler)
            with head.node(handler):
                head.put("except*" if isinstance(node, ast.TryStar) else "except")
                if handler.type is not None:
                    head.gap = True
                    head.expression(handler.type)
                    if handler.name is not None:
                        head.word("as")
                        head.put(handler.name)
                head.gap = False
                head.put(":")
            self._head(head, handler, depth)
            self._suite(handler.body, handler, depth)
            self.ends[id(handler)] = self._end
        self._else(node, node.orelse, depth)
        if node.finalbody:
            self._word("finally:", getattr(node, "finally_behind", None), depth)
            self._suite(node.finalbody, node, depth, "finally_tail")

    _TryStar = _Try

    def _Match(self, node: ast.Match, depth: int) -> None:
        head = Head(node)
        with head.node(node):
            head.put("match")
            head.gap = True
            head.expression(node.subject, Level.TUPLE)
            head.gap = False
            head.put(":")
        self._head(head, node, depth)
        for index, case in enumerate(node.cases):
            if index:
                self._blank(min(getattr(case, "blank", 0), 1))
            head = Head(case)
            with head.node(case):
                head.put("case")
                head.gap = True
                head.pattern(case.pattern)
                if case.guard is not None:
                    head.word("if")
                    head.maybe_bracketed(case.guard, Level.NAMED)
                head.gap = False
                head.put(":")
            self._head(head, case, depth + 1)
            self._suite(case.body, case, depth + 1)
            self.ends[id(case)] = self._end

    def _else(self, node: ast.stmt, body: Sequence[ast.stmt], depth: int) -> None:
        if body:
            self._word("else:", getattr(node, "else_behind", None), depth)
            self._suite(body, node, depth, "else_tail")

    def _word(self, word: str, behind: str | None, depth: int) -> None:
        self._write(depth, f"{word}  {behind}" if behind else word)

    # --- lines

    def _head(
        self, head: Head, node: ast.AST, depth: int, decorators: Sequence[Head] = (), is_def: bool = False
    ) -> None:
        """Writes one logical line, with the comments of its statement; those without a place in it go above it."""
        heads = [*decorators, head]
        behind = getattr(node, "behind", None)
        if behind and (last := head.last_code()) is not None:
            last.comments.append(behind)
        loose = [comment for each in heads for comment in each.take_loose()]
        inside = [text for each in (node, *(h.owner for h in decorators)) for _, text in getattr(each, "inside", ())]
        said = said_in(heads, loose) if inside else Counter[str]()
        for text in inside:
            if said[text]:
                said[text] -= 1
            else:
                loose.append(text)
        self._comments((*getattr(node, "before", ()), *loose), depth)
        if isinstance(node, DEFINITIONS) and self.lines and not self.lines[-1]:
            self._blank(2, depth)
        for index, each in enumerate(decorators):
            if index:
                self._comments([c for c in getattr(each.owner, "before", ()) if c and c not in loose], depth)
            self._lines(Line(each.row, depth, width=self.width))
        if decorators:
            self._comments(getattr(node, "def_before", ()), depth)
        is_import = isinstance(node, ast.ImportFrom)
        self._lines(Line(head.row, depth, is_def=is_def, is_import=is_import, width=self.width))

    def _lines(self, line: Line) -> None:
        for each in lay_out(line):
            self._line(each)

    def _line(self, line: Line) -> None:
        """Writes what is one line, or more where a comment on its own line is in it."""
        row: list[Leaf] = []
        for leaf in line.leaves:
            if leaf.kind is Kind.COMMENT:
                self._row(row, line.depth)
                self._write(line.depth, leaf.text)
                row = []
            else:
                row.append(leaf)
        self._row(row, line.depth)

    def _row(self, row: Sequence[Leaf], depth: int) -> None:
        if not any(leaf.text for leaf in row):
            return
        number, text, comments = len(self.lines) + 1, " " * (INDENT * depth), ""
        begun = False
        for leaf in row:
            if leaf.space and begun:
                text += " "
            begun = begun or bool(leaf.text) or leaf.space
            for node in leaf.starts:
                self.nodes.append(node)
                self.starts[id(node)] = _place(number, text)
            text += leaf.text
            if leaf.text or leaf.ends:
                place = _place(number, text)
                if leaf.text:
                    self._end = place
                for node in leaf.ends:
                    self.ends[id(node)] = place
            for comment in leaf.comments:
                comments += f"  {comment}"
        self.lines.extend((text.rstrip(" ") + comments).split("\n"))

    def _comments(self, comments: Iterable[str], depth: int) -> None:
        for comment in comments:
            if comment:
                self._write(depth, comment)
            else:
                self._blank(_trailing_blanks(self.lines) + 1, depth)

    def _blank(self, count: int, depth: int = 0) -> None:
        """Makes `count` blank lines end the text so far; none at its beginning."""
        if not self.lines:
            return
        count = min(count, 1 if depth else 2)
        self.lines.extend([""] * (count - _trailing_blanks(self.lines)))

    def _write(self, depth: int, text: str) -> None:
        self.lines.append(" " * (INDENT * depth) + text)


def said_in(heads: Iterable[Head], loose: Iterable[str]) -> Counter[str]:
    """The comments that a logical line has at its places, and how often."""
    said = Counter(
        comment
        for each in heads
        for leaf in each.row
        for comment in (*leaf.comments, *((leaf.text,) if leaf.kind is Kind.COMMENT else ()))
    )
    said.update(loose)
    return said


def _else_says(node: ast.If) -> bool:
    """Whether an `else` of its own carries comments, so that it cannot become `elif`."""
    return bool(getattr(node, "else_behind", None) or getattr(node, "else_tail", ()))


def _trailing_blanks(lines: Sequence[str]) -> int:
    count = 0
    while count < len(lines) and not lines[-1 - count]:
        count += 1
    return count


def _place(number: int, text: str) -> Place:
    """Line and column, from 1, behind `text` that begins at the beginning of line `number`."""
    newline = text.rfind("\n")
    if newline < 0:
        return number, len(text) + 1
    return number + text.count("\n"), len(text) - newline
