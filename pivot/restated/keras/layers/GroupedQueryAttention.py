import keras
from keras import layers, ops


class GroupedQueryAttention(keras.layers.Layer):
    """Attention whose heads share keys and values: query: (N, T, E), value and key: (N, S, E) -> (N, T, E)."""

    def __init__(
        self,
        head_dim,
        num_query_heads,
        num_key_value_heads,
        dropout=0.0,
        use_bias=True,
        sliding_window=None,
        use_gate=False,
        **kwargs,
    ):
        super().__init__()
        self.head_dim = head_dim
        self.num_query_heads = num_query_heads
        self.num_key_value_heads = num_key_value_heads
        self.num_repeats = num_query_heads // num_key_value_heads
        self.dropout = dropout
        self.use_bias = use_bias
        self.sliding_window = sliding_window
        self.use_gate = use_gate
        if dropout:
            self.drop = layers.Dropout(dropout)

    def build(self, query_shape, value_shape, key_shape=None):
        axes = "uh" if self.use_bias else None
        self._query_dense = layers.EinsumDense(
            "bqm,muh->bquh", (None, self.num_query_heads, self.head_dim), bias_axes=axes
        )
        self._key_dense = layers.EinsumDense(
            "bkm,muh->bkuh", (None, self.num_key_value_heads, self.head_dim), bias_axes=axes
        )
        if self.use_gate:
            self._gate_dense = layers.EinsumDense(
                "bqm,muh->bquh",
                (None, self.num_query_heads, self.head_dim),
                bias_axes=axes,
                activation="sigmoid",
            )
        self._value_dense = layers.EinsumDense(
            "bkm,muh->bkuh", (None, self.num_key_value_heads, self.head_dim), bias_axes=axes
        )
        self._output_dense = layers.EinsumDense(
            "bquh,uhm->bqm", (None, query_shape[-1]), bias_axes="m" if self.use_bias else None
        )

    def call(
        self,
        query,
        value,
        key=None,
        query_mask=None,
        value_mask=None,
        key_mask=None,
        attention_mask=None,
        return_attention_scores=False,
        use_causal_mask=False,
    ):
        q = self._query_dense(query) * (1.0 / self.head_dim**0.5)
        k = ops.repeat(self._key_dense(value if key is None else key), self.num_repeats, axis=2)
        v = ops.repeat(self._value_dense(value), self.num_repeats, axis=2)
        scores = ops.einsum("bquh,bkuh->buqk", q, k)
        allowed = None if attention_mask is None else ops.cast(attention_mask, "bool")
        for mask, axis in ((query_mask, -1), (value_mask, -2), (key_mask, -2)):
            if mask is not None:
                part = ops.expand_dims(ops.cast(mask, "bool"), axis)
                allowed = part if allowed is None else ops.logical_and(allowed, part)
        if allowed is not None:
            for _ in range(4 - len(allowed.shape)):
                allowed = ops.expand_dims(allowed, -3)
        if use_causal_mask:
            causal = ops.tril(ops.ones_like(scores)) > 0.5
            allowed = causal if allowed is None else ops.logical_and(allowed, causal)
        if self.sliding_window is not None:
            reach = self.sliding_window - 1
            near = ops.triu(ops.tril(ops.ones_like(scores), k=reach), k=-reach) > 0.5
            allowed = near if allowed is None else ops.logical_and(allowed, near)
        if allowed is not None:
            scores = ops.where(allowed, scores, -1e9)
        scores = ops.softmax(scores, axis=-1)
        weights = self.drop(scores) if self.dropout else scores
        result = ops.einsum("buqk,bkuh->bquh", weights, v)
        if self.use_gate:
            result = result * self._gate_dense(query)
        result = self._output_dense(result)
        return (result, scores) if return_attention_scores else result
