import keras
from keras import ops


class AutoContrast(keras.layers.Layer):
    """Every channel of an image spread over the whole range of values: x: (N, H, W, C) -> (N, H, W, C)."""

    def __init__(self, value_range=(0, 255), **kwargs):
        super().__init__()
        self.low, self.high = value_range

    def call(self, inputs):
        if "float" not in inputs.dtype or len(inputs.shape) != 4:
            raise NotImplementedError("AutoContrast of anything but a batch of images with fractions")
        span = self.high - self.low
        images = inputs if (self.low, span) == (0, 255) else (inputs - self.low) / span * 255.0
        low = ops.min(images, axis=(1, 2), keepdims=True)
        scale = 255.0 / (ops.max(images, axis=(1, 2), keepdims=True) - low)
        images = ops.clip(images * scale + -low * scale, 0.0, 255.0)
        if (self.low, span) != (0, 255):
            images = images / 255.0 * span + self.low
        return ops.where(ops.isnan(images), inputs, images)
