import keras
from keras import ops


class Dot(keras.layers.Layer):
    """Products of two tensors summed over one axis of each: x: (N, ..., D), y: (N, ..., D) -> (N, ..., ...)."""

    def __init__(self, axes, normalize=False, **kwargs):
        super().__init__(**kwargs)
        self.axes = axes
        self.normalize = normalize

    def call(self, inputs):
        x, y = inputs
        first, second = (self.axes, self.axes) if isinstance(self.axes, int) else self.axes
        first, second = first % len(x.shape), second % len(y.shape)
        if self.normalize:
            x = x / ops.sqrt(ops.maximum(ops.sum(ops.square(x), axis=first, keepdims=True), 1e-12))
            y = y / ops.sqrt(ops.maximum(ops.sum(ops.square(y), axis=second, keepdims=True), 1e-12))
        if len(x.shape) == 2 and len(y.shape) == 2:
            return ops.sum(x * y, axis=1, keepdims=True)
        if len(x.shape) > 3 or len(y.shape) > 3:
            raise NotImplementedError("Dot of tensors with more than three axes")
        if len(x.shape) == 2:
            x = ops.expand_dims(x, 1)
        elif first == 1:
            x = ops.transpose(x, (0, 2, 1))
        if len(y.shape) == 2:
            y = ops.expand_dims(y, 2)
        elif second == 2:
            y = ops.transpose(y, (0, 2, 1))
        product = ops.matmul(x, y)
        if len(inputs[0].shape) == 2:
            return ops.squeeze(product, 1)
        if len(inputs[1].shape) == 2:
            return ops.squeeze(product, 2)
        return product
