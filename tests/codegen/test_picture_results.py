"""What a node gives in the picture is what its call returns."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from codegen.picture import picture_of
from pivot.reading.elaborate import Elaborated
from studio.picture import Picture, parse_picture


def test_the_last_state_of_a_layer_is_what_it_gives(
    read_keras: Callable[[Path], Elaborated], write_source: Any
) -> None:
    path = write_source(
        """
        import keras
        from keras import layers

        question, answer = keras.Input((6, 4)), keras.Input((8, 4))
        asked = layers.LSTM(16)(question)
        said = layers.Bidirectional(layers.GRU(4))(answer)
        steps, last, cell = layers.LSTM(8, return_sequences=True, return_state=True)(question)
        model = keras.Model([question, answer], layers.concatenate([asked, said, last, cell]))
        """
    )
    picture: Picture = parse_picture(json.loads(json.dumps(picture_of(read_keras(path)))))
    joined = next(node for node in picture.nodes if node.op == "concat" and len(node.inputs) == 4)
    givers = [picture.producer[value] for value in joined.inputs]
    assert [node.op for node in givers] == ["lstm", "bidirectional_gru_ends", "lstm", "lstm"]
    assert picture.shape_label(givers[0].outputs) == "N×16"
    assert [picture.values[value].shape for value in givers[2].outputs] == [("N", 6, 8), ("N", 8), ("N", 8)]
