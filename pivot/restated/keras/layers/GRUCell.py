import keras
from keras import ops


class GRUCell(keras.layers.Layer):
    """One step of a GRU with any activations, the reset gate before or after the product: x: (N, F), states: [h]."""

    def __init__(
        self,
        units,
        activation="tanh",
        recurrent_activation="sigmoid",
        use_bias=True,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        reset_after=True,
        **kwargs,
    ):
        super().__init__()
        self.kernel_initializer = kernel_initializer
        self.recurrent_initializer = recurrent_initializer
        self.bias_initializer = bias_initializer
        self.units = units
        self.use_bias = use_bias
        self.reset_after = reset_after
        self.activation = keras.activations.get(activation)
        self.recurrent_activation = keras.activations.get(recurrent_activation)
        self.state_size = units

    def build(self, input_shape):
        self.kernel = self.add_weight(
            shape=(input_shape[-1], 3 * self.units), initializer=self.kernel_initializer, name="kernel"
        )
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, 3 * self.units), initializer=self.recurrent_initializer, name="recurrent_kernel"
        )
        if self.use_bias:
            shape = (2, 3 * self.units) if self.reset_after else (3 * self.units,)
            self.bias = self.add_weight(shape=shape, initializer=self.bias_initializer, name="bias")

    def call(self, inputs, states):
        h = states[0] if isinstance(states, (list, tuple)) else states
        x = ops.matmul(inputs, self.kernel)
        if self.reset_after:
            inner = ops.matmul(h, self.recurrent_kernel)
            if self.use_bias:
                x, inner = x + self.bias[0], inner + self.bias[1]
            x_z, x_r, x_h = ops.split(x, 3, axis=1)
            h_z, h_r, h_h = ops.split(inner, 3, axis=1)
            z = self.recurrent_activation(x_z + h_z)
            new = self.activation(x_h + self.recurrent_activation(x_r + h_r) * h_h)
        else:
            if self.use_bias:
                x = x + self.bias
            x_z, x_r, x_h = ops.split(x, 3, axis=1)
            r_z, r_r, r_h = ops.split(self.recurrent_kernel, 3, axis=1)
            z = self.recurrent_activation(x_z + ops.matmul(h, r_z))
            r = self.recurrent_activation(x_r + ops.matmul(h, r_r))
            new = self.activation(x_h + ops.matmul(r * h, r_h))
        h = z * h + (1 - z) * new
        return h, [h]
