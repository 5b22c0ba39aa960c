"""Latency of the ResNet-50 we generate against keras.applications.ResNet50, in one process, taking turns.

Both run as a compiled TensorFlow function on the same images. The two networks are not quite the same: torchvision's
has its stride in the 3x3 convolution ("version 1.5") and costs about 6 % more multiplications; so the ratio is also
given per multiplication. Transposes are counted in the text and in the graph: each would be wasted time.

Usage: python benchmarks/latency_resnet50.py [--cache DIR] [--batch 1] [--rounds 15]
"""

from __future__ import annotations

import argparse
import ast
import importlib.util
import json
import math
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from measure import command, machine, run_once
from torchvision_resnet import fetch

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

TRANSPOSING = {"transpose", "Permute", "permute", "moveaxis", "swapaxes"}


def generate(cache: Path, folder: Path) -> tuple[Path, str]:
    """Convert; returns the file written and the expression that builds the model."""
    source = fetch(cache) / "torchvision" / "models" / "resnet.py"
    options = ["--model", "resnet50()", "--input", "1x3x224x224", "--to", "keras"]
    run_once([*command(), "convert", str(source), *options, "-o", str(folder)])
    record = json.loads((folder / "conversion.json").read_text(encoding="utf-8"))
    return folder / "resnet_keras.py", record["target"]["model"]


def transposes_in_text(path: Path) -> int:
    """Calls that only move axes."""
    calls = [node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    return sum(isinstance(call, ast.Attribute) and call.attr in TRANSPOSING for call in calls)


def load(path: Path) -> ModuleType:
    """Import the generated file."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(str(path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def build(path: Path, expression: str) -> Callable[..., object]:
    """The model that `resnet50(...)` stands for: a call of one name with literal arguments."""
    call = ast.parse(expression, mode="eval").body
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        raise SystemExit(f"expected a call, found {expression}")
    arguments = [ast.literal_eval(argument) for argument in call.args]
    keywords = {word.arg: ast.literal_eval(word.value) for word in call.keywords if word.arg}
    return getattr(load(path), call.func.id)(*arguments, **keywords)


def multiplications(graph: object) -> float:
    """Multiplications of all convolutions and matrix products for one image, in units of 10^9."""
    total = 0
    for op in graph.get_operations():  # type: ignore[attr-defined]
        if op.type in {"Conv2D", "MatMul"}:
            kernel, out = op.inputs[1].shape.as_list(), op.outputs[0].shape.as_list()
            total += math.prod(kernel) * math.prod(out[1:-1])
    return total / 1e9


def main() -> None:
    """Build both, warm up, measure in turns, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "pivot-studio")
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    os.environ.update(CUDA_VISIBLE_DEVICES="-1", TF_CPP_MIN_LOG_LEVEL="3", KERAS_BACKEND="tensorflow")
    import keras
    import tensorflow as tf

    shape = (given.batch, 224, 224, 3)
    images = tf.random.normal(shape, seed=0)
    print(f"latency of ResNet-50, batch {given.batch}; {machine()}")
    with tempfile.TemporaryDirectory() as folder:
        path, expression = generate(given.cache, Path(folder))
        models = {
            "generated": build(path, expression),
            "keras.applications": keras.applications.ResNet50(weights=None, classifier_activation=None),
        }
        in_text = transposes_in_text(path)
    functions, work = {}, {}
    for name, model in models.items():
        model(images)  # makes the weights
        function = tf.function(lambda x, model=model: model(x, training=False))
        concrete = function.get_concrete_function(tf.TensorSpec(shape, tf.float32))
        functions[name], work[name] = concrete, multiplications(concrete.graph)
        moved = sum(op.type == "Transpose" for op in concrete.graph.get_operations())
        text = f", {in_text} in the text" if name == "generated" else ""
        print(f"{name:20} {work[name]:.2f} * 10^9 multiplications, transposes: {moved} in the graph{text}")
    times: dict[str, list[float]] = {name: [] for name in functions}
    for turn in range(given.rounds + 3):
        for name, function in functions.items():
            begin = time.perf_counter()
            function(images)
            if turn >= 3:  # the first turns choose kernels and fill caches
                times[name].append(time.perf_counter() - begin)
    medians = {name: statistics.median(values) for name, values in times.items()}
    for name, values in times.items():
        low, high = min(values), max(values)
        print(f"{name:20} {1e3 * medians[name]:8.1f} ms ({1e3 * low:.1f} to {1e3 * high:.1f}, {len(values)} turns)")
    ratio = medians["generated"] / medians["keras.applications"]
    per_work = ratio * work["keras.applications"] / work["generated"]
    print(f"generated / keras.applications = {ratio:.2f}, per multiplication {per_work:.2f}")


if __name__ == "__main__":
    main()
