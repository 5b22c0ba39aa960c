"""Classes that derive from a layer of Keras are read as if they said by name what goes to the layer's constructor.

`def __init__(self, filters, **kwargs): super().__init__(filters, 3, **kwargs)` of a class that is made with strides is
`def __init__(self, filters, strides=1, **kwargs): super().__init__(filters, 3, strides=strides, **kwargs)`: the layer
of a target takes other arguments, so that what is only handed on has to be told apart. What has no meaning for the
network (a name, a regularizer) stays in `**kwargs`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.reading import classes, derived_calls
from pivot.reading.keras_activated import names_keras, stand_in_call
from pivot.reading.keras_arguments import OF_ONE, RENAMED
from pivot.reading.keras_frozen import drop_what_keras_does
from pivot.reading.keras_layers_started import set_by_build
from pivot.reading.keras_names import BASES
from pivot.reading.keras_replaced import keep_arguments, replaces_all
from pivot.reading.own_constructors import insert
from pivot.reading.passed_on import PassedOn
from pivot.reading.values import Api, ClassObject, Value
from pivot.reading.walking import walk
from pivot.slots import MISSING, Ignored

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pivot.op import Form
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

SETTLED = "settled"
PLAIN = "keras.layers.Layer"
Parameters = dict[str, ast.expr | None]
"""Names of parameters with their defaults; None: it has none."""


def settle(ev: Evaluator, node: ast.ClassDef, bases: list[Value], frame: Frame) -> list[Value]:
    """Name the arguments of a class that derives from a layer, and put the layer's function into its `call`; the bases
    that the class then has: one that takes nothing of the layer is a plain one.
    """
    above = [b.hint for b in bases if isinstance(b.hint, (Api, ClassObject))]
    base = next((b for b in above if layer_of(b) is not None), None)
    layer = layer_of(base) if base is not None else None
    forms = ev.opset.find("keras", "call", layer.name) if layer is not None else ()
    form = next((f for f in forms if f.kind == "layer"), None)
    if layer is None or form is None or len(bases) > 1 or set_by_build(node, base):
        return bases
    if SETTLED in node.__dict__:
        return [Value(Api(PLAIN))] if node.__dict__[SETTLED] == PLAIN else bases
    node.__dict__[SETTLED] = layer.name
    direct = isinstance(base, Api)
    init = method(node, "__init__")
    if init is None and direct:
        made = ast.parse("def __init__(self, *args, **kwargs):\n    super().__init__(*args, **kwargs)").body[0]
        assert isinstance(made, ast.FunctionDef)
        init = made
        insert(node, made)
    if init is not None:
        taken = with_older_names(of_form(form), layer.name) if direct else of_class(ev, base)
        PassedOn(init, taken, derived_calls.of(ev, node)).name_all()
        named = direct and replaces_all(node) and names_keras(ev, frame)
        if named and keep_arguments(node, init, layer.name.rpartition(".")[2], of_form(form)):
            node.__dict__[SETTLED] = PLAIN
            return [Value(Api(PLAIN))]
    call = method(node, "call")
    if call is not None and len(form.op.inputs) == 1:
        name_the_input(call)
    if call is not None and layer.name == "keras.layers.BatchNormalization":
        drop_what_keras_does(call)
    if direct and init is not None:
        stand_in_call(ev, node, init, form, layer.name.rpartition(".")[2], frame)
    return bases


def name_the_input(call: ast.FunctionDef) -> None:
    """`def call(self, *args, **kwargs)` of a layer that takes one tensor, and only hands all of it on: `inputs`."""
    rest = call.args.vararg
    if rest is None or len(call.args.args) != 1 or call.args.posonlyargs:
        return
    starred = [n for n in walk(call) if isinstance(n, ast.Starred)]
    handed = [n for n in starred if isinstance(n.value, ast.Name) and n.value.id == rest.arg]
    if len(handed) != sum(isinstance(n, ast.Name) and n.id == rest.arg for n in walk(call)):
        return
    call.args.args.append(ast.copy_location(ast.arg("inputs"), rest))
    call.args.vararg = None
    for node in walk(call):
        if isinstance(node, ast.Call):
            node.args = [ast.copy_location(ast.Name("inputs", ast.Load()), a) if a in handed else a for a in node.args]


def layer_of(base: Api | ClassObject) -> Api | None:
    """The layer of the library that a base is or derives from."""
    found = base if isinstance(base, Api) else classes.library_base(base)
    return found if found is not None and found.name.startswith("keras.layers.") and found.name not in BASES else None


def method(node: ast.ClassDef, name: str) -> ast.FunctionDef | None:
    """A method that a class defines itself."""
    return next((s for s in node.body if isinstance(s, ast.FunctionDef) and s.name == name), None)


def of_form(form: Form) -> Parameters:
    """What the constructor of a layer takes that means something for the network.

    What one form of it has to be told, `return_sequences=True`, has its default in another.
    """
    alike = [f for f in form.op.forms.get(form.framework, ()) if (f.name, f.kind) == (form.name, form.kind)]
    defaults = {s.name: s.default for f in alike for s in f.args if s.default is not MISSING}
    found: Parameters = {}
    for slot in form.args:
        if slot.name is not None and (slot.name.endswith("_initializer") or not isinstance(slot.value, Ignored)):
            said = slot.default if slot.default is not MISSING else defaults.get(slot.name, MISSING)
            found[slot.name] = None if said is MISSING else default(said)
    return found


def with_older_names(taken: Parameters, name: str) -> Parameters:
    """The same under its names of all times."""
    found = dict(taken)
    older: Mapping[str, str] = {**RENAMED, **OF_ONE.get(name.rpartition(".")[2], {})}
    for old, new in older.items():
        if new in found and old not in found:
            found[old] = found[new]
    return found


def of_class(ev: Evaluator, base: object) -> Parameters:
    """What the constructor of a class of the program takes, which was settled before."""
    hit = classes.member(ev, base, "__init__") if isinstance(base, ClassObject) else None
    node = getattr(hit[0].hint, "node", None) if hit is not None else None
    if not isinstance(node, ast.FunctionDef):
        return {}
    spec = node.args
    positional = [a.arg for a in spec.args][1:]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(spec.defaults)) + list(spec.defaults)
    found: Parameters = dict(zip(positional, defaults, strict=True))
    found.update({a.arg: d for a, d in zip(spec.kwonlyargs, spec.kw_defaults, strict=True)})
    return found


def default(value: object) -> ast.expr:
    """A default as a person writes it: `1` for the same number along every axis."""
    if isinstance(value, tuple) and value and all(item == value[0] for item in value):
        value = value[0]
    return ast.parse(repr(value), mode="eval").body
