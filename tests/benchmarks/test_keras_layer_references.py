"""The second reference of the benchmark of Keras' layer tests."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

import keras_layer_runs
from keras_layer_runs import folder_of, on_other_backends
from sample_runs import Verdict


@pytest.mark.parametrize(("theirs", "kind"), [([1.0, 2.0], "elsewhere"), ([1.0, 2.0 + 1e-9], "close"), (None, "close")])
def test_only_what_equals_the_other_backend_counts_as_equal_there(
    theirs: list[float] | None, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Verdict("layer 1", "close", "relative error 1e-8")
    folder = folder_of(found.name, tmp_path)
    folder.mkdir()
    np.savez(folder / "ours.npz", np.array([1.0, 2.0]))

    def run(backend: str, folders: object) -> None:
        if theirs is not None:
            np.savez(folder / f"{backend}.npz", np.array(theirs))

    monkeypatch.setattr(keras_layer_runs, "others", lambda: ["torch"])
    monkeypatch.setattr(keras_layer_runs, "run_on", run)
    on_other_backends([found], tmp_path)
    assert found.kind == kind
