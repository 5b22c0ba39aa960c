"""The command as scripts call it: one line per error, exit statuses, and what it never loads."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from studio import cli
from studio.commands import convert as convert_verb
from tests.studio.fixtures.command import NET, Run, files, runner


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    return runner(capsys, tmp_path)


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


def hear_interrupts() -> None:
    """What a shell starts in the background is deaf to SIGINT, and so is all that it starts in its turn."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_ends_a_running_conversion_cleanly(root: Path, write_source: Any, tmp_path: Path) -> None:
    slow = NET.replace(
        "self.fc2 = ",
        "[len(('ab' * 400_000).upper()) for i in range(9_000) for j in range(9_000)]\n            self.fc2 = ",
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
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(words, cwd=root, text=True, preexec_fn=hear_interrupts, **pipes) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if json.loads(line).get("step") == "elaborate":
                break
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=30)
    assert (child.returncode, err) == (130, "pivot-studio: interrupted\n")
    assert files(tmp_path / "out") == set()


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
