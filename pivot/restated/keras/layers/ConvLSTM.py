import keras
from keras import layers, ops


class ConvLSTM(keras.layers.Layer):
    """A convolutional LSTM step by step: x: (N, T, ..., C) -> (N, ..., filters), or (N, T, ..., filters)."""

    def __init__(
        self,
        rank,
        filters,
        kernel_size,
        return_sequences=False,
        return_state=False,
        go_backwards=False,
        stateful=False,
        **kwargs,
    ):
        super().__init__()
        if stateful:
            raise NotImplementedError("a layer that keeps its state between calls (stateful)")
        sizes = (kernel_size,) * rank if isinstance(kernel_size, int) else tuple(kernel_size)
        self.cell = layers.ConvLSTMCell(filters, sizes, **kwargs)
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards

    def call(self, sequences, initial_state=None, mask=None):
        if mask is not None:
            raise NotImplementedError("a convolutional LSTM with a mask")
        state = initial_state
        steps = list(range(sequences.shape[1]))
        if self.go_backwards:
            steps = steps[::-1]
        outputs = []
        y = None
        for step in steps:
            y, state = self.cell(sequences[:, step], state)
            if self.return_sequences:
                outputs.append(y)
        result = ops.stack(outputs, axis=1) if self.return_sequences else y
        return (result, *state) if self.return_state else result
