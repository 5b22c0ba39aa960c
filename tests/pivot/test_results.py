from __future__ import annotations

import pytest

from pivot.results import Result, ResultGroup, ResultName, parse_result, result_names
from pivot.slots import NotationError


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("y", ResultName("y")),
        (
            "y, (h, c)",
            ResultGroup("tuple", (ResultName("y"), ResultGroup("tuple", (ResultName("h"), ResultName("c"))))),
        ),
        ("[*ys]", ResultGroup("list", (ResultName("ys", star=True),))),
        ("(*ys)", ResultGroup("tuple", (ResultName("ys", star=True),))),
        ("y, _", ResultGroup("tuple", (ResultName("y"), ResultName("_")))),
        ("y, @expand(h)", ResultGroup("tuple", (ResultName("y"), ResultName("h", "expand")))),
        ("(y)", ResultName("y")),
    ],
)
def test_results(text: str, result: Result) -> None:
    assert parse_result(text) == result


def test_names() -> None:
    assert result_names(parse_result("y, (h, _), [*cs]")) == ("y", "h", "cs")


@pytest.mark.parametrize("text", ["", "(y", "y,, h", "y h", "@expand", "y; h", ")"])
def test_mistakes(text: str) -> None:
    with pytest.raises(NotationError):
        parse_result(text)
