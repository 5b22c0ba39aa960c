import keras
from keras import ops


class Subtract(keras.layers.Layer):
    """The difference of two tensors; fewer axes are filled up behind the batch."""

    def call(self, inputs):
        first, second = inputs
        for _ in range(len(second.shape) - len(first.shape)):
            first = ops.expand_dims(first, 1)
        for _ in range(len(first.shape) - len(second.shape)):
            second = ops.expand_dims(second, 1)
        return first - second
