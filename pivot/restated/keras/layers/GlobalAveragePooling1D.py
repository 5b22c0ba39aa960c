import keras
from keras import ops


class GlobalAveragePooling1D(keras.layers.Layer):
    """The mean over steps, of those that a mask keeps: x: (N, L, C) -> (N, C)."""

    def __init__(self, data_format=None, keepdims=False, **kwargs):
        super().__init__()
        self.axis = 2 if data_format == "channels_first" else 1
        self.keepdims = keepdims

    def call(self, inputs, mask=None):
        if mask is None:
            return ops.mean(inputs, axis=self.axis, keepdims=self.keepdims)
        kept = ops.expand_dims(ops.cast(mask, inputs.dtype), 2 if self.axis == 1 else 1)
        total = ops.sum(inputs * kept, axis=self.axis, keepdims=self.keepdims)
        return total / ops.sum(kept, axis=self.axis, keepdims=self.keepdims)
