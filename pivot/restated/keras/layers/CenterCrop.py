import keras


class CenterCrop(keras.layers.Layer):
    """The middle of images: x: (N, H, W, C) -> (N, height, width, C)."""

    def __init__(self, height, width, **kwargs):
        super().__init__()
        self.height = height
        self.width = width

    def call(self, inputs):
        rows, columns = inputs.shape[1] - self.height, inputs.shape[2] - self.width
        if rows < 0 or columns < 0:
            raise NotImplementedError("CenterCrop of an image that is smaller than the crop")
        top, left = rows // 2, columns // 2
        return inputs[:, top : top + self.height, left : left + self.width, :]
