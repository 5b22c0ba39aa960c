import keras
from keras import ops


class TimeDistributed(keras.layers.Layer):
    """A layer on every step by itself: x: (N, T, ...) -> (N, T, ...)."""

    def __init__(self, layer, **kwargs):
        super().__init__(**kwargs)
        self.layer = layer

    def call(self, inputs):
        steps = ops.shape(inputs)[1]
        y = self.layer(ops.reshape(inputs, (-1, *ops.shape(inputs)[2:])))
        return ops.reshape(y, (-1, steps, *ops.shape(y)[1:]))
