import keras
from keras import ops


class Masking(keras.layers.Layer):
    """Steps whose features all have one value are zero, and left out further on: x: (N, T, F)."""

    def __init__(self, mask_value=0.0, **kwargs):
        super().__init__()
        self.mask_value = mask_value

    def compute_mask(self, inputs, mask=None):
        return ops.any(ops.not_equal(inputs, self.mask_value), axis=-1)

    def call(self, inputs):
        kept = ops.any(ops.not_equal(inputs, self.mask_value), axis=-1, keepdims=True)
        return inputs * ops.cast(kept, inputs.dtype)
