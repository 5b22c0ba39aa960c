"""The columns that written code takes."""

from __future__ import annotations

import ast
from collections.abc import Callable

from codegen.convert import Converted
from codegen.writing.text_width import line_ends

NET = '''
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 6), nn.ReLU(), {more}nn.Linear(6, 2))

    def forward(self, x):
        """{said}"""
        return self.net(x)  # {said}
'''


def longest(text: str) -> int:
    """Columns of the longest line of code that makes the row."""
    return max(len(line) for line in text.split("\n") if "Dense" in line)


def test_lines_are_as_long_as_the_authors(conversion: Callable[..., Converted]) -> None:
    wide = conversion(NET.format(more="", said="short"), "2x4").text
    assert "            [layers.Dense(5), layers.ReLU(), layers.Dense(6), layers.ReLU(), layers.Dense(2)]\n" in wide
    assert 88 < longest(wide) <= 107


def test_no_line_is_longer_than_120(conversion: Callable[..., Converted]) -> None:
    text = conversion(NET.format(more="nn.Linear(6, 6), nn.ReLU(), nn.Linear(6, 6), ", said="short"), "2x4").text
    assert longest(text) <= 120


def test_comments_and_docstrings_do_not_count(conversion: Callable[..., Converted]) -> None:
    source = NET.format(more="", said="what it does, " * 9).replace(
        "nn.ReLU(), nn.Linear(6, 2))", "\n            nn.Linear(6, 2))"
    )
    assert longest(conversion(source, "2x4").text) <= 88


def test_code_ends_where_its_last_part_does() -> None:
    made = ast.parse('"""' + "a" * 200 + '"""\nx = 1  # ' + "b" * 200 + "\nif x:\n    y = [1, 2]\n")
    assert sorted(end for part in made.body for end in line_ends(part)) == [4, 5, 14]


def test_one_long_line_among_hundreds_is_no_habit(conversion: Callable[..., Converted]) -> None:
    body = "\n".join("        x = x + 1" for _ in range(250))
    source = NET.format(more="", said="short").replace("        return", f"{body}\n        return")
    assert longest(conversion(source, "2x4").text) <= 88
