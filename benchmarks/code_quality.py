"""What generated code is like beside its source: lines, classes, constructor parameters, comments, transposes."""

from __future__ import annotations

import ast
import io
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from comment_statements import Counterparts, statement_of

if TYPE_CHECKING:
    from codegen.convert import Converted

EINOPS = ("rearrange", "Rearrange")
TURNING = ("permute", "transpose", "Permute", "permute_dimensions", "swapaxes", "movedim", "moveaxis", *EINOPS)
TURNED = ("T", "mT")
CALLS = {"forward": "call", "call": "forward"}


def measured(converted: Converted, package: bool) -> dict[str, object]:
    """Counts for one conversion.

    `lines`: [source, target]; `filled`: those among them that are not blank. Of a package the definitions that were
    written are counted, else the whole file, and those of its files from which definitions were taken.
    `definitions`: lines of the source's definitions that were written, in any case. `classes`, `parameters`,
    `comments`: [kept, in the source's definitions], of the first two those of classes of which a method was entered;
    `written_comments`: the same of those that speak of a statement with a counterpart. `transposes`: in the target
    beyond those of the source.
    """
    ev, text = converted.done.evaluator, converted.text
    target = {n.name: n for n in ast.parse(text).body if isinstance(n, (ast.ClassDef, ast.FunctionDef))}
    renamed = converted.written.renamed
    elsewhere = written_from_others(converted)
    known = [
        (file, node, target.get(renamed.get(node.name, node.name)) if id(node) not in elsewhere else None)
        for file, node in definitions(converted)
    ]
    pairs = [(file, node, made) for file, node, made in known if made is not None]
    used = [(file, node) for file, node in definitions(converted) if is_used(converted, node)]
    spans = sum(length(node) for _, node, _ in pairs)
    first = next(iter(ev.files))
    files = {first, *(file for file, _, _ in pairs)}
    whole = sum(len(ev.files[file].splitlines()) for file in files)
    inside = [line for file, node, _ in pairs for line in stretch(ev.files[file], node)] if package else []
    source_lines = inside or [line for file in files for line in ev.files[file].splitlines()]
    counterparts = Counterparts(converted)
    comments = [c for file, node, made in pairs for c in comments_of(ev.files[file], node, made)]
    there = Counter(words(token) for token, _ in comments)
    written = Counter(words(token) for token, method in comments if counterparts.has(statement_of(token, method)))
    here = Counter(map(words, tokens(text)))
    transposes = turns(ast.parse(text)) - sum(turns(node) for _, node, _ in pairs)
    own = {id(node) for _, node in used}
    kept = [parameters(a, b) for _, a, b in pairs if isinstance(a, ast.ClassDef) and id(a) in own]
    return {
        "lines": [spans if package else whole, len(text.splitlines())],
        "filled": [sum(bool(line.strip()) for line in lines) for lines in (source_lines, text.splitlines())],
        "definitions": spans,
        "classes": [sum(renamed.get(n.name, n.name) in target for _, n in used), len(used)],
        "lost_classes": [n.name for _, n in used if renamed.get(n.name, n.name) not in target],
        "parameters": [sum(k for k, _ in kept), sum(n for _, n in kept)],
        "comments": [sum((there & here).values()), sum(there.values())],
        "written_comments": [sum((written & here).values()), sum(written.values())],
        "lost_comments": list((there - here).elements())[:5],
        "transposes": max(0, transposes),
    }


def definitions(converted: Converted) -> Iterator[tuple[str, ast.ClassDef | ast.FunctionDef]]:
    """Top-level classes and functions of every file of the program that was read."""
    ev = converted.done.evaluator
    for file in ev.files:
        scope = ev.scopes.get(Path(file))
        if scope is None or "restated" in Path(file).parts:
            continue
        for statements in scope.lazy.values():
            if isinstance(statements[-1], (ast.ClassDef, ast.FunctionDef)):
                yield file, statements[-1]


def written_from_others(converted: Converted) -> set[int]:
    """Definitions whose name stands in the target for one of another file."""
    renamed = converted.written.renamed
    made = {n.name: n.__dict__.get("source") for n in converted.written.tree.body if hasattr(n, "name")}
    every = [node for _, node in definitions(converted)]
    known = {id(node) for node in every}
    taken = {name: source for name, source in made.items() if id(source) in known}
    return {id(n) for n in every if taken.get(renamed.get(n.name, n.name), n) is not n}


def is_used(converted: Converted, node: ast.ClassDef | ast.FunctionDef) -> bool:
    """Is it a class of which a method was entered, and not on trial only?"""
    frames = converted.done.network.trace.frames
    met = [frame for s in node.body for frame in frames.get(id(s), [])]
    return isinstance(node, ast.ClassDef) and any(not frame.speculative for frame in met)


def length(node: ast.ClassDef | ast.FunctionDef) -> int:
    """Lines of a definition with its decorators."""
    begin = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    return (node.end_lineno or node.lineno) - begin + 1


def stretch(text: str, node: ast.ClassDef | ast.FunctionDef) -> list[str]:
    """The lines of a definition with its decorators."""
    end = node.end_lineno or node.lineno
    return text.splitlines()[end - length(node) : end]


def turns(tree: ast.AST) -> int:
    """Places that turn axes around: calls and `x.T`, whatever docstrings and comments say."""
    calls = [n.func for n in ast.walk(tree) if isinstance(n, ast.Call)]
    names = [
        f.attr if isinstance(f, ast.Attribute) else f.id for f in calls if isinstance(f, (ast.Attribute, ast.Name))
    ]
    read = [n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Load)]
    return sum(name in TURNING for name in names) + sum(name in TURNED for name in read)


def methods(node: ast.ClassDef | ast.FunctionDef) -> dict[str, ast.FunctionDef]:
    """Methods by name, or the function itself."""
    if isinstance(node, ast.FunctionDef):
        return {node.name: node}
    return {s.name: s for s in node.body if isinstance(s, ast.FunctionDef)}


def parameters(source: ast.ClassDef, target: ast.AST) -> tuple[int, int]:
    """Constructor parameters that the target has too, and all of the source's that serve the class itself."""
    one = methods(source).get("__init__")
    two = methods(target).get("__init__") if isinstance(target, ast.ClassDef) else None
    wanted = [name for name in names(one) if not only_goes_up(one, name)] if one is not None else []
    have = set(names(two)) if two is not None else set()
    return sum(name in have for name in wanted), len(wanted)


def only_goes_up(node: ast.FunctionDef, name: str) -> bool:
    """Are these `*args` or `**kwargs` for the library's own constructor, which takes a `name` or a `dtype`?"""
    if name not in {a.arg for a in (node.args.vararg, node.args.kwarg) if a}:
        return False
    handed = [n for n in ast.walk(node) if isinstance(n, ast.Call) and "super" in ast.unparse(n.func)]
    inside = {id(n) for call in handed for n in ast.walk(call)}
    return all(id(n) in inside for n in ast.walk(node) if isinstance(n, ast.Name) and n.id == name)


def names(node: ast.FunctionDef) -> list[str]:
    """Parameters without self."""
    spec = node.args
    every = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, *(a for a in (spec.vararg, spec.kwarg) if a)]
    return [a.arg for a in every][1:]


def comments_of(
    text: str, source: ast.ClassDef | ast.FunctionDef, target: ast.AST
) -> list[tuple[tokenize.TokenInfo, ast.FunctionDef]]:
    """Comments inside those methods of a definition that were written, each with its method."""
    written = set(methods(target)) if isinstance(target, (ast.ClassDef, ast.FunctionDef)) else set()
    inside = [m for n, m in methods(source).items() if CALLS.get(n, n) in written]
    return [(t, m) for t in tokens(text) for m in inside if m.lineno <= t.start[0] <= (m.end_lineno or 0)]


def words(comment: tokenize.TokenInfo) -> str:
    """What a comment says: blanks at its end are not printed."""
    return comment.string.lstrip("# ").rstrip()


def tokens(text: str) -> list[tokenize.TokenInfo]:
    """All comments of a text."""
    return [t for t in tokenize.generate_tokens(io.StringIO(text).readline) if t.type == tokenize.COMMENT]
