"""Worker: runs the Keras side of all examples. Started by path: `numbers_keras.py REQUEST.json ANSWER.json`."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np

RUNTIME = Path(__file__).resolve().parents[2] / "codegen" / "keras" / "runtime.py"


def load_runtime() -> Any:
    """The runtime of the verification, for the paths of variables."""
    spec = importlib.util.spec_from_file_location("runtime", RUNTIME)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(request: str, answer: str) -> None:
    """Run all jobs and say which failed."""
    runtime = load_runtime()
    runtime.framework(keras.backend.backend())
    models: dict[str, Any] = {}
    found: dict[str, str | None] = {}
    for job in json.loads(Path(request).read_text(encoding="utf-8")):
        runtime.set_dtype(job["dtype"])
        try:
            with np.load(job["target_inputs"]) as file:
                arrays = [np.array(file[f"i{place}"]) for place in range(job["count"])]
            arrays = [a.astype(job["dtype"]) if a.dtype.kind == "f" else a for a in arrays]
            given = [keras.ops.convert_to_tensor(a, dtype=a.dtype.name) for a in arrays]
            if job["target"] not in models:
                names: dict[str, Any] = {}
                exec(compile(Path(job["target"]).read_text(encoding="utf-8"), job["target"], "exec"), names)
                model = eval(job["model"], names)
                model(*given, training=False)
                fill(model, job["carried"], runtime)
                models[job["target"]] = model
            results = keras.tree.flatten(models[job["target"]](*given, training=False))
            np.savez(job["target_results"], **{f"o{n}": np.asarray(value) for n, value in enumerate(results)})
            found[job["key"]] = None
        except Exception as error:  # noqa: BLE001  the example is at fault, and is named
            found[job["key"]] = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
    Path(answer).write_text(json.dumps(found), encoding="utf-8")


def fill(model: Any, path: str, runtime: Any) -> None:
    """Give every variable its carried array; one without is an error."""
    variables = runtime.variable_paths(model)
    with np.load(path) as file:
        given = {key[1:]: np.array(file[key]) for key in file.files}
    missing = {p for p, v in variables.items() if "seed_generator" not in p and "uint" not in v.dtype} ^ set(given)
    if missing:
        raise KeyError(f"weights of one side only: {sorted(missing)}")
    for name, array in given.items():
        variables[name].assign(array)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
