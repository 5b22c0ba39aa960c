"""`convert`: what it delivers, what it says, how it exits."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from codegen import other_arguments
from codegen.static_proof import Proof
from pivot.problems import Problem
from studio.commands import convert as convert_verb
from studio.commands.running import proof_problem
from studio.jobs.events import Result, parse
from studio.jobs.results import conversion_results
from tests.studio.fixtures.command import NET, Run, files


@pytest.mark.parametrize("name", ["alexnet", "cifar_cnn", "lstm_classifier", "mobilenet_v2", "resnet18", "unet"])
def test_examples_convert(name: str, run: Run, example_models: dict[str, Path], tmp_path: Path) -> None:
    done = run("convert", example_models[name])
    assert (done.status, done.err) == (0, "")
    assert files(tmp_path / "out") == {f"{name}_keras.py", "project.pivot", "conversion.json"}
    record = json.loads((tmp_path / "out" / "conversion.json").read_text())
    compile((tmp_path / "out" / record["target"]["path"]).read_text(), name, "exec")
    assert record["nodes"]["unmapped"] == 0


def test_unmapped_nodes_are_written_said_and_exit_3(run: Run, example_models: dict[str, Path], tmp_path: Path) -> None:
    source = example_models["spectral_mixer"]
    done = run("convert", source)
    assert done.status == 3
    assert done.line.startswith(f"{source}:24:13: not mapped: torch.special.bessel_j0(y)")
    assert "raise NotImplementedError" in (tmp_path / "out" / "spectral_mixer_keras.py").read_text()


def test_weights_and_numbers_wait_until_everything_is_mapped(
    run: Run, example_models: dict[str, Path], tmp_path: Path
) -> None:
    done = run("convert", example_models["spectral_mixer"], "--weights", tmp_path / "any.pt", "--verify")
    assert done.status == 3
    assert "--weights is left out" in done.out
    assert "--verify is left out" in done.out


def test_events_are_what_the_window_reads(run: Run, example_models: dict[str, Path], tmp_path: Path) -> None:
    done = run("convert", example_models["resnet18"], "--input", "1x3x64x64", "--json")
    steps = [event for event in done.events if event["event"] == "progress"]
    assert [step["step"] for step in steps] == ["read", "elaborate", "lower", "write", "prove", "deliver"]
    assert [step["done"] for step in steps] == list(range(6))
    result = parse(done.out.splitlines()[-1])
    assert isinstance(result, Result)
    results = conversion_results(result, 1, tmp_path, ())
    assert results.status == 0
    assert results.target_text == (tmp_path / "out" / "resnet18_keras.py").read_text()
    assert results.target_path == str(tmp_path / "out" / "resnet18_keras.py")
    assert results.picture is not None
    assert len(results.picture.nodes) == 69
    assert all(link.target is not None and link.target.file == results.target_path for link in results.links.links)


def test_parameters_that_are_not_followed_are_told_where_it_is_verified(
    run: Run, write_source: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write_source(NET)
    problem = Problem("other-argument", "warning", str(source), 4, 9, "k may count as 1 only", "convert with another")
    monkeypatch.setattr(other_arguments, "not_followed", lambda *given: [problem])
    monkeypatch.setattr(convert_verb, "verified", lambda *given: SimpleNamespace(equal=True, line="", as_json=dict))
    monkeypatch.setattr(convert_verb, "tell", lambda run, *rest: told.extend(run.extra))
    told: list[Problem] = []
    assert run("convert", source, "--input", "2x4").status == 0
    assert told == []
    assert run("convert", source, "--input", "2x4", "--verify").status == 0
    assert told == [problem]


def test_a_refusal_is_an_event_and_one_line(run: Run, write_source: Any, tmp_path: Path) -> None:
    source = write_source("x = (1,\n")
    done = run("convert", source, "--json")
    assert done.status == 2
    assert done.line.startswith(f"{source}:1:5: ")
    problems = [event for event in done.events if event["event"] == "problem"]
    assert [(problem["line"], problem["severity"]) for problem in problems] == [(1, "error")]
    assert files(tmp_path / "out") == set()


def test_what_cannot_be_written_is_refused_with_the_picture(
    run: Run, write_source: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pivot.problems import refuse
    from studio.commands import running

    source = write_source(NET)

    def no(*args: object) -> None:
        raise refuse("unwritable", str(source), 10, 9, "keras has no words for this", "write it with others")

    monkeypatch.setattr(running, "write_target", no)
    done = run("convert", source, "--input", "2x4", "--json")
    assert done.status == 2
    assert done.line == f"{source}:10:9: keras has no words for this: write it with others"
    assert done.events[-1]["status"] == 2
    assert len(done.events[-1]["picture"]["nodes"]) == 3
    assert done.events[-1]["directory"] is None
    assert files(tmp_path / "out") == set()


def test_a_proof_that_finds_a_difference_delivers_nothing(
    run: Run, write_source: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from studio.commands import running

    source = write_source(NET)
    real = running.prove

    def differs(*args: Any) -> Proof:
        proof = real(*args)
        proof.why, proof.place = "relu was to be written and tanh is read", (str(source), 11)
        return proof

    monkeypatch.setattr(running, "prove", differs)
    done = run("convert", source, "--input", "2x4")
    assert done.status == 2
    assert done.line.startswith(f"{source}:11:")
    assert "relu was to be written and tanh is read" in done.line
    assert files(tmp_path / "out") == set()


def test_model_inputs_and_names_from_outside(run: Run, write_source: Any, tmp_path: Path) -> None:
    source = write_source(NET.replace("nn.Linear(hidden, 3)", "nn.Linear(hidden, CLASSES)"))
    done = run("convert", source, "--model", "Net(hidden=5)", "--input", "2x4", "--set", "CLASSES=4 + 3")
    assert (done.status, done.err) == (0, "")
    record = json.loads((tmp_path / "out" / "conversion.json").read_text())
    assert record["target"]["model"] == "Net(hidden=5)"
    assert record["outputs"][0]["shape"] == ["N", 7]
    project = json.loads((tmp_path / "out" / "project.pivot").read_text())
    assert (project["model"], project["inputs"], project["bind"]) == ("Net(hidden=5)", ["2x4"], ["CLASSES=4 + 3"])


def test_a_project_is_a_source(run: Run, write_source: Any, tmp_path: Path) -> None:
    source = write_source(NET)
    assert run("convert", source, "--input", "2x4").status == 0
    first = (tmp_path / "out" / "model_keras.py").read_text()
    done = run("convert", tmp_path / "out" / "project.pivot", "-o", tmp_path / "again")
    assert (done.status, done.err) == (0, "")
    assert (tmp_path / "again" / "model_keras.py").read_text() == first


def test_texts_of_a_project_stand_for_files(run: Run, write_source: Any, tmp_path: Path) -> None:
    source = write_source(NET)
    edited = source.read_text().replace("hidden=8", "hidden=16")
    record = {"version": 1, "source": "model.py", "texts": {"model.py": edited}, "model": None, "inputs": ["2x4"]}
    project = tmp_path / "edited.pivot"
    project.write_text(json.dumps({**record, "bind": [], "target": "keras", "decisions": [], "positions": {}}))
    assert run("convert", project).status == 0
    assert "hidden=16" in (tmp_path / "out" / "model_keras.py").read_text()
    assert "hidden=8" in source.read_text()


def test_weights_are_carried_into_the_same_delivery(run: Run, write_source: Any, tmp_path: Path) -> None:
    import h5py
    import numpy as np

    from codegen.weights.safetensors_file import write_safetensors

    source, rng = write_source(NET), np.random.default_rng(0)
    shapes = {"fc1.weight": (8, 4), "fc1.bias": (8,), "fc2.weight": (3, 8), "fc2.bias": (3,)}
    state = {name: rng.normal(size=shape).astype("float32") for name, shape in shapes.items()}
    write_safetensors(tmp_path / "net.safetensors", state)
    done = run("convert", source, "--input", "2x4", "--weights", tmp_path / "net.safetensors")
    assert (done.status, done.err) == (0, "")
    record = json.loads((tmp_path / "out" / "conversion.json").read_text())
    assert record["weights"] == {"path": "model_keras.weights.h5"}
    with h5py.File(tmp_path / "out" / "model_keras.weights.h5") as file:
        assert np.array_equal(file["fc1/vars/0"][()], state["fc1.weight"].T)
        assert np.array_equal(file["fc2/vars/1"][()], state["fc2.bias"])
    other = tmp_path / "other.weights.h5"
    done = run("weights", tmp_path / "net.safetensors", "--with", tmp_path / "out", "-o", other)
    assert (done.status, done.err) == (0, "")
    with h5py.File(other) as file:
        assert np.array_equal(file["fc2/vars/0"][()], state["fc2.weight"].T)


def test_a_checkpoint_of_another_model_is_refused_and_nothing_is_written(
    run: Run, write_source: Any, tmp_path: Path
) -> None:
    import numpy as np

    from codegen.weights.safetensors_file import write_safetensors

    write_safetensors(tmp_path / "net.safetensors", {"fc1.weight": np.zeros((8, 4), "float32")})
    done = run("convert", write_source(NET), "--input", "2x4", "--weights", tmp_path / "net.safetensors")
    assert done.status == 2
    assert "fc1.bias" in done.line
    assert files(tmp_path / "out") == set()
    done = run("convert", write_source(NET), "--input", "2x4", "--weights", tmp_path / "missing.pt")
    assert done.status == 2
    assert done.line.startswith(f"{tmp_path / 'missing.pt'}:0:0: ")


def test_verification_decides_the_exit_status(
    run: Run, write_source: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from codegen.verify.report import Report

    equal = True
    monkeypatch.setattr(convert_verb, "verified", lambda *rest: Report(equal, {}, {}))
    source = write_source(NET)
    assert run("convert", source, "--input", "2x4", "--verify").status == 0
    equal = False
    done = run("convert", source, "--input", "2x4", "--verify", "--json")
    assert done.status == 1
    assert done.events[-1]["report"]["equal"] is False


def test_a_failing_disk_leaves_the_old_conversion_whole(
    run: Run, write_source: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write_source(NET)
    assert run("convert", source, "--input", "2x4").status == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    source.write_text(source.read_text().replace("hidden=8", "hidden=9"))
    real = os.replace

    def full(one: Any, other: Any) -> None:
        if Path(other).name == "conversion.json" and Path(other).parent == tmp_path / "out":
            raise OSError(28, "No space left on device")
        real(one, other)

    monkeypatch.setattr(os, "replace", full)
    done = run("convert", source, "--input", "2x4")
    assert done.status == 2
    assert "No space left on device" in done.line
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


def test_a_text_that_cannot_be_read_back_is_refused() -> None:
    unread = Proof("the written text could not be read back: the name 'x' is not bound", ("net_keras.py", 3))
    told = [proof_problem(unread, "net.py", wrapped) for wrapped in (False, True)]
    assert [(p.severity, p.file, p.line) for p in told if p is not None] == [
        ("error", "net_keras.py", 3),
        ("error", "net.py", 0),
    ]
    assert proof_problem(Proof(), "net.py") is None
