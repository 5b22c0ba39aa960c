import keras
from keras import ops


class Softmax(keras.layers.Layer):
    """Softmax over an axis, of the entries that a mask keeps; the others are 0. inputs: *, mask: broadcast to it."""

    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs, mask=None):
        if mask is None:
            return ops.softmax(inputs, axis=self.axis)
        kept = mask if mask.dtype == "bool" else mask > 0.5
        shares = ops.softmax(ops.where(kept, inputs, -1e9), axis=self.axis)
        return ops.where(kept, shares, 0.0)
