import keras
from keras import layers, ops


class GRU(keras.layers.Layer):
    """Step by step: x: (N, T, F) -> (N, units), or (N, T, units) with return_sequences."""

    def __init__(
        self,
        units,
        activation="tanh",
        recurrent_activation="sigmoid",
        use_bias=True,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        kernel_regularizer=None,
        recurrent_regularizer=None,
        bias_regularizer=None,
        kernel_constraint=None,
        recurrent_constraint=None,
        bias_constraint=None,
        dropout=0.0,
        recurrent_dropout=0.0,
        seed=None,
        reset_after=True,
        return_sequences=False,
        return_state=False,
        go_backwards=False,
        stateful=False,
        zero_output_for_mask=False,
        unroll=False,
        use_cudnn="auto",
        **kwargs,
    ):
        super().__init__()
        if stateful:
            raise NotImplementedError("a layer that keeps its state between calls (stateful)")
        self.cell = layers.GRUCell(
            units,
            activation=activation,
            recurrent_activation=recurrent_activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            seed=seed,
            reset_after=reset_after,
        )
        self.units = units
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.zero_output_for_mask = zero_output_for_mask

    def call(self, sequences, initial_state=None, mask=None):
        if initial_state is None:
            zeros = ops.repeat(ops.zeros_like(sequences[:, 0, :1]), self.units, axis=-1)
            state = [zeros] * 1
        else:
            state = list(initial_state) if isinstance(initial_state, (list, tuple)) else [initial_state]
        steps = list(range(sequences.shape[1]))
        if self.go_backwards:
            steps = steps[::-1]
        outputs = []
        y = None
        for step in steps:
            new, _ = self.cell(sequences[:, step], state)
            after = [new]
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
