from __future__ import annotations

from pathlib import Path

import pytest

from pivot.opset import OpSet, load_opset
from pivot.problems import Refusal

MINE = 'op = "mine"\ninputs = "x: *"\n[[torch]]\ncall = "vision.ops.mine"\nargs = "@x"\n'


@pytest.fixture(scope="module")
def opset() -> OpSet:
    return load_opset()


def test_forms_are_found_by_spelling(opset: OpSet) -> None:
    assert [form.op.name for form in opset.find("torch", "call", "torch.nn.Conv2d")] == ["conv2d"]
    assert "add" in {form.op.name for form in opset.find("torch", "operator", "+")}
    assert "add" in {form.op.name for form in opset.find("keras", "operator", "+")}
    assert opset.find("torch", "call", "torch.nothing") == ()
    assert opset.find("keras", "body", "") == ()


def test_a_folder_of_the_user_comes_first_and_is_checked(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(MINE)
    (tmp_path / "relu.toml").write_text(MINE.replace("mine", "relu").replace("vision.ops.relu", "torch.relu"))
    opset = load_opset([tmp_path])
    assert opset.ops["mine"].origin == "user"
    assert opset.ops["relu"].path == str(tmp_path / "relu.toml")
    assert opset.find("torch", "call", "torch.relu")[0].op.origin == "user"
    (tmp_path / "mine.toml").write_text(MINE.replace("@x", "@y"))
    with pytest.raises(Refusal, match="no operand 'y'"):
        load_opset([tmp_path])


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="no such folder"):
        load_opset([tmp_path / "none"])


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Refusal, match="UTF-8"):
        load_opset([tmp_path])


def test_every_notation_of_every_op_can_be_read(opset: OpSet) -> None:
    opset.check()


def test_steps_of_bodies_give_weights_where_their_op_has_them(opset: OpSet) -> None:
    for op in opset.ops.values():
        for step in (step for forms in op.forms.values() for form in forms for step in form.body):
            other = opset.ops[step.op]
            places = dict(zip((*other.inputs, *other.weights), step.operands, strict=False))
            shared = set(op.weights) & set(other.weights) & set(step.operands)
            assert all(places.get(role) == role for role in shared), f"{op.name}: {step.op}{step.operands}"
