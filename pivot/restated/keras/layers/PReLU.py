import keras
from keras import ops


class PReLU(keras.layers.Layer):
    """max(x, 0) + alpha * min(x, 0), alpha for every place but along shared axes: x: (N, ...) -> (N, ...)."""

    def __init__(self, alpha_initializer="zeros", shared_axes=None, **kwargs):
        super().__init__()
        self.shared_axes = [shared_axes] if isinstance(shared_axes, int) else shared_axes

    def build(self, input_shape):
        shape = list(input_shape[1:])
        if self.shared_axes is not None:
            for axis in self.shared_axes:
                shape[axis - 1] = 1
        self.alpha = self.add_weight(shape=shape, name="alpha", initializer="zeros")

    def call(self, inputs):
        return ops.relu(inputs) - self.alpha * ops.relu(-inputs)
