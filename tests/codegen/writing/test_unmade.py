"""Classes of layers that were never made: what needs them says so, and what only names them goes."""

from __future__ import annotations

from collections.abc import Callable

from codegen.convert import Converted

Written = Callable[..., str]

LAYERS = """
        class Wide(nn.Module):
            def __init__(self, size):
                super().__init__()
                self.fc = nn.Bilinear(size, size, size)

            def forward(self, x):
                return self.fc(x, x)

        class Narrow(nn.Module):
            def __init__(self, size):
                super().__init__()
                self.fc = nn.Linear(size, size)

            def forward(self, x):
                return self.fc(x)
"""
NET = """
        class Net(nn.Module):
            def __init__(self, kind="narrow", wide=False):
                super().__init__()
                self.layer = find(kind, wide)(4)

            def forward(self, x):
                return self.layer(x)
"""


def test_an_option_whose_class_was_never_made_is_an_error_and_told_once(conversion: Callable[..., Converted]) -> None:
    find = """
        def find(kind, wide):
            if kind == "wide":
                return Wide
            if isinstance(kind, bool):
                if kind:
                    return Wide
            return Wide if wide else Narrow
    """
    done = conversion(LAYERS + find + NET, "2x4")
    assert "class Wide" not in done.text
    assert done.text.count("Wide is not converted") == 3
    told = [p.why for p in done.written.problems if p.code == "left-out"]
    assert told == ["3 arms of find are left out: nothing that was read makes Wide"]


def test_a_question_about_a_class_that_nobody_hands_out_is_answered(written: Written) -> None:
    find = """
        def find(kind, wide):
            layer = Narrow if kind == "narrow" else kind
            if issubclass(layer, Wide) or layer is Wide or layer in (Wide,):
                raise ValueError("too wide")
            return layer
    """
    made = written(LAYERS + find + NET, "2x4")
    assert "Wide" not in made and "too wide" not in made


def test_a_question_stays_where_a_class_is_handed_out(written: Written) -> None:
    find = """
        def find(kind, wide, default=Wide):
            layer = Narrow if kind == "narrow" else default
            return layer if not issubclass(layer, Wide) else default
    """
    made = written(LAYERS + find + NET, "2x4")
    assert "issubclass(layer, Wide)" in made
    assert "def __init__(self, *args, **kwargs):\n        raise NotImplementedError(" in made


def test_a_question_to_the_library_leaves_no_arm(written: Written) -> None:
    find = """
        HAS_IT = "silu" in dir(F)

        def find(kind, wide):
            return Narrow if HAS_IT else Wide
    """
    made = written(LAYERS + find + NET, "2x4")
    assert "return Narrow" in made and "HAS_IT" not in made and "Wide" not in made


def test_an_option_that_is_told_by_a_class_of_the_library_is_no_question_to_it(written: Written) -> None:
    find = """
        def find(kind, wide):
            return Wide if isinstance(kind, nn.Module) else Narrow
    """
    made = written(LAYERS + find + NET, "2x4")
    assert "Wide is not converted" in made


def test_a_function_that_nobody_called_says_what_it_lacks(written: Written) -> None:
    find = """
        def make_wide(size):
            return Wide(size)

        def find(kind, wide):
            return {"narrow": Narrow, "wide": make_wide}[kind]
    """
    made = written(LAYERS + find + NET, "2x4")
    assert "class Wide" not in made
    assert "def make_wide(size):\n    raise NotImplementedError(" in made
