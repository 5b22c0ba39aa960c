import keras
from keras import ops


class Resizing(keras.layers.Layer):
    """x: (N, H, W, C) -> (N, height, width, C); whole numbers stay whole numbers."""

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
        self.size = (height, width)
        self.interpolation = interpolation
        self.antialias = antialias
        self.crop_to_aspect_ratio = crop_to_aspect_ratio
        self.pad_to_aspect_ratio = pad_to_aspect_ratio
        self.fill_value = fill_value

    def call(self, inputs):
        if len(inputs.shape) == 3:
            return ops.squeeze(self.typed(ops.expand_dims(inputs, 0)), 0)
        return self.typed(inputs)

    def typed(self, images):
        if "float" in images.dtype:
            return self.resized(images)
        if self.interpolation not in ("nearest", "bilinear") and images.dtype != "uint8":
            raise NotImplementedError(f"{self.interpolation} resizing of {images.dtype}")
        found = ops.round(self.resized(ops.cast(images, "float32")))
        if self.interpolation not in ("nearest", "bilinear"):
            found = ops.clip(found, 0, 255)
        return ops.cast(found, images.dtype)

    def resized(self, images):
        if self.crop_to_aspect_ratio or self.pad_to_aspect_ratio:
            return ops.image.resize(
                images,
                self.size,
                interpolation=self.interpolation,
                antialias=self.antialias,
                crop_to_aspect_ratio=self.crop_to_aspect_ratio,
                pad_to_aspect_ratio=self.pad_to_aspect_ratio,
                fill_value=self.fill_value,
            )
        return ops.image.resize(images, self.size, interpolation=self.interpolation, antialias=self.antialias)
