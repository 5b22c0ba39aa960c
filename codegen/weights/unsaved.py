"""Variables that a source makes itself and does not save: Keras 3 has no `tf.Variable` in its files.

Whoever loads such a file has them as they were made: what they start from is what they are, where that is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pivot.dims import hint
from pivot.problems import Problem
from pivot.reading.contents import content

if TYPE_CHECKING:
    from codegen.convert import Converted
    from codegen.weights.arrays import Array
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.values import ParameterObject, TensorVersion

SAVING = frozenset(
    f"keras.layers.{name}" for name in ("Conv1D", "Conv2D", "Conv3D", "Dense", "EinsumDense", "Embedding")
)
"""Layers of Keras 3 that save and load their own weights, and nothing that a class adds to them."""
CONSTANTS = {"zeros": 0.0, "ones": 1.0}


def unsaved(
    converted: Converted, source: ParameterObject, checkpoint: Mapping[str, Array], known: set[str]
) -> Array | None:
    """What a variable starts from, for one that a checkpoint lacks; None where that is not known.

    `known`: the names of all weights of the source. A checkpoint that has an array of that shape under another name may
    hold the variable after all.
    """
    initial = made_of(converted.done.evaluator, source.initial) if source.initial is not None else starting(source)
    if initial is None or any(a.shape == initial.shape for name, a in checkpoint.items() if name not in known):
        return None
    name = source.names[0] if source.names else "a variable"
    why = f"the weights hold no {name}, a variable that Keras 3 does not save: it has the values that it starts from"
    remedy = "make it with add_weight"
    if source.initial is None:
        remedy = "hold the layer as a member: one that a class derives from may save nothing but its own weights"
    converted.written.problems.append(Problem("weights", "warning", name, 0, 0, why, remedy))
    return initial


def starting(source: ParameterObject) -> Array | None:
    """The one number that a weight starts from which a class adds to a layer that saves its own weights alone."""
    import numpy as np

    owner = source.owner
    alone = owner is not None and owner.made_by is not None and owner.made_by.name in SAVING
    if not alone or source.start is None or source.start.kind != "constant":
        return None
    return np.full(tuple(map(hint, source.type.shape)), source.start.numbers[0], source.type.dtype)


def made_of(ev: Evaluator, version: TensorVersion) -> Array | None:
    """The numbers of a tensor that depends on nothing; constants of any size."""
    import numpy as np

    made = next((n for n in reversed(ev.nodes) if any(r is version for r in n.results)), None)
    if made is not None and made.op is not None and made.op.name in CONSTANTS:
        return np.full(tuple(map(hint, version.type.shape)), CONSTANTS[made.op.name], version.type.dtype)
    return content(ev, version)
