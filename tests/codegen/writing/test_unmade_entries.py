"""Tables of classes, from which the model takes one row."""

from __future__ import annotations

import ast
from collections.abc import Callable

from codegen.convert import Converted

Written = Callable[..., str]

BLOCKS = """
        class Gated(nn.Module):
            def __init__(self, size):
                super().__init__()
                self.fc = nn.Linear(size, size)

            def forward(self, x):
                return self.fc(x) * torch.sigmoid(x)

        class Plain(nn.Module):
            def __init__(self, size):
                super().__init__()
                self.fc = nn.Linear(size, size)

            def forward(self, x):
                return self.fc(x)

        class Old(nn.Module):
            def __init__(self, size):
                super().__init__()
                self.fc = nn.Bilinear(size, size, size)

            def forward(self, x):
                return self.fc(x, x)
"""
NET = """
        class Net(nn.Module):
            def __init__(self, kind="gated"):
                super().__init__()
                {choice}

            def forward(self, x):
                return self.block(x)
"""


def test_rows_whose_class_was_never_made_are_left_out_and_so_are_tables_without_rows(
    conversion: Callable[..., Converted],
) -> None:
    tables = """
        new_blocks = {"gated": {"block": Gated, "params": {"size": 4}},
            "plain": {"block": Plain, "params": {"size": 4}}}
        old_blocks = {"old": {"block": Old, "params": {"size": 4}}}
        blocks = {}
        blocks.update(new_blocks)
        blocks.update(old_blocks)
    """
    choice = """if kind not in blocks:
                    raise KeyError(f"{kind} is none of {list(blocks.keys())}")
                self.block = blocks[kind]["block"](**blocks[kind]["params"])"""
    done = conversion(BLOCKS + tables + NET.format(choice=choice), "2x4")
    made = done.text
    told = [p.why for p in done.written.problems if p.code == "left-out"]
    assert sorted(why[:6] for why in told) == ["1 of 1", "1 of 2"]
    assert 'new_blocks = {"gated": {"block": Gated, "params": {"size": 4}}}' in made
    assert "blocks.update(new_blocks)" in made
    assert "old_blocks" not in made and "Plain" not in made and "Old" not in made


def test_a_table_of_which_all_rows_are_looked_at_stays_whole(written: Written) -> None:
    tables = """
        BLOCKS = {"gated": Gated, "plain": Plain}
    """
    choice = "self.block = [block for name, block in BLOCKS.items() if name == kind][0](4)"
    made = written(BLOCKS + tables + NET.format(choice=choice), "2x4")
    table = next(s for s in ast.parse(made).body if isinstance(s, ast.Assign))
    assert ast.unparse(table) == "BLOCKS = {'gated': Gated, 'plain': Plain}"


def test_a_class_of_which_only_a_derived_one_is_made_was_made(written: Written) -> None:
    tables = """
        class Doubled(Plain):
            def forward(self, x):
                return 2 * super().forward(x)

        BLOCKS = {"gated": Gated, "plain": Plain, "doubled": Doubled}
    """
    made = written(BLOCKS + tables + NET.format(choice="self.block = BLOCKS[kind](4)"), "2x4", model='Net("doubled")')
    assert 'BLOCKS = {"plain": Plain, "doubled": Doubled}' in made
