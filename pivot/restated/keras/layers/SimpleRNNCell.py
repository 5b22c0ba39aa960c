import keras
from keras import ops


class SimpleRNNCell(keras.layers.Layer):
    """One step of a plain recurrent layer: x: (N, F), states: [h]."""

    def __init__(self, units, activation="tanh", use_bias=True, **kwargs):
        super().__init__()
        self.units = units
        self.use_bias = use_bias
        self.activation = keras.activations.get(activation)
        self.state_size = units

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), name="kernel")
        self.recurrent_kernel = self.add_weight(shape=(self.units, self.units), name="recurrent_kernel")
        if self.use_bias:
            self.bias = self.add_weight(shape=(self.units,), name="bias")

    def call(self, inputs, states):
        h = states[0] if isinstance(states, (list, tuple)) else states
        y = ops.matmul(inputs, self.kernel)
        if self.use_bias:
            y = y + self.bias
        h = self.activation(y + ops.matmul(h, self.recurrent_kernel))
        return h, [h]
