"""`verify`: a folder is converted again and compared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.studio.fixtures.command import NET, Run


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
    monkeypatch.setattr(
        verify_verb, "verified", lambda run, output, **options: seen.append(run) or Report(True, {}, {})
    )
    done = run("verify", tmp_path / "out")
    assert (done.status, "warning" in done.out) == (0, False)
    target = tmp_path / "out" / "model_keras.py"
    assert seen[0].converted.text == target.read_text()
    target.write_text(target.read_text() + "\n# mine\n")
    done = run("verify", tmp_path / "out")
    assert "is not what would be written" in done.out
