"""The helper that finds what Qt needs from the system."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def helper(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("system_packages", root / "installer" / "system_packages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_library_that_does_not_load_is_reported_by_its_package(helper: ModuleType) -> None:
    assert helper.missing({"libno-such-thing.so.9": "libno-such-thing9", "libc.so.6": "libc6"}) == ["libno-such-thing9"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the wheels bring everything elsewhere")
def test_what_is_missing_is_one_exact_line(
    helper: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(helper, "CORE", {"libno-such-thing.so.9": "libno-such-thing9"})
    monkeypatch.setattr(helper, "WINDOW", {})
    monkeypatch.setattr(helper, "has_font", lambda: True)
    monkeypatch.setattr(helper, "install", lambda _: False)
    assert helper.main([]) == 1
    assert capsys.readouterr().err == (
        "Qt needs these system packages to draw at all: sudo apt-get install libno-such-thing9\n"
    )


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the wheels bring everything elsewhere")
def test_a_machine_without_a_display_is_good_enough(helper: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helper, "CORE", {})
    monkeypatch.setattr(helper, "has_font", lambda: True)
    monkeypatch.setattr(helper, "WINDOW", {"libno-such-thing.so.9": "libno-such-thing9"})
    monkeypatch.setattr(helper, "install", lambda _: False)
    assert helper.main([]) == 0
