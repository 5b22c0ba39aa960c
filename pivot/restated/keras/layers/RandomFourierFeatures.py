import math

import keras
from keras import ops


class RandomFourierFeatures(keras.layers.Layer):
    """cos(x @ (kernel / scale) + bias), of a kernel and a bias that are drawn once: (N, E) -> (N, output_dim)."""

    def __init__(self, output_dim, kernel_initializer="gaussian", scale=None, trainable=False, **kwargs):
        super().__init__()
        self.output_dim = output_dim
        self.kernel_initializer = kernel_initializer
        self.scale = scale
        if trainable:
            raise NotImplementedError("random features whose scale is trained")

    def build(self, input_shape):
        if self.kernel_initializer != "gaussian":
            raise NotImplementedError("random features of another kernel than a Gaussian one")
        scale = self.scale
        if scale is None:
            scale = math.sqrt(input_shape[-1] / 2.0)
        self.unscaled_kernel = self.add_weight(
            shape=(input_shape[-1], self.output_dim),
            initializer=keras.initializers.RandomNormal(stddev=1.0),
            trainable=False,
            name="unscaled_kernel",
        )
        self.bias = self.add_weight(
            shape=(self.output_dim,),
            initializer=keras.initializers.RandomUniform(0.0, 2 * math.pi),
            trainable=False,
            name="bias",
        )
        self.kernel_scale = self.add_weight(
            shape=(1,),
            initializer=keras.initializers.Constant(scale),
            trainable=False,
            name="kernel_scale",
        )

    def call(self, inputs):
        kernel = self.unscaled_kernel * (1.0 / self.kernel_scale)
        return ops.cos(ops.matmul(inputs, kernel) + self.bias)
