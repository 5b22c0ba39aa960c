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
    """Attention in several heads of any size: query: (N, T, E), value and key: (N, S, E') -> (N, T, E).

    There may be more axes before E; `attention_axes` says over which of them it looks.
    """

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
        self.num_heads = num_heads
        self.key_dim = key_dim
        self.value_dim = key_dim if value_dim is None else value_dim
        self.dropout = dropout
        self.use_bias = use_bias
        self.width = output_shape
        self.attention_axes = (attention_axes,) if isinstance(attention_axes, int) else attention_axes
        self.sliding_window = sliding_window
        self.use_gate = use_gate
        if dropout:
            self.drop = layers.Dropout(dropout)

    def build(self, query_shape, value_shape, key_shape=None):
        rank = len(query_shape)
        width = query_shape[-1] if self.width is None else self.width
        is_vector = self.width is None or isinstance(self.width, int)
        if rank == 3 and is_vector:
            self.query_dense = HeadsDense(self.num_heads, self.key_dim, self.use_bias)
            self.key_dense = HeadsDense(self.num_heads, self.key_dim, self.use_bias)
            if self.use_gate:
                self._gate_dense = HeadsDense(self.num_heads, self.value_dim, self.use_bias)
            self.value_dense = HeadsDense(self.num_heads, self.value_dim, self.use_bias)
            self.output_dense = JoinDense(width, self.use_bias)
            self.looked_at = [1]
            self.scores_of = "aecd,abcd->acbe"
            self.result_of = "acbe,aecd->abcd"
        else:
            letters = "abcdefghijklmnop"
            free, last, new = letters[: rank - 1], letters[rank - 1], letters[rank : rank + 2]
            into = free + last + "," + last + new + "->" + free + new
            axes = new if self.use_bias else None
            sizes = [None] * (rank - 2)
            self.query_dense = layers.EinsumDense(into, (*sizes, self.num_heads, self.key_dim), bias_axes=axes)
            self.key_dense = layers.EinsumDense(into, (*sizes, self.num_heads, self.key_dim), bias_axes=axes)
            if self.use_gate:
                self._gate_dense = layers.EinsumDense(into, (*sizes, self.num_heads, self.value_dim), bias_axes=axes)
            self.value_dense = layers.EinsumDense(into, (*sizes, self.num_heads, self.value_dim), bias_axes=axes)
            widths = (width,) if is_vector else tuple(width)
            heads, wide = letters[rank - 1 : rank + 1], letters[rank + 1 : rank + 1 + len(widths)]
            self.output_dense = layers.EinsumDense(
                free + heads + "," + heads + wide + "->" + free + wide,
                (*sizes, *widths),
                bias_axes=wide if self.use_bias else None,
            )
            looked = range(1, rank - 1) if self.attention_axes is None else self.attention_axes
            self.looked_at = [axis if axis >= 0 else rank + axis for axis in looked]
            target = letters[: rank + 1]
            source, more = "", rank + 1
            for place in range(rank + 1):
                if place in self.looked_at:
                    source, more = source + letters[more], more + 1
                else:
                    source = source + target[place]
            kept = [target[place] for place in range(rank) if place not in self.looked_at]
            scores = "".join(kept + [target[a] for a in self.looked_at] + [source[a] for a in self.looked_at])
            self.scores_of = source + "," + target + "->" + scores
            self.result_of = scores + "," + source + "->" + target

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
        key = value if key is None else key
        attention_mask = self._compute_attention_mask(query, value, query_mask, value_mask, key_mask, attention_mask)
        result, scores = self._compute_attention(
            self.query_dense(query),
            self.key_dense(key),
            self.value_dense(value),
            attention_mask=attention_mask,
            return_attention_scores=return_attention_scores,
            use_causal_mask=use_causal_mask,
        )
        if self.use_gate:
            result = result * ops.sigmoid(self._gate_dense(query))
        result = self.output_dense(result)
        return (result, scores) if return_attention_scores else result

    def _compute_attention_mask(
        self, query, value, query_mask=None, value_mask=None, key_mask=None, attention_mask=None
    ):
        allowed = None if attention_mask is None else ops.cast(attention_mask, "bool")
        for mask, axis in ((query_mask, -1), (value_mask, -2), (key_mask, -2)):
            if mask is not None:
                part = ops.expand_dims(ops.cast(mask, "bool"), axis)
                allowed = part if allowed is None else ops.logical_and(allowed, part)
        return allowed

    def _compute_attention(
        self,
        query,
        key,
        value,
        attention_mask=None,
        training=None,
        return_attention_scores=False,
        use_causal_mask=False,
    ):
        scores = ops.einsum(self.scores_of, key, query * (1.0 / self.key_dim**0.5))
        shared = self.dropout > 0 or return_attention_scores or len(query.shape) != 4
        scores = self._masked_softmax(scores, attention_mask, use_causal_mask, zeroes=shared)
        weights = self.drop(scores) if self.dropout else scores
        return ops.einsum(self.result_of, weights, value), scores

    def _masked_softmax(self, attention_scores, attention_mask=None, use_causal_mask=False, zeroes=True):
        scores, allowed = attention_scores, attention_mask
        if allowed is not None:
            allowed = ops.cast(allowed, "bool")
            for _ in range(len(scores.shape) - len(allowed.shape)):
                allowed = ops.expand_dims(allowed, -2 * len(self.looked_at) - 1)
        if (use_causal_mask or self.sliding_window is not None) and len(self.looked_at) > 1:
            raise NotImplementedError("causal attention or a sliding window over several axes")
        if use_causal_mask:
            causal = ops.tril(ops.ones_like(scores)) > 0.5
            allowed = causal if allowed is None else ops.logical_and(allowed, causal)
        if self.sliding_window is not None:
            reach = self.sliding_window - 1
            near = ops.triu(ops.tril(ops.ones_like(scores), k=reach), k=-reach) > 0.5
            allowed = near if allowed is None else ops.logical_and(allowed, near)
        if allowed is not None:
            scores = ops.where(allowed, scores, -1e9)
        if len(self.looked_at) == 1:
            shares = ops.softmax(scores, axis=-1)
        else:
            over = list(range(-len(self.looked_at), 0))
            shares = ops.exp(scores - ops.logsumexp(scores, axis=over, keepdims=True))
        if attention_mask is not None and zeroes:  # a step that may look at nothing gets nothing
            shares = ops.where(allowed, shares, 0.0)
        return shares

    @property
    def _query_dense(self):
        return self.query_dense

    @property
    def _key_dense(self):
        return self.key_dense

    @property
    def _value_dense(self):
        return self.value_dense

    @property
    def _output_dense(self):
        return self.output_dense
