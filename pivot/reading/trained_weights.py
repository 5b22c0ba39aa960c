"""Trained weights that a function of a library is asked for, by today's name or by an old one.

`resnet18(pretrained=True)` is `resnet18(weights=...)` today, and torchvision says so on each function:
`@handle_legacy_interface(weights=("pretrained", ResNet18_Weights.IMAGENET1K_V1))`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.reading import installed
from pivot.reading.decorating import decorator_name
from pivot.reading.frames import Frame, Scope
from pivot.reading.handlers import Args, Kwargs
from pivot.reading.values import FunctionObject, Unknown, Value
from pivot.reading.walking import walk

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator

DECORATOR = "handle_legacy_interface"
SETTING = {"_ovewrite_named_param", "_ovewrite_value_param"}  # torchvision's own spelling


def left(
    ev: Evaluator, function: FunctionObject, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
) -> tuple[Args, Kwargs]:
    """The arguments without trained weights; the call itself is without them from here on, too."""
    said = next((d for d in decorators(function) if isinstance(d, ast.Call) and decorator_name(d) == DECORATOR), None)
    if said is None or not installed.holds(function.file):
        return args, kwargs
    spec, given = function.node.args, dict(kwargs)
    places = len(spec.posonlyargs) + len(spec.args)
    for parameter, value in zip(spec.kwonlyargs, args[places:], strict=False):  # resnet18(True)
        given.setdefault(parameter.arg, value)
        name_argument(node, places, parameter.arg)
    for keyword in said.keywords:
        pair = keyword.value
        if keyword.arg is None or not isinstance(pair, ast.Tuple) or len(pair.elts) != 2:
            continue
        old = pair.elts[0].value if isinstance(pair.elts[0], ast.Constant) else None
        for name in (str(old), keyword.arg):
            if name in given and not isinstance(given[name].hint, Unknown):
                leave_weights(ev, function, given.pop(name), node, frame)
                leave_out(node, name)
    return args[:places], given


def decorators(function: FunctionObject) -> list[ast.expr]:
    """The decorators of a function."""
    return [] if isinstance(function.node, ast.Lambda) else function.node.decorator_list


def leave_weights(ev: Evaluator, function: FunctionObject, value: Value, node: ast.AST, frame: Frame) -> None:
    """Tell that trained weights, which are files, are not asked for: the network is the same where they decide no more
    than how many classes there are, whose number is the default. Raises Refusal.
    """
    if not value.hint:
        return
    if others := set_by_weights(ev, function) - {"num_classes"}:
        why = f"trained weights of {function.name} set other arguments, too: {', '.join(sorted(others))}"
        raise ev.refusal(frame, node, why, "ask for no weights here, and give these arguments")
    why = f"the trained weights of {function.name} are not loaded"
    ev.note(frame, node, why, "save the model's state_dict and give it with --weights", "weights")


def set_by_weights(ev: Evaluator, function: FunctionObject) -> set[str]:
    """The arguments that the functions of a file set where weights are asked for."""
    found: set[str] = set()
    assert isinstance(function.scope, Scope)
    for statement in {id(s): s for bound in function.scope.lazy.values() for s in bound}.values():
        for asked in (n for n in walk(statement) if isinstance(n, ast.If) and mentions_weights(n.test)):
            for call in (n for part in asked.body for n in walk(part)):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in SETTING:
                    named = call.args[1] if len(call.args) > 1 else None
                    found.add(str(named.value) if isinstance(named, ast.Constant) else call.func.id)
    return found


def mentions_weights(test: ast.expr) -> bool:
    """Does a condition ask for weights?"""
    return any(isinstance(n, ast.Name) and n.id.startswith("weights") for n in walk(test))


def name_argument(node: ast.AST, place: int, name: str) -> None:
    """Say an argument that stands at a place by its name."""
    if isinstance(node, ast.Call) and place < len(node.args) and not any(isinstance(a, ast.Starred) for a in node.args):
        node.keywords.append(ast.keyword(name, node.args.pop(place)))


def leave_out(node: ast.AST, name: str) -> None:
    """Say an argument no more."""
    if isinstance(node, ast.Call):
        node.keywords = [keyword for keyword in node.keywords if keyword.arg != name]
