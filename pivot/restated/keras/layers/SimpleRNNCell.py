import keras
from keras import ops


class SimpleRNNCell(keras.layers.Layer):
    """One step of a plain recurrent layer: x: (N, F), states: [h]."""

    def __init__(
        self,
        units,
        activation="tanh",
        use_bias=True,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        **kwargs,
    ):
        super().__init__()
        self.kernel_initializer = kernel_initializer
        self.recurrent_initializer = recurrent_initializer
        self.bias_initializer = bias_initializer
        self.units = units
        self.use_bias = use_bias
        self.activation = keras.activations.get(activation)
        self.state_size = units

    def build(self, input_shape):
        self.kernel = self.add_weight(
            shape=(input_shape[-1], self.units), initializer=self.kernel_initializer, name="kernel"
        )
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, self.units), initializer=self.recurrent_initializer, name="recurrent_kernel"
        )
        if self.use_bias:
            self.bias = self.add_weight(shape=(self.units,), initializer=self.bias_initializer, name="bias")

    def call(self, inputs, states):
        h = states[0] if isinstance(states, (list, tuple)) else states
        y = ops.matmul(inputs, self.kernel)
        if self.use_bias:
            y = y + self.bias
        h = self.activation(y + ops.matmul(h, self.recurrent_kernel))
        return h, [h]
