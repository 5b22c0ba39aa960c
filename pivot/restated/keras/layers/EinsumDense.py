import keras
from keras import ops


class EinsumDense(keras.layers.Layer):
    """einsum(equation, x, kernel) + bias, the equation in the form "abc,cd->abd"."""

    def __init__(
        self,
        equation,
        output_shape,
        activation=None,
        bias_axes=None,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        **kwargs,
    ):
        super().__init__()
        self.equation = equation
        self.partial_output_shape = (output_shape,) if isinstance(output_shape, int) else tuple(output_shape)
        self.bias_axes = bias_axes
        self.kernel_initializer = kernel_initializer
        self.bias_initializer = bias_initializer
        self.activation = None if activation is None else keras.activations.get(activation)

    def build(self, input_shape):
        left, right = self.equation.split("->")
        data, weight = left.split(",")
        behind = 0
        if "..." in data:
            count = len(input_shape) - len(data) + 3
            behind = 0 if data.startswith("...") else count
            free = "0123456789"[:count]
            data, right = data.replace("...", free), right.replace("...", free)
        given = right[len(right) - len(self.partial_output_shape) - behind : len(right) - behind]
        sizes = {a: size for a, size in zip(given, self.partial_output_shape, strict=True) if size is not None}
        needed = [letter for letter in weight + (self.bias_axes or "") if letter not in sizes]
        if needed == [data[-1]]:
            sizes[data[-1]] = input_shape[-1]
        elif needed == list(data[-2:]):
            sizes.update(zip(needed, input_shape[-2:], strict=True))
        else:
            sizes = {**dict(zip(data, input_shape, strict=True)), **sizes}
        shape = [sizes[letter] for letter in weight]
        self.kernel = self.add_weight(shape=shape, initializer=self.kernel_initializer, name="kernel")
        if self.bias_axes:
            first = min([right.index(letter) for letter in self.bias_axes])
            shape = [sizes[letter] if letter in self.bias_axes else 1 for letter in right[first:]]
            self.bias = self.add_weight(shape=shape, initializer=self.bias_initializer, name="bias")

    def call(self, inputs):
        y = ops.einsum(self.equation, inputs, self.kernel)
        if self.bias_axes:
            y = y + self.bias
        return y if self.activation is None else self.activation(y)
