"""`show`: trees, dot and data of a network."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.commands.opening import project_of
from tests.studio.fixtures.command import Run


def test_show_prints_a_tree(run: Run, example_models: dict[str, Path]) -> None:
    done = run("show", example_models["resnet18"], "--input", "1x3x64x64")
    assert done.status == 0
    lines = [line.strip() for line in done.out.splitlines()]
    assert "layer1 · Sequential" in lines
    assert any(line.startswith("fc · linear") and line.endswith("-> N×1000") for line in lines)


def test_show_writes_pictures_and_dot(run: Run, example_models: dict[str, Path], tmp_path: Path) -> None:
    source = example_models["cifar_cnn"]
    assert run("show", source, "-o", tmp_path / "net.json").status == 0
    picture = json.loads((tmp_path / "net.json").read_text())
    assert run("show", source, "-o", tmp_path / "net.dot").status == 0
    dot = (tmp_path / "net.dot").read_text()
    assert dot.startswith("digraph ")
    assert dot.count("{") == dot.count("}")
    assert all(f'"{node["id"]}"' in dot for node in picture["nodes"])


def test_show_without_graphviz_says_so(
    run: Run, example_models: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = run("show", example_models["cifar_cnn"], "-o", tmp_path / "net.svg")
    assert done.status == 2
    assert "install Graphviz" in done.line
    assert run("show", example_models["cifar_cnn"], "-o", tmp_path / "net.gif").status == 2


def test_a_source_is_shown_as_one_that_is_written_in_the_other_framework(tmp_path: Path) -> None:
    source = tmp_path / "net.py"
    source.write_text("from keras import layers\n")
    assert project_of(source, None, (), (), None).target == "torch"
    assert project_of(source, None, (), (), "keras").target == "keras"
