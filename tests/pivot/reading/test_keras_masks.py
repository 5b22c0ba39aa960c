"""Masks that Keras hands on by itself, and those that it does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.reading.elaborate import Elaborated

MODEL = """
class Held(layers.Layer):
    def call(self, x, other=None, mask=None, x_mask=None):
        return ops.where(ops.expand_dims(mask, -1), x, 0.0) if mask is not None else x * 2 if x_mask is None else -x


def net():
    ids = keras.Input((4,), dtype="int32")
    state = keras.Input((8,))
    x = layers.Embedding(9, 8, mask_zero=True)(ids)
    return keras.Model([ids, state], {call})
"""


@pytest.mark.parametrize(
    ("call", "found", "said"),
    [
        ("layers.GRU(8)(x)", "where", False),
        ("layers.GRU(8)(x, initial_state=state)", "gru", True),
        ("layers.GRU(8)(x, initial_state=[state])", "gru", True),
        ("layers.GRU(8)(x, training=False)", "where", False),
        ("Held()(x)", "where", False),
        ("Held()(x, state)", "neg", True),
    ],
)
def test_a_mask_goes_to_what_is_called_with_one_tensor(
    read_keras: Callable[..., Elaborated], call: str, found: str, said: bool
) -> None:
    done = read_keras(MODEL.format(call=call), model="net()")
    names = [node.op.name for node in done.network.nodes if node.op is not None]
    assert any(name.startswith(found) for name in names) and ("where" in names) is (found == "where")
    assert any("no mask" in problem.why for problem in done.network.problems) is said


@pytest.mark.parametrize(("more", "count"), [("", 2), (", return_sequences=True", 4)])
def test_both_directions_give_zeros_where_a_sequence_is_masked(
    read_keras: Callable[..., Elaborated], more: str, count: int
) -> None:
    """Two steps of two directions choose an output and a state each; sequences are masked once more."""
    done = read_keras(
        MODEL.format(call=f"layers.Bidirectional(layers.SimpleRNN(3{more}))(x[:, :1] if False else x)"), model="net()"
    )
    names = [node.op.name for node in done.network.nodes if node.op is not None]
    assert names.count("where") == 2 * 2 * 4 + count - 2


@pytest.mark.parametrize(("dropout", "count"), [(0.0, 1), (0.1, 2)])
def test_attention_gives_nothing_where_it_may_look_at_nothing(
    read_keras: Callable[..., Elaborated], dropout: float, count: int
) -> None:
    """Keras' fused attention gives the mean of all values there; the one with dropout or returned scores, zeros."""
    call = f"layers.MultiHeadAttention(2, 4, dropout={dropout})(x, x)"
    done = read_keras(MODEL.format(call=call), model="net()")
    names = [node.op.name for node in done.network.runs["eval"].nodes if node.op is not None]
    assert names.count("where") == count
