"""Which masks the functions of a program have to say, and how."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.problems import Refusal
from pivot.reading.elaborate import Elaborated
from pivot.reading.mask_edits import Edits
from pivot.reading.mask_paths import edits_for

PARTS = """
class Look(layers.Layer):
    def __init__(self):
        super().__init__()
        self.mha = layers.MultiHeadAttention(2, 4)

    def call(self, x, context):
        return self.mha(query=x, value=context)

class Encoder(layers.Layer):
    def __init__(self):
        super().__init__()
        self.embed = layers.Embedding(9, 8, mask_zero=True)
        self.drop = layers.Dropout(0.1)

    def call(self, ids):
        return self.drop(self.embed(ids))

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.embed = layers.Embedding(9, 8, mask_zero=True)
        self.look = Look()
        self.add = layers.Add()
        self.row = keras.Sequential([layers.Dense(8), layers.LSTM(8)])
        self.rnn = layers.LSTM(8)

    def call(self, ids):
        context = self.encoder(ids)
"""


def edits_of(read_keras: Callable[..., Elaborated], body: str) -> Edits:
    """The edits of the file of a model whose call ends in `body`."""
    done = read_keras(f"{PARTS}        {body}\n", "2x4:int64<9", model="Net()")
    (edits,) = edits_for(done.evaluator).values()
    return edits


def test_a_mask_is_made_of_what_a_called_layer_embeds_and_goes_down_by_parameters(
    read_keras: Callable[..., Elaborated],
) -> None:
    edits = edits_of(read_keras, "return self.look(self.embed(ids), context)")
    assert {(one.name, one.owner, one.argument) for one in edits.made} == {
        ("mask", "self.embed", None),
        ("ids_mask", "self.encoder.embed", "ids"),
    }
    assert {name for _, name in edits.taken} == {"x_mask", "context_mask"}
    assert {(keyword, names) for (_, keyword), names in edits.told.items()} == {
        ("query_mask", "x_mask"),
        ("value_mask", "context_mask"),
        ("x_mask", "mask"),
        ("context_mask", "ids_mask"),
    }


def test_a_sum_has_the_mask_that_all_its_terms_have(read_keras: Callable[..., Elaborated]) -> None:
    edits = edits_of(read_keras, "return self.rnn(self.add([context, context]))")
    assert list(edits.told.values()) == ["mask"]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("return self.row(context)", "called in a row"),
        ("return self.rnn(self.add([context, self.embed(ids)]))", "joins several masks"),
    ],
)
def test_what_cannot_be_said_is_refused(read_keras: Callable[..., Elaborated], body: str, why: str) -> None:
    with pytest.raises(Refusal, match=why):
        edits_of(read_keras, body)
