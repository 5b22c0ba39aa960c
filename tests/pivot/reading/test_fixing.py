"""Sizes of inputs that become numbers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.problems import Problem, Refusal
from pivot.reading import elaborate, fixing
from pivot.reading.elaborate import Elaborated

Read = Callable[..., Elaborated]
SQUEEZE = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
    def forward(self, x):
        x = self.conv(x)
        return x * F.avg_pool2d(x, x.size(2))
"""
ROW = SQUEEZE.replace("x.size(2)", "(8, 1)")


def test_what_fits_squares_only_keeps_the_sizes_at_hand(read: Read) -> None:
    done = read(SQUEEZE, "2x3x8x8")
    assert done.network.inputs[0].value.type.shape[2:] == (8, 8)
    said = [problem for problem in done.network.problems if problem.code == "fixed-size"]
    assert "size 8 on axis 2, size 8 on axis 3" in said[0].why
    assert said[0].line == 11


def test_an_axis_that_need_not_be_fixed_stays_free(read: Read) -> None:
    done = read(ROW, "2x3x8x9")
    assert done.network.inputs[0].value.type.shape[2] == 8
    assert not isinstance(done.network.inputs[0].value.type.shape[3], int)


def test_what_fits_no_size_is_refused_as_it_was(read: Read, refused: Callable[..., Problem]) -> None:
    problem = refused(read, SQUEEZE.replace("x.size(2)", "3"), "2x3x8x8")
    assert problem.code == "shape" and "cannot be broadcast" in problem.why


def test_torch_takes_numpys_names_of_arguments(read: Read) -> None:
    text = """
class Net(nn.Module):
    def forward(self, x):
        return torch.cat([x, x], axis=1).mean(axis=-1, keepdims=True)
"""
    done = read(text, "2x3x4")
    assert [node.op.name for node in done.network.nodes if node.op is not None] == ["concat", "mean"]
    assert done.network.outputs[0].type.shape[2] == 1


def test_names_of_arguments_that_a_python_function_does_not_take_are_not_read(read: Read) -> None:
    text = """
class Net(nn.Module):
    def forward(self, x):
        return F.softmax(x, axis=1)
"""
    assert "no argument 'axis'" in read(text, "2x3").network.unmapped[0].why


def test_sizes_that_one_pass_does_not_tell_are_found(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pass that counts shows that more is fixed; then passes are made until nothing more is."""
    text = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.across = nn.Linear(16, 4)
    def forward(self, x):
        return self.across(self.conv(x))
"""
    plain = read(text, "2x3x8x16")
    passes, complete = [], fixing.trial_forward

    def forgetful(
        ev: object, root: object, specs: object, fixed: dict[str, int], shift: int, expected: object = None
    ) -> bool:
        before = dict(fixed)
        ended = complete(ev, root, specs, fixed, shift)
        passes.append(dict(fixed))
        if len(passes) == 1:
            fixed.clear()
            fixed.update({**before, "C": 3})
        return ended

    monkeypatch.setattr(fixing, "trial_forward", forgetful)
    done = read(text, "2x3x8x16")
    assert len(passes) > 2, "the program was read again, with care"
    assert dict(done.network.fixed) == dict(plain.network.fixed) == {"C": 3, "W": 16}
    monkeypatch.setattr(fixing, "trial_forward", complete)
    assert [str(r.type) for r in done.network.outputs] == [str(r.type) for r in plain.network.outputs]


def test_what_stands_in_the_way_behind_the_sizes_is_what_is_said(read: Read) -> None:
    text = """
import time
class Net(nn.Module):
    def forward(self, x, y):
        out = torch.zeros(x.size(0), y.size(1))
        out[0] = x[0]
        if time.time() < 0.5:
            out = out + 1
        return out
"""
    with pytest.raises(Refusal, match=r"time\.time"):
        read(text, "2x4", "2x4")


def test_sizes_that_were_fixed_last_time_are_found_again_and_not_believed(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    conv = SQUEEZE.replace("x * F.avg_pool2d(x, x.size(2))", "x")
    programs = [
        conv,
        conv.replace("8, 3", "9, 3"),
        conv.replace("return x", "return nn.Linear(64, 2)(torch.flatten(x, 2))"),  # more sizes than before
        conv.replace("self.conv(x)", "x + 1"),  # fewer: nothing asks for three channels any more
        conv.replace("return x", "return torch.stack(x.unbind(2))"),  # only a trial pass can tell
        SQUEEZE,
        ROW,
        conv,
    ]

    def facts(text: str) -> tuple[object, ...]:
        done = read(text, "2x3x8x8")
        shapes = [[str(r.type) for r in node.results] for node in done.network.nodes]
        return str(done.network.inputs[0].value.type), shapes, done.network.problems, done.network.guards

    alone = [facts(text) for text in programs]
    remembered = fixing.Expected()
    remembered.remember()
    monkeypatch.setattr(elaborate, "EXPECTED", remembered)
    assert [facts(text) for text in programs] == alone
    again = read(conv, "2x3x8x8").evaluator.steps
    monkeypatch.setattr(elaborate, "EXPECTED", fixing.Expected())
    assert again < read(conv, "2x3x8x8").evaluator.steps, "the trial pass ends early"
