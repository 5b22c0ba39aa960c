"""The example models are good user code, and the frameworks themselves can run them."""

from __future__ import annotations

import ast
import os
import runpy
from pathlib import Path

import pytest

NAMES = (
    "alexnet",
    "cifar_cnn",
    "cnn_rnn_classifier",
    "gru_tagger",
    "lstm_classifier",
    "mobilenet_v2",
    "resnet18",
    "spectral_mixer",
    "unet",
    "vgg16",
)


def test_the_list_is_complete(example_models: dict[str, Path]) -> None:
    assert tuple(example_models) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_an_example_says_how_it_is_built_and_called(example_models: dict[str, Path], name: str) -> None:
    """Docstrings, and a main block that binds `model` and calls it, so that model and inputs are found."""
    tree = ast.parse(example_models[name].read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    assert all(ast.get_docstring(node) for node in tree.body if isinstance(node, ast.ClassDef))
    main = tree.body[-1]
    assert isinstance(main, ast.If)
    assert ast.unparse(main.test) == "__name__ == '__main__'"
    bound = {ast.unparse(target) for node in ast.walk(main) if isinstance(node, ast.Assign) for target in node.targets}
    called = {ast.unparse(node.func) for node in ast.walk(main) if isinstance(node, ast.Call)}
    assert "model" in bound
    assert "model" in called
    assert called & {"torch.randn", "torch.randint"}


@pytest.mark.frameworks
@pytest.mark.parametrize("name", ["cifar_cnn", "lstm_classifier", "spectral_mixer"])
def test_an_example_runs(example_models: dict[str, Path], name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch")
    monkeypatch.setenv("OMP_NUM_THREADS", os.environ.get("OMP_NUM_THREADS", "1"))
    bound = runpy.run_path(str(example_models[name]), run_name="__main__")
    assert sum(parameter.numel() for parameter in bound["model"].parameters()) > 0
