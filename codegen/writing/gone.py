"""Which parameters of functions go with the loading of weights, and which functions need the mode as an argument."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codegen.writing import nodes
from pivot.reading.initialising import PREFIX
from pivot.reading.modules import ModuleObject
from pivot.reading.own_layer import OWN, depends_on_mode
from pivot.reading.restating import is_restatement
from pivot.reading.trace import Visit
from pivot.reading.values import MODE, Api, FunctionObject, InstanceObject, Value
from pivot.reading.walking import walk

if TYPE_CHECKING:
    from codegen.writing.writer import Writer
    from pivot.reading.frames import Frame

LOADERS = ("load_state_dict", "load_state_dict_from_url", "load_url", "load_weights", "load_checkpoint")


def functions(w: Writer) -> list[FunctionObject]:
    """Every function of the program that was entered."""
    found: dict[int, FunctionObject] = {}
    for frames in w.trace.frames.values():
        for frame in frames:
            if frame.function is not None:
                found.setdefault(id(frame.function.node), frame.function)
    return list(found.values())


def find_gone_parameters(w: Writer) -> dict[int, set[str]]:
    """Parameters that only lead to the loading of weights: per function node, their names."""
    gone: dict[int, set[str]] = {}
    entered = [f for f in functions(w) if not isinstance(f.node, ast.Lambda)]
    for function in entered:
        names = {
            a.arg for a in (*function.node.args.posonlyargs, *function.node.args.args, *function.node.args.kwonlyargs)
        }
        for call in (n for n in walk(function.node) if isinstance(n, ast.Call) and loads_weights(n)):
            inside = {
                n.id
                for part in (*call.args, *(k.value for k in call.keywords))
                for n in walk(part)
                if isinstance(n, ast.Name)
            }
            for name in inside & names:
                if harmless(w, function, name):
                    gone.setdefault(id(function.node), set()).add(name)
    for function in entered:
        for name in required(function.node.args):
            if always_device(w, function, name):
                gone.setdefault(id(function.node), set()).add(name)
        spec = function.node.args
        for name in [a.arg for a in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)]:
            if always_starts(w, function, name):
                gone.setdefault(id(function.node), set()).add(name)
    calls = [
        visit
        for visits in w.trace.visits.values()
        for visit in visits
        if visit.kind in ("function", "class") and visit.entered is not None and isinstance(visit.node, ast.Call)
    ]
    for _ in range(5):
        before = sum(map(len, gone.values()))
        for visit in calls:
            spread_gone(w, visit, gone)
        if sum(map(len, gone.values())) == before:
            break
    for visit in calls:
        keep_spread(w, visit, gone)
    return gone


def keep_spread(w: Writer, visit: Visit, gone: dict[int, set[str]]) -> None:
    """A parameter that gets its value from a `*row` or a `**table`, which goes on to hold it, stays."""
    inner = visit.entered.function if visit.entered is not None else None
    if inner is None or not isinstance(visit.node, ast.Call) or id(inner.node) not in gone:
        return
    row = next((i for i, a in enumerate(visit.node.args) if isinstance(a, ast.Starred)), len(visit.args))
    named = {k.arg for k in visit.node.keywords}
    spread = visit.kwargs.keys() - named if None in named else set()
    gone[id(inner.node)] -= {*w.parameter_names([visit])[row : len(visit.args)], *spread}


def returned(w: Writer, function: ast.FunctionDef | None) -> ast.expr | None:
    """What all calls of a function gave, where that is one plain value that the configuration alone decides."""
    calls = [v for visits in w.trace.visits.values() for v in visits if v.entered is not None and v.entered.function]
    own = [v.result for v in calls if v.entered.function.node is function and not v.speculative]  # type: ignore[union-attr]
    plain = all(v is not None and isinstance(v.hint, (bool, int, float, str)) and not v.depends for v in own)
    hints = {v.hint for v in own if v is not None} if plain else set()
    return nodes.literal(hints.pop()) if len(hints) == 1 else None


def required(spec: ast.arguments) -> list[str]:
    """Parameters without a default."""
    plain = [a.arg for a in (*spec.posonlyargs, *spec.args)]
    named = [a.arg for a, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if default is None]
    return [*plain[: len(plain) - len(spec.defaults)], *named]


def always_device(w: Writer, function: FunctionObject, name: str) -> bool:
    """Was a parameter a device of the source's framework at all visits? The target places tensors by itself."""
    values = [frame.scope.names.get(name) for frame in w.trace.frames.get(id(function.node), [])]
    hints = [value.hint for value in values if value is not None]
    return bool(hints) and all(
        isinstance(h, InstanceObject) and isinstance(h.cls, Api) and h.cls.name.endswith(".device") for h in hints
    )


def always_starts(w: Writer, function: FunctionObject, name: str) -> bool:
    """Did a parameter only say what weights start from, `init(nn.Linear(4, 8), nn.init.orthogonal_)`, at all visits?

    The starts are written where the layers are made.
    """
    values = [frame.scope.names.get(name) for frame in w.trace.frames.get(id(function.node), [])]
    return bool(values) and all(value is not None and starts_weights(w, value.hint) for value in values)


def starts_weights(w: Writer, hint: object) -> bool:
    """Is this a function of torch.nn.init, or a lambda that calls one?"""
    if isinstance(hint, FunctionObject) and isinstance(hint.node, ast.Lambda):
        visits = w.trace.of(hint.node.body)
        return bool(visits) and all(v.kind == "dropped" for v in visits)
    return isinstance(hint, Api) and hint.name.startswith(PREFIX)


def harmless(w: Writer, function: FunctionObject, name: str) -> bool:
    """Did a parameter have no value of weight at any visit?"""
    for frame in w.trace.frames.get(id(function.node), []):
        value = frame.scope.names.get(name)
        if value is not None and not (value.hint is None or isinstance(value.hint, bool)):
            return False
    return True


def spread_gone(w: Writer, visit: Visit, gone: dict[int, set[str]]) -> None:
    """A parameter that is only handed on to one that went, went too."""
    assert visit.entered is not None and isinstance(visit.node, ast.Call)
    inner, outer = visit.entered.function, visit.frame.function
    if inner is None or outer is None or isinstance(outer.node, ast.Lambda) or id(inner.node) not in gone:
        return
    names = w.parameter_names([visit])
    own = {a.arg for a in (*outer.node.args.posonlyargs, *outer.node.args.args, *outer.node.args.kwonlyargs)}
    pairs = [(names[i], a) for i, a in enumerate(visit.node.args) if i < len(names)] + [
        (k.arg or "", k.value) for k in visit.node.keywords
    ]
    for name, arg in pairs:
        if name in gone[id(inner.node)] and isinstance(arg, ast.Name) and arg.id in own and harmless(w, outer, arg.id):
            loads = [n for n in walk(outer.node) if isinstance(n, ast.Name) and n.id == arg.id]
            if is_restatement(inner.file) and sum(isinstance(n.ctx, ast.Load) for n in loads) > 1:
                continue  # it is used elsewhere too
            gone.setdefault(id(outer.node), set()).add(arg.id)


def loads_weights(node: ast.Call) -> bool:
    """Is a call one that loads weights?"""
    func = node.func
    last = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
    return last.endswith(LOADERS)


def find_mode_parameters(w: Writer) -> dict[int, str]:
    """Methods of modules that are given the mode, where the target's modules know it: node -> the parameter."""
    if w.target.mode_argument or not w.source.mode_argument:
        return {}
    name, found = w.source.mode_argument, {}
    for frames in w.trace.frames.values():
        for frame in frames:
            receiver = frame.receiver.hint if frame.receiver is not None else None
            if frame.function is None or not isinstance(receiver, ModuleObject):
                continue
            spec = frame.function.node.args
            names = [a.arg for a in (*spec.args, *spec.kwonlyargs)]
            own = next((a for a in names if is_mode(frame.scope.names.get(a))), name if name in names else None)
            if own is not None:
                found[id(frame.function.node)] = own
    return found


def is_mode(value: Value | None) -> bool:
    """Is a value nothing but the mode?"""
    return value is not None and value.depends == MODE and isinstance(value.hint, bool)


def while_made(w: Writer, frame: Frame) -> bool:
    """Does a constructor run this, without a forward pass that it runs in between?"""
    named = (f.function.name for f in frame.chain() if f.function is not None)
    first = next((name for name in named if name == "__init__" or name in w.ev.dialect.forward_names), "")
    return first == "__init__"


def find_mode_functions(w: Writer) -> set[int]:
    """Function nodes that need the argument `training`."""
    found: set[int] = set()
    if not w.target.mode_argument:
        return found
    for visits in w.trace.visits.values():
        for visit in visits:
            layers_own = visit.kind == "apply" and visit.name in (OWN, "super") and visit.form is not None
            if layers_own and visit.form is not None and visit.frame.function is not None:
                found |= {id(visit.frame.function.node)} if depends_on_mode(visit.form) else set()
            if visit.kind == "mode" and visit.frame.function is not None and not while_made(w, visit.frame):
                found.add(id(visit.frame.function.node))
    sites = w.trace.visits.values()
    whole = ([(v, v.entered.function) for v in s if v.kind == "function" and v.entered is not None] for s in sites)
    calls = [called for called in whole if called]
    for _ in range(6):
        before = len(found)
        for called in calls:
            taking = [visit for visit, inner in called if inner is not None and id(inner.node) in found]
            found |= {id(visit.frame.function.node) for visit in taking if visit.frame.function is not None}
            if taking:  # what one callee is given at a site, the others must take
                found |= {id(inner.node) for _, inner in called if inner is not None}
        if len(found) == before:
            break
    return found
