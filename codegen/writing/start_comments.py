"""What a source says where it only initialises, said where the layer is made that starts so.

    self.out = nn.Linear(n, n)               # starts as nothing
    # starts as nothing                  =   self.out = layers.Dense(n, kernel_initializer="zeros")
    nn.init.zeros_(self.out.weight)

Only where all weights that the comment may speak of are made by one statement: above many it would say nothing.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from pivot.reading.trace import Trace
from pivot.reading.walking import walk
from pivot.starts import Start

SAID = "started_by"  # on the text of an initialiser: the places that said so
FOR_TOOLS = ("type:", "noqa", "fmt:", "pylint:", "pragma:")
SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Return)
Place = tuple[str, int]


def say(made: ast.expr, starts: Iterable[Start]) -> ast.expr:
    """The text of an initialiser, which knows the lines of the program that asked for it."""
    made.__dict__[SAID] = {(s.file, s.line) for s in starts if s.file and not s.default}
    return made


def tell_starts(trace: Trace, body: Sequence[ast.stmt]) -> None:
    """Put the comments of initialising statements that went above the statements that make what they initialise."""
    makers: dict[Place, dict[int, ast.stmt]] = defaultdict(dict)
    for statement in (n for s in body for n in walk(s) if isinstance(n, SIMPLE)):
        for place in (p for n in walk(statement) for p in n.__dict__.get(SAID, ())):
            makers[place][id(statement)] = statement
    if not makers:
        return
    written = {id(n.__dict__["source"]) for s in body for n in walk(s) if "source" in n.__dict__}
    files = {file for file, _ in makers}
    for frames in list(trace.frames.values()):
        function = frames[0].function
        if function is None or function.file not in files or isinstance(function.node, ast.Lambda):
            continue
        for texts, first, last in remarks(function.node.body, written):
            found = {k: s for line in range(first, last + 1) for k, s in makers.get((function.file, line), {}).items()}
            if len(found) == 1:
                put(next(iter(found.values())), texts)


def remarks(body: list[ast.stmt], written: set[int]) -> Iterator[tuple[list[str], int, int]]:
    """Comments of statements that went, with the first and the last line that they may speak of."""
    for at, statement in enumerate(body):
        end = statement.end_lineno or statement.lineno
        if id(statement) not in written:
            above = for_people(statement.__dict__.get("before", ()))
            if above:
                yield above, statement.lineno, end_of_paragraph(body, at, written)
            beside = for_people((statement.__dict__.get("behind") or "",))
            if beside:
                yield beside, statement.lineno, end
        for part in ("body", "orelse"):
            inner = getattr(statement, part, None)
            if isinstance(inner, list):
                yield from remarks(inner, written)


def end_of_paragraph(body: list[ast.stmt], at: int, written: set[int]) -> int:
    """The last line of the statements that went and stand right below each other."""
    end = body[at].end_lineno or body[at].lineno
    for statement in body[at + 1 :]:
        if statement.lineno != end + 1 or id(statement) in written:
            break
        end = statement.end_lineno or statement.lineno
    return end


def for_people(comments: Iterable[str]) -> list[str]:
    """Comments without blank lines and without what is said to a tool."""
    return [c for c in comments if c and not c.lstrip("# ").startswith(FOR_TOOLS)]


def put(statement: ast.stmt, texts: list[str]) -> None:
    """Add comments above a statement, each once."""
    have = tuple(statement.__dict__.get("before", ()))
    statement.__dict__["before"] = (*have, *(text for text in texts if text not in have))
