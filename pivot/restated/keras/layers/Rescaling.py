import keras
from keras import ops


class Rescaling(keras.layers.Layer):
    """x * scale + offset."""

    def __init__(self, scale, offset=0.0, **kwargs):
        super().__init__(**kwargs)
        self.scale = scale
        self.offset = offset

    def call(self, inputs):
        scale = ops.array(self.scale) if isinstance(self.scale, (list, tuple)) else self.scale
        if "float" not in inputs.dtype:
            inputs = ops.cast(inputs, "float32")
        if self.offset == 0.0:
            return inputs * scale
        offset = ops.array(self.offset) if isinstance(self.offset, (list, tuple)) else self.offset
        return inputs * scale + offset
