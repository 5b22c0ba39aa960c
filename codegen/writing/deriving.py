"""Classes that derive from a layer of the library: from the target's layer, or from a Sequential of several layers."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codegen.writing import nodes
from codegen.writing.plans import Unwritable
from pivot.reading.trace import Visit

if TYPE_CHECKING:
    from codegen.writing.expressions import Expressions
    from codegen.writing.sites import Site
    from codegen.writing.writer import Writer
    from pivot.reading.modules import ModuleObject
    from pivot.reading.values import ClassObject


def derived_site(w: Writer, cls: ClassObject) -> Site | None:
    """Where the constructor of a class calls that of its library base, if the base is a layer."""
    for site in w.sites.sites.values():
        if site.visits and site.visits[0].kind == "super" and site.visits[0].frame.owner is cls:
            return site
    return None


def derived_layer(site: Site) -> str | None:
    """The target's layer that a class can derive from; None where it takes several, or another one per case.

    Some layers of Keras save nothing but their own weights: one with a parameter more stands in a Sequential.
    """
    if any(len(module.parameters) > len(module.weights) + counters(module) for module in site.modules):
        return None
    names: set[str] = set()
    for case in site.cases:
        steps = case.members[0].chosen.steps if case.members[0].chosen is not None else ()
        names.add(steps[0].form.name if len(steps) == 1 and steps[0].form.kind == "layer" else "")
    return next(iter(names)) if len(names) == 1 and "" not in names else None


def counters(module: ModuleObject) -> int:
    """Stored numbers of a library layer that are no weights of its op."""
    assert module.form is not None
    paths = {term.path for place in module.form.weights.values() for term in place.terms}
    return len(paths & module.parameters.keys()) - len(module.weights)


def super_init(e: Expressions, node: ast.Call, visits: list[Visit]) -> ast.expr:
    """`super().__init__(filters=...)` of a layer, or `super().__init__([padding, convolution])` of a Sequential."""
    site = e.w.sites.sites.get(("call", id(node)))
    if site is None or not site.cases:
        raise Unwritable(site.why if site is not None and site.why else f"{visits[0].name} is never applied")
    init = ast.Attribute(nodes.call("super"), "__init__", ast.Load())
    single = derived_layer(site)
    made: ast.expr | None = None
    for case in reversed(site.cases):
        layers = e.layers(node, case.members)
        if single is None:
            text: ast.expr = ast.List(layers, ast.Load())
        else:
            assert isinstance(layers[0], ast.Call)
            text = ast.Call(init, layers[0].args, layers[0].keywords)
        made = text if made is None or case.test is None else ast.IfExp(case.test, text, made)
    assert made is not None
    if single is None:
        made = ast.Call(init, [made], [])
    e.w.link(node, made, [m.node for m in site.lowered])
    return made
