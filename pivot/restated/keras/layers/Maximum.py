import keras
from keras import ops


class Maximum(keras.layers.Layer):
    """The largest of tensors, element by element; fewer axes are filled up behind the batch."""

    def call(self, inputs):
        rank = max([len(x.shape) for x in inputs])
        total = None
        for other in inputs:
            for _ in range(rank - len(other.shape)):
                other = ops.expand_dims(other, 1)
            total = other if total is None else ops.maximum(total, other)
        return total
