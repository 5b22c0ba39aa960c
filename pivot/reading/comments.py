"""Puts the comments and blank lines of a source on the syntax tree, where the printer finds them again.

Statements, `except` and `case` clauses: `before: tuple[str, ...]` comment lines above ("" stands for a blank line among
them), `behind: str | None`, `blank: int` (0..2 blank lines above all of that), `inside: tuple[tuple[int, str], ...]`
every comment within the statement's own brackets (line, text). Owners of blocks: `tail: tuple[str, ...]` comments after
the last statement of `body`; `else_behind`, `else_tail`, `finally_behind`, `finally_tail` for the other clauses;
`def_before` between the decorators and `def`; `elif_: bool` on an `if` that stands in an `else`.
Expressions (also `arg`, `keyword`, `alias`, patterns), only where there is one: `before`, `behind`, and
`after: tuple[str, ...]` for comment lines between the last element and the closing bracket.
"""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from pivot.reading.spelling import Columns
from pivot.reading.tokens import Comment, LogicalLine, Place, Scan

Clause = ast.stmt | ast.ExceptHandler | ast.match_case


@dataclass(frozen=True, slots=True)
class Block:
    """Statements of one field of one owner; `column` is where they begin (characters, as in the tokens)."""

    owner: ast.AST
    tail: str  # the attribute that takes the comments at its end
    column: int
    parent: Block | None


@dataclass(frozen=True, slots=True)
class Head:
    """What begins a logical line: kind is statement | decorator | definition | else | finally | case | except."""

    kind: str
    node: ast.AST
    block: Block  # the block it stands in


def attach(module: ast.Module, scan: Scan, columns: Columns) -> None:
    """Sets the attributes named above on `module`."""
    root = Block(module, "tail", 0, None)
    setattr(module, "tail", ())
    heads = list(_heads(module, root, columns))
    comments = scan.between
    taken = next_comment = 0
    innermost, above = root, 0  # the block of the last statement, and the last line that is spoken for
    for line in scan.lines:
        head = heads[taken]
        end = taken + 1
        while end < len(heads) and heads[end].kind == "statement" and _first_line(heads[end].node) <= line.end_line:
            end += 1
        start = next_comment
        while next_comment < len(comments) and comments[next_comment].line < line.start[0]:
            next_comment += 1
        _place(comments[start:next_comment], line, head, innermost, above)
        for follower in heads[taken + 1 : end]:
            _mark(follower.node, (), 0)
        last = heads[end - 1]
        _trail(last, line)
        if line.inside:
            _attach_inside(head.node if head.kind != "decorator" else last.node, line, columns)
        innermost, above, taken = last.block, line.end_line, end
    _place(comments[next_comment:], None, None, innermost, above)


def _heads(module: ast.Module, root: Block, columns: Columns) -> Iterator[Head]:
    """Every head in source order, without recursion."""
    work: list[Head | tuple[list[ast.stmt], ast.AST, str, Block]] = [(module.body, module, "tail", root)]
    while work:
        item = work.pop()
        if isinstance(item, Head):
            yield item
            continue
        body, owner, tail, parent = item
        if not body:
            continue
        column = columns(body[0].lineno, body[0].col_offset)
        block = root if owner is module else Block(owner, tail, column, parent)
        later: list[Head | tuple[list[ast.stmt], ast.AST, str, Block]] = []
        for statement in body:
            later.extend(_parts(statement, block))
        work.extend(reversed(later))


def _parts(node: ast.stmt, block: Block) -> Iterator[Head | tuple[list[ast.stmt], ast.AST, str, Block]]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        for index, decorator in enumerate(node.decorator_list):
            yield Head("decorator" if index else "statement", decorator if index else node, block)
        yield Head("definition" if node.decorator_list else "statement", node, block)
        yield node.body, node, "tail", block
        return
    yield Head("statement", node, block)
    if isinstance(node, ast.If):
        setattr(node, "elif_", getattr(node, "elif_", False))
        yield node.body, node, "tail", block
        first = node.orelse[0] if len(node.orelse) == 1 else None
        if isinstance(first, ast.If) and first.col_offset == node.col_offset:
            setattr(first, "elif_", True)
            yield from _parts(first, block)
        elif node.orelse:
            yield Head("else", node, block)
            yield node.orelse, node, "else_tail", block
    elif isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
        yield node.body, node, "tail", block
        if node.orelse:
            yield Head("else", node, block)
            yield node.orelse, node, "else_tail", block
    elif isinstance(node, (ast.With, ast.AsyncWith)):
        yield node.body, node, "tail", block
    elif isinstance(node, (ast.Try, ast.TryStar)):
        yield node.body, node, "tail", block
        for handler in node.handlers:
            yield Head("except", handler, block)
            yield handler.body, handler, "tail", block
        if node.orelse:
            yield Head("else", node, block)
            yield node.orelse, node, "else_tail", block
        if node.finalbody:
            yield Head("finally", node, block)
            yield node.finalbody, node, "finally_tail", block
    elif isinstance(node, ast.Match):
        # The cases stand in a block of their own, whose end is the end of the last case.
        column = node.col_offset + 1
        inner = Block(node, "tail", column, block)
        for case in node.cases:
            yield Head("case", case, inner)
            yield case.body, case, "tail", inner


def _first_line(node: ast.AST) -> int:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.decorator_list:
        return node.decorator_list[0].lineno
    assert isinstance(node, (ast.stmt, ast.expr, ast.ExceptHandler))
    return node.lineno


def _mark(node: ast.AST, before: tuple[str, ...], blank: int) -> None:
    setattr(node, "before", before)
    setattr(node, "blank", min(blank, 2))
    setattr(node, "behind", getattr(node, "behind", None))
    setattr(node, "inside", getattr(node, "inside", ()))
    if hasattr(node, "body") and not isinstance(node, ast.expr):
        setattr(node, "tail", getattr(node, "tail", ()))


def _place(comments: list[Comment], line: LogicalLine | None, head: Head | None, innermost: Block, above: int) -> None:
    """Shares the comment lines above one logical line (or the end of the file) among the blocks that end there and it.

    A comment indented deeper than the line belongs to the deepest ending block that it is not left of; above `else:`,
    `except:` and `finally:` what is left over goes to the end of the block before.
    """
    column = line.start[1] if line is not None else -1
    ending = _ending(innermost, column)
    closes = line is None or (head is not None and (head.kind in ("else", "finally", "except") or _is_elif(head.node)))
    limit = len(ending)
    placed = 0
    tails: dict[int, list[str]] = {}
    for comment in comments:
        if comment.column <= column and not closes:
            break
        fitting = [k for k, block in enumerate(ending[:limit]) if block.column <= comment.column]
        if fitting:
            limit = fitting[-1] + 1
        elif not closes:
            break
        else:
            limit = 1  # left of every block that ends: the outermost of them
        tails.setdefault(limit - 1, []).extend([*[""] * min(2, comment.line - above - 1), comment.text])
        above = comment.line
        placed += 1
    for place, texts in tails.items():
        block = ending[place]
        setattr(block.owner, block.tail, (*getattr(block.owner, block.tail, ()), *texts))
    if line is None or head is None:
        return
    rest = comments[placed:]
    blank = (rest[0].line if rest else line.start[0]) - above - 1
    before: list[str] = []
    for comment, following in zip(rest, [*(c.line for c in rest[1:]), line.start[0]], strict=False):
        before.append(comment.text)
        before.extend([""] * min(2, following - comment.line - 1))
    if head.kind == "definition":
        setattr(head.node, "def_before", tuple(before))
    elif head.kind == "decorator":
        setattr(head.node, "before", tuple(before))
    elif head.kind not in ("else", "finally"):
        _mark(head.node, tuple(before), blank)


def _is_elif(node: ast.AST) -> bool:
    return bool(getattr(node, "elif_", False))


def _ending(innermost: Block, column: int) -> list[Block]:
    """The open blocks that end before a line at `column`, outermost first."""
    found: list[Block] = []
    block: Block | None = innermost
    while block is not None and block.column > column:
        found.append(block)
        block = block.parent
    return found[::-1]


def _trail(last: Head, line: LogicalLine) -> None:
    if last.kind in ("else", "finally"):
        setattr(last.node, f"{last.kind}_behind", line.behind)
    elif last.kind == "statement" and line.word == "@" and isinstance(last.node, ast.stmt):
        assert isinstance(last.node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        setattr(last.node.decorator_list[0], "behind", line.behind)
    else:
        setattr(last.node, "behind", line.behind)


def _attach_inside(owner: ast.AST, line: LogicalLine, columns: Columns) -> None:
    """Comments within brackets: on the statement, and on the elements that they stand by."""
    inside = tuple((comment.line, comment.text) for comment in line.inside)
    setattr(owner, "inside", (*getattr(owner, "inside", ()), *inside))
    placed = _placed(owner, line, columns)
    starts = sorted(placed, key=lambda item: (item[0], -item[1][0], -item[1][1]))
    ends = sorted(placed, key=lambda item: (item[1], item[0]))
    start_keys, end_keys = [item[0] for item in starts], [item[1] for item in ends]
    for comment in line.inside:
        _attach_one(comment, line.closings, starts, start_keys, ends, end_keys)


Placed = tuple[Place, Place, ast.AST]


def _placed(owner: ast.AST, line: LogicalLine, columns: Columns) -> list[Placed]:
    """Everything with a place on this logical line; the inside of an f-string has no reliable one."""
    found: list[Placed] = []
    work: list[ast.AST] = [owner]
    while work:
        node = work.pop()
        if isinstance(node, ast.stmt) and node is not owner and node.lineno > line.end_line:
            continue
        if isinstance(node, (ast.expr, ast.arg, ast.keyword, ast.alias, ast.pattern)):
            if line.start[0] <= node.lineno <= line.end_line:
                assert node.end_lineno is not None and node.end_col_offset is not None
                found.append(
                    (
                        (node.lineno, columns(node.lineno, node.col_offset)),
                        (node.end_lineno, columns(node.end_lineno, node.end_col_offset)),
                        node,
                    )
                )
        if not isinstance(node, ast.JoinedStr):
            work.extend(ast.iter_child_nodes(node))
    return found


def _attach_one(
    comment: Comment,
    closings: dict[Place, Place],
    starts: list[Placed],
    start_keys: list[Place],
    ends: list[Placed],
    end_keys: list[Place],
) -> None:
    assert comment.opening is not None
    here = (comment.line, comment.column)
    last = _last_ending(comment, ends, end_keys)
    string = _string_around(here, starts, start_keys)
    if string is not None:
        _add(string, "before", comment.text)
    elif comment.own_line or comment.behind_opening or last is None:
        index = bisect_left(start_keys, here)
        following = starts[index][2] if index < len(starts) else None
        if following is not None and starts[index][0] < closings[comment.opening]:
            _add(following, "before", comment.text)
        elif last is not None:
            _add(last[2], "after", comment.text)
    elif getattr(last[2], "behind", None) is None:
        setattr(last[2], "behind", comment.text)
    else:
        _add(last[2], "after", comment.text)


def _last_ending(comment: Comment, ends: list[Placed], end_keys: list[Place]) -> Placed | None:
    """The largest node that ends last before the comment, within the comment's bracket."""
    index = bisect_right(end_keys, (comment.line, comment.column)) - 1
    if index < 0 or comment.opening is None:
        return None
    end = ends[index][1]
    best: Placed | None = None
    while index >= 0 and ends[index][1] == end:
        if ends[index][0] > comment.opening:
            best = ends[index]
        index -= 1
    return best


def _string_around(here: Place, starts: list[Placed], start_keys: list[Place]) -> ast.AST | None:
    """The string of several pieces that the comment stands in, if it does."""
    index = bisect_left(start_keys, here) - 1
    if index >= 0 and isinstance(starts[index][2], (ast.Constant, ast.JoinedStr)) and starts[index][1] > here:
        return starts[index][2]
    return None


def _add(node: ast.AST, name: str, text: str) -> None:
    setattr(node, name, (*getattr(node, name, ()), text))
