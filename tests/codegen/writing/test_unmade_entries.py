"""Tables of classes, from which the model takes one row."""

from __future__ import annotations

import ast
from collections.abc import Callable

import pytest

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


def test_rows_of_a_call_of_dict_and_elements_of_what_is_only_asked_for_a_class_are_left_out(
    conversion: Callable[..., Converted],
) -> None:
    tables = """
        BLOCKS = dict(gated=Gated, plain=Plain, old=Old)
        KNOWN = {block for name, block in BLOCKS.items()}
        SIZED = {Gated, Plain, Old}
    """
    choice = """block = BLOCKS[kind] if isinstance(kind, str) else kind
                if block not in KNOWN:
                    raise ValueError(f"{kind} is none of {sorted(BLOCKS)}")
                self.block = block(4) if block in SIZED else block()"""
    done = conversion(BLOCKS + tables + NET.format(choice=choice), "2x4")
    assert "BLOCKS = dict(gated=Gated)" in done.text
    assert "SIZED = {Gated}" in done.text
    assert "Plain" not in done.text and "Old" not in done.text
    told = [p.why for p in done.written.problems if p.code == "left-out"]
    assert sorted(why[:16] for why in told) == ["2 of 3 elements ", "2 of 3 rows of B"]


def test_a_class_that_something_else_hands_out_stays_where_it_is_asked_for(written: Written) -> None:
    tables = """
        BLOCKS = dict(gated=Gated, plain=Plain)
        KNOWN = {block for name, block in BLOCKS.items()}
        SIZED = {Gated, Plain}
    """
    net = NET.replace('kind="gated"', 'kind="gated", other=Plain').format(
        choice="""block = BLOCKS[kind] if isinstance(kind, str) else other
                self.known = block in KNOWN
                self.block = block(4) if block in SIZED else block()"""
    )
    made = written(BLOCKS + tables + net, "2x4")
    assert "BLOCKS = dict(gated=Gated, plain=Plain)" in made and "SIZED = {Gated, Plain}" in made
    plain = made[made.index("class Plain") : made.index("BLOCKS =")]
    assert 'raise NotImplementedError("model.py:' in plain and "Plain is not converted" in plain


@pytest.mark.parametrize(
    "asked",
    [
        "BLOCKS.get(kind, Gated)",
        "(BLOCKS[kind] if kind in BLOCKS else Gated)",
        "next(b for name, b in BLOCKS.items() if name == kind)",
        "list(BLOCKS.values())[0]",
    ],
)
def test_rows_stay_where_another_answer_would_take_their_place(written: Written, asked: str) -> None:
    tables = """
        BLOCKS = dict(gated=Gated, plain=Plain)
    """
    made = written(BLOCKS + tables + NET.format(choice=f"self.block = {asked}(4)"), "2x4")
    assert "BLOCKS = dict(gated=Gated, plain=Plain)" in made


@pytest.mark.parametrize(
    ("others", "left"),
    [("gated=Gated, plain=Plain", "FIRST = dict(gated=Gated)"), ("gated=Gated, plain=Gated", "plain=Plain")],
)
def test_a_row_goes_where_the_next_table_lacks_it_too(written: Written, others: str, left: str) -> None:
    tables = f"""
        FIRST = dict(gated=Gated, plain=Plain)
        SECOND = dict({others})

        def find(kind):
            if kind in FIRST:
                return FIRST[kind]
            return SECOND[kind]
    """
    made = written(BLOCKS + tables + NET.format(choice="self.block = find(kind)(4)"), "2x4")
    assert left in made


def test_a_row_that_was_taken_stays_though_nothing_was_made_of_it(written: Written) -> None:
    tables = """
        BLOCKS = dict(gated=Gated, plain=Plain, old=Old)
    """
    choice = """self.other = BLOCKS["plain"]
                self.block = BLOCKS[kind](4)"""
    assert "BLOCKS = dict(gated=Gated, plain=Plain)" in written(BLOCKS + tables + NET.format(choice=choice), "2x4")


def test_a_table_may_be_handed_to_a_class_that_only_looks_rows_up(written: Written) -> None:
    tables = """
        class Maker(dict):
            def __getitem__(self, key):
                return super().__getitem__(key)(4)

        BLOCKS = {"gated": Gated, "plain": Plain}
        MAKERS = Maker(BLOCKS)
    """
    made = written(BLOCKS + tables + NET.format(choice="self.block = MAKERS[kind]"), "2x4")
    assert 'BLOCKS = {"gated": Gated}' in made and "Plain" not in made
