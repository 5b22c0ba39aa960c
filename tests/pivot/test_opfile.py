from __future__ import annotations

import pytest

from pivot.opfile import read_tables
from pivot.problems import Refusal

TEXT = '''# a comment
op = "relu"   # behind
law = """two
lines"""
[params]
"H'" = "int"
[[torch]]
call = "torch.relu"
body = [
  "a = b(x)",  # why
  "y = c(a)",
]
weights = { kernel = "weight: O I", bias = "bias: O" }  # "quoted"
'''


def test_tables_and_places() -> None:
    root, params, torch = read_tables(TEXT, "f.toml")
    assert root.entries["op"].value == "relu"
    assert (root.entries["op"].line, root.entries["op"].column) == (2, 7)
    assert root.entries["law"].value == "two\nlines"
    assert (params.name, params.many, list(params.entries)) == ("params", False, ["H'"])
    assert (torch.name, torch.many, torch.line) == ("torch", True, 7)
    assert torch.entries["body"].value == ["a = b(x)", "y = c(a)"]
    assert torch.entries["weights"].value == {"kernel": "weight: O I", "bias": "bias: O"}


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('op = "a"\nnonsense', 2, 1),
        ('op = "a"\nop = "b"', 2, 1),
        ("[params", 1, 1),
        ("[[torch]", 1, 1),
        ("a = [\n 'x',\n[params]", 1, 5),
        ("\n\nkey =", 3, 6),
        ("key = nothing", 1, 7),
    ],
)
def test_mistakes_have_a_place(text: str, line: int, column: int) -> None:
    with pytest.raises(Refusal) as error:
        read_tables(text, "f.toml")
    problem = error.value.problem
    assert (problem.file, problem.line) == ("f.toml", line)
    assert problem.column >= 1
    assert problem.column == column


def test_what_a_comment_holds_is_no_value() -> None:
    (table,) = read_tables('a = ["x"]  # not ["y"]\nb = { k = "v" } # { k = "w" }\n', "f.toml")
    assert table.entries["a"].value == ["x"]
    assert table.entries["b"].value == {"k": "v"}
