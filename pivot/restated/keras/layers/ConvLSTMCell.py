import keras
from keras import ops


class ConvLSTMCell(keras.layers.Layer):
    """One step of a convolutional LSTM: x: (N, ..., C), states: [h, c] of (N, ..., filters), or None for zeros."""

    def __init__(
        self,
        filters,
        kernel_size,
        strides=1,
        padding="valid",
        dilation_rate=1,
        activation="tanh",
        recurrent_activation="sigmoid",
        use_bias=True,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        unit_forget_bias=True,
        **kwargs,
    ):
        super().__init__()
        self.kernel_initializer = kernel_initializer
        self.recurrent_initializer = recurrent_initializer
        self.bias_initializer = "unit_forget" if unit_forget_bias else bias_initializer
        self.filters = filters
        self.kernel_size = kernel_size
        self.strides = strides
        self.padding = padding
        self.dilation_rate = dilation_rate
        self.activation = keras.activations.get(activation)
        self.recurrent_activation = keras.activations.get(recurrent_activation)
        self.use_bias = use_bias

    def build(self, input_shape):
        self.kernel = self.add_weight(
            shape=(*self.kernel_size, input_shape[-1], 4 * self.filters),
            initializer=self.kernel_initializer,
            name="kernel",
        )
        self.recurrent_kernel = self.add_weight(
            shape=(*self.kernel_size, self.filters, 4 * self.filters),
            initializer=self.recurrent_initializer,
            name="recurrent_kernel",
        )
        if self.use_bias:
            self.bias = self.add_weight(shape=(4 * self.filters,), initializer=self.bias_initializer, name="bias")

    def call(self, inputs, states):
        gates = ops.conv(
            inputs, self.kernel, strides=self.strides, padding=self.padding, dilation_rate=self.dilation_rate
        )
        if self.use_bias:
            gates = gates + self.bias
        if states is not None:
            gates = gates + ops.conv(states[0], self.recurrent_kernel, padding="same")
        i, f, g, o = ops.split(gates, 4, axis=-1)
        c = self.recurrent_activation(i) * self.activation(g)
        if states is not None:
            c = c + self.recurrent_activation(f) * states[1]
        h = self.recurrent_activation(o) * self.activation(c)
        return h, [h, c]
