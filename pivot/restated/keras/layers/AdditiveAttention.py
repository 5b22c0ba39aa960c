import keras
from keras import ops


class AdditiveAttention(keras.layers.Layer):
    """Additive (Bahdanau) attention: query: (N, T, E), value and key: (N, S, E) -> (N, T, E)."""

    def __init__(self, use_scale=True, dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        self.use_scale = use_scale
        self.dropout = dropout
        if dropout:
            self.drop = keras.layers.Dropout(dropout)

    def build(self, input_shape):
        if self.use_scale:
            self.scale = self.add_weight(shape=(input_shape[0][-1],), initializer="glorot_uniform", name="scale")

    def call(self, inputs, mask=None, return_attention_scores=False, use_causal_mask=False):
        query, value = inputs[0], inputs[1]
        key = inputs[2] if len(inputs) > 2 else value
        both = ops.tanh(ops.expand_dims(query, 2) + ops.expand_dims(key, 1))
        if self.use_scale:
            both = both * self.scale
        scores = ops.sum(both, axis=-1)
        allowed = None
        if mask is not None:
            if mask[1] is not None:
                allowed = ops.expand_dims(mask[1], 1)
        if use_causal_mask:
            causal = ops.tril(ops.ones_like(scores)) > 0.5
            allowed = causal if allowed is None else ops.logical_and(allowed, causal)
        if allowed is not None:
            scores = ops.where(allowed, scores, scores - 1e9)
        weights = ops.softmax(scores, axis=-1)
        if self.dropout:
            weights = self.drop(weights)
        result = ops.matmul(weights, value)
        if mask is not None:
            if mask[0] is not None:
                result = ops.where(ops.expand_dims(mask[0], -1), result, ops.zeros_like(result))
        return (result, weights) if return_attention_scores else result
