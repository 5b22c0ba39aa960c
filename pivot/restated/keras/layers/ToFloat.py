import keras
from keras import ops


class ToFloat(keras.layers.Layer):
    """Images as fractions: all that is left of a layer that changes them in training only."""

    def call(self, inputs):
        return inputs if "float" in inputs.dtype else ops.cast(inputs, "float32")
