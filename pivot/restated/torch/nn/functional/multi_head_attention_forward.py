import math

import torch
from torch.nn import functional as F


def multi_head_attention_forward(
    query,
    key,
    value,
    embed_dim_to_check,
    num_heads,
    in_proj_weight,
    in_proj_bias,
    bias_k,
    bias_v,
    add_zero_attn,
    dropout_p,
    out_proj_weight,
    out_proj_bias,
    training=True,
    key_padding_mask=None,
    need_weights=True,
    attn_mask=None,
    use_separate_proj_weight=False,
    q_proj_weight=None,
    k_proj_weight=None,
    v_proj_weight=None,
    static_k=None,
    static_v=None,
    average_attn_weights=True,
    is_causal=False,
):
    """Attention with several heads and weights that are given: query (T, N, E), key and value (S, N, E)."""
    if static_k is not None or static_v is not None:
        raise NotImplementedError("keys and values that are projected already (static_k, static_v)")
    if is_causal and attn_mask is None:
        raise NotImplementedError("is_causal=True without attn_mask")
    alone = query.dim() == 2  # without a batch
    if alone:
        query, key, value = query.unsqueeze(1), key.unsqueeze(1), value.unsqueeze(1)
        if key_padding_mask is not None:
            key_padding_mask = key_padding_mask.unsqueeze(0)
    width = query.shape[2]
    if use_separate_proj_weight:
        q, k, v = F.linear(query, q_proj_weight), F.linear(key, k_proj_weight), F.linear(value, v_proj_weight)
    else:
        w_q, w_k, w_v = in_proj_weight.chunk(3)
        q, k, v = F.linear(query, w_q), F.linear(key, w_k), F.linear(value, w_v)
    if in_proj_bias is not None:
        b_q, b_k, b_v = in_proj_bias.chunk(3)
        q, k, v = q + b_q, k + b_k, v + b_v
    appended = 0
    if bias_k is not None and bias_v is not None:
        k = torch.cat([k, bias_k.reshape(1, 1, -1) + torch.zeros_like(k[:1])])
        v = torch.cat([v, bias_v.reshape(1, 1, -1) + torch.zeros_like(v[:1])])
        appended += 1
    if add_zero_attn:
        k = torch.cat([k, torch.zeros_like(k[:1])])
        v = torch.cat([v, torch.zeros_like(v[:1])])
        appended += 1
    q, k, v = heads_of(q, num_heads), heads_of(k, num_heads), heads_of(v, num_heads)
    scores = q @ k.transpose(-2, -1) / math.sqrt(width // num_heads)
    if attn_mask is not None:
        if attn_mask.dim() == 3:  # one for each sample and head
            attn_mask = attn_mask.reshape(-1, num_heads, attn_mask.shape[1], attn_mask.shape[2])
        scores = masked(scores, attn_mask, appended)
    if key_padding_mask is not None:
        scores = masked(scores, key_padding_mask[:, None, None, :], appended)
    weights = F.dropout(torch.softmax(scores, dim=-1), dropout_p, training)
    y = (weights @ v).permute(2, 0, 1, 3)
    y = F.linear(y.reshape(y.shape[0], y.shape[1], width), out_proj_weight, out_proj_bias)
    if alone:
        y = y.squeeze(1)
    if not need_weights:
        return y, None
    if average_attn_weights:
        weights = weights.mean(dim=1)
    if alone:
        weights = weights.squeeze(0)
    return y, weights


def heads_of(x, heads):
    """(T, N, E) -> (N, heads, T, E / heads)."""
    return x.reshape(x.shape[0], x.shape[1], heads, -1).permute(1, 2, 0, 3)


def masked(scores, mask, appended):
    """Forbid where a mask is True, add a mask of numbers; keys that were appended are always seen."""
    if appended:
        mask = F.pad(mask, (0, appended))
    if mask.dtype == torch.bool:
        return scores.masked_fill(mask, float("-inf"))
    return scores + mask
