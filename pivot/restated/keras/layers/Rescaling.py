import keras
from keras import ops


class Rescaling(keras.layers.Layer):
    """x * scale + offset."""

    def __init__(self, scale, offset=0.0, **kwargs):
        super().__init__(**kwargs)
        self.scale = scale
        self.offset = offset

    def call(self, inputs):
        if "float" not in inputs.dtype:
            inputs = ops.cast(inputs, "float32")
        scale = self.scale
        if isinstance(scale, (list, tuple)) or scale != int(scale):
            scale = ops.array(scale, dtype="float32")  # as TensorFlow holds it, whatever the inputs are
        if self.offset == 0.0:
            return inputs * scale
        offset = self.offset
        if isinstance(offset, (list, tuple)) or offset != int(offset):
            offset = ops.array(offset, dtype="float32")
        return inputs * scale + offset
