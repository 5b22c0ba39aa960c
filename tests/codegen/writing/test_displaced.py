"""Layers of restated library classes that the program replaces are not made."""

from __future__ import annotations

from collections.abc import Callable

Written = Callable[..., str]


def test_the_decoder_of_a_transformer_that_another_layer_takes_the_place_of_is_not_made(written: Written) -> None:
    made = written(
        """
        class Net(nn.Transformer):
            def __init__(self):
                super().__init__(8, 2, 1, 1, 16)
                self.decoder = nn.Linear(8, 3)

            def forward(self, x):
                return self.decoder(self.encoder(x))
        """,
        "5x2x8",
    )
    assert made.count("self.encoder = ") == made.count("self.decoder = ") == 1
    assert "TransformerDecoder(" not in made


def test_layers_that_stay_are_made(written: Written) -> None:
    made = written(
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.layer = nn.Transformer(8, 2, 1, 1, 16)

            def forward(self, x):
                return self.layer(x, x)
        """,
        "5x2x8",
    )
    assert "self.decoder = TransformerDecoder(" in made
