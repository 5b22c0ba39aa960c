import keras
from keras import layers, ops


class RNN(keras.layers.Layer):
    """A cell, or several on top of each other, step by step: x: (N, T, ...) -> (N, ...)."""

    def __init__(
        self,
        cell,
        return_sequences=False,
        return_state=False,
        go_backwards=False,
        stateful=False,
        unroll=False,
        zero_output_for_mask=False,
        **kwargs,
    ):
        super().__init__()
        if stateful:
            raise NotImplementedError("a layer that keeps its state between calls (stateful)")
        self.cell = layers.StackedRNNCells(cell) if isinstance(cell, (list, tuple)) else cell
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.zero_output_for_mask = zero_output_for_mask

    def start(self, sequences, size):
        if isinstance(size, (list, tuple)):
            return [self.start(sequences, part) for part in size]
        return ops.repeat(ops.zeros_like(sequences[:, 0, :1]), size, axis=-1)

    def call(self, sequences, initial_state=None, mask=None):
        if type(self.cell) is layers.LSTMCell:
            size = [self.cell.units, self.cell.units]
        elif type(self.cell) in (layers.GRUCell, layers.SimpleRNNCell):
            size = self.cell.units
        else:
            size = self.cell.state_size
        alone = not isinstance(size, (list, tuple))
        if initial_state is None:
            state = [self.start(sequences, size)] if alone else self.start(sequences, size)
        else:
            state = list(initial_state) if isinstance(initial_state, (list, tuple)) else [initial_state]
        steps = list(range(sequences.shape[1]))
        if self.go_backwards:
            steps = steps[::-1]
        outputs = []
        y = None
        for step in steps:
            new, after = self.cell(sequences[:, step], state)
            if type(self.cell) in (layers.LSTMCell, layers.GRUCell, layers.SimpleRNNCell):
                after = [new, *after[1:]]
            else:
                after = list(after) if isinstance(after, (list, tuple)) else [after]
            if mask is None:
                y, state = new, after
            else:
                kept = ops.expand_dims(mask[:, step], -1)
                before = y if y is not None and not self.zero_output_for_mask else ops.zeros_like(new)
                y = ops.where(kept, new, before)
                state = [ops.where(kept, a, b) for a, b in zip(after, state, strict=True)]
            if self.return_sequences:
                outputs.append(y)
        result = ops.stack(outputs, axis=1) if self.return_sequences else y
        return (result, *state) if self.return_state else result
