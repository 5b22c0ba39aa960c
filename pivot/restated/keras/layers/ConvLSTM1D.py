from keras import layers


class ConvLSTM1D(layers.ConvLSTM):
    """A convolutional LSTM over 1 axes."""

    def __init__(self, filters, kernel_size, **kwargs):
        super().__init__(1, filters, kernel_size, **kwargs)
