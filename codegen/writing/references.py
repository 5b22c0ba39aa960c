"""Names and attributes in the target's words: locals stay, what libraries call a thing becomes what stands for it."""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING

from codegen.writing import nodes, program_calls
from codegen.writing.naming import defines, member_key, reference_to
from pivot.reading.keras_answers import ITSELF
from pivot.reading.number_kinds import ALIASES
from pivot.reading.values import Api, ClassObject, FunctionObject
from pivot.types import DTYPES

if TYPE_CHECKING:
    from codegen.writing.expressions import Expressions

FRAMEWORK_ROOTS = {"torch", "torchvision", "tensorflow", "keras", "einops", "einx"}
KEPT_ROOTS = {
    "builtins", "math", "functools", "inspect", "collections", "typing", "itertools", "copy", "dataclasses", "enum",
    "operator", "warnings", "numpy", "stdlib", "types", "abc", "numbers", "string", "re", "random", "keyword",
    "importlib",
}  # fmt: skip


def reference(e: Expressions, node: ast.Name | ast.Attribute) -> ast.expr:
    """A name or attribute: locals stay, library classes become adapters, reserved attributes are renamed."""
    if isinstance(node, ast.Name):
        if node.id and node.id == e.mode_name:
            return nodes.name("self.training")
        if node.id in e.gone:
            return nodes.gone()
        if node.id in e.locals:
            return node
        if node.id in e.imported and (found := imported_here(e, node)) is not None:
            return found
    key = member_key(e.w, node, e.file, e.locals)
    if key is not None:
        return reference_to(key)
    api = e.w.static_api(node, e.file, e.locals)
    if api is not None and not isinstance(node, ast.Name):
        made = library(e, api)
        if made is not None:
            return made
    if api is not None and isinstance(node, ast.Name) and api.root in FRAMEWORK_ROOTS:
        made = library(e, api)
        if made is not None:
            return made
    if isinstance(node, ast.Name):
        number = library_number(e, node)
        return ast.Constant(None) if program_calls.names_a_device(e, node) else number or node
    owner = e.expr(node.value)
    if isinstance(node.value, ast.Name) and f"{node.value.id}.{node.attr}" in e.gone:
        return nodes.gone()
    if isinstance(owner, nodes.Gone) or (node.attr in e.w.lost and isinstance(node.value, ast.Name)):
        return nodes.gone()
    return ast.Attribute(owner, e.w.attribute_name(node), node.ctx)


def imported_here(e: Expressions, node: ast.Name) -> ast.expr | None:
    """The definition of the program that the function itself imports under a name."""
    met = [value.hint for _, value in e.w.trace.resolved.get(id(node), [])]
    hint = met[0] if met and all(h is met[0] for h in met) else None
    if isinstance(hint, (ClassObject, FunctionObject)) and defines(e.w, hint.file, hint.name):
        return reference_to((hint.file, hint.name))
    return None


def library_number(e: Expressions, node: ast.Name) -> ast.expr | None:
    """`pi` of `from torch import pi` is that of Python's own library."""
    scope = e.w.scope_of(e.file)
    for statement in scope.lazy.get(node.id, []) if scope is not None else ():
        if isinstance(statement, ast.ImportFrom) and (statement.module or "") in FRAMEWORK_ROOTS:
            name = next((a.name for a in statement.names if (a.asname or a.name) == node.id), "")
            return nodes.name(f"math.{name}") if name in ("pi", "e", "inf", "nan") else None
    return None


def library(e: Expressions, api: Api) -> ast.expr | None:
    """A library name used as a value."""
    if api.root in KEPT_ROOTS:
        return ast.Constant(None) if api.name == "numpy.newaxis" else None
    if api.name in ITSELF:
        return e.w.target.identity()
    if ("adapter", api.name) in e.w.sites.sites:
        return e.w.adapters.reference(api.name)
    kind = e.w.source.kinds.get(api.name)
    if kind in ("tensor", "module", "sequential", "identity"):
        e.w.framework_name = True
        return nodes.name(e.w.target.names[kind])
    made = e.w.adapters.reference(api.name)
    if made is not None:
        return made
    owner, _, last = api.name.partition(".")
    last = ALIASES.get(last, last) if owner == "torch" else last
    if owner in ("torch", "tensorflow") and last in DTYPES:
        return nodes.name(f"torch.{last}") if e.w.target.framework == "torch" else ast.Constant(last)
    return nodes.name(f"math.{last}") if last in ("pi", "e", "inf", "nan") else nodes.gone()


def gone_imports(e: Expressions, node: ast.Import | ast.ImportFrom) -> set[str]:
    """The names that an import inside a function binds to what the target has nothing for."""
    if (
        not isinstance(node, ast.ImportFrom)
        or node.level
        or (node.module or "").partition(".")[0] not in FRAMEWORK_ROOTS
    ):
        return set()
    found = {a.asname or a.name: Api(e.w.ev.dialect.canonical(f"{node.module}.{a.name}")) for a in node.names}
    return {name for name, api in found.items() if isinstance(library(e, api), nodes.Gone)}


def kept_import(node: ast.Import | ast.ImportFrom) -> list[ast.stmt]:
    """What a function imports itself of the libraries that both frameworks use: `import numpy as np`."""
    if isinstance(node, ast.Import):
        return [ast.Import([a]) for a in node.names if a.name.partition(".")[0] in KEPT_ROOTS]
    kept = not node.level and (node.module or "").partition(".")[0] in KEPT_ROOTS
    return [copy.copy(node)] if kept else []


def by_new_name(e: Expressions, node: ast.Call) -> ast.Call:
    """`hasattr(self, "weights_")` for `hasattr(self, "weights")`, where the target calls the attribute so."""
    known = isinstance(node.func, ast.Name) and node.func.id in ("delattr", "getattr", "hasattr", "setattr")
    if not known or len(node.args) < 2 or not isinstance(node.args[0], ast.Name):
        return node
    owner, said, *more = node.args
    if not isinstance(said, ast.Constant) or not isinstance(said.value, str):
        return node
    name = e.w.attribute_name(ast.Attribute(owner, said.value, ast.Load()))
    return node if name == said.value else ast.Call(node.func, [owner, ast.Constant(name), *more], node.keywords)
