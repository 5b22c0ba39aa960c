import keras
from keras import ops


class Discretization(keras.layers.Layer):
    """The number of boundaries that a value has reached."""

    def __init__(self, bin_boundaries=None, num_bins=None, output_mode="int", **kwargs):
        super().__init__()
        if bin_boundaries is None:
            raise NotImplementedError("Discretization whose boundaries are learned from data")
        if output_mode != "int":
            raise NotImplementedError(f"Discretization with output_mode={output_mode!r}")
        self.bin_boundaries = bin_boundaries

    def call(self, inputs):
        reached = ops.expand_dims(inputs, -1) >= ops.array(self.bin_boundaries)
        return ops.sum(ops.cast(reached, "int64"), axis=-1)
