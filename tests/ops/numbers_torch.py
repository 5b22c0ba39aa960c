"""Worker: runs the PyTorch side of all examples. Started by path: `numbers_torch.py REQUEST.json ANSWER.json`."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch

RUNTIME = Path(__file__).resolve().parents[2] / "codegen" / "torch" / "runtime.py"


def load_runtime() -> Any:
    """The runtime of the verification, for how it draws weights."""
    spec = importlib.util.spec_from_file_location("runtime", RUNTIME)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def flatten(value: Any) -> list[Any]:
    """The tensors of a nested result."""
    if isinstance(value, list | tuple):
        return [item for part in value for item in flatten(part)]
    return [] if value is None else [value]


def inputs_of(job: dict[str, Any]) -> list[Any]:
    """The inputs of one job, numbers in its element type."""
    with np.load(job["source_inputs"]) as file:
        given = [torch.from_numpy(np.array(file[f"i{place}"])) for place in range(job["count"])]
    return [value.to(getattr(torch, job["dtype"])) if value.is_floating_point() else value for value in given]


def main(request: str, answer: str) -> None:
    """Run all jobs and say which failed."""
    runtime = load_runtime()
    torch.set_num_threads(1)
    torch.backends.mha.set_fastpath_enabled(False)
    made: dict[str, Any] = {}
    found: dict[str, str | None] = {}
    for job in json.loads(Path(request).read_text(encoding="utf-8")):
        torch.set_default_dtype(getattr(torch, job["dtype"]))
        try:
            if job["source"] not in made:
                names: dict[str, Any] = {}
                exec(compile(Path(job["source"]).read_text(encoding="utf-8"), job["source"], "exec"), names)
                torch.manual_seed(0)
                model = names["Model"]().eval()
                if any(torch.nn.parameter.is_lazy(parameter) for parameter in model.parameters()):
                    with torch.no_grad():  # lazy layers make their weights when they see an input
                        model(*inputs_of(job))
                runtime.perturb(model)
                state = {f"={name}": value.numpy().copy() for name, value in model.state_dict().items()}
                np.savez(job["state"], **state)
                made[job["source"]] = model
            with torch.no_grad():
                results = flatten(made[job["source"]](*inputs_of(job)))
            np.savez(job["source_results"], **{f"o{place}": np.asarray(value) for place, value in enumerate(results)})
            found[job["key"]] = None
        except Exception as error:  # noqa: BLE001  the example is at fault, and is named
            found[job["key"]] = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
    Path(answer).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
