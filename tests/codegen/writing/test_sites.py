"""One place in the source, one form in the target; where that is not right for all visits, a parameter decides."""

from __future__ import annotations

import ast
from collections.abc import Callable

import pytest

from codegen.writing.sites import comparison, simple

Written = Callable[..., str]

BLOCK = """
class Block(nn.Module):
    def __init__(self, {signature}):
        super().__init__()
        self.conv = nn.Conv2d(a, b, {arguments})

    def forward(self, x):
        return self.conv(x)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = Block({one})
        self.two = Block({two})

    def forward(self, x):
        return self.two(self.one(x))
"""


def block(written: Written, signature: str, arguments: str, one: str, two: str) -> list[str]:
    """What is written in Block.__init__."""
    text = written(BLOCK.format(signature=signature, arguments=arguments, one=one, two=two), "2x3x8x8")
    lines = text.split("\n")
    end = next(i for i, line in enumerate(lines) if "def call" in line)
    at = next(i for i, line in enumerate(lines) if "super()" in line)
    return [line[8:] for line in lines[at + 1 : end] if line]


def test_one_form_for_all_visits_keeps_the_sources_expressions(written: Written) -> None:
    assert block(written, "a, b", "3, padding=1", "3, 8", "8, 16") == [
        'self.conv = layers.Conv2D(b, 3, padding="same")',
    ]


def test_two_forms_are_told_apart_by_the_stride_and_not_by_what_varies_besides(written: Written) -> None:
    made = block(written, "a, b, stride", "3, stride, 1", "3, 8, 1", "8, 16, 2")
    assert made[0] == "if stride == 1:"
    assert made[1] == '    self.conv = layers.Conv2D(b, 3, strides=stride, padding="same")'
    assert made[2] == "else:"
    assert "layers.ZeroPadding2D()" in "".join(made[3:])


def test_flags_and_none_are_asked_for_as_a_person_would(written: Written) -> None:
    made = block(written, "a, b, down=False", "3, stride=2 if down else 1, padding=1", "3, 8", "8, 8, True")
    assert made[0] == "if not down:"


def test_where_no_parameter_decides_one_form_is_right_for_all(written: Written) -> None:
    """Neither call says its stride by an argument of its own: pad and convolve, which is right for both."""
    source = """
        STRIDES = [1, 2]

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.convs = nn.ModuleList([nn.Conv2d(3, 3, 3, s, 1) for s in STRIDES])

            def forward(self, x):
                for conv in self.convs:
                    x = conv(x)
                return x
    """
    text = written(source, "2x3x8x8")
    assert "layers.ZeroPadding2D()" in text
    assert "layers.Conv2D(3, 3, strides=s)" in text
    assert '"same"' not in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "p is None"),
        (True, "p"),
        (False, "not p"),
        (1, "p == 1"),
        ("same", "p == 'same'"),
        ((3, 0), "p == (3, 0)"),
    ],
)
def test_comparisons(value: object, text: str) -> None:
    assert ast.unparse(comparison("p", value)) == text


def test_what_may_be_compared() -> None:
    assert all(map(simple, (None, 1, "a", True, (1, 2))))
    assert not any(map(simple, (1.5, (), (1, "a"), object())))


def test_words_that_follow_the_values_are_told_apart_like_forms(written: Written) -> None:
    """Both calls are a Conv2D, one with padding "valid" and one with "same"."""
    source = """
        class Conv(nn.Module):
            def __init__(self, cin, cout, **kwargs):
                super().__init__()
                self.conv = nn.Conv2d(cin, cout, bias=False, **kwargs)

            def forward(self, x):
                return self.conv(x)

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.a = Conv(3, 4, kernel_size=3)
                self.b = Conv(4, 4, kernel_size=(3, 1), padding=(1, 0))
                self.c = Conv(4, 4, kernel_size=1)

            def forward(self, x):
                return self.c(self.b(self.a(x)))
    """
    text = written(source, "2x3x8x8")
    assert "    if padding == 0:\n        return layers.Conv2D(" in text
    assert text.count('padding="same"') == 1


def test_what_an_argument_was_at_a_visit_tells_forms_apart(written: Callable[..., str]) -> None:
    made = written(
        """
        class Conv(nn.Module):
            def __init__(self, width, groups, bias):
                super().__init__()
                self.groups = groups
                self.weight = nn.Parameter(torch.ones(width, width // groups, 3, 3))
                self.bias = nn.Parameter(torch.zeros(width)) if bias else None

            def forward(self, x):
                return F.conv2d(x, self.weight, self.bias, groups=self.groups)

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.parts = nn.Sequential(Conv(4, 1, True), Conv(4, 1, False), Conv(4, 4, False))

            def forward(self, x):
                return self.parts(x)
        """,
        "2x4x9x9",
    )
    assert "if self.bias is not None:" in made and "if self.groups != 1" in made
    assert "ops.depthwise_conv(x, ops.transpose(self.weight, (2, 3, 0, 1)))" in made


def test_four_kinds_of_convolution_are_told_apart_in_one_adapter(written: Written) -> None:
    """Depthwise or not, padded or not: a stride of a window of one place needs no pads."""
    made = written(
        """
        def make(a, b, k, stride=1, groups=1, layer=nn.Conv2d):
            return layer(a, b, k, stride=stride, padding=k // 2, groups=groups)

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.body = nn.Sequential(
                    make(3, 8, 3), make(8, 8, 3, 2), make(8, 8, 1, 2), make(8, 8, 3, 1, 8), make(8, 8, 3, 2, 8),
                    make(8, 16, 3, 2, 8), make(16, 16, 3, 1, 8),
                )

            def forward(self, x):
                return self.body(x)
        """,
        "2x3x64x64",
    )
    tests = [line.strip() for line in made.split("\n") if line.startswith("    if ")]
    assert tests == [
        "if groups == in_channels == out_channels and stride == 1:",
        "if groups == in_channels == out_channels:",
        "if padding == 0 or stride == 1:",
    ]
    assert made.count("layers.ZeroPadding2D(padding)") == 2


def test_a_tuple_of_numbers_tells_visits_apart(written: Written) -> None:
    made = written(
        """
        class Scaled(nn.Conv2d):
            def forward(self, x):
                return F.conv2d(x, self.weight * 2, None, self.stride, self.padding)

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.one = Scaled(3, 4, 3, stride=2, padding=1, bias=False)
                self.two = Scaled(4, 4, 3, stride=1, padding=1, bias=False)
                self.three = Scaled(4, 4, 5, stride=2, padding=2, bias=False)

            def forward(self, x):
                return self.three(self.two(self.one(x)))
        """,
        "2x3x8x8",
    )
    pads = "(0, 0), (self.padding[0], self.padding[0]), (self.padding[1], self.padding[1]), (0, 0)"
    assert pads in " ".join(made.replace("(\n", "(").split()).replace("( ", "(")
    assert "if self.stride != (2, 2):" in made
