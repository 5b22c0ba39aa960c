import keras
from keras import ops


class Normalization(keras.layers.Layer):
    """(x - mean) / sqrt(variance) per entry of an axis; the statistics are given, or weights adapted to data."""

    def __init__(self, axis=-1, mean=None, variance=None, invert=False, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis
        self.mean = mean
        self.variance = variance
        self.invert = invert

    def build(self, input_shape):
        axes = () if self.axis is None else (self.axis,) if isinstance(self.axis, int) else tuple(self.axis)
        rank = len(input_shape)
        kept = [axis % rank for axis in axes]
        self.shape = [input_shape[axis] if axis in kept else 1 for axis in range(rank)]
        if self.mean is None:
            sizes = tuple(input_shape[axis] for axis in kept)
            self.adapt_mean = self.add_weight(shape=sizes, initializer="zeros", trainable=False, name="mean")
            self.adapt_variance = self.add_weight(shape=sizes, initializer="ones", trainable=False, name="variance")
            self.count = self.add_weight(shape=(), initializer="zeros", dtype="int32", trainable=False, name="count")

    def call(self, inputs):
        if "float" not in inputs.dtype:
            inputs = ops.cast(inputs, "float32")
        if self.mean is None:
            mean = ops.reshape(self.adapt_mean, self.shape)
            deviation = ops.maximum(ops.sqrt(ops.reshape(self.adapt_variance, self.shape)), 1e-07)
        elif isinstance(self.mean, (list, tuple)):
            mean = ops.reshape(ops.array(self.mean, dtype=inputs.dtype), self.shape)
            variance = ops.reshape(ops.array(self.variance, dtype=inputs.dtype), self.shape)
            deviation = ops.maximum(ops.sqrt(variance), 1e-07)
        else:
            mean = self.mean
            deviation = max(self.variance**0.5, 1e-07)
        if self.invert:
            return mean + inputs * deviation
        return (inputs - mean) / deviation
