"""Names of Keras: one for each thing, whatever era or private module a source imports it from."""

from __future__ import annotations

BASES = ("keras.Model", "keras.Sequential", "keras.layers.Layer", "keras.models.Model", "keras.models.Sequential")
MODELS = ("keras.Model", "keras.Sequential")
CONTAINERS = {"keras.Sequential": "sequential", "keras.models.Sequential": "sequential"}
METHODS = {"add", "add_weight", "build", "call", "__call__", "compile", "get_layer", "summary"}
PREFIXES = (
    ("tensorflow.compat.v1.keras.", "keras."),
    ("tensorflow.compat.v2.keras.", "keras."),
    ("tensorflow.python.keras.", "keras."),
    ("tensorflow.contrib.keras.", "keras."),
    ("tensorflow.keras.", "keras."),
    ("tf_keras.", "keras."),
    ("keras.src.", "keras."),
)
SAME = {
    "keras.Functional": "keras.Model",
    "keras.layers.Input": "keras.Input",
    "keras.engine.Layer": "keras.layers.Layer",
    "keras.Layer": "keras.layers.Layer",
}


def canonical(name: str) -> str:
    """`tensorflow.keras.layers.Dense`, `keras.src.layers.core.dense.Dense` and the like are `keras.layers.Dense`."""
    for old, new in PREFIXES:
        if name.startswith(old):
            name = new + name[len(old) :]
    parts = name.split(".")
    if parts[:2] == ["keras", "layers"] and len(parts) > 3 and parts[-1][:1].isupper():
        name = f"keras.layers.{parts[-1]}"
    if parts[:2] == ["keras", "models"] and parts[-1] in ("Model", "Sequential", "Functional"):
        name = f"keras.{parts[-1]}"
    return SAME.get(name, name)
