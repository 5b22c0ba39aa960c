"""Inputs that a model takes together, as one tuple: the state of a recurrent network, `model(x, (h, c))`."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pivot.problems import refuse
from pivot.reading.forward_pass import forward_node, packs_inputs
from pivot.reading.inputs import InputSpec
from pivot.reading.modules import ModuleObject
from pivot.reading.values import INPUT, Value

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

BESIDE = ("training", "mask")
"""Parameters that Keras hands over by itself."""


def tuples_of(ev: Evaluator, root: ModuleObject, specs: Sequence[InputSpec]) -> dict[int, str]:
    """Which inputs enter as members of a tuple: place of the input -> the parameter that takes the tuple.

    Those named `hidden.0`, `hidden.1`, ...; and where more inputs are given by position than forward has parameters,
    the last parameter takes the rest. Raises Refusal where the members have no order.
    """
    found: dict[int, str] = {}
    counts: dict[str, int] = {}
    for place, spec in enumerate(specs):
        name, dot, member = (spec.name or "").partition(".")
        if dot and not root.announced:
            if int(member) != counts.setdefault(name, 0):
                why, remedy = f"{spec.name} is given before {name}.{counts[name]}", "give the members in their order"
                raise refuse("input", "--input", 0, 0, why, remedy)
            counts[name] += 1
            found[place] = name
    names = positional(ev, root)
    plain = [place for place, spec in enumerate(specs) if spec.name is None]
    if names and len(plain) > len(names) and not root.announced and not packs_inputs(ev, root, len(plain)):
        found |= dict.fromkeys(plain[len(names) - 1 :], names[-1])
    return found


def positional(ev: Evaluator, root: ModuleObject) -> list[str]:
    """The parameters of forward that take inputs by position; none where it takes any number of them."""
    node = forward_node(ev, root)
    if node is None or node.args.vararg is not None:
        return []
    names = [a.arg for a in (*node.args.posonlyargs, *node.args.args)][1:]
    return [name for name in names if not ev.dialect.packs_inputs or name not in BESIDE]


def joined(values: Sequence[Value]) -> Value:
    """The tuple that a parameter is given."""
    return Value(tuple(values), None, INPUT)


def say_joined(ev: Evaluator, root: ModuleObject, specs: Sequence[InputSpec], frame: Frame, site: ast.AST) -> None:
    """Tell which inputs go into one tuple, where nobody said so."""
    taken = {name for place, name in tuples_of(ev, root, specs).items() if specs[place].name is None}
    for name in taken:
        why = f"more inputs are given than forward has parameters: {name} takes the rest as one tuple"
        ev.note(frame, site, why, f"name them where that is not meant: --input {name}.0=...", "input")
