import keras
from keras import ops


class Resizing(keras.layers.Layer):
    """x: (N, H, W, C) -> (N, height, width, C)."""

    def __init__(
        self,
        height,
        width,
        interpolation="bilinear",
        crop_to_aspect_ratio=False,
        pad_to_aspect_ratio=False,
        fill_mode="constant",
        fill_value=0.0,
        antialias=False,
        data_format=None,
        **kwargs,
    ):
        super().__init__()
        if crop_to_aspect_ratio or pad_to_aspect_ratio:
            raise NotImplementedError("resizing that keeps the aspect ratio")
        self.size = (height, width)
        self.interpolation = interpolation
        self.antialias = antialias

    def call(self, inputs):
        if "float" not in inputs.dtype:
            inputs = ops.cast(inputs, "float32")
        if len(inputs.shape) == 3:
            return ops.squeeze(self.resized(ops.expand_dims(inputs, 0)), 0)
        return self.resized(inputs)

    def resized(self, images):
        return ops.image.resize(images, self.size, interpolation=self.interpolation, antialias=self.antialias)
