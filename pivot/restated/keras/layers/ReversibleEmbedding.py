import keras
from keras import ops


class ReversibleEmbedding(keras.layers.Layer):
    """Ids to vectors, and with `reverse` vectors to scores of ids: (N, T) -> (N, T, D), (N, T, D) -> (N, T, V)."""

    def __init__(
        self,
        input_dim,
        output_dim,
        tie_weights=True,
        mask_zero=False,
        reverse_dtype=None,
        logit_soft_cap=None,
        **kwargs,
    ):
        super().__init__()
        if reverse_dtype is not None:
            raise NotImplementedError("ReversibleEmbedding with reverse_dtype")
        self.input_dim = input_dim
        self.output_dim = output_dim
        self.tie_weights = tie_weights
        self.mask_zero = mask_zero
        self.logit_soft_cap = logit_soft_cap

    def build(self, input_shape=None):
        self.embeddings = self.add_weight(shape=(self.input_dim, self.output_dim), name="embeddings")
        if not self.tie_weights:
            self.reverse_embeddings = self.add_weight(
                shape=(self.output_dim, self.input_dim), name="reverse_embeddings"
            )

    def call(self, inputs, reverse=False):
        if not reverse:
            return ops.take(self.embeddings, inputs, axis=0)
        kernel = ops.transpose(self.embeddings) if self.tie_weights else self.reverse_embeddings
        logits = ops.matmul(inputs, kernel)
        if self.logit_soft_cap is not None:
            logits = ops.tanh(logits / self.logit_soft_cap) * self.logit_soft_cap
        return logits

    def compute_mask(self, inputs, mask=None):
        return ops.not_equal(inputs, 0) if self.mask_zero else None
