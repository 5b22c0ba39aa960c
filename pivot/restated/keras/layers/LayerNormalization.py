import keras
from keras import ops


class LayerNormalization(keras.layers.Layer):
    """(x - mean) / sqrt(variance + epsilon) * gamma + beta over any axes; the old `rms_scaling` takes off no mean."""

    def __init__(self, axis=-1, epsilon=1e-3, center=True, scale=True, rms_scaling=False, **kwargs):
        super().__init__()
        self.axis = [axis] if isinstance(axis, int) else sorted(axis)
        self.epsilon = epsilon
        self.center = center and not rms_scaling
        self.scale = scale or rms_scaling
        self.rms_scaling = rms_scaling

    def build(self, input_shape):
        shape = [input_shape[axis] for axis in self.axis]
        if self.scale:
            self.gamma = self.add_weight(shape=shape, name="gamma", initializer="ones")
        if self.center:
            self.beta = self.add_weight(shape=shape, name="beta", initializer="zeros")

    def call(self, inputs):
        rank = len(inputs.shape)
        axes = [axis % rank for axis in self.axis]
        mean = ops.mean(inputs, axis=axes, keepdims=True)
        variance = ops.mean(ops.square(inputs - mean), axis=axes, keepdims=True)
        y = inputs if self.rms_scaling else inputs - mean
        y = y * ops.rsqrt(variance + self.epsilon)
        shape = [inputs.shape[axis] if axis in axes else 1 for axis in range(rank)]
        last = axes == list(range(rank - len(axes), rank))
        if self.scale:
            y = y * (self.gamma if last else ops.reshape(self.gamma, shape))
        if self.center:
            y = y + (self.beta if last else ops.reshape(self.beta, shape))
        return y
