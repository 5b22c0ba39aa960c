import keras
from keras import layers, ops


class HeadsDense(keras.layers.Layer):
    """A vector per head of every step: (N, T, E) -> (N, T, heads, size)."""

    def __init__(self, num_heads, size, use_bias):
        super().__init__()
        self.num_heads = num_heads
        self.size = size
        self.use_bias = use_bias

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.num_heads, self.size), name="kernel")
        if self.use_bias:
            self.bias = self.add_weight(shape=(self.num_heads, self.size), initializer="zeros", name="bias")

    def call(self, inputs):
        y = ops.einsum("abc,cde->abde", inputs, self.kernel)
        return y + self.bias if self.use_bias else y


class JoinDense(keras.layers.Layer):
    """One vector for those of all heads: (N, T, heads, size) -> (N, T, width)."""

    def __init__(self, width, use_bias):
        super().__init__()
        self.width = width
        self.use_bias = use_bias

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-2], input_shape[-1], self.width), name="kernel")
        if self.use_bias:
            self.bias = self.add_weight(shape=(self.width,), initializer="zeros", name="bias")

    def call(self, inputs):
        y = ops.einsum("abcd,cde->abe", inputs, self.kernel)
        return y + self.bias if self.use_bias else y


class MultiHeadAttention(keras.layers.Layer):
    """Attention in several heads of any size: query: (N, T, E), value and key: (N, S, E') -> (N, T, E)."""

    def __init__(
        self,
        num_heads,
        key_dim,
        value_dim=None,
        dropout=0.0,
        use_bias=True,
        output_shape=None,
        attention_axes=None,
        sliding_window=None,
        use_gate=False,
        **kwargs,
    ):
        super().__init__()
        if attention_axes is not None and tuple(attention_axes) != (1,):
            raise NotImplementedError("attention over several axes (attention_axes)")
        if sliding_window is not None or use_gate:
            raise NotImplementedError("attention with a sliding window or a gate")
        self.num_heads = num_heads
        self.key_dim = key_dim
        self.value_dim = key_dim if value_dim is None else value_dim
        self.dropout = dropout
        self.use_bias = use_bias
        self.width = output_shape
        if dropout:
            self.drop = layers.Dropout(dropout)

    def build(self, query_shape, value_shape, key_shape=None):
        width = query_shape[-1] if self.width is None else self.width
        self.query_dense = HeadsDense(self.num_heads, self.key_dim, self.use_bias)
        self.key_dense = HeadsDense(self.num_heads, self.key_dim, self.use_bias)
        self.value_dense = HeadsDense(self.num_heads, self.value_dim, self.use_bias)
        self.output_dense = JoinDense(width, self.use_bias)

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
        q = self.query_dense(query) * (1.0 / self.key_dim**0.5)
        k = self.key_dense(value if key is None else key)
        v = self.value_dense(value)
        scores = ops.einsum("aecd,abcd->acbe", k, q)
        allowed = None
        if attention_mask is not None:
            allowed = ops.cast(attention_mask, "bool")
            if len(allowed.shape) == 2:
                allowed = ops.expand_dims(allowed, 0)
            if len(allowed.shape) == 3:
                allowed = ops.expand_dims(allowed, 1)
        for mask, axis in ((query_mask, -1), (value_mask, 1), (key_mask, 1)):
            if mask is not None:
                part = ops.expand_dims(ops.expand_dims(ops.cast(mask, "bool"), axis), 1)
                allowed = part if allowed is None else ops.logical_and(allowed, part)
        if use_causal_mask:
            causal = ops.tril(ops.ones_like(scores)) > 0.5
            allowed = causal if allowed is None else ops.logical_and(allowed, causal)
        if allowed is not None:
            scores = ops.where(allowed, scores, -1e9)
        scores = ops.softmax(scores, axis=-1)
        weights = self.drop(scores) if self.dropout else scores
        result = self.output_dense(ops.einsum("acbe,aecd->abcd", weights, v))
        return (result, scores) if return_attention_scores else result
