import keras
from keras import ops


class UnitNormalization(keras.layers.Layer):
    """x / max(|x|, 1e-12), the length taken over an axis."""

    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs):
        square = ops.sum(ops.square(inputs), axis=self.axis, keepdims=True)
        return inputs * ops.rsqrt(ops.maximum(square, 1e-12))
