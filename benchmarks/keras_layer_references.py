"""The same Keras layers on another backend of Keras, where TensorFlow computes in float32: a process of its own.

    KERAS_BACKEND=torch|jax python keras_layer_references.py < FOLDERS

Every folder holds what `keras_layer_runs` has left: the program `model.py`, its weights and its inputs. The outputs of
the unchanged program in float64 go into `<backend>.npz` beside it, or why there are none into `<backend>.txt`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

BACKENDS = ("torch", "jax")


def others() -> list[str]:
    """The other backends of Keras that are installed."""
    return [name for name in BACKENDS if find_spec(name) is not None]


def run_on(backend: str, folders: Iterable[Path]) -> None:
    """Run the programs of folders in a process with this backend."""
    given = "\n".join(map(str, folders))
    own = {**os.environ, "KERAS_BACKEND": backend, "JAX_ENABLE_X64": "1", "JAX_PLATFORMS": "cpu"}
    subprocess.run([sys.executable, __file__], input=given, text=True, env=own, check=True)


def outputs_on(backend: str, folder: Path) -> list[Any] | None:
    """What a folder's program gave there, None where it did not run."""
    path = folder / f"{backend}.npz"
    if not path.exists():
        return None
    with np.load(path) as found:
        return [found[f"arr_{place}"] for place in range(len(found.files))]


def main() -> int:
    """One folder a line."""
    from sample_runs import load_runtime

    backend = os.environ["KERAS_BACKEND"]
    runtime = load_runtime()
    for line in sys.stdin.read().splitlines():
        folder = Path(line)
        try:
            np.savez(folder / f"{backend}.npz", *outputs(folder, runtime))
        except Exception:  # noqa: BLE001  not a program of ours
            (folder / f"{backend}.txt").write_text(traceback.format_exc(), encoding="utf-8")
    return 0


def outputs(folder: Path, runtime: Any) -> list[Any]:
    """Of a folder's program in float64, with the stored weights and inputs."""
    import keras

    keras.backend.clear_session()
    runtime.set_dtype("float64")
    names: dict[str, Any] = {}
    exec(compile((folder / "model.py").read_text(encoding="utf-8"), "model.py", "exec"), names)  # noqa: S102
    model = names["model"]
    model.load_weights(folder / "source.weights.h5")
    with np.load(folder / "inputs.npz") as found:
        given = [keras.ops.convert_to_tensor(found[f"arr_{place}"]) for place in range(len(found.files))]
    result = model(given if len(given) > 1 else given[0], training=False)
    return [keras.ops.convert_to_numpy(value) for value in keras.tree.flatten(result)]


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    sys.exit(main())
