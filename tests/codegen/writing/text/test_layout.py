"""How the printer breaks lines: Black's layout, case by case."""

from __future__ import annotations

from textwrap import dedent

import pytest

from codegen.writing.text import render
from pivot.reading.syntax import parse


def formatted(text: str) -> str:
    """`text` as the printer writes it."""
    return render(parse(dedent(text).lstrip("\n"), "f.py"))


LAYOUT = {
    "last bracket": (
        "self.layer2 = self._make_layer(block, 128, layers[1], stride=2, dilate=replace_stride_with_dilation[0])",
        """
        self.layer2 = self._make_layer(
            block, 128, layers[1], stride=2, dilate=replace_stride_with_dilation[0]
        )
        """,
    ),
    "one per line, with a comma": (
        "self.conv = nn.Conv2d(in_channels * groups, out_channels, kernel_size=kernel, stride=stride, padding=padding)",
        """
        self.conv = nn.Conv2d(
            in_channels * groups,
            out_channels,
            kernel_size=kernel,
            stride=stride,
            padding=padding,
        )
        """,
    ),
    "exploded stays exploded": (
        "x = f(\n  a,\n  b\n)\ny = [1, 2,]\nz = (1,)\n",
        """
        x = f(
            a,
            b,
        )
        y = [
            1,
            2,
        ]
        z = (1,)
        """,
    ),
    "operators in brackets of their own": (
        "if self.first_condition_with_a_long_name and self.second_condition_with_a_long_name or self.third:\n  pass",
        """
        if (
            self.first_condition_with_a_long_name
            and self.second_condition_with_a_long_name
            or self.third
        ):
            pass
        """,
    ),
    "method chain": (
        "x = tensor.flatten(start_dim=1).transpose(first_dimension, second_dimension).reshape(batch_size, -1)",
        """
        x = (
            tensor.flatten(start_dim=1)
            .transpose(first_dimension, second_dimension)
            .reshape(batch_size, -1)
        )
        """,
    ),
    "signature": (
        "def forward(self, query, key, value, attention_mask=None, need_weights=True) -> Tuple[Tensor, Tensor]: pass",
        """
        def forward(
            self, query, key, value, attention_mask=None, need_weights=True
        ) -> Tuple[Tensor, Tensor]:
            pass
        """,
    ),
    "imports": (
        "from torchvision.models._utils import first_long_name, second_long_name, third_long_name, fourth",
        """
        from torchvision.models._utils import (
            first_long_name,
            second_long_name,
            third_long_name,
            fourth,
        )
        """,
    ),
    "strings in pieces": (
        "raise ValueError('a message that is rather long, so that it was written ' f'in {several} pieces, here two')",
        """
        raise ValueError(
            "a message that is rather long, so that it was written "
            f"in {several} pieces, here two"
        )
        """,
    ),
    "a long string is not broken": (
        f"x = {'y' * 100!r}",
        f"""
        x = "{"y" * 100}"
        """,
    ),
    "subscript on the right": (
        "relative_coordinates = flat_coordinates[:, :, None] - flat_coordinates[:, None, :] * some_factor",
        """
        relative_coordinates = (
            flat_coordinates[:, :, None] - flat_coordinates[:, None, :] * some_factor
        )
        """,
    ),
    "comprehension": (
        "self.blocks = nn.ModuleList([Block(dimension, heads, ratio) for _ in range(depth) if some_condition])",
        """
        self.blocks = nn.ModuleList(
            [Block(dimension, heads, ratio) for _ in range(depth) if some_condition]
        )
        """,
    ),
    "with": (
        "with open(first_file_with_a_long_name) as first, open(second_file_with_a_long_name) as second_one:\n  pass",
        """
        with (
            open(first_file_with_a_long_name) as first,
            open(second_file_with_a_long_name) as second_one,
        ):
            pass
        """,
    ),
    "quotes": (
        """x = 'a' + 'b"c' + 'it\\'s' + '''d''' + f'{e["f"]}' + R'\\d'""",
        '''
               x = "a" + 'b"c' + "it's" + """d""" + f'{e["f"]}' + R"\\d"
               ''',
    ),
    "blank lines": (
        "import a\nx = 1\n\n\n\ny = 2\ndef f():\n\n    x\n\n\n    y\n    def g(): pass\n    z\n"
        "class A:\n  '''d'''\n  x = 1\n  def f(): pass\n  def g(): pass\nz = 3\n",
        '''
        import a

        x = 1


        y = 2


        def f():
            x

            y

            def g():
                pass

            z


        class A:
            """d"""

            x = 1

            def f():
                pass

            def g():
                pass


        z = 3
        ''',
    ),
    "docstring moves with its indent": (
        "class A:\n  '''First.\n\n  Second:\n      third\n  '''\n",
        '''
        class A:
            """First.

            Second:
                third
            """
        ''',
    ),
    "comments behind full lines": (
        """
        x = self.embedding_of_words(tokens, positions, numbers_of_segments)  # one vector for each token
        y = self.embedding_of_words(tokens, positions, numbers_of_segments)  # one for each of them, in order
        """,
        """
        x = self.embedding_of_words(tokens, positions, numbers_of_segments)  # one vector for each token
        # one for each of them, in order
        y = self.embedding_of_words(tokens, positions, numbers_of_segments)
        """,
    ),
    "comments": (
        """
        # about a
        a = nn.Sequential(
            # Pointwise
            nn.Conv2d(1, 2, 3),  # first
            nn.ReLU(),

            # nn.Dropout(),
        )  # all
        if (x  # one
                and y):  # two
            pass
            # tail
        # before else
        else:  # other
            z = {'k': 1,  # k
                 # about l
                 'l': 2}

        # end
        """,
        """
        # about a
        a = nn.Sequential(
            # Pointwise
            nn.Conv2d(1, 2, 3),  # first
            nn.ReLU(),
            # nn.Dropout(),
        )  # all
        if (
            x  # one
            and y
        ):  # two
            pass
            # tail
            # before else
        else:  # other
            z = {
                "k": 1,  # k
                # about l
                "l": 2,
            }

        # end
        """,
    ),
}


@pytest.mark.parametrize("name", LAYOUT)
def test_layout(name: str) -> None:
    text, expected = LAYOUT[name]
    result = formatted(text)
    assert result == dedent(expected).lstrip("\n")
    assert formatted(result) == result
