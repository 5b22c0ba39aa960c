"""An interpreter is asked for what it needs before anything is run."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from codegen.verify import interpreter
from codegen.verify.interpreter import check_interpreter
from pivot.problems import Refusal


def said(python: str | None) -> str:
    with pytest.raises(Refusal) as refused:
        check_interpreter(python, ("torch", "keras"))
    return refused.value.problem.why


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreter, "NEEDED", {"torch": ("json",), "keras": ("no_such_module", "json")})
    assert said(sys.executable) == "this interpreter has no no_such_module"
    monkeypatch.setattr(interpreter, "NEEDED", {"torch": ("json",), "keras": ("ast",)})
    check_interpreter(None, ("torch", "keras"))


def test_what_is_no_interpreter_is_refused(tmp_path: Path) -> None:
    assert "not there" in said(str(tmp_path / "python"))
    old = tmp_path / "old"
    old.write_text("#!/bin/sh\necho unknown option -P >&2\nexit 2\n")
    old.chmod(0o755)
    assert "unknown option -P" in said(str(old))


def test_a_frozen_application_has_none_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert "brings no frameworks" in said(None)
