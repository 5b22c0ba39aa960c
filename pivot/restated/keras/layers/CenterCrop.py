import keras
from keras import ops


class CenterCrop(keras.layers.Layer):
    """The middle of images, enlarged where they are smaller: x: (N, H, W, C) -> (N, height, width, C)."""

    def __init__(self, height, width, **kwargs):
        super().__init__()
        self.height = height
        self.width = width

    def call(self, inputs):
        if "float" not in inputs.dtype:
            inputs = ops.cast(inputs, "float32")
        if len(inputs.shape) == 3:
            return ops.squeeze(self.cut(ops.expand_dims(inputs, 0)), 0)
        return self.cut(inputs)

    def cut(self, images):
        rows, columns = images.shape[1] - self.height, images.shape[2] - self.width
        if rows < 0 or columns < 0:
            return ops.image.resize(images, (self.height, self.width), crop_to_aspect_ratio=True)
        top, left = rows // 2, columns // 2
        return images[:, top : top + self.height, left : left + self.width, :]
