import keras


class Pipeline(keras.layers.Layer):
    """Layers one after the other."""

    def __init__(self, layers, **kwargs):
        super().__init__()
        self.steps = layers

    def call(self, inputs):
        for step in self.steps:
            inputs = step(inputs)
        return inputs
