"""Both sides of one model of keras.applications: what Keras computes, and what the written PyTorch module does."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

GATE = 1e-12
BUILT = "built.weights.h5"
CLASSES = 10


@dataclass(frozen=True, slots=True)
class Builder:
    """A function of keras.applications and the least height and width that it takes."""

    name: str
    path: Path
    least: int

    def call(self, size: int) -> str:
        """The expression that builds the model."""
        words = f"weights=None, input_shape=({size}, {size}, 3), classes={CLASSES}, classifier_activation=None"
        return f"{self.name}({words})"


def run_source(one: Builder, size: int, folder: Path, exact: bool, scale: float) -> dict[str, Any]:
    """Build in float64, move the weights, store them, run: `inputs.npy` and `outputs.npy` beside the weights.

    Weights that are there already are taken, and the same images. `exact`: constants inside of TensorFlow's functions
    are not rounded to float32 on their way to float64. `scale`: what the scales of norms are multiplied by.
    """
    import keras

    keras.config.set_floatx("float64")
    keras.utils.set_random_seed(1)
    if exact:
        cast_numbers_at_once()
    module = importlib.import_module(f"keras.src.applications.{one.path.stem}")
    model = eval(one.call(size), vars(module))  # noqa: S307  a name of this file and numbers
    path, rng = folder / BUILT, np.random.RandomState(7)
    if not path.exists():
        move(model, rng, scale)
        double = folder / f"double.{BUILT}"
        model.save_weights(double)
        store_as_single(double, path)
        double.unlink()
    model.load_weights(path)  # what a layer computes from its weights when it loads them is of these
    images = rng.uniform(0, 255, (2, size, size, 3))
    if (folder / "inputs.npy").exists():
        images = np.load(folder / "inputs.npy")
    np.save(folder / "inputs.npy", images)
    given = keras.ops.convert_to_tensor(images)
    result = model(given, training=False)
    np.save(folder / "outputs.npy", np.asarray(result))
    return {"parameters": int(model.count_params())}


def cast_numbers_at_once() -> None:
    """`cast(1.4142135623730951, float64)` inside of TensorFlow, as in its GELU, goes by way of float32 otherwise."""
    import tensorflow as tf
    from tensorflow.python.ops import math_ops

    cast = math_ops.cast

    def at_once(x: Any, dtype: Any, name: str | None = None) -> Any:
        return tf.constant(x, dtype) if isinstance(x, float) else cast(x, dtype, name)

    math_ops.cast = at_once


def move(model: Any, rng: np.random.RandomState, scale: float) -> None:
    """Vectors (biases, scales, means) leave their initial values, variances become 0.5 to 1.5; all fit into float32."""
    for weight in model.weights:
        value = np.asarray(weight)
        if value.dtype.kind != "f" or not value.size:
            continue
        if "variance" in weight.path:
            value = rng.uniform(0.5, 1.5, value.shape)
        elif value.ndim <= 1:
            value = (value + 0.05 * rng.randn(*value.shape)) * (scale if "gamma" in weight.path else 1.0)
        weight.assign(value.astype("float32").astype("float64"))


def store_as_single(source: Path, target: Path) -> None:
    """Copy a file of weights with its fractions in float32, which has these numbers exactly: half the size."""
    import h5py

    with h5py.File(source, "r") as given, h5py.File(target, "w") as made:

        def copy(name: str, item: Any) -> None:
            if isinstance(item, h5py.Dataset):
                value = item[()]
                copied = made.create_dataset(name, data=value.astype("float32") if value.dtype.kind == "f" else value)
            else:
                copied = made.require_group(name)
            copied.attrs.update(item.attrs)

        made.attrs.update(given.attrs)
        given.visititems(copy)


def compare_sides(folder: Path) -> dict[str, Any]:
    """Run the written module on the stored images: the relative error, and the one with TensorFlow's rounding."""
    from rounded_constants import explained

    run = target_run(folder)
    expected = np.load(folder / "outputs.npy")
    largest = float(np.abs(expected).max())

    def error_of(result: Any) -> float:
        if result.shape != expected.shape or not np.isfinite(result).all():
            return float("inf")
        return float(np.abs(result - expected).max()) / largest

    images = np.load(folder / "inputs.npy")
    result = run(images)
    error = error_of(result)
    why = explained(lambda: run(images), error_of, GATE) if GATE < error <= 1e-6 else None
    own = float(np.abs(run(np.nextafter(images, np.inf)) - result).max()) / largest
    moved = float(np.abs(expected[0] - expected[1]).max()) / largest
    return {"error": error, "moved": moved, "own": own, "rounded": "" if why is None else str(why)}


def target_run(folder: Path) -> Callable[[Any], Any]:
    """What gives the written module's outputs for images as Keras takes them, with the carried weights."""
    import torch
    from safetensors.torch import load_file

    torch.set_num_threads(1)
    for name in vars(torch.nn.init):
        if name.endswith("_") and not name.startswith("_"):
            setattr(torch.nn.init, name, lambda tensor, *_, **__: tensor)  # the weights are loaded: drawing takes long
    out = folder / "out"
    facts = json.loads((out / "conversion.json").read_text(encoding="utf-8"))
    file, names = out / facts["target"]["path"], dict[str, Any]()
    exec(compile(file.read_text(encoding="utf-8"), str(file), "exec"), names)  # noqa: S102  what was written
    model = eval(facts["target"]["model"], names)  # noqa: S307
    model.load_state_dict(load_file(out / facts["weights"]["path"]), strict=True)
    model = model.double().eval()
    (spec,) = facts["inputs"]
    source, target = spec["source_axes"].split(), spec["target_axes"].split()
    order = [source.index(letter) for letter in target]

    def run(images: Any) -> Any:
        with torch.no_grad():
            return model(torch.from_numpy(np.ascontiguousarray(images.transpose(order)))).numpy()

    return run
