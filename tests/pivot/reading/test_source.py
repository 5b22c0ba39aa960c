"""Opening files: what comes back, what is refused, and that nothing waits for ever."""

from __future__ import annotations

import json
import os
import socket
import threading
from pathlib import Path

import pytest

from pivot.problems import Refusal
from pivot.reading import source
from pivot.reading.limits import LIMITS, Limits
from pivot.reading.source import from_bytes, load
from pivot.reading.syntax import parse


def notebook(*cells: str, **more: object) -> bytes:
    """A notebook with these code cells."""
    return json.dumps(
        {
            "nbformat": 4,
            "metadata": {"kernelspec": {"language": "python"}},
            "cells": [
                {"cell_type": "markdown", "source": ["# title"]},
                *({"cell_type": "code", "source": cell.splitlines(keepends=True)} for cell in cells),
            ],
            **more,
        }
    ).encode()


def refusal(path: str | Path, limits: Limits = LIMITS) -> str:
    """`code: why` of what loading answers."""
    with pytest.raises(Refusal) as caught:
        load(path, limits)
    return f"{caught.value.problem.code}: {caught.value.problem.why}"


def test_a_plain_file(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_bytes("x = 'é'\r\ny = 1\r\nz\n".encode())
    found = load(path)
    assert found.text == "x = 'é'\r\ny = 1\r\nz\n"
    assert (found.encoding, found.newline, found.warnings) == ("utf-8", "\r\n", ())


@pytest.mark.parametrize(
    ("data", "encoding", "text"),
    [
        (b"\xef\xbb\xbfx = 1\n", "utf-8-sig", "x = 1\n"),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "iso8859-1", "# -*- coding: latin-1 -*-\nx = 'é'\n"),
        (b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '\x80'\n", "cp1252", None),
        (b"x = 1\n# coding: utf-7\n", "utf-8", None),  # no coding line: code stands above it
    ],
)
def test_encodings(data: bytes, encoding: str, text: str | None) -> None:
    found = from_bytes(data, "f.py")
    assert found.encoding == encoding
    assert text is None or found.text == text


def test_special_files_are_refused_without_opening_them(tmp_path: Path) -> None:
    pipe, link, folder = tmp_path / "pipe.py", tmp_path / "link.py", tmp_path / "folder.py"
    os.mkfifo(pipe)
    link.symlink_to("/dev/zero")
    folder.mkdir()
    (tmp_path / "loop.py").symlink_to(tmp_path / "loop.py")
    (tmp_path / "nowhere.py").symlink_to(tmp_path / "gone.py")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s.py"))
        found = [
            refusal(tmp_path / name)
            for name in ("pipe.py", "link.py", "folder.py", "s.py", "loop.py", "nowhere.py", "gone.py", "nul\0.py")
        ]
    assert found == [
        "not-a-file: this is a pipe, not a file",
        "not-a-file: this is a device, not a file",
        "not-a-file: this is a folder, not a file",
        "not-a-file: this is a socket, not a file",
        "unreadable: the file cannot be read: Too many levels of symbolic links",
        "unreadable: the link points to nothing",
        "unreadable: there is no such file",
        "unreadable: the file cannot be read: embedded null byte",
    ]


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "net.py"
    path.write_text("x = 1\n")

    def denied(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(source.os, "open", denied)
    assert refusal(path) == "unreadable: no permission to read the file"


def test_a_dead_mount_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release, real, path = threading.Event(), os.stat, tmp_path / "net.py"

    def dead(asked: str, **more: bool) -> os.stat_result:
        if asked == str(path):
            release.wait(30)
        return real(asked, **more)

    monkeypatch.setattr(source.os, "stat", dead)
    try:
        assert refusal(path, Limits(read_seconds=0.05)) == ("unreadable: the file system did not answer within 0.05 s")
    finally:
        release.set()


def test_a_file_that_keeps_changing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "net.py"
    path.write_text("x = 1\n")
    real = os.fstat

    def growing(descriptor: int) -> os.stat_result:
        with path.open("a") as file:
            file.write("y = 2\n")
        return real(descriptor)

    monkeypatch.setattr(source.os, "fstat", growing)
    assert refusal(path) == "unreadable: the file changes while it is read"


def test_a_file_replaced_while_it_is_read_stays_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "net.py"
    path.write_text("old = 1\n")
    real = os.fstat

    def replacing(descriptor: int) -> os.stat_result:
        other = tmp_path / "other"
        other.write_text("new = 2\n")
        other.replace(path)
        return real(descriptor)

    monkeypatch.setattr(source.os, "fstat", replacing)
    assert load(path).text == "old = 1\n"


def test_size_is_checked_before_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "net.py"
    with path.open("wb") as file:
        file.truncate(1 << 40)  # a hole: takes no room
    assert refusal(path) == f"limit: a file of {1 << 40} bytes (limit file_bytes = 2000000)"


@pytest.mark.parametrize("name", [b"a\nb.py", b"\xff\xfe.py", b"n" * 252 + b".py", b" .py"])
def test_odd_file_names(tmp_path: Path, name: bytes) -> None:
    path = os.path.join(os.fsencode(tmp_path), name)
    Path(os.fsdecode(path)).write_text("x = (\n")
    found = load(os.fsdecode(path))
    with pytest.raises(Refusal) as caught:
        parse(found.text, found.path)
    assert str(caught.value).isprintable()


def test_notebooks() -> None:
    data = notebook(
        "%matplotlib inline\nimport torch\n",
        "!pip install x\nif a:\n    %time f()\n",
        "%%bash\nls\n",
        "%%time\nx = '''\n%kept\n'''\ny = (1\n  % 2)\nz = !ls\n",
    )
    found = from_bytes(data, "n.ipynb")
    assert found.text == (
        "# %% cell 2\n# %matplotlib inline\nimport torch\n\n"
        "# %% cell 3\n# !pip install x\nif a:\n    pass  # %time f()\n\n"
        "# %% cell 4\n# %%bash\n# ls\n#\n"
        "# %% cell 5\n# %%time\nx = '''\n%kept\n'''\ny = (1\n  % 2)\n# z = !ls\n\n"
    )
    assert [(problem.line, problem.severity) for problem in found.warnings] == [
        (2, "info"),
        (6, "info"),
        (8, "info"),
        (11, "info"),
        (15, "info"),
        (21, "info"),
    ]
    parse(found.text, found.path)


def test_a_notebook_under_another_name() -> None:
    assert from_bytes(notebook("x = 1"), "n.py").text == "# %% cell 2\nx = 1\n"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b'{"cells": [', "this notebook is not valid JSON"),
        (b"[" * 5000, "this notebook is not valid JSON"),
        (b"{}", "this is JSON, but not a notebook"),
        (b"[1]", "this is JSON, but not a notebook"),
        (notebook(), "this notebook has no code cells"),
        (notebook("x", metadata={"kernelspec": {"language": "R"}}), "this notebook is written in R"),
    ],
)
def test_notebooks_that_are_none(data: bytes, why: str) -> None:
    with pytest.raises(Refusal) as caught:
        from_bytes(data, "n.ipynb")
    assert caught.value.problem.why == why


def test_magics_in_a_python_file_keep_lines_and_ends() -> None:
    found = from_bytes(b"import torch\r\n%matplotlib inline\r\nx = (a\r\n  % b)\r\ntorch?\r\n", "f.py")
    assert found.text == "import torch\r\n# %matplotlib inline\r\nx = (a\r\n  % b)\r\n# torch?\r\n"
    assert [problem.line for problem in found.warnings] == [2, 5]
