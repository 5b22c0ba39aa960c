"""Which framework a source speaks, and the reader for it."""

from __future__ import annotations

import importlib.util
import re
from typing import TYPE_CHECKING

from pivot.problems import refuse

if TYPE_CHECKING:
    from pivot.reading.dialect import Dialect

IMPORT = re.compile(
    r"^[ \t]*(?:from|import)[ \t]+(torch|keras|keras_core|tf_keras|tensorflow|jax|flax)\b", re.MULTILINE
)
SPEAKS = {
    "torch": "torch",
    "keras": "keras",
    "keras_core": "keras",
    "tf_keras": "keras",
    "tensorflow": "keras",
    "jax": "flax",
    "flax": "flax",
}
TARGETS = ("keras", "torch", "flax")


def framework_of(text: str, target: str) -> str:
    """The framework that a source imports.

    A file that imports none (its siblings do) or several (a converter, a logger) is taken for one that `target` makes
    sense for.
    """
    found = {SPEAKS[name] for name in IMPORT.findall(text)}
    if len(found) == 1:
        return next(iter(found))
    usual = "keras" if target == "torch" else "torch"
    return usual if not found or usual in found else min(found)


def dialect_of(framework: str, file: str) -> Dialect:
    """The reader of a framework; raises Refusal where this version has none."""
    if framework == "torch":
        from pivot.reading.torch import TorchDialect

        return TorchDialect()
    if framework == "keras":
        from pivot.reading.keras import KerasDialect

        return KerasDialect()
    raise refuse("framework", file, 0, 0, f"sources in {framework} are not read yet", "give a PyTorch or Keras source")


def check_direction(target: str, file: str) -> None:
    """Refuse the frameworks that this version does not write."""
    if importlib.util.find_spec(f"codegen.{target}") is None:
        raise refuse("direction", file, 0, 0, f"{target} is not written yet", "use --to keras or --to torch")
