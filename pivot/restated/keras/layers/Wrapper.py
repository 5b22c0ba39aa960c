import keras


class Wrapper(keras.layers.Layer):
    """A layer around a layer; what it does with it is said by the classes below it."""

    def __init__(self, layer, **kwargs):
        super().__init__()
        self.layer = layer
