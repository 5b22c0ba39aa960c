import keras
from keras import layers

CHECKPOINT = {
    r"depthwise\.kernel": "depthwise_kernel",
    r"pointwise\.kernel": "pointwise_kernel",
    r"pointwise\.bias": "bias",
}


class SeparableConv2D(keras.layers.Layer):
    """Every channel convolved by itself, then all channels mixed at each place."""

    def __init__(
        self,
        filters,
        kernel_size,
        strides=1,
        padding="valid",
        data_format=None,
        dilation_rate=1,
        depth_multiplier=1,
        activation=None,
        use_bias=True,
        **kwargs,
    ):
        super().__init__()
        self.depthwise = layers.DepthwiseConv2D(
            kernel_size,
            strides=strides,
            padding=padding,
            depth_multiplier=depth_multiplier,
            dilation_rate=dilation_rate,
            use_bias=False,
        )
        self.pointwise = layers.Conv2D(filters, 1, use_bias=use_bias)
        self.activation = None if activation is None else keras.activations.get(activation)

    def call(self, inputs):
        y = self.pointwise(self.depthwise(inputs))
        return y if self.activation is None else self.activation(y)
