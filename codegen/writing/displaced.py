"""Layers that a restated library class makes and the program puts others in the place of, before anything uses them.

PyTorch forgets such a layer; a Keras model lists every layer that was ever set on it, and asks a file of weights for
it.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.reading.modules import ModuleObject

if TYPE_CHECKING:
    from codegen.writing.writer import Writer


def is_displaced(w: Writer, node: ast.Assign) -> bool:
    """Does a statement set layers of which none stays, at any visit?"""
    made = [visit.result.hint for visit in w.trace.of(node.value) if visit.result is not None]
    gone = {id(module) for module in w.trace.displaced}
    return bool(made) and all(
        isinstance(hint, ModuleObject) and id(hint) in gone and not hint.calls and not hint.paths for hint in made
    )
