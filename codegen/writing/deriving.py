"""Classes that derive from a layer of the library: from the target's layer, or from a Sequential of several layers.

In PyTorch a Sequential calls all that it holds, so that a class of several layers holds them as one attribute instead.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codegen.writing import nodes
from codegen.writing.plans import Unwritable
from pivot.reading import keras_modes
from pivot.reading.trace import Visit
from pivot.reading.values import MODE, Api
from pivot.reading.walking import walk

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


def derived_layer(site: Site, saves_all: bool = False) -> str | None:
    """The target's layer that a class can derive from; None where it takes several, or another one per case.

    Some layers of Keras save nothing but their own weights: one with a parameter more stands in a Sequential, unless
    the target `saves_all`.
    """
    if not saves_all and any(len(m.parameters) > len(m.weights) + counters(m) for m in site.modules):
        return None
    if saves_all and displaced(site):
        return None
    names: set[str] = set()
    for case in site.cases:
        steps = case.members[0].chosen.steps if case.members[0].chosen is not None else ()
        names.add(steps[0].form.name if len(steps) == 1 and steps[0].form.kind == "layer" else "")
    return next(iter(names)) if len(names) == 1 and "" not in names else None


def displaced(site: Site) -> set[str]:
    """What a class sets or defines under a name that the target's layer uses itself."""
    cls = site.visits[0].frame.owner if site.visits else None
    nodes_ = [n for c in cls.mro() if not isinstance(c, Api) for n in walk(c.node)] if cls is not None else []
    own = {n.attr for n in nodes_ if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)}
    own |= {n.name for n in nodes_ if isinstance(n, ast.FunctionDef)}
    steps = [s for case in site.cases for m in case.members if m.chosen is not None for s in m.chosen.steps]
    used = {slot.name for step in steps for slot in step.form.args if slot.name is not None}
    used |= {place.path for step in steps for place in step.form.weights.values()}
    return own & (used | {"reset_parameters"})


def is_held(w: Writer, site: Site) -> bool:
    """Does a class hold what its base does, instead of deriving from a layer?"""
    return w.target.builds_early and derived_layer(site, True) is None


def held_name(cls: ClassObject) -> str:
    """The attribute that holds it: a name that no class of the program uses there."""
    taken = {n.attr for c in cls.mro() if not isinstance(c, Api) for n in walk(c.node) if isinstance(n, ast.Attribute)}
    return next(name for name in ("layer", "base_layer", "inner_layer", "library_layer") if name not in taken)


def held(e: Expressions, node: ast.expr, visits: list[Visit]) -> list[ast.stmt]:
    """`self.layer = nn.Sequential(...)` behind `super().__init__()`; nothing where a class derives from a layer."""
    site = e.w.sites.sites.get(("call", id(node)))
    cls = visits[0].frame.owner if visits else None
    if site is None or cls is None or not isinstance(node, ast.Call) or visits[0].form is None:
        return []
    if not is_held(e.w, site):
        return []
    made: ast.expr | None = None
    for case in reversed(site.cases):
        layers = e.layers(node, case.members)
        text = layers[0] if len(layers) == 1 else e.w.target.row(ast.List(layers, ast.Load()))
        made = text if made is None or case.test is None else nodes.choice(case.test, text, made)
    assert made is not None
    e.w.link(node, made, [m.node for m in site.lowered])
    return [ast.Assign([nodes.name(f"self.{held_name(cls)}")], made)]


def above(e: Expressions, visits: list[Visit]) -> ast.expr | None:
    """What `super().call` of a derived class calls where the class holds what its base does."""
    module = visits[0].module
    made = module.made_by if module is not None else None
    site = e.w.sites.sites.get(("call", id(made.node))) if made is not None else None
    if site is None or made is None or made.frame.owner is None or not site.cases or not is_held(e.w, site):
        return None
    return nodes.name(f"self.{held_name(made.frame.owner)}")


STAYING = '''
def train(self, mode=True):
    """Stay in evaluation."""
    return super().train(False)
'''


def staying() -> ast.stmt:
    """`train`, of a class whose base is always called in evaluation."""
    made = ast.parse(STAYING).body[0]
    made.__dict__["blank"] = 1
    return made


def stays_in_evaluation(w: Writer, cls: ClassObject) -> bool:
    """Does a class call its base in evaluation alone, `super().call(x, training=False)`, and nothing beside that would
    do something else in training?
    """
    if w.target.mode_argument or not w.source.mode_argument:
        return False
    met = [v for visits in w.trace.visits.values() for v in visits if v.kind == "apply" and v.name == "super"]
    own = [v for v in met if v.frame.owner is cls and v.module is not None and v.module.form is not None]
    modules = [v.module for v in own if v.module is not None]
    if not own or not all(is_fixed(v) for v in own):
        return False
    return all(keras_modes.is_own(m, keras_modes.moved(m), v.frame) for m, v in zip(modules, own, strict=True))


def is_fixed(visit: Visit) -> bool:
    """Is a base called in evaluation, whatever the mode is?"""
    said = visit.kwargs.get("training", visit.args[1] if len(visit.args) == 2 else None)
    return said is not None and said.hint is False and not said.depends & MODE


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
    if is_held(e.w, site):
        return ast.Call(init, [], [])
    single = derived_layer(site, e.w.target.builds_early)
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
