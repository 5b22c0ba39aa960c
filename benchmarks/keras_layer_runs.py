"""One layer on both sides: the Keras program, the command on its text and weights, the PyTorch module; in float64."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from keras_layer_references import others, outputs_on, run_on
from keras_layer_sources import LayerCase
from rounded_constants import explained
from sample_runs import CLOSE, Verdict, brief

from codegen.verify.comparison import compare
from codegen.verify.plan import permutation

GATE = 1e-12
SINGLE = 8 * float(np.finfo("float32").eps)
"""How far a result may be off that the framework itself computed in float32."""
PLACE = re.compile(r":\d+:\d+: ")


def judge(case: LayerCase, folder: Path) -> Verdict:
    """The verdict on one case; everything written lies in a folder of its own."""
    path = folder_of(case.name, folder)
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    (path / "model.py").write_text(case.text, encoding="utf-8")
    np.savez(path / "inputs.npz", *case.arrays)
    try:
        expected = run_keras(case, path)
    except Exception as error:  # noqa: BLE001  not a program of ours
        (path / "source.txt").write_text(traceback.format_exc(), encoding="utf-8")
        return Verdict(case.name, "left out", f"does not run in Keras: {brief(error)}")
    status, said = command(case, path)
    (path / "convert.txt").write_text(said, encoding="utf-8")
    last = (said.strip().splitlines() or [f"status {status}"])[-1]
    if status in (2, 3):
        return Verdict(case.name, "refused" if status == 3 or PLACE.search(said) else "crashed", last)
    if status:
        return Verdict(case.name, "crashed", f"status {status}: {last}")
    try:
        facts = json.loads((path / "out" / "conversion.json").read_text())
        run = torch_run(facts, path, case.arrays)
        results = run()
    except Exception as error:  # noqa: BLE001  the generated program is at fault
        (path / "target.txt").write_text(traceback.format_exc(), encoding="utf-8")
        return Verdict(case.name, "unloadable", brief(error))
    verdict = compared(case.name, facts["outputs"], expected, results)
    if verdict.kind == "close":
        orders = [permutation(spec["target_axes"], spec["source_axes"]) for spec in facts["outputs"]]
        turned = [made.transpose(order) if order else made for made, order in zip(results, orders, strict=True)]
        np.savez(path / "ours.npz", *turned)
        if in_single_precision(expected) and error_of(facts["outputs"], expected, results) <= SINGLE:
            return Verdict(case.name, "rounded", f"{verdict.why}; TensorFlow gives numbers of float32 here")
        why = explained(run, lambda made: error_of(facts["outputs"], expected, made), GATE)
        verdict.why += f"; {why}" if why is not None else ""
        verdict.kind = "rounded" if why is not None else "close"
    return verdict


def on_other_backends(verdicts: Sequence[Verdict], folder: Path) -> None:
    """`rounded` and `close` become `elsewhere` where the source's own program on another backend of Keras is equal."""
    asked = {v.name: folder_of(v.name, folder) for v in verdicts if v.kind in ("rounded", "close")}
    for backend in others() if asked else ():
        run_on(backend, asked.values())
        for verdict in verdicts:
            ours = outputs_on("ours", asked[verdict.name]) if verdict.name in asked else None
            theirs = outputs_on(backend, asked[verdict.name]) if ours else None
            if ours is None or theirs is None:
                continue
            found = [compare(a, b, None) for a, b in zip(theirs, ours, strict=True)]
            worst = max(pair.error for pair in found)
            if all(pair.why is None for pair in found) and worst <= GATE:
                verdict.kind = "elsewhere"
                verdict.why = f"{verdict.why}; {worst:.1e} on Keras' {backend} backend"
                del asked[verdict.name]
            else:
                why = next((pair.why for pair in found if pair.why), f"{worst:.1e}")
                verdict.why = f"{verdict.why}; not equal on Keras' {backend} backend: {why}"


def folder_of(name: str, folder: Path) -> Path:
    """Where everything of a case lies."""
    return folder / re.sub(r"\W+", "_", name)


def run_keras(case: LayerCase, path: Path) -> list[Any]:
    """Outputs of the source; its weights, all away from their initial values, are stored beside it."""
    import keras

    keras.backend.clear_session()
    keras.utils.set_random_seed(1)
    keras.config.set_floatx("float64")
    names: dict[str, Any] = {}
    exec(compile(case.text, str(path / "model.py"), "exec"), names)  # noqa: S102  Keras' own tests
    model = names["model"]
    rng = np.random.RandomState(7)
    for moving in (0.05, 0.0):  # twice: what a layer computes from weights while it loads them is rounded, too
        for weight in model.weights:
            value = np.asarray(weight)
            if value.dtype.kind == "f" and value.size:
                moved = value + moving * rng.randn(*value.shape)
                if moving and "variance" in weight.path:
                    moved = rng.uniform(0.5, 1.5, value.shape)
                weight.assign(np.asarray(moved, dtype="float32").astype("float64"))
        model.save_weights(path / "source.weights.h5")
        model.load_weights(path / "source.weights.h5")
    given = [keras.ops.convert_to_tensor(array) for array in case.arrays]
    result = model(given if len(given) > 1 else given[0], training=False)
    return [np.asarray(value) for value in keras.tree.flatten(result)]


def command(case: LayerCase, path: Path) -> tuple[int, str]:
    """Exit status and messages of `pivot-studio convert`."""
    import studio.cli

    given = ["convert", str(path / "model.py"), "--to", "torch", "--model", "model", "-o", str(path / "out")]
    given += ["--weights", str(path / "source.weights.h5")]
    for array in case.arrays:
        given += ["--input", "x".join(map(str, array.shape)) + ("" if array.dtype.kind == "f" else f":{array.dtype}")]
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = studio.cli.main(given)
    return status, err.getvalue() or out.getvalue()


def torch_run(facts: dict[str, Any], path: Path, arrays: Sequence[Any]) -> Callable[[], list[Any]]:
    """What gives the outputs of the generated module on the same inputs, with the weights that the command wrote."""
    import torch
    from safetensors.torch import load_file

    torch.set_num_threads(1)
    torch.Tensor.float = torch.Tensor.double  # type: ignore[method-assign]  Keras' own kind is float64 here, too
    names: dict[str, Any] = {}
    file = path / "out" / facts["target"]["path"]
    exec(compile(file.read_text(encoding="utf-8"), str(file), "exec"), names)  # noqa: S102  what we wrote ourselves
    model = eval(facts["target"]["model"], names)  # noqa: S307
    model.load_state_dict(load_file(path / "out" / facts["weights"]["path"]), strict=True)
    model = model.double().eval()
    given = []
    for spec, array in zip(facts["inputs"], arrays, strict=True):
        order = permutation(spec["source_axes"], spec["target_axes"])
        given.append(torch.from_numpy(np.ascontiguousarray(array.transpose(order) if order else array)))

    def run() -> list[Any]:
        with torch.no_grad():
            return flat(model(*given))

    return run


def flat(value: Any) -> list[Any]:
    """Tensors of a result in order."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (tuple, list)):
        return [item for part in value for item in flat(part)]
    return [] if value is None else [np.asarray(value.detach())]


def in_single_precision(arrays: Sequence[Any]) -> bool:
    """Are all fractions numbers that float32 has, though everything is computed in float64?"""
    fractions = [array for array in arrays if array.dtype.kind == "f"]
    return bool(fractions) and all(np.array_equal(array, array.astype("float32")) for array in fractions)


def compared(name: str, outputs: Sequence[dict[str, Any]], expected: list[Any], results: list[Any]) -> Verdict:
    """equal, close or wrong."""
    if len(expected) != len(results):
        return Verdict(name, "wrong", f"{len(results)} outputs, not {len(expected)}")
    for spec, left, right in zip(outputs, expected, results, strict=True):
        found = compare(left, right, permutation(spec["target_axes"], spec["source_axes"]))
        if found.why is not None:
            return Verdict(name, "wrong", found.why)
    worst = error_of(outputs, expected, results)
    kind = "equal" if worst <= GATE else "close" if worst <= CLOSE else "wrong"
    return Verdict(name, kind, "" if kind == "equal" else f"relative error {worst:.1e}")


def error_of(outputs: Sequence[dict[str, Any]], expected: list[Any], results: list[Any]) -> float:
    """The largest relative error of all outputs."""
    pairs = zip(outputs, expected, results, strict=True)
    return max(compare(a, b, permutation(spec["target_axes"], spec["source_axes"])).error for spec, a, b in pairs)
