import math

import keras
from keras import ops


class Reshape(keras.layers.Layer):
    """x: (N, ...) -> (N, *target_shape), where one size may be left to be found."""

    def __init__(self, target_shape, **kwargs):
        super().__init__()
        self.target_shape = tuple(target_shape)

    def call(self, inputs):
        known = math.prod([size for size in self.target_shape if size != -1])
        rest = math.prod(inputs.shape[1:]) // known
        return ops.reshape(inputs, (-1, *[rest if size == -1 else size for size in self.target_shape]))
