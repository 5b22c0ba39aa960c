"""Exporting to a folder: whole files or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from pivot.problems import Refusal
from pivot.project import Project, load_project
from studio import export


def made(folder: Path) -> Path:
    (folder / "deep" / "__pycache__").mkdir(parents=True)
    (folder / "net_keras.py").write_text("new")
    (folder / "project.pivot").write_text("working copy")
    (folder / "deep" / "report.json").write_text("{}")
    (folder / "deep" / "__pycache__" / "x.pyc").write_text("no")
    (folder / "link").symlink_to("/etc/passwd")
    return folder


def test_files_are_copied_and_the_project_names_the_source(tmp_path: Path) -> None:
    directory, out = made(tmp_path / "made"), tmp_path / "out"
    project = Project(str(tmp_path / "net.py"), texts={str(tmp_path / "net.py"): "edited"})
    written = export.export(directory, out, project)
    assert sorted(str(path.relative_to(out)) for path in written) == [
        "deep/report.json",
        "net_keras.py",
        "project.pivot",
    ]
    assert load_project(out / "project.pivot") == project


def test_only_what_differs_is_in_the_way(tmp_path: Path) -> None:
    directory, out = made(tmp_path / "made"), tmp_path / "out"
    out.mkdir()
    (out / "net_keras.py").write_text("old")
    (out / "deep").mkdir()
    (out / "deep" / "report.json").write_text("{}")
    assert [str(name) for name in export.replaced(directory, out)] == ["net_keras.py"]


def test_a_full_disk_is_told_and_harms_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory, out = made(tmp_path / "made"), tmp_path / "out"
    out.mkdir()
    (out / "net_keras.py").write_text("old")

    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(export, "write_atomic", full)
    with pytest.raises(Refusal, match="No space left"):
        export.export(directory, out, Project("a.py"))
    assert (out / "net_keras.py").read_text() == "old"
