"""Statements to lines: heads, blocks, blank lines, and the comments that stand between them."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from codegen.writing.text.expressions import BINARY, Element, Level
from codegen.writing.text.layout import lay_out
from codegen.writing.text.leaves import INDENT, Kind, Leaf, Line
from codegen.writing.text.patterns import Patterns
from codegen.writing.text.strings import docstring_text

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
IMPORTS = (ast.Import, ast.ImportFrom)
Clause = ast.stmt | ast.ExceptHandler | ast.match_case
Place = tuple[int, int]


class Printer:
    """Collects the text of a module line by line, and where each node came to stand."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.starts: dict[int, Place] = {}  # by id: line and column from 1
        self.ends: dict[int, Place] = {}
        self.nodes: list[ast.AST] = []
        self._end: Place = (1, 1)  # behind the last code written

    # --- blocks

    def module(self, node: ast.Module) -> None:
        """Everything."""
        self.block(node.body, node, 0)
        self._comments(getattr(node, "tail", ()), 0)

    def block(self, body: Sequence[ast.stmt], owner: ast.AST, depth: int) -> None:
        """The statements of one block, without the comments at its end."""
        previous: ast.stmt | None = None
        for index, statement in enumerate(body):
            doc = index == 0 and isinstance(owner, (ast.Module, *DEFINITIONS)) and _is_docstring(statement)
            self._blank(_blank_lines(statement, previous, owner, depth))
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
                    sole = len(node.items) == 1 and item.optional_vars is None and isinstance(item.context_expr, ast.Tuple)
                    if sole:  # brackets alone would be taken for the statement's own
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

    def _head(self, head: Head, node: ast.AST, depth: int, decorators: Sequence[Head] = (), is_def: bool = False) -> None:
        """Writes one logical line, with the comments of its statement; those without a place in it go above it."""
        heads = [*decorators, head]
        behind = getattr(node, "behind", None)
        if behind and (last := head.last_code()) is not None:
            last.comments.append(behind)
        loose = [comment for each in heads for comment in each.take_loose()]
        said = Counter(comment for each in heads for leaf in each.row for comment in
                       (*leaf.comments, *((leaf.text,) if leaf.kind is Kind.COMMENT else ())))
        said.update(loose)
        inside = [text for each in (node, *(h.owner for h in decorators)) for _, text in getattr(each, "inside", ())]
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
            self._lines(Line(each.row, depth))
        if decorators:
            self._comments(getattr(node, "def_before", ()), depth)
        self._lines(Line(head.row, depth, is_def=is_def, is_import=isinstance(node, ast.ImportFrom)))

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
            self._note(leaf.starts, self.starts, number, text)
            text += leaf.text
            self._note(leaf.ends, self.ends, number, text)
            if leaf.text:
                self._end = _place(number, text)
            comments += "".join(f"  {comment}" for comment in leaf.comments)
        self.lines.extend((text.rstrip(" ") + comments).split("\n"))

    def _note(self, nodes: Iterable[ast.AST], places: dict[int, Place], number: int, text: str) -> None:
        for node in nodes:
            if places is self.starts:
                self.nodes.append(node)
            places[id(node)] = _place(number, text)

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


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _else_says(node: ast.If) -> bool:
    """Whether an `else` of its own carries comments, so that it cannot become `elif`."""
    return bool(getattr(node, "else_behind", None) or getattr(node, "else_tail", ()))


def _blank_lines(node: ast.stmt, previous: ast.stmt | None, owner: ast.AST, depth: int) -> int:
    """Blank lines above a statement: what the source has, and at least what Black asks for."""
    most = 1 if depth else 2
    if previous is None:
        return 0
    wanted = min(int(getattr(node, "blank", 0)), most)
    if isinstance(node, DEFINITIONS) or _ends_in_definition(previous):
        return most
    if isinstance(previous, IMPORTS) and not isinstance(node, IMPORTS):
        return max(wanted, 1)
    if _is_docstring(previous) and isinstance(owner, (ast.ClassDef, ast.Module)) and owner.body[0] is previous:
        return max(wanted, 1)
    return wanted


def _ends_in_definition(node: ast.stmt) -> bool:
    if isinstance(node, DEFINITIONS):
        return True
    if isinstance(node, (ast.Try, ast.TryStar)):
        body = node.finalbody or node.orelse or (node.handlers[-1].body if node.handlers else node.body)
    else:
        body = getattr(node, "orelse", None) or getattr(node, "body", None)
    return isinstance(body, list) and bool(body) and isinstance(body[-1], ast.stmt) and _ends_in_definition(body[-1])


def _trailing_blanks(lines: Sequence[str]) -> int:
    count = 0
    while count < len(lines) and not lines[-1 - count]:
        count += 1
    return count


def _place(number: int, text: str) -> Place:
    """Line and column, from 1, behind `text` that begins at the beginning of line `number`."""
    newline = text.rfind("\n")
    return number + text.count("\n"), len(text) - newline
