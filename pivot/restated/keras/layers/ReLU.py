import keras
from keras import ops


class ReLU(keras.layers.Layer):
    """x above a threshold, negative_slope * (x - threshold) below it, max_value at most."""

    def __init__(self, max_value=None, negative_slope=0.0, threshold=0.0, **kwargs):
        super().__init__(**kwargs)
        self.max_value = max_value
        self.negative_slope = 0.0 if negative_slope is None else negative_slope
        self.threshold = 0.0 if threshold is None else threshold

    def call(self, inputs):
        kept = inputs if self.max_value is None else ops.minimum(inputs, self.max_value)
        y = ops.where(inputs >= self.threshold, kept, ops.zeros_like(inputs))
        if self.negative_slope:
            below = ops.minimum(inputs, self.threshold) - self.threshold
            y = y + self.negative_slope * below
        return y
