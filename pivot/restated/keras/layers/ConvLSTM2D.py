from keras import layers


class ConvLSTM2D(layers.ConvLSTM):
    """A convolutional LSTM over 2 axes."""

    def __init__(self, filters, kernel_size, **kwargs):
        super().__init__(2, filters, kernel_size, **kwargs)
