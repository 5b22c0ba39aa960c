"""Files of a conversion arrive all or not at all, and what was there before stays whole."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from codegen.delivery import Stage, delivery
from pivot.problems import Refusal

FILES = {"net_keras.py": "new code", "project.pivot": "new project", "conversion.json": "new record"}


def content(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def put(stage: Stage) -> None:
    for name, text in FILES.items():
        stage.write(name, text)


def test_all_files_arrive_and_nothing_else(tmp_path: Path) -> None:
    with delivery(tmp_path / "a" / "b") as stage:
        put(stage)
    assert content(tmp_path / "a" / "b") == FILES


def test_nothing_is_seen_before_everything_is_written(tmp_path: Path) -> None:
    (tmp_path / "net_keras.py").write_text("old code")
    with delivery(tmp_path) as stage:
        put(stage)
        visible = {path.name: path.read_text() for path in tmp_path.iterdir() if path.is_file()}
        assert visible == {"net_keras.py": "old code"}


@pytest.mark.parametrize("failing", range(len(FILES)))
def test_a_file_that_cannot_be_replaced_takes_all_others_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    old = {"net_keras.py": "old code", "conversion.json": "old record", "mine.txt": "mine"}
    for name, text in old.items():
        (tmp_path / name).write_text(text)
    real, calls = os.replace, iter(range(1000))

    def replace(source: Path, target: Path) -> None:
        if next(calls) == failing:
            raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(Refusal, match="No space left on device") as caught, delivery(tmp_path) as stage:
        put(stage)
    assert "\n" not in str(caught.value)
    assert content(tmp_path) == old


def test_an_error_in_the_block_leaves_no_trace(tmp_path: Path) -> None:
    def interrupted() -> None:
        with delivery(tmp_path / "new" / "out") as stage:
            stage.write("net_keras.py", "half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_one_line_and_the_old_files_stand(tmp_path: Path) -> None:
    (tmp_path / "net_keras.py").write_text("old code")
    script = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from codegen.delivery import delivery\n"
        "from pivot.problems import Refusal\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n"
        "    with delivery(Path(sys.argv[1])) as stage:\n"
        "        stage.write('net_keras.py', 'x' * 100)\n"
        "        stage.write('conversion.json', 'x' * 100_000)\n"
        "except Refusal as refusal:\n"
        "    sys.exit(str(refusal))\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "could not be written (File too large)" in done.stderr
    assert content(tmp_path) == {"net_keras.py": "old code"}
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 1000


def test_a_file_in_the_place_of_the_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(Refusal, match="could not be written"), delivery(tmp_path / "out") as stage:
        put(stage)
    assert (tmp_path / "out").read_text() == "a file"
