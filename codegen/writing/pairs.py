"""`self.conv = ...` where the target says one layer of the source by two."""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING

from codegen.writing.following import is_said_at_calls
from codegen.writing.frozen import tell_frozen
from codegen.writing.plan_steps import is_one_lambda

if TYPE_CHECKING:
    from codegen.writing.statements import Statements


def layer_pair(s: Statements, node: ast.Assign) -> list[ast.stmt] | None:
    """`s.conv = ...` that needs two target layers: a sibling attribute before it, a function at its calls."""
    target = node.targets[0]
    site = s.w.sites.sites.get(("call", id(node.value)))
    if site is None or not site.modules or len(site.cases) != 1 or len(node.targets) != 1 or site.why:
        return None
    chosen = site.cases[0].members[0].chosen
    if (
        chosen is None
        or len(chosen.steps) != 2
        or is_one_lambda(chosen.steps)
        or not s.w.can_have_sibling(site, target)
    ):
        return None
    first, second = s.e.layers(node.value, site.cases[0].members)
    assert isinstance(target, ast.Attribute)
    written = s.e.target(target)
    assert isinstance(written, ast.Attribute)
    before = ast.Attribute(copy.deepcopy(written.value), s.w.sibling_name(target.attr, chosen.steps[0]), ast.Store())
    tell_frozen(s.w, site, node.value, ast.List([first, second], ast.Load()))
    s.w.link(node.value, second, [m.node for m in site.lowered])
    made = ast.Assign([written], second)
    return [made] if is_said_at_calls(chosen, site.visits) else [ast.Assign([before], first), made]
