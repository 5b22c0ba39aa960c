"""The target file: definitions that the entry needs, in the source's order, with the imports they need."""

from __future__ import annotations

import ast
import copy
from collections.abc import Sequence
from pathlib import Path

from codegen.target import Alias, Target
from codegen.writing import module_values, nodes, own_code
from codegen.writing.definition_order import in_order
from codegen.writing.expressions import Expressions
from codegen.writing.factories import direct_factory
from codegen.writing.naming import Key, rename_definitions
from codegen.writing.plain_activations import write_activations
from codegen.writing.plans import RAISES, Unwritable
from codegen.writing.recurrent_rows import write_rows
from codegen.writing.references import KEPT_ROOTS
from codegen.writing.registrations import registering, registrations
from codegen.writing.rows import gather
from codegen.writing.start_comments import tell_starts
from codegen.writing.start_names import name_starts
from codegen.writing.state_entries import take_entries
from codegen.writing.statements import Statements
from codegen.writing.writer import Writer, WrittenModule
from pivot.problems import Refusal, refuse
from pivot.reading import command_line, imports
from pivot.reading.frames import Scope
from pivot.reading.restating import helper
from pivot.reading.values import ClassObject, ModuleScope
from pivot.reading.walking import replace_below, walk

UNMAPPED = '''
def _unmapped(what, *args):
    """Stands for an operation that was not mapped."""
    raise NotImplementedError(what)
'''


def write_module(w: Writer, docstring: str) -> WrittenModule:
    """Write the entry, then everything it mentions. Raises Refusal where a part that was met cannot be written."""
    entry_file = next(iter(w.ev.files))
    entry_node = w.ev.entry_node
    assert entry_node is not None
    e = Expressions(w, entry_file, set(), False)
    try:
        library: dict[str, tuple[str, str]] = {}
        factory = direct_factory(w, e, library)
        if factory is not None:
            w.out.entry = ast.Call(ast.Name(factory.name, ast.Load()), [], [])
            w.mention_names(factory, entry_file)
            w.unmade.name_current((entry_file, factory.name))
        else:
            w.out.entry = e.expr(entry_node)
            w.mention_names(w.out.entry, entry_file)
            root = w.done.network.root
            if root.form is not None and not isinstance(root.cls, ClassObject) and not w.target.single_root:
                w.out.entry = w.target.row(ast.List([w.out.entry], ast.Load()))
        written = collect(w, library, {(entry_file, factory.name): [factory]} if factory is not None else {})
    except Unwritable as no:
        fatal = next((p for p in w.out.problems if p.severity == "error"), None)
        if fatal is not None:
            raise Refusal(fatal) from None
        raise refuse("unwritable", entry_file, 1, 1, str(no), "write it with operations the target has") from None
    return put_together(w, written, [], library, docstring)


def put_together(
    w: Writer,
    written: dict[Key, list[ast.stmt]],
    more: Sequence[ast.stmt],
    library: dict[str, tuple[str, str]],
    docstring: str,
) -> WrittenModule:
    """The file: imports and helpers, the written definitions in order, and `more` that stands behind them."""
    rename_definitions(w, written)
    library.update({name: (module, item or "") for name, (module, item) in w.imports.items()})
    write_rows(written)
    write_activations(written, w.out.entry)
    body: list[ast.stmt] = []
    for key in in_order(w, written, {key: line_of(w, key) for key in written}):
        body.extend(written[key])
    body.extend(more)
    read = {n.id for s in (*body, w.out.entry) for n in walk(s) if isinstance(n, ast.Name)}  # Net(act=nn.Tanh)
    adapters = w.adapters.definitions(read)
    w.out.unverified = [
        u for u in w.out.unverified if u.partition(":")[0] in read or not u.partition(":")[0].isidentifier()
    ]
    for statement in adapters:
        statement.__dict__.setdefault("blank", 2)
    adapters = [*map(helper_definition, w.helpers), *own_code.definitions(w, read, body), *adapters]
    adapters = [*target_helpers(w, [*adapters, *body]), *adapters]
    if RAISES in read or any(isinstance(n, ast.Name) and n.id == RAISES for s in adapters for n in walk(s)):
        adapters.insert(0, unmapped_helper())
    body = [*adapters, *body]
    for statement in body:
        take_entries(statement)
    called = ast.Expr(w.out.entry)
    tell_starts(w.trace, body)
    body = [*name_starts([*body, called], library), *body]
    w.out.entry = called.value
    if w.starts_as_source:
        body = w.target.start_as_source(w, body)
    library.setdefault("math", ("math", ""))  # what weights are drawn by is computed with it
    if w.target.holds_modules:
        gather(body, w.target.names["sequential"])
    if w.target.public_classes:
        public_names(body, w)
    shortened = shorten(body, w)
    head: list[ast.stmt] = [ast.Expr(ast.Constant(docstring))] if docstring else []
    called = ast.Expr(w.out.entry)
    shorten_below(called, shortened)
    imports_ = import_statements(w.target, library, [*body, called], shortened)
    tree = ast.Module([*head, *imports_, *body], [])
    w.out.entry = called.value
    w.out.tree = tree
    return w.out


def collect(
    w: Writer, library: dict[str, tuple[str, str]], written: dict[Key, list[ast.stmt]]
) -> dict[Key, list[ast.stmt]]:
    """Write every definition that is mentioned, and those that these mention."""
    while True:
        todo = [k for k in w.wanted if k not in written]
        if not todo:
            for key, (line, statements) in registrations(w, written).items():
                written[key], w.registered[key] = statements, line
                for statement in statements:
                    w.mention_names(statement, key[0])
            for key in registering(w, written):  # written anew, with the decorator
                w.registering.add(key)
                written.pop(key, None)
                w.wanted.setdefault(key)
            for key in w.unmade.recalled(written):
                written.pop(key)
            if all(k in written for k in w.wanted):
                break
        for key in todo:
            w.unmade.current = key
            written[key] = write_name(w, key, library)
            for statement in written[key]:
                w.mention_names(statement, key[0])
    w.unmade.tell(written)
    return written


def write_name(w: Writer, key: Key, library: dict[str, tuple[str, str]]) -> list[ast.stmt]:
    """The definition of one module-level name."""
    file, name = key
    scope = w.scope_of(file) or imports.open_file(w.ev, Path(file))  # restated, and named in an arm nobody took
    if name in w.ev.override_nodes:
        text = w.ev.override_nodes[name]
        if any(visit.module is not None for part in walk(text) for visit in w.trace.of(part)):  # it makes layers
            return Statements(w, file, set(), False).statement(ast.Assign([ast.Name(name, ast.Store())], text))
        return [bound_outside(w, text, name, library)]
    given = command_line.as_namespace(w.ev, scope.names.get(name))
    if given is not None:
        return [bound_outside(w, given, name, library)]
    if name not in scope.lazy:
        follow_stars(w, name, scope, library)
    out: list[ast.stmt] = []
    met = {id(s) for s in scope.lazy.get(name, []) if id(s) in w.trace.executed and isinstance(s, ast.Assign)}
    over = superseded(w, scope, name)
    for statement in scope.lazy.get(name, []):
        last = scope.lazy[name][-1]
        inside = import_inside(w, statement, name)
        if inside is not None:
            out.extend(follow_import(w, inside, name, scope, library))
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            continue
        if (met and id(statement) not in met and is_anew(w, statement)) or id(statement) in over:
            continue  # it binds the name anew behind what was asked for, or before it: `model@1`
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            if statement is last:
                out.extend(definition(w, statement, scope, file))
        else:
            body = Statements(w, file, set(), False)
            whole = w.tables.without_unmade(statement, name, scope)
            if whole is None:
                continue
            for made in body.statement(whole) or known_constant(statement, name, scope):
                bound = simple_targets(made)
                if bound and name not in bound and "carried" not in made.__dict__:
                    continue  # another name of the same `try` or `if`: written where it is asked for
                if bound and not out and name not in library and key not in w.imported and reads_itself(made, name):
                    why = f"{w.short(file)}:{made.lineno}: {name} wraps what the target does not have"
                    made = w.adapters.refusing(name, why)
                out.append(made)
            if not out and name not in library and key not in w.imported:
                out.extend(without_import(statement, name))
    return out


def is_anew(w: Writer, statement: ast.stmt) -> bool:
    """Does a statement bind a name to something else: an assignment, or a definition that nothing came to?"""
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return id(statement) not in w.trace.executed
    return isinstance(statement, ast.Assign)


def superseded(w: Writer, scope: Scope, name: str) -> set[int]:
    """Statements whose value of a name is gone before anything reads it, since a later one binds it anew."""
    own = [s for s in scope.lazy.get(name, []) if id(s) in w.trace.executed]
    anew = [s for s in own if isinstance(s, ast.Assign) and simple_targets(s) == [name] and not reads_itself(s, name)]
    if not anew:
        return set()
    last = anew[-1].lineno
    others = {id(s): s for statements in scope.lazy.values() for s in statements if id(s) in w.trace.executed}
    between = [s for s in others.values() if s.lineno < last and not any(s is mine for mine in own)]
    if any(isinstance(n, ast.Name) and n.id == name for s in between for n in walk(s)):
        return set()
    return {id(s) for s in own if s.lineno < last and isinstance(s, (ast.Assign, ast.AugAssign, ast.Expr))}


def without_import(node: ast.stmt, name: str) -> list[ast.stmt]:
    """What a name is where its import fails: `try: from a import B` / `except ImportError: B = None`.

    The target has no such library; the proof finds it where the network would be another one.
    """
    handlers = node.handlers if isinstance(node, ast.Try) else []
    return [
        copy.deepcopy(s)
        for s in (handlers[0].body if handlers else [])
        if isinstance(s, ast.Assign) and simple_targets(s) == [name] and isinstance(s.value, ast.Constant)
    ]


def simple_targets(node: ast.stmt) -> list[str]:
    """The names that an assignment binds; none for every other statement, and where it changes an object too."""
    targets = node.targets if isinstance(node, ast.Assign) else []
    names = [n.id for target in targets for n in walk(target) if isinstance(n, ast.Name)]
    return names if all(isinstance(t, (ast.Name, ast.Tuple, ast.List)) for t in targets) else []


def reads_itself(node: ast.stmt, name: str) -> bool:
    """Does an assignment ask for the name that it binds?"""
    value = node.value if isinstance(node, ast.Assign) else None
    return value is not None and any(isinstance(n, ast.Name) and n.id == name for n in walk(value))


def import_inside(w: Writer, node: ast.stmt, name: str) -> ast.Import | ast.ImportFrom | None:
    """The import that bound a name, also in a condition or `try` around it: the one that was met, else the first."""
    if not isinstance(node, (ast.Import, ast.ImportFrom, ast.If, ast.Try)):
        return None
    found = [
        n
        for n in walk(node)
        if isinstance(n, (ast.Import, ast.ImportFrom)) and any(name in (a.asname, a.name) for a in n.names)
    ]
    met = [n for n in found if id(n) in w.trace.executed]
    return node if isinstance(node, (ast.Import, ast.ImportFrom)) else next(iter([*met, *found]), None)


def known_constant(node: ast.stmt, name: str, scope: Scope) -> list[ast.stmt]:
    """`HAS_GELU = "gelu" in dir(F)`: an assignment that asks the source's library something stands with the answer."""
    value = scope.names.get(name)
    if isinstance(node, ast.Assign) and value is not None and isinstance(value.hint, (bool, int, float, str)):
        return [nodes.like(ast.Assign([ast.Name(name, ast.Store())], nodes.literal(value.hint)), node)]
    return []


def definition(w: Writer, node: ast.FunctionDef | ast.ClassDef, scope: Scope, file: str) -> list[ast.stmt]:
    """A function or class; one that is only mentioned and cannot be written refuses when it is called."""
    try:
        if isinstance(node, ast.FunctionDef):
            return [w.definitions.function(node, file)]
        value = scope.names.get(node.name)
        if value is not None and isinstance(value.hint, ClassObject):
            return [w.definitions.class_(value.hint)]
        return []
    except Unwritable as no:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        if any(w.trace.frames.get(id(part)) for part in inner):
            raise
        return [w.adapters.refusing(node.name, f"{w.short(file)}:{node.lineno}: {no}")]


def bound_outside(w: Writer, text: ast.expr, name: str, library: dict[str, tuple[str, str]]) -> ast.stmt:
    """A name that was bound from outside stands with the value it was given."""
    read = {n.id for n in walk(text) if isinstance(n, ast.Name)}
    if "SimpleNamespace" in read:
        library["SimpleNamespace"] = ("types", "SimpleNamespace")
    if "np" in read:
        library["np"] = ("numpy", "")
    return ast.Assign([ast.Name(name, ast.Store())], copy.deepcopy(text))


def follow_import(
    w: Writer, node: ast.Import | ast.ImportFrom, name: str, scope: Scope, library: dict[str, tuple[str, str]]
) -> list[ast.stmt]:
    """An imported name: from the standard library it is imported again, from a sibling file it is defined here.

    A module that is a value is what is returned.
    """
    for alias in node.names:
        if (alias.asname or alias.name.partition(".")[0]) != name and alias.asname != name and alias.name != name:
            continue
        module = node.module or "" if isinstance(node, ast.ImportFrom) else alias.name
        frame = w.ev.module_frame(scope)
        if isinstance(node, ast.ImportFrom):
            path = imports.defined_in(w.ev, node, alias.name, frame)
            if path is not None:
                value = scope.names.get(name)
                if value is not None and isinstance(value.hint, ModuleScope):
                    assert isinstance(value.hint.scope, Scope)
                    return [module_values.namespace(w, name, value.hint.scope, (scope.file, node), library)]
                w.imported[scope.file, name] = (str(imports.resolved(path)), alias.name)
                w.wanted.setdefault((str(imports.resolved(path)), alias.name))
                return []
        root = module.partition(".")[0]
        if root in KEPT_ROOTS:
            library[name] = (module, alias.name) if isinstance(node, ast.ImportFrom) else (alias.name, "")
    return []


def follow_stars(w: Writer, name: str, scope: Scope, library: dict[str, tuple[str, str]]) -> None:
    """A name that `from ... import *` binds: the last file that has it defines it."""
    frame = w.ev.module_frame(scope)
    for statement in reversed(scope.stars):
        path = imports.file_of(w.ev, statement, frame)
        other = w.scope_of(str(imports.resolved(path))) if path is not None else None
        if other is not None and imports.asks_back(w.ev, other, name, {scope.file}):
            continue
        if other is not None and (name in other.lazy or name in other.names):
            w.imported[scope.file, name] = (other.file, name)
            w.wanted.setdefault((other.file, name))
            return
        root = (statement.module or "").partition(".")[0]
        if path is None and root in KEPT_ROOTS:
            library[name] = (statement.module or "", name)


def line_of(w: Writer, key: Key) -> int:
    """Where the source binds a name: the last definition, of a value the first binding that is written."""
    scope = w.scope_of(key[0])
    own = scope is not None and key[1] in scope.lazy and key[1] not in w.ev.override_nodes
    over = superseded(w, scope, key[1]) if own and scope is not None else set()
    found = [s for s in scope.lazy[key[1]] if id(s) not in over] if own and scope is not None else []
    found = [s for s in found if id(s) in w.trace.executed] or found
    plain = all(isinstance(s, ast.Assign) for s in found)  # every binding is written, the first one first
    return found[0 if plain else -1].lineno if found else w.registered.get(key, 0)


def helper_definition(name: str) -> ast.stmt:
    """A function or class that the target's library lacks."""
    made = helper(name)
    made.__dict__["blank"] = 2
    return made


def target_helpers(w: Writer, body: list[ast.stmt]) -> list[ast.stmt]:
    """Small definitions that the target's spellings use: those that are read, each behind those that it reads."""
    read = {n.id for s in body for n in walk(s) if isinstance(n, ast.Name)}
    found: list[ast.stmt] = []
    for name, text in w.target.helpers().items():
        if name in read:
            found.insert(0, ast.parse(text).body[0])
            read |= {n.id for n in walk(found[0]) if isinstance(n, ast.Name)}
    for statement in found:
        statement.__dict__["blank"] = 2
    return found


def unmapped_helper() -> ast.stmt:
    """What stands for an operation that nobody mapped."""
    made = ast.parse(UNMAPPED).body[0]
    assert isinstance(made, ast.FunctionDef)
    made.name, made.__dict__["blank"] = RAISES, 2
    return made


class Renamer(ast.NodeTransformer):
    """Gives classes other names."""

    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        node.id = self.names.get(node.id, node.id)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.stmt:
        self.generic_visit(node)
        node.name = self.names.get(node.name, node.name)
        return node


def public_names(body: list[ast.stmt], w: Writer) -> None:
    """Keras makes a layer's scope from its class name, and TensorFlow refuses scopes that begin with an underscore."""
    taken = {n.id for s in body for n in walk(s) if isinstance(n, ast.Name)}
    names: dict[str, str] = {}
    for statement in body:
        if isinstance(statement, ast.ClassDef) and statement.name.startswith("_") and makes_layers(statement, w):
            public = statement.name.lstrip("_")
            while public in taken:
                public += "Layer"
            names[statement.name] = public
    if names:
        w.out.renamed.update(names)
        for statement in body:
            Renamer(names).visit(statement)
        w.out.entry = Renamer(names).visit(w.out.entry)


def makes_layers(node: ast.ClassDef, w: Writer) -> bool:
    """May instances of a class be layers? A plain class keeps its name."""
    found = [scope.names.get(node.name) for scope in w.ev.scopes.values()]
    known = [value.hint for value in found if value is not None and isinstance(value.hint, ClassObject)]
    return not known or any(w.ev.dialect.is_module_class(cls) for cls in known)


def shorten_below(root: ast.AST, short: Sequence[Alias]) -> None:
    """`keras.layers.Dense` is `layers.Dense` where no scope binds `layers`."""
    names = {alias.path: alias.name for alias in short}

    def shortened(node: ast.Attribute) -> ast.expr | None:
        name = names.get(path_of(node) or "")
        return None if name is None else ast.copy_location(ast.Name(name, ast.Load()), node)

    replace_below(root, ast.Attribute, shortened)


def path_of(node: ast.expr) -> str | None:
    """`a.b.c` as text; None for what is not only names."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    return ".".join([node.id, *parts]) if isinstance(node, ast.Name) else None


def shorten(body: list[ast.stmt], w: Writer) -> list[Alias]:
    """Which parts of the target's library can be imported by their short names; the body is changed."""
    bound: set[str] = set()
    for statement in body:
        for node in walk(statement):
            if isinstance(node, ast.arg):
                bound.add(node.arg)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                bound.add(node.id)
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                bound.add(node.name)
    short = [alias for alias in w.target.aliases if alias.name not in bound]
    for statement in body:
        shorten_below(statement, short)
    return short


def import_statements(
    target: Target, library: dict[str, tuple[str, str]], body: list[ast.stmt], short: Sequence[Alias]
) -> list[ast.stmt]:
    """Imports of the standard library that are still read, then the target's."""
    names = {n.id for s in body for n in walk(s) if isinstance(n, ast.Name)}
    plain: list[ast.stmt] = []
    grouped: dict[str, list[ast.alias]] = {}
    for name, (module, item) in sorted(library.items()):
        if name not in names:
            continue
        if (name, module, item) == ("np", "numpy", ""):
            continue  # with the target's
        if not item:
            bound = module.partition(".")[0]  # `import collections.abc` binds collections
            plain.append(ast.Import([ast.alias(module, None if name in (module, bound) else name)]))
        else:
            grouped.setdefault(module, []).append(ast.alias(item, name if name != item else None))
    out: list[ast.stmt] = [*plain, *(ast.ImportFrom(m, a, 0) for m, a in sorted(grouped.items()))]
    used = [alias for alias in short if alias.name in names]
    third: list[ast.stmt] = []
    if target.framework in names or not used:
        third.append(ast.Import([ast.alias(target.framework, None)]))
    third += [
        ast.Import([ast.alias(root, None)]) for root in sorted(target.roots - {target.framework}) if root in names
    ]
    third += [alias.statement() for alias in used if alias.plain]
    if "np" in names and library.get("np") == ("numpy", ""):
        third.append(ast.Import([ast.alias("numpy", "np")]))
        third.sort(key=lambda made: (isinstance(made, ast.ImportFrom), ast.unparse(made)))
    named = [alias.statement() for alias in used if not alias.plain]
    if named:  # one statement for all of them
        parts = [alias for statement in named if isinstance(statement, ast.ImportFrom) for alias in statement.names]
        third.append(ast.ImportFrom(target.framework, parts, 0))
    if out and third:
        third[0].__dict__["blank"] = 1
    elif third:
        third[0].__dict__["blank"] = 0
    return [*out, *third]
