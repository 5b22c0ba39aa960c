import keras
from keras import ops


class Flatten(keras.layers.Layer):
    """x: (N, ...) -> (N, all entries); a vector becomes a column."""

    def __init__(self, data_format=None, **kwargs):
        super().__init__()

    def call(self, inputs):
        if len(inputs.shape) == 1:
            return ops.expand_dims(inputs, -1)
        return ops.reshape(inputs, (ops.shape(inputs)[0], -1))
