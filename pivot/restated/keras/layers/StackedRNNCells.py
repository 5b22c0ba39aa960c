import keras


class StackedRNNCells(keras.layers.Layer):
    """Cells on top of each other, as one cell: states are one entry per cell."""

    def __init__(self, cells, **kwargs):
        super().__init__()
        self.cells = list(cells)
        self.state_size = [cell.state_size for cell in cells]

    def call(self, inputs, states):
        after = []
        for cell, state in zip(self.cells, states, strict=True):
            inputs, new = cell(inputs, state if isinstance(state, (list, tuple)) else [state])
            new = list(new) if isinstance(new, (list, tuple)) else [new]
            after.append(new if isinstance(state, (list, tuple)) else new[0])
        return inputs, after
