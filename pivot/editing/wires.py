"""Connect what a site takes with what another one gives, under a name that still means it there."""

from __future__ import annotations

import ast

from pivot.editing.names import fresh, taken
from pivot.editing.operands import Site, attribute_of
from pivot.editing.source import Change, Source


def reconnect(
    source: Source, site: Site, taken_here: ast.expr, giver: Site | str, part: int | None = None
) -> list[Change]:
    """Let a site take what another site of the same function gives, or a parameter of it. Raises Refusal."""
    function = source.function(site)
    if function is None:
        raise source.refusal(site, "this stands in no function", "edit the source text")
    if isinstance(giver, str):
        name, changes = _parameter(source, function, giver, site)
    else:
        if source.function(giver) is not function:
            raise source.refusal(
                site, "the two stand in different functions", "lead the tensor through the module between"
            )
        name, changes = _named(source, function, giver, site, part)
    if isinstance(site, ast.AugAssign) and taken_here is site.target:
        # x += y becomes x = new + y: what is stored keeps its name.
        rest = source.text[source.end(site.target) : source.end(site)].lstrip()
        return [*changes, source.over(site, f"{source.of(site.target)} = {name} {rest.replace('=', '', 1)}")]
    return [*changes, source.over(taken_here, name)]


def _parameter(
    source: Source, function: ast.FunctionDef | ast.AsyncFunctionDef, name: str, site: Site
) -> tuple[str, list[Change]]:
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    if name not in {argument.arg for argument in arguments}:
        raise source.refusal(site, f"{function.name} takes no {name}", "edit the source text")
    if not _bound_between(source, function, name, source.start(function.body[0]), source.start(site)):
        return name, []
    kept = fresh(f"{name}_in", taken(function))
    first = next((item for item in function.body if not _is_text(item)), function.body[0])
    return kept, [source.before(first, [f"{kept} = {name}"])]


def _named(
    source: Source, function: ast.FunctionDef | ast.AsyncFunctionDef, giver: Site, site: Site, part: int | None
) -> tuple[str, list[Change]]:
    """A name for what `giver` gives that still means it where `site` stands, and what has to be written for it."""
    statement, there = source.statement(giver), source.statement(site)
    blocks = {id(item) for item in (there, *source.above(there))}
    together = any(id(item) in blocks for item in source.body_of(statement))
    if source.start(statement) >= source.start(there) or not together:
        why = "this is not computed before the place that would take it"
        raise source.refusal(site, why, "connect what comes earlier, or edit the source text")
    wanted = fresh(f"{attribute_of(source, giver) or 'kept'}_out", taken(function))
    if isinstance(statement, ast.AugAssign) and statement is giver and isinstance(statement.target, ast.Name):
        target: ast.expr | None = statement.target
    elif isinstance(statement, ast.Assign) and statement.value is giver and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Tuple) and part is not None and part < len(target.elts):
            target = target.elts[part]
    else:
        target = None
    if isinstance(target, ast.Name):
        if not _bound_between(source, function, target.id, source.end(statement), source.start(there)):
            return target.id, []
        return wanted, [source.behind(statement, [f"{wanted} = {target.id}"])]
    if isinstance(giver, ast.stmt) or isinstance(target, ast.Tuple):
        raise source.refusal(giver, "what this gives has no name", "give it one in the source text first")
    return wanted, [source.before(statement, [f"{wanted} = {source.of(giver)}"]), source.over(giver, wanted)]


def _bound_between(source: Source, function: ast.AST, name: str, start: int, end: int) -> bool:
    """Whether a name may mean something else at `end` than at `start`: it is bound between, or in a loop around."""
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store | ast.Del):
            if start <= source.start(node) < end:
                return True
    return False


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
