"""Layers are not given what the target refuses when the program runs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.problems import Refusal

NET = """
class Part(nn.Module):
    def forward(self, pair, *more, **named):
        return pair[0] * 2

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.part = Part()

    def forward(self, x):
        return self.part({args})
"""


@pytest.mark.parametrize("args", ["[x, (x, 'a')]", "(x, x), x, 2"])
def test_tensors_and_numbers_in_one_argument_are_refused(written: Callable[..., str], args: str) -> None:
    with pytest.raises(Refusal, match="tensors and other values in one tuple"):
        written(NET.format(args=args), "2x4")


@pytest.mark.parametrize("args", ["(x, x)", "(x, None)", "(x, x), 2, 3", "(x, x), x, x, b=True"])
def test_tensors_alone_and_numbers_alone_are_given(written: Callable[..., str], args: str) -> None:
    assert f"self.part({args})" in written(NET.format(args=args), "2x4")


@pytest.mark.parametrize(
    ("args", "made"),
    [
        ("(x, 2)", "self.part(pair=Parts(x, 2))"),
        ("[x, None, 'a']", "self.part(pair=Parts(x, None, 'a'))"),
        ("pair=self.pair(x)", "self.part(pair=Parts(*self.pair(x)))"),
    ],
)
def test_what_an_argument_holds_of_both_goes_in_one_object(written: Callable[..., str], args: str, made: str) -> None:
    source = NET.format(args=args) + "    def pair(self, x):\n        return x, 2\n"
    text = written(source, "2x4").replace('"', "'")
    assert made in text and "class Parts:" in text


HANDED_ON = """
class Scale(nn.Module):
    def forward(self, x, by=None, twice=False):
        return x * by * 2 if twice else x * by

class Around(nn.Module):
    def __init__(self, fn):
        super().__init__()
        self.fn = fn

    def forward(self, x, **named):
        {body}

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.around = Around(Around(Scale()))

    def forward(self, x):
        return self.around(x, by=x, twice=True)
"""


def test_flags_beside_tensors_have_names_of_their_own(written: Callable[..., str]) -> None:
    text = written(HANDED_ON.format(body="return self.fn(x, **named)"), "2x4")
    assert "def call(self, x, *, twice, **named):" in text
    assert "return self.fn(x, twice=twice, **named)" in text
    assert "return self.around(x, by=x, twice=True)" in text


def test_keywords_that_are_looked_into_are_not_split(written: Callable[..., str]) -> None:
    with pytest.raises(Refusal, match="tensors and other values in one tuple"):
        written(HANDED_ON.format(body="return self.fn(x, **named) if len(named) == 2 else x"), "2x4")
