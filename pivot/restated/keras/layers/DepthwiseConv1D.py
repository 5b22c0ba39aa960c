import keras
from keras import ops


class DepthwiseConv1D(keras.layers.Layer):
    """Every channel convolved by itself: x: (N, L, C) -> (N, L', C * depth_multiplier)."""

    def __init__(
        self,
        kernel_size,
        strides=1,
        padding="valid",
        depth_multiplier=1,
        data_format=None,
        dilation_rate=1,
        activation=None,
        use_bias=True,
        depthwise_initializer="glorot_uniform",
        bias_initializer="zeros",
        **kwargs,
    ):
        super().__init__()
        self.kernel_size = kernel_size if isinstance(kernel_size, int) else kernel_size[0]
        self.strides = strides
        self.padding = padding
        self.depth_multiplier = depth_multiplier
        self.dilation_rate = dilation_rate
        self.use_bias = use_bias
        self.depthwise_initializer = depthwise_initializer
        self.bias_initializer = bias_initializer
        self.activation = None if activation is None else keras.activations.get(activation)

    def build(self, input_shape):
        channels = input_shape[-1]
        self.kernel = self.add_weight(
            shape=(self.kernel_size, channels, self.depth_multiplier),
            initializer=self.depthwise_initializer,
            name="kernel",
        )
        if self.use_bias:
            self.bias = self.add_weight(
                shape=(channels * self.depth_multiplier,), initializer=self.bias_initializer, name="bias"
            )

    def call(self, inputs):
        kernel = ops.reshape(self.kernel, (self.kernel_size, 1, -1))
        y = ops.conv(inputs, kernel, strides=self.strides, padding=self.padding, dilation_rate=self.dilation_rate)
        if self.use_bias:
            y = y + self.bias
        return y if self.activation is None else self.activation(y)
