"""Syntax trees in which shared weights are said."""

from __future__ import annotations

import ast

from pivot.reading.mask_edits import place_of
from pivot.reading.tie_edits import Tie, apply

TEXT = '''"""A model."""
from __future__ import annotations
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(9, 4)
        self.head = nn.Linear(4, 9, bias=False)
        self.head.weight = self.embed.weight

    def forward(self, x):
        return self.head(self.embed(x))

class Other(nn.Module):
    def forward(self, x):
        return self.head(x)
'''


def said(text: str, biased: bool = False) -> str:
    """A text with the tie of its first class."""
    tree = ast.parse(text)
    cls = next(s for s in tree.body if isinstance(s, ast.ClassDef))
    made, tied = (s for s in ast.walk(cls) if isinstance(s, ast.Assign) and "self.head" in ast.unparse(s.targets[0]))
    apply(tree, (Tie(place_of(cls), "head", "self.embed.weight", place_of(made), place_of(tied), biased),))
    assert all(hasattr(n, "lineno") for n in ast.walk(tree) if isinstance(n, (ast.expr, ast.stmt)))
    return ast.unparse(tree)


def test_the_layer_goes_and_its_calls_are_those_of_a_function() -> None:
    made = said(TEXT)
    assert "self.head = " not in made and "self.head.weight" not in made
    assert "return linear(self.embed(x), self.embed.weight)" in made
    assert (
        made.index("from __future__") < made.index("from torch.nn.functional import linear") < made.index("class Net")
    )


def test_a_layer_with_a_bias_is_made_where_it_is_tied() -> None:
    made = said(TEXT, biased=True)
    assert "self.embed = nn.Embedding(9, 4)\n        self.head = TiedLinear(self.embed)\n" in made
    assert "return self.head(self.embed(x))" in made and "from torch.nn.utils import TiedLinear" in made


def test_other_classes_stay() -> None:
    assert "return self.head(x)" in said(TEXT)


def test_a_name_that_is_taken_is_not_used() -> None:
    made = said(TEXT + "\nlinear = 3\n")
    assert "import linear as tied_linear" in made and "return tied_linear(" in made
