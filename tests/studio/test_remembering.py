"""Op files of remembered mappings come and go with the decision, undo included."""

from __future__ import annotations

from pathlib import Path

import pytest

from pivot.decisions import Decision
from pivot.opset import load_opset
from studio.document import Document
from studio.remembering import Remembering

OPS = 'extends = "abs"\n[[torch]]\ncall = "torch.special.wave"\nargs = "@x"\n'


def decision(remember: str) -> Decision:
    return Decision("map", "call", "torch.special.wave", "map wave → abs", OPS, remember=remember)


@pytest.mark.parametrize(("remember", "place"), [("user", "mine"), ("project", "pivot_ops")])
def test_files_follow_the_history(
    document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, remember: str, place: str
) -> None:
    monkeypatch.setenv("PIVOT_STUDIO_OPS", str(tmp_path / "mine"))
    (tmp_path / "net.py").write_text("import torch\n")
    said: list[str] = []
    keeper = Remembering(document, said.append)
    changes: list[bool] = []
    keeper.changed.connect(lambda: changes.append(True))
    document.open(tmp_path / "net.py")
    document.decide(decision(remember))
    file = tmp_path / place / "torch.special.wave.toml"
    assert load_opset([file.parent]).find("torch", "call", "torch.special.wave")[0].op.name == "abs"
    assert str(file) in said[0] and len(changes) == 1
    document.undo()
    assert not file.exists()
    document.redo()
    assert file.exists()
    file.write_text("# mine now\n" + OPS)
    document.undo()
    assert file.exists()  # somebody changed it: it stays


def test_opening_a_project_writes_nothing(document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIVOT_STUDIO_OPS", str(tmp_path / "mine"))
    (tmp_path / "net.py").write_text("import torch\n")
    keeper = Remembering(document, print)
    document.open(tmp_path / "net.py")
    document.decide(decision("user"))
    document.save(tmp_path / "p.pivot")
    (tmp_path / "mine" / "torch.special.wave.toml").unlink()
    document.open(tmp_path / "p.pivot")
    assert keeper is not None and not list((tmp_path / "mine").iterdir())
