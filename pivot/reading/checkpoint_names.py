r"""What a checkpoint calls the weights inside a restated module: its file says so in a table of patterns.

With `CHECKPOINT = {r"rnns\.(\d+)\.(\w+)": r"\2_l\1"}` in the restatement of `LSTM`, the weight `rnns.1.weight_ih` of a
module `encoder` is `encoder.weight_ih_l1` in a checkpoint.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pivot.reading.values import ClassObject, Value

if TYPE_CHECKING:
    from pivot.reading.modules import ModuleObject

TABLE = "CHECKPOINT"
ROOT = Path(__file__).resolve().parents[1] / "restated"


def checkpoint_name(root: ModuleObject, name: str) -> str:
    """The name in a checkpoint of what is called `name` below the root."""
    parts, at = name.split("."), root
    for place, part in enumerate(parts):
        for pattern, wanted in patterns(at.cls.file) if isinstance(at.cls, ClassObject) else ():
            met = re.fullmatch(pattern, ".".join(parts[place:]))
            if met is not None:
                return ".".join([*parts[:place], met.expand(wanted)])
        child = at.children.get(part)
        if child is None or not hasattr(child.hint, "children"):
            break
        at = child.hint  # type: ignore[assignment]
    return name


def weight_inside(module: ModuleObject, name: str) -> Value | None:
    """The weight below a restated module that the library has on the module itself: `lstm.weight_hh_l0`."""
    if not isinstance(module.cls, ClassObject) or not patterns(module.cls.file):
        return None
    for path, part in module.walk():
        for own, value in part.parameters.items():
            if checkpoint_name(module, f"{path}.{own}") == name:
                return value
    return None


@cache
def patterns(file: str) -> tuple[tuple[str, str], ...]:
    """The table of a file of restatements; no other file has one."""
    path = Path(file)
    if not path.is_relative_to(ROOT):
        return ()
    for statement in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.Assign) and [ast.unparse(t) for t in statement.targets] == [TABLE]:
            table: dict[str, str] = ast.literal_eval(statement.value)
            return tuple(table.items())
    return ()
