import keras
from keras import ops


class UpSampling2D(keras.layers.Layer):
    """x: (N, H, W, C) -> (N, H * rows, W * columns, C)."""

    def __init__(self, size=(2, 2), data_format=None, interpolation="nearest", **kwargs):
        super().__init__()
        self.rows, self.columns = (size, size) if isinstance(size, int) else size
        self.interpolation = interpolation

    def call(self, inputs):
        size = (inputs.shape[1] * self.rows, inputs.shape[2] * self.columns)
        return ops.image.resize(inputs, size, interpolation=self.interpolation)
