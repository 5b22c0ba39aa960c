"""The demonstration on the stand-in of the command."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from studio.demo import Demo, StepFailed
from tests.studio.conftest import FAKE


def test_all_steps_and_pictures(qapp: object, source: Path, tmp_path: Path) -> None:
    out = tmp_path / "demo"
    out.mkdir()
    demo = Demo(out, FAKE, source)
    try:
        shots = demo.run()
    finally:
        demo.close()
    assert {path.name for path in out.glob("*.png")} == {path.name for path in shots}
    light, dark = (QImage(str(out / f"verify-{name}.png")).pixelColor(5, 5).lightness() for name in ("light", "dark"))
    assert light > 200
    assert dark < 60
    assert (out / "export" / "small_net_keras.py").is_file()
    assert (out / "export" / "report.json").is_file()


def test_a_step_that_goes_wrong_fails(qapp: object, source: Path, tmp_path: Path) -> None:
    source.write_text(source.read_text() + "# unequal\n")
    demo = Demo(tmp_path, FAKE, source)
    try:
        with pytest.raises(StepFailed, match="not equal"):
            demo.run()
    finally:
        demo.close()
