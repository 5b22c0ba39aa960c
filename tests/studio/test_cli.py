"""The command as scripts call it: exit statuses, one line per error, events, and what it leaves on the disk."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studio import cli
from studio.commands import convert as convert_verb
from studio.jobs.events import Result, parse
from studio.jobs.results import conversion_results

Run = Callable[..., "Done"]
PLACE = r"^{}:\d+:\d+: .+: .+$"
NET = """
    from torch import nn


    class Net(nn.Module):
        def __init__(self, hidden=8):
            super().__init__()
            self.fc1 = nn.Linear(4, hidden)
            self.fc2 = nn.Linear(hidden, 3)

        def forward(self, x):
            return self.fc2(self.fc1(x).relu())
"""


class Done:
    """One call of the command."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def line(self) -> str:
        """The only line on stderr."""
        assert self.err.count("\n") == 1, self.err
        return self.err.rstrip("\n")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """`run("convert", path, ...)` in this process; without `-o`, convert writes to tmp_path / "out"."""

    def call(*words: object) -> Done:
        argv = [str(word) for word in words]
        if argv[0] == "convert" and "-o" not in argv:
            argv += ["-o", str(tmp_path / "out")]
        if argv[0] == "convert" and "--to" not in argv:
            argv += ["--to", "keras"]
        status = cli.main(argv)
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Done(status, said.out, said.err)

    return call


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


# -- convert


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
    from codegen.static_proof import Proof
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


# -- atomicity


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


# -- usage and errors


@pytest.mark.parametrize(
    "words",
    [
        ["convert", "net.py", "--to", "caffe"],
        ["convert", "net.py", "--unknown"],
        ["frobnicate"],
        ["weights", "net.pt"],
        ["ops", "--missing", "caffe"],
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(words: list[str], run: Run) -> None:
    done = run(*words)
    assert done.status == 2
    assert "see pivot-studio" in done.line


@pytest.mark.parametrize(
    "words",
    [
        ["--input", "3by4"],
        ["--set", "CLASSES"],
        ["--set", "1x=2"],
        ["--model", "Net("],
        ["--model", "Missing"],
        ["--style", "functional"],
        ["--to", "torch"],
        ["--to", "flax"],
        ["--ops", "/nowhere"],
        ["--input", "2x5"],
    ],
)
def test_values_that_do_not_fit_are_one_line_and_exit_2(words: list[str], run: Run, write_source: Any) -> None:
    done = run("convert", write_source(NET), *words)
    assert done.status == 2
    assert ": " in done.line
    assert "internal" not in done.line


def test_the_framework_must_be_said(write_source: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert cli.main(["convert", str(write_source(NET)), "-o", str(tmp_path)]) == 2
    assert "--to keras" in capsys.readouterr().err


def test_help_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["convert", "--help"]) == 0
    assert "--weights" in capsys.readouterr().out


def test_a_defect_of_ours_is_one_line_and_a_file(
    run: Run, write_source: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object) -> None:
        raise KeyError("lost\nkey")

    monkeypatch.delenv(cli.DEBUG, raising=False)
    monkeypatch.setattr(convert_verb, "run_conversion", broken)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    done = run("convert", write_source(NET))
    assert done.status == 2
    assert done.line.startswith("pivot-studio: internal error (KeyError")
    report = Path(done.line.rpartition(" ")[2])
    assert "Traceback" in report.read_text()
    monkeypatch.setenv(cli.DEBUG, "1")
    with pytest.raises(KeyError):
        run("convert", write_source(NET))


def test_interrupted_is_one_line(run: Run, write_source: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(convert_verb, "run_conversion", stopped)
    done = run("convert", write_source(NET))
    assert (done.status, done.line) == (130, "pivot-studio: interrupted")


def test_ctrl_c_ends_a_running_conversion_cleanly(root: Path, write_source: Any, tmp_path: Path) -> None:
    slow = NET.replace(
        "self.fc2 = ", "[len(str(i)) for i in range(9_000) for j in range(9_000)]\n            self.fc2 = "
    )
    source = write_source(slow)
    words = [
        sys.executable,
        "-m",
        "studio",
        "convert",
        str(source),
        "--to",
        "keras",
        "-o",
        str(tmp_path / "out"),
        "--json",
    ]
    with subprocess.Popen(words, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if json.loads(line).get("step") == "elaborate":
                break
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=30)
    assert (child.returncode, err) == (130, "pivot-studio: interrupted\n")
    assert files(tmp_path / "out") == set()


# -- bad inputs

BAD: dict[str, bytes] = {
    "empty": b"",
    "only a docstring": b'# hi\n"""doc"""\n',
    "NUL": b"x = 1\0\n",
    "UTF-16": "x = 1\n".encode("utf-16"),
    "Latin-1 without a coding line": b"# \xe9\n",
    "unknown codec": b"# coding: foo\nx = 1\n",
    "forbidden codec": b"# coding: rot13\nx = 1\n",
    "Python 2": b'print "hi"\n',
    "mixed tabs": b"def f():\n\tx = 1\n        y = 2\n",
    "newer Python": b"type X = int\n",
    "cut off": b"x = ((1, 2\n",
    "merge conflict": b"<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> b\n",
    "a zip": b"PK\x03\x04\x14\x00" + bytes(range(256)),
    "a pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 12\n",
    "nested brackets": b"x = " + b"(" * 1000 + b"1" + b")" * 1000,
    "nested minus": b"x = " + b"-" * 10_000 + b"1",
    "one long line": b"x = (" + b"b," * 1_500_000 + b")",
    "a long number": b"x = " + b"9" * 5000,
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_one_line_with_a_place(name: str, run: Run, tmp_path: Path) -> None:
    source = tmp_path / "bad.py"
    source.write_bytes(BAD[name])
    start = time.perf_counter()
    done = run("convert", source, "--input", "2x4")
    assert done.status == 2
    assert done.line.startswith(f"{source}:")
    assert "internal" not in done.line
    assert time.perf_counter() - start < 5
    assert files(tmp_path / "out") == set()


@pytest.mark.parametrize(
    "line",
    [
        "self.n = 2**9999**99",
        "self.n = 'a' * 10**12",
        "self.n = [0] * 10**10",
        "self.n = 1 << 10**9",
        "for i in range(10**12): pass",
        "self.forward(self.forward(1))",
        "raise ValueError('no')",
    ],
)
def test_bombs_go_off_nowhere(line: str, run: Run, write_source: Any) -> None:
    source = write_source(NET.replace("self.fc2 = ", f"{line}\n            self.fc2 = "))
    done = run("convert", source, "--input", "2x4")
    assert done.status == 2
    assert done.line.startswith(f"{source}:")
    assert "internal" not in done.line


def test_what_opens_although_it_is_odd(run: Run, write_source: Any, tmp_path: Path) -> None:
    source = write_source(NET)
    text = source.read_text()
    odd = {
        "bom": b"\xef\xbb\xbf" + text.encode(),
        "cr": text.replace("\n", "\r").encode(),
        "crlf": text.replace("\n", "\r\n").encode(),
        "a thousand terms": text.replace("hidden=8", "hidden=" + "+".join(["1"] * 1000)).encode(),
    }
    for name, data in odd.items():
        source.write_bytes(data)
        done = run("convert", source, "--input", "2x4")
        assert (done.status, done.err) == (0, ""), name


def test_suspicious_characters_are_a_visible_warning(run: Run, write_source: Any) -> None:
    source = write_source(NET)
    source.write_text("# \u202e hidden\n" + source.read_text(), encoding="utf-8")
    done = run("convert", source, "--input", "2x4")
    assert done.status == 0
    assert "warning: " in done.out
    assert "U+202E" in done.out


def test_names_of_files_may_be_anything(run: Run, write_source: Any, tmp_path: Path) -> None:
    for name in ("two\nlines.py", os.fsdecode(b"not-text-\xff.py"), "x" * 252 + ".py"):
        source = write_source(NET, name)
        done = run("convert", source, "--input", "2x4", "-o", tmp_path / "named", "--json")
        assert (done.status, done.err) == (0, ""), ascii(name)


# -- the other verbs


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


def test_ops_lists_every_op(run: Run) -> None:
    done = run("ops")
    assert done.status == 0
    assert "keras.layers.Conv2D" in done.out
    listed = run("ops", "--json").events[-1]["ops"]
    assert {"conv2d", "linear", "softmax"} <= {op["op"] for op in listed}


def test_ops_of_a_folder_and_what_is_missing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bessel_j0.toml").write_text(
        "# missing keras: TensorFlow has it, Keras has not\n"
        'op = "bessel_j0"\ntitle = "Bessel function"\ninputs = "x: *"\noutput = "y: *"\n'
        'shape = "same"\nlayout = "any"\n'
        '[[torch]]\ncall = "torch.special.bessel_j0"\nkind = "function"\nargs = "input=@x"\n'
    )
    done = run("ops", "--ops", tmp_path, "--missing", "keras")
    assert done.status == 0
    assert "user/bessel_j0: TensorFlow has it, Keras has not" in done.out


def test_verify_needs_a_conversion(run: Run, tmp_path: Path) -> None:
    done = run("verify", tmp_path)
    assert done.status == 2
    assert "conversion.json" in done.line
    (tmp_path / "conversion.json").write_text("[1")
    assert run("verify", tmp_path).status == 2


def test_verify_converts_again_and_says_when_the_file_was_changed(
    run: Run, write_source: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from codegen.verify.report import Report
    from studio.commands import verify as verify_verb

    assert run("convert", write_source(NET), "--input", "2x4").status == 0
    seen: list[Any] = []
    monkeypatch.setattr(verify_verb, "verified", lambda run, output: seen.append(run) or Report(True, {}, {}))
    done = run("verify", tmp_path / "out")
    assert (done.status, "warning" in done.out) == (0, False)
    target = tmp_path / "out" / "model_keras.py"
    assert seen[0].converted.text == target.read_text()
    target.write_text(target.read_text() + "\n# mine\n")
    done = run("verify", tmp_path / "out")
    assert "is not what would be written" in done.out


# -- laws


@pytest.mark.parametrize("words", [["convert", "{}", "--to", "keras", "-o", "{out}"], ["show", "{}"], ["ops"]])
def test_verbs_load_neither_qt_nor_a_framework(
    words: list[str], root: Path, example_models: dict[str, Path], tmp_path: Path
) -> None:
    argv = [
        word.replace("{out}", str(tmp_path / "out")).replace("{}", str(example_models["cifar_cnn"])) for word in words
    ]
    script = (
        "import sys\n"
        "from studio.__main__ import main\n"
        "status = main(sys.argv[1:])\n"
        "heavy = {'PySide6', 'shiboken6', 'torch', 'tensorflow', 'keras', 'jax', 'h5py', 'numpy', 'networkx'}\n"
        "sys.stderr.write(','.join(sorted(heavy & set(sys.modules))))\n"
        "sys.exit(status)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, *argv], cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
