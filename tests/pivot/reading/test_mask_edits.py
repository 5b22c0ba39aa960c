"""Masks said in the text of a program."""

from __future__ import annotations

import ast

from pivot.reading.mask_edits import Edits, Made, apply, place_of

TEXT = """
class Net:
    def call(self, ids, *, scale=1):
        # embedded
        x = self.embed(ids)
        if scale:
            x = self.rnn(self.other(self.shift(x)))
        return self.out(x, mask=None)
"""
SAID = """
class Net:
    def call(self, ids, *, scale=1, context_mask=None):
        mask = self.embed.compute_mask(ids)
        x = self.embed(ids)
        if scale:
            x_masked_inputs = self.shift(x)
            x_mask = self.other.compute_mask(x_masked_inputs)
            x = self.rnn(self.other(x_masked_inputs), mask=[mask, None])
        return self.out(x, mask=context_mask)
"""


def call_of(tree: ast.AST, attr: str) -> ast.Call:
    """The call of `self.attr`."""
    return next(n for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n.func) == f"self.{attr}")


def test_masks_are_made_in_front_of_statements_and_told_to_calls() -> None:
    tree = ast.parse(TEXT)
    function = next(n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef))
    edits = Edits()
    edits.made = {
        Made(place_of(call_of(tree, "embed")), "mask", "self.embed", "ids"),
        Made(place_of(call_of(tree, "other")), "x_mask", "self.other", None),
    }
    edits.taken = {(place_of(function), "context_mask")}
    edits.told = {
        (place_of(call_of(tree, "rnn")), "mask"): ("mask", None),
        (place_of(call_of(tree, "out")), "mask"): "context_mask",
    }
    apply(tree, edits)
    assert ast.unparse(tree) == ast.unparse(ast.parse(SAID))
    assert {n.lineno for n in ast.walk(tree) if isinstance(n, ast.expr)} <= {3, 5, 6, 7, 8}
