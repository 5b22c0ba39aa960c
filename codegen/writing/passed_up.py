"""Parameters of constructors that only go up to the library's own: `name`, `dtype`, `**kwargs`.

A target whose base constructor takes none of them has no use for them.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.reading.modules import ModuleObject
from pivot.reading.restating import is_restatement
from pivot.reading.values import FunctionObject
from pivot.slots import Ignored

if TYPE_CHECKING:
    from codegen.writing.writer import Writer
    from pivot.reading.trace import Visit


def find_passed_up(w: Writer) -> dict[int, set[str]]:
    """Per constructor of a module, the parameters that serve `super().__init__` alone."""
    if not w.target.builds_early:
        return {}
    found: dict[int, set[str]] = {}
    constructors = {id(f.node): f for f in entered_constructors(w)}
    for _ in range(5):  # what goes up to a constructor of the program goes on from there
        for key, function in constructors.items():
            up = [call for call in ast.walk(function.node) if isinstance(call, ast.Call) and is_super_init(call)]
            parts = [part for call in up for part in handed(w, call, found)]
            inside = {id(n) for part in parts for n in ast.walk(part)}
            names = [n for n in ast.walk(function.node) if isinstance(n, ast.Name)]
            elsewhere = {n.id for n in names if id(n) not in inside}
            passed = {n.id for n in names if id(n) in inside}
            found[key] = (passed - elsewhere) & parameters(function)
            collecting = function.node.args.kwarg
            if collecting is not None and is_restatement(function.file) and collecting.arg not in elsewhere:
                found[key].add(collecting.arg)  # what a layer of the library is told beside what it computes
    return found


def entered_constructors(w: Writer) -> list[FunctionObject]:
    """`__init__` of every module class of the program that was entered."""
    made: dict[int, FunctionObject] = {}
    for frames in w.trace.frames.values():
        for frame in frames:
            receiver = frame.receiver.hint if frame.receiver is not None else None
            function = frame.function
            if function is not None and function.name == "__init__" and isinstance(receiver, ModuleObject):
                made.setdefault(id(function.node), function)
    return list(made.values())


def is_super_init(call: ast.Call) -> bool:
    """`super().__init__(...)`, `super(Net, self).__init__(...)`, `Layer.__init__(self, ...)`."""
    func = call.func
    if not isinstance(func, ast.Attribute) or func.attr != "__init__":
        return False
    owner = func.value
    return isinstance(owner, ast.Call) and isinstance(owner.func, ast.Name) and owner.func.id == "super"


def handed(w: Writer, call: ast.Call, found: dict[int, set[str]]) -> list[ast.expr]:
    """The arguments of a base's constructor that have no place in the target."""
    visits = w.trace.of(call)
    inner = next((v.entered.function for v in visits if v.entered is not None), None)
    if inner is None and visits and visits[0].form is not None:
        return unsaid(call, visits)
    if inner is None:  # the library's
        holder = visits[0].module if visits else None
        if holder is not None and holder.container == "sequential":
            return [k.value for k in call.keywords if k.arg != "layers"]  # what it holds is no setting
        return [*call.args, *(k.value for k in call.keywords)]
    gone = found.get(id(inner.node), set())
    own = parameters(inner)
    said = {k.arg for k in call.keywords}
    collected = {name for v in visits for name in v.kwargs if name not in said}
    spread = gone and not collected & (own - gone)  # `**kwargs` that holds what the base computes with stays
    return [k.value for k in call.keywords if k.arg in gone or (k.arg is None and spread)] + [
        k.value for k in call.keywords if k.arg is not None and k.arg not in own
    ]


def unsaid(call: ast.Call, visits: list[Visit]) -> list[ast.expr]:
    """What the constructor of a layer is given that says nothing of the network: a name, a regularizer."""
    form = visits[0].form
    assert form is not None
    means = {slot.key for slot in form.args if not isinstance(slot.value, Ignored)}
    given = [visit.bound.given if visit.bound is not None else {} for visit in visits]
    told = {where for found in given for key, where in found.items() if key in means}
    named = {k.arg for k in call.keywords}
    spread = any(where not in named for where in told if isinstance(where, str))  # by **kwargs
    beside = {*BESIDE, *(key for key in told if isinstance(key, str))}
    silent = [k.value for k in call.keywords if k.arg is not None and k.arg not in beside]
    return silent + [k.value for k in call.keywords if k.arg is None and not spread]


BESIDE = ("activation", "data_format")
"""What is read beside the op of a layer, and said in the target all the same."""


def parameters(function: FunctionObject) -> set[str]:
    """Names of all parameters, `**kwargs` too."""
    spec = function.node.args
    named = {a.arg for a in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)} - {"self"}
    return named | ({spec.kwarg.arg} if spec.kwarg is not None else set())


def is_kept(w: Writer, function: FunctionObject, name: str) -> bool:
    """Has a function a parameter for an argument, once what goes up to the library's constructor is gone?"""
    spec = function.node.args
    if spec.kwarg is None or name in {a.arg for a in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)}:
        return True
    if spec.kwarg.arg in w.passed_up.get(id(function.node), set()):
        return False
    return all(is_kept(w, base, name) and name not in gone_of(w, base) for base in spread_to(w, function))


def gone_of(w: Writer, function: FunctionObject) -> set[str]:
    """The parameters that a function of the source has and the written one has not."""
    key = id(function.node)
    return w.passed_up.get(key, set()) | w.gone_parameters.get(key, set())


def spread_to(w: Writer, function: FunctionObject) -> list[FunctionObject]:
    """The constructors of the program that a constructor hands its `**kwargs` up to."""
    up = [n for n in ast.walk(function.node) if isinstance(n, ast.Call) and is_super_init(n)]
    calls = [call for call in up if any(k.arg is None for k in call.keywords)]
    return [v.entered.function for c in calls for v in w.trace.of(c) if v.entered is not None and v.entered.function]
