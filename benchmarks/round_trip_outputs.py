"""Outputs of a model and of what came back from the other framework, with weights that went the same way, in float64.

    python benchmarks/round_trip_outputs.py make|compare FOLDER    (one process each; see `outputs_error`)

The model itself is run from its text in its own framework, which is one file; the command carries new weights to the
other framework with the source, and back with what it wrote there.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from codegen.verify.worker import StubFinder  # noqa: E402

ENVIRONMENT = {"OMP_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
SIZES = re.compile(r"[\dx]+")
OTHER = {"torch": "keras", "keras": "torch"}
SHAPES = "shapes.json"


def outputs_error(path: Path, framework: str, model: str | None, specs: Sequence[str], folder: Path) -> float:
    """The largest relative error of the outputs of what came back. Raises RuntimeError where a process fails."""
    folder.mkdir(parents=True, exist_ok=True)
    shapes = [[int(size) for size in SIZES.match(spec)[0].split("x")] for spec in specs]  # type: ignore[index]
    (folder / SHAPES).write_text(json.dumps(shapes), encoding="utf-8")
    other = OTHER[framework]
    wanted = ["--model", model] if model is not None else []
    words = [*wanted, *(word for spec in specs for word in ("--input", spec))]
    convert(path, framework, words, folder / "own")
    run([str(Path(__file__).resolve()), "make", str(folder)])
    weights = ["--weights", str(next(folder.glob("weights.*")))]
    there = convert(path, other, [*words, *weights], folder / "there")
    back = ["--model", there["target"]["model"], "--weights", str(folder / "there" / there["weights"]["path"])]
    back += [word for spec in target_specs(there, shapes) for word in ("--input", spec)]
    convert(folder / "there" / there["target"]["path"], framework, back, folder / "back")
    return float(run([str(Path(__file__).resolve()), "compare", str(folder)]).split()[-1])


def convert(path: Path, framework: str, words: Sequence[str], out: Path) -> dict[str, Any]:
    """What the command says about its conversion."""
    run(["-m", "studio", "convert", str(path), "--to", framework, *words, "-o", str(out)])
    facts: dict[str, Any] = json.loads((out / "conversion.json").read_text(encoding="utf-8"))
    return facts


def run(words: Sequence[str]) -> str:
    """What a Python process printed. Raises RuntimeError with its last line."""
    environment = {**os.environ, **ENVIRONMENT, "PYTHONPATH": str(HERE.parent)}
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise RuntimeError((done.stderr.strip() or f"status {done.returncode}").splitlines()[-1])
    return done.stdout


def target_specs(facts: dict[str, Any], shapes: Sequence[Sequence[int]]) -> list[str]:
    """What enters the target, as the command takes it."""
    found = []
    for spec, shape in zip(facts["inputs"], shapes, strict=True):
        source, target = spec["source_axes"].split(), spec["target_axes"].split()
        kind = "" if spec["dtype"].startswith("float") else f":{spec['dtype']}"
        found.append("x".join(str(shape[source.index(letter)]) for letter in target) + kind)
    return found


# ------------------------------------------------------------------------------------------------- in a process
def built(folder: Path) -> tuple[Any, dict[str, Any]]:
    """A model from its written text, and what the command said about it."""
    facts = json.loads((folder / "conversion.json").read_text(encoding="utf-8"))
    if not any(isinstance(finder, StubFinder) for finder in sys.meta_path):
        sys.meta_path.append(StubFinder())  # a copy of a package's model imports what the package does without it
    path, module = folder / facts["target"]["path"], types.ModuleType("written")
    sys.modules["written"], names = module, module.__dict__  # a dataclass asks for its module
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), names)  # noqa: S102  what was written
    return eval(facts["target"]["model"], names), facts  # noqa: S307


def inputs_of(folder: Path) -> list[Any]:
    """Noise, and small whole numbers where those are wanted."""
    rng = np.random.RandomState(3)
    facts = json.loads((folder / "own" / "conversion.json").read_text(encoding="utf-8"))
    shapes = json.loads((folder / SHAPES).read_text(encoding="utf-8"))
    kinds = [spec["dtype"] for spec in facts["inputs"]]
    pairs = zip(shapes, kinds, strict=True)
    return [rng.randn(*s) if kind.startswith("float") else rng.randint(0, 2, s).astype(kind) for s, kind in pairs]


def moved(value: Any, rng: np.random.RandomState, variance: bool) -> Any:
    """A weight away from its start, in numbers with few places: float32 has their sums, as of the biases of an LSTM."""
    made = rng.uniform(0.5, 1.5, value.shape) if variance else value + 0.05 * rng.randn(*value.shape)
    return (np.round(made * 4096) / 4096).astype("float32")


def make(folder: Path) -> None:
    """Weights of the model in its own framework."""
    model, facts = built(folder / "own")
    rng = np.random.RandomState(5)
    if facts["target"]["framework"] == "torch":
        from safetensors.torch import save_file

        state = model.state_dict()
        for name, value in state.items():
            if value.is_floating_point():
                value.copy_(value.new_tensor(moved(value.numpy(), rng, name.endswith("running_var"))))
        save_file({name: value.clone() for name, value in state.items()}, str(folder / "weights.safetensors"))
        return
    singles = [a.astype("float32") if a.dtype.kind == "f" else a for a in inputs_of(folder)]
    outputs(model, singles, "keras")
    for weight in model.weights:
        value = np.asarray(weight)
        if value.dtype.kind == "f":
            weight.assign(moved(value, rng, "variance" in weight.path))
    model.save_weights(folder / "weights.weights.h5")


def outputs(model: Any, given: list[Any], framework: str) -> list[Any]:
    """Arrays that a model gives in inference."""
    if framework == "torch":
        import torch

        with torch.no_grad():
            result = model.double().eval()(*map(torch.from_numpy, given))
        return flat(result, torch.Tensor, lambda value: value.numpy())
    import keras

    tensors = [keras.ops.convert_to_tensor(value) for value in given]
    functional = getattr(model, "inputs", None) is not None and len(tensors) > 1
    result = model(tensors, training=False) if functional else model(*tensors, training=False)
    return [np.asarray(value) for value in keras.tree.flatten(result)]


def flat(value: Any, kind: type, read: Any) -> list[Any]:
    """Tensors of a structure in order."""
    if isinstance(value, kind):
        return [read(value)]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, (tuple, list)) else ()
    return [item for part in parts for item in flat(part, kind, read)]


def compare_both(folder: Path) -> float:
    """The largest relative error of what came back."""
    said = {
        name: json.loads((folder / name / "conversion.json").read_text("utf-8")) for name in ("own", "there", "back")
    }
    given = inputs_of(folder)
    first = loaded(folder / "own", next(folder.glob("weights.*")), given)
    ways = [said["there"], said["back"]]
    sent = [turned(a, [way["inputs"][n] for way in ways]) for n, a in enumerate(given)]
    last = loaded(folder / "back", folder / "back" / said["back"]["weights"]["path"], sent)
    if len(first) != len(last) or not first:
        raise RuntimeError(f"{len(last)} outputs came back of {len(first)}")
    last = [turned(a, [way["outputs"][n] for way in ways[::-1]], back=True) for n, a in enumerate(last)]
    return max(float(np.abs(a - b).max() / max(np.abs(a).max(), 1e-30)) for a, b in zip(first, last, strict=True))


def loaded(folder: Path, weights: Path, given: list[Any]) -> list[Any]:
    """The outputs of a written model with stored weights."""
    framework = json.loads((folder / "conversion.json").read_text(encoding="utf-8"))["target"]["framework"]
    if framework == "torch":
        from safetensors.torch import load_file

        model, _ = built(folder)
        state, stored = model.state_dict(), load_file(str(weights))
        if state.keys() != stored.keys():
            raise RuntimeError(f"{len(state.keys() ^ stored.keys())} names differ between the weights and the model")
        state.update(stored)  # it has the versions of modules, which MNASNet asks for
        model.load_state_dict(state, strict=True)
    else:
        import keras

        keras.config.set_floatx("float64")
        model, _ = built(folder)
        outputs(model, given, framework)  # builds it
        model.load_weights(weights)
    return outputs(model, given, framework)


def turned(value: Any, specs: Sequence[dict[str, Any]], back: bool = False) -> Any:
    """An array in the order of axes that it has behind conversions, or had before them."""
    for spec in specs:
        names = ("target_axes", "source_axes") if back else ("source_axes", "target_axes")
        have, want = (spec[name].split() for name in names)
        value = value.transpose([have.index(letter) for letter in want])
    return np.ascontiguousarray(value)


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(Path(sys.argv[2]))
    else:
        print(compare_both(Path(sys.argv[2])))
