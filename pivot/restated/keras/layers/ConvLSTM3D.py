from keras import layers


class ConvLSTM3D(layers.ConvLSTM):
    """A convolutional LSTM over 3 axes."""

    def __init__(self, filters, kernel_size, **kwargs):
        super().__init__(3, filters, kernel_size, **kwargs)
