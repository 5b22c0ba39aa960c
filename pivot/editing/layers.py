"""Sites of a forward pass: put something behind one, take one away, put something else in its place, do it twice."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from pivot.editing.names import fresh, taken
from pivot.editing.operands import Site, atom, attribute_of, candidates, made_in, uses
from pivot.editing.piece import Piece
from pivot.editing.source import Change, Source

Makers = Sequence[ast.ClassDef]


def insert_behind(
    source: Source, site: Site, piece: Piece, part: int | None = None, makers: Makers = ()
) -> list[Change]:
    """Apply a piece to what a site gives; everybody who took that takes the new one. Raises Refusal.

    `part`: which of several results, where the site gives a tuple. `makers`: the classes that make the layers of the
    objects that are meant, where that is not the class of the site alone.
    """
    made, changes = _own(source, site, piece, makers)
    return [*changes, *_applied_behind(source, site, piece, made, part)]


def insert_before(source: Source, site: Site, taken_here: ast.expr, piece: Piece, makers: Makers = ()) -> list[Change]:
    """Apply a piece to what one site takes, and to nobody else. Raises Refusal."""
    made, changes = _own(source, site, piece, makers)
    if isinstance(site, ast.AugAssign) and taken_here is site.target:
        name = source.of(site.target)
        return [*changes, source.before(site, [f"{name} = {piece.applied([name], made)}"])]
    if isinstance(site, ast.Return) and site.value is taken_here and isinstance(taken_here, ast.Name):
        name = taken_here.id
        return [*changes, source.before(site, [f"{name} = {piece.applied([name], made)}"])]
    return [*changes, source.over(taken_here, piece.applied([source.of(taken_here)], made))]


def bypass(source: Source, site: Site, kept: ast.expr, makers: Makers = ()) -> list[Change]:
    """Take a site away: what it took goes on in its place; a layer that nobody else calls goes too."""
    changes = _bypassed(source, site, kept)
    attribute, cls = attribute_of(source, site), source.class_around(site)
    if attribute is not None and cls is not None and len(uses(source, cls, attribute)) == 1:
        for maker in makers or (cls,):
            statement = made_in(source, maker, attribute)
            if statement is not None and _only_target(statement) and len(uses(source, maker, attribute)) <= 1:
                changes.append(source.without(statement))
    return changes


def replace_site(
    source: Source, site: Site, piece: Piece, taken_here: Sequence[ast.expr], makers: Makers = ()
) -> list[Change]:
    """Compute something else at a site, of the same tensors. A layer keeps its attribute. Raises Refusal."""
    attribute, cls = attribute_of(source, site), source.class_around(site)
    texts = [source.of(node) for node in taken_here]
    if attribute is not None and cls is not None:
        statements = [_making(source, maker, attribute, site) for maker in makers or (cls,)]
        if piece.layer:
            return [source.over(statement.value, piece.text) for statement in statements if statement.value is not None]
        changes = [_written(source, site, piece.applied(texts))]
        if len(uses(source, cls, attribute)) == 1:
            changes += [source.without(statement) for statement in statements if _only_target(statement)]
        return changes
    made, changes = _own(source, site, piece, makers)
    return [*changes, _written(source, site, piece.applied(texts, made))]


def duplicate(source: Source, site: Site, kept: ast.expr, part: int | None = None, makers: Makers = ()) -> list[Change]:
    """Do the same once more with what a site gives; a layer gets a twin with weights of its own. Raises Refusal."""
    attribute, cls = attribute_of(source, site), source.class_around(site)
    if attribute is not None and cls is not None:
        classes = makers or (cls,)
        statements = [_making(source, maker, attribute, site) for maker in classes]
        name = fresh(attribute, _taken_in(classes, cls))
        changes: list[Change] = []
        for maker, statement in zip(classes, statements, strict=True):
            text = source.of(statement.value) if statement.value is not None else ""
            changes += add_attribute(source, maker, name, text, attribute)
        made = f"{_this(source, site)}.{name}"
        return [*changes, *_applied_behind(source, site, Piece(name, "", True), made, part)]
    if isinstance(site, ast.stmt):
        return [source.behind(site, [source.of(site)])]
    start, end = source.start(kept) - source.start(site), source.end(kept) - source.start(site)
    text = source.of(site)
    piece = Piece("twin", f"{text[:start]}_twin_{text[end:]}", False, ("_twin_",))
    return _applied_behind(source, site, piece, "", part)


def _making(source: Source, cls: ast.ClassDef, attribute: str, site: Site) -> ast.Assign | ast.AnnAssign:
    """The statement that makes a layer. Raises Refusal."""
    statement = made_in(source, cls, attribute)
    if statement is None or statement.value is None:
        raise source.refusal(site, f"{cls.name} makes {attribute} in no one place", "edit the source text")
    return statement


def _taken_in(classes: Sequence[ast.ClassDef], cls: ast.ClassDef) -> set[str]:
    names = taken(cls)
    for other in classes:
        names |= taken(other)
    return names


def _this(source: Source, site: Site) -> str:
    function = source.function(site)
    return function.args.args[0].arg if function is not None and function.args.args else "self"


def rename_attribute(source: Source, cls: ast.ClassDef, old: str, new: str) -> list[Change]:
    """Call `self.old` `self.new` in a class, and wherever else this file reads it from an object. Raises Refusal."""
    if new in taken(cls):
        raise source.refusal(cls, f"the name {new} is taken in {cls.name}", "choose another name")
    owners = {
        other
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and node.attr == old and isinstance(node.ctx, ast.Store)
        if (other := source.class_around(node)) is not None
    }
    changes: list[Change] = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr == old:
            inside = source.class_around(node) is cls
            own = isinstance(node.value, ast.Name) and node.value.id == "self"
            if inside or (not own and owners == {cls}):
                end = source.end(node)
                changes.append(Change(end - len(old), end, new))
    if not changes:
        raise source.refusal(cls, f"{cls.name} has no attribute {old}", "edit the source text")
    return changes


def rename_name(source: Source, old: str, new: str) -> list[Change]:
    """Give a class or function of the file another name, wherever the file says it. Raises Refusal."""
    if new in taken(source):
        raise source.refusal(None, f"the name {new} is taken in this file", "choose another name")
    changes: list[Change] = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name) and node.id == old:
            changes.append(source.over(node, new))
        elif isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.name == old:
            start = source.offset(node.lineno, node.col_offset)
            at = source.text.index(old, start + len("class" if isinstance(node, ast.ClassDef) else "def"))
            changes.append(Change(at, at + len(old), new))
    return changes


def add_attribute(source: Source, cls: ast.ClassDef, name: str, text: str, near: str | None = None) -> list[Change]:
    """`self.name = text` in the constructor of a class: behind the attribute `near`, else behind its last layer."""
    init = next((node for node in cls.body if isinstance(node, ast.FunctionDef) and node.name == "__init__"), None)
    line = f"self.{name} = {text}"
    if init is None:
        first = cls.body[0]
        doc = (
            isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
        )
        lines = ["def __init__(self, *args, **kwargs):", "    super().__init__(*args, **kwargs)", f"    {line}", ""]
        methods = [node for node in cls.body if isinstance(node, ast.FunctionDef)]
        if methods:
            return [source.before(methods[0], lines)]
        return [source.behind(first, ["", *lines])] if doc else [source.before(first, lines)]
    own = init.args.args[0].arg if init.args.args else "self"
    line = f"{own}.{name} = {text}"
    statement = made_in(source, cls, near) if near is not None else None
    if statement is not None:
        holder = next((node for node in init.body if node is statement or statement in ast.walk(node)), None)
        if holder is not None:
            return [source.behind(holder, [line])]
    assigned = [node for node in init.body if isinstance(node, ast.Assign | ast.AnnAssign)]
    return [source.behind(assigned[-1] if assigned else init.body[-1], [line])]


# -- pieces


def _own(source: Source, site: Site, piece: Piece, makers: Makers) -> tuple[str, list[Change]]:
    """What a layer is called where a site stands, and what makes it; ("", []) for what is no layer."""
    if not piece.layer:
        return "", []
    cls, function = source.class_around(site), source.function(site)
    if cls is None or function is None or not function.args.args:
        if isinstance(site, ast.Call) and isinstance(site.func, ast.Call):
            return piece.text, []  # a functional model makes a layer where it calls it
        raise source.refusal(site, "a layer needs a class that holds it", "put the code into a class, or edit the text")
    classes = makers or (cls,)
    name = fresh(piece.name, _taken_in(classes, cls))
    changes: list[Change] = []
    for maker in classes:
        changes += add_attribute(source, maker, name, piece.text, attribute_of(source, site))
    return f"{_this(source, site)}.{name}", changes


def _applied_behind(source: Source, site: Site, piece: Piece, made: str, part: int | None) -> list[Change]:
    if isinstance(site, ast.AugAssign):
        name = source.of(site.target)
        return [source.behind(site, [f"{name} = {piece.applied([name], made)}"])]
    if isinstance(site, ast.stmt):
        raise source.refusal(site, "this statement gives no tensor", "edit the source text")
    statement = source.statement(site)
    target = _target(statement, site, part)
    if target is not None:
        return [source.behind(statement, [f"{target} = {piece.applied([target], made)}"])]
    if part is not None:
        raise source.refusal(site, "this gives several tensors at once", "give each a name in the source text first")
    return [source.over(site, piece.applied([atom(source, site)], made))]


def _target(statement: ast.stmt, site: Site, part: int | None) -> str | None:
    """The name that a statement gives to what a site gives."""
    if isinstance(statement, ast.Assign) and statement.value is site and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Name):
            return target.id
        if isinstance(target, ast.Tuple) and part is not None and part < len(target.elts):
            item = target.elts[part]
            return item.id if isinstance(item, ast.Name) else None
    if isinstance(statement, ast.AnnAssign) and statement.value is site and isinstance(statement.target, ast.Name):
        return statement.target.id
    return None


def _bypassed(source: Source, site: Site, kept: ast.expr) -> list[Change]:
    if isinstance(site, ast.AugAssign):
        if kept is site.target:
            return [source.without(site)]
        return [source.over(site, f"{source.of(site.target)} = {source.of(kept)}")]
    if isinstance(site, ast.stmt):
        return [source.without(site)]
    statement = source.statement(site)
    if isinstance(kept, ast.Name) and _target(statement, site, None) == kept.id:
        return [source.without(statement)]
    return [source.over(site, atom(source, kept))]


def _written(source: Source, site: Site, text: str) -> Change:
    """An expression in the place of a site."""
    if isinstance(site, ast.AugAssign):
        return source.over(site, f"{source.of(site.target)} = {text}")
    parent = source.parents.get(site)
    compound = isinstance(ast.parse(text, mode="eval").body, ast.BinOp | ast.UnaryOp | ast.Compare | ast.IfExp)
    inside = isinstance(parent, ast.BinOp | ast.UnaryOp | ast.Attribute | ast.Subscript | ast.Compare)
    return source.over(site, f"({text})" if compound and inside else text)


def _only_target(statement: ast.Assign | ast.AnnAssign) -> bool:
    return isinstance(statement, ast.AnnAssign) or len(statement.targets) == 1


def operands_of(source: Source, site: Site) -> list[ast.expr]:
    """The tensors of a site as far as its text tells."""
    return candidates(source, site)
