import keras
from keras import ops


class Minimum(keras.layers.Layer):
    """The smallest of tensors, element by element; fewer axes are filled up behind the batch."""

    def call(self, inputs):
        rank = max([len(x.shape) for x in inputs])
        total = None
        for other in inputs:
            for _ in range(rank - len(other.shape)):
                other = ops.expand_dims(other, 1)
            total = other if total is None else ops.minimum(total, other)
        return total
