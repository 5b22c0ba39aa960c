"""Folders of own op files."""

from __future__ import annotations

from pathlib import Path

import pytest

from pivot.op_folders import own_folders, project_folder, user_folder


def test_the_folders_that_are_there_are_named_the_users_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "net.py"
    monkeypatch.setenv("PIVOT_STUDIO_OPS", str(tmp_path / "mine"))
    assert own_folders(source) == ()
    project_folder(source).mkdir()
    user_folder().mkdir()
    assert own_folders(source) == (tmp_path / "mine", tmp_path / "pivot_ops")


def test_without_the_variable_the_folder_lies_in_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIVOT_STUDIO_OPS", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    assert user_folder() == tmp_path / "pivot-studio" / "ops"
