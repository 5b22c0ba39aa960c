import copy

import keras
from keras import ops


class Bidirectional(keras.layers.Layer):
    """A recurrent layer forwards and a copy of it backwards: x: (N, T, F)."""

    def __init__(self, layer, merge_mode="concat", backward_layer=None, **kwargs):
        super().__init__()
        self.forward_layer = layer
        self.given = backward_layer is not None
        self.backward_layer = copy.deepcopy(layer) if backward_layer is None else backward_layer
        self.merge_mode = merge_mode
        self.return_sequences = layer.return_sequences
        self.return_state = layer.return_state

    def call(self, sequences, initial_state=None, mask=None):
        first, second = None, None
        if initial_state is not None:
            half = len(initial_state) // 2
            first, second = initial_state[:half], initial_state[half:]
        backwards = sequences if self.given else ops.flip(sequences, axis=1)
        if mask is None:
            y = self.forward_layer(sequences, initial_state=first)
            z = self.backward_layer(backwards, initial_state=second)
        else:
            turned = mask if self.given else ops.flip(mask, axis=1)
            y = self.forward_layer(sequences, initial_state=first, mask=mask)
            z = self.backward_layer(backwards, initial_state=second, mask=turned)
        states = []
        if self.return_state:
            states = [*y[1:], *z[1:]]
            y, z = y[0], z[0]
        if mask is not None and self.return_sequences:  # whatever the layers give where there is nothing to read
            y = ops.where(ops.expand_dims(mask, -1), y, ops.zeros_like(y))
            z = ops.where(ops.expand_dims(turned, -1), z, ops.zeros_like(z))
        if self.return_sequences:
            z = ops.flip(z, axis=1)
        if self.merge_mode == "concat":
            merged = ops.concatenate([y, z], axis=-1)
        elif self.merge_mode == "sum":
            merged = y + z
        elif self.merge_mode == "ave":
            merged = (y + z) / 2
        elif self.merge_mode == "mul":
            merged = y * z
        else:
            return (y, z, *states) if self.return_state else (y, z)
        return (merged, *states) if self.return_state else merged
