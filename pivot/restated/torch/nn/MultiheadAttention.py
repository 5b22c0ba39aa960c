import math

import torch
from torch import nn


class MultiheadAttention(nn.Module):
    """Attention with several heads; masks are added to the scores, or forbid where they are True."""

    def __init__(
        self,
        embed_dim,
        num_heads,
        dropout=0.0,
        bias=True,
        add_bias_kv=False,
        add_zero_attn=False,
        kdim=None,
        vdim=None,
        batch_first=False,
        device=None,
        dtype=None,
    ):
        super().__init__()
        if embed_dim % num_heads:
            raise ValueError("embed_dim must be divisible by num_heads")
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.batch_first = batch_first
        self.packed = kdim in (None, embed_dim) and vdim in (None, embed_dim)
        if self.packed:
            self.in_proj_weight = nn.Parameter(torch.zeros(3 * embed_dim, embed_dim))
            nn.init.xavier_uniform_(self.in_proj_weight)
        else:
            self.q_proj_weight = nn.Parameter(torch.zeros(embed_dim, embed_dim))
            self.k_proj_weight = nn.Parameter(torch.zeros(embed_dim, kdim or embed_dim))
            self.v_proj_weight = nn.Parameter(torch.zeros(embed_dim, vdim or embed_dim))
            nn.init.xavier_uniform_(self.q_proj_weight)
            nn.init.xavier_uniform_(self.k_proj_weight)
            nn.init.xavier_uniform_(self.v_proj_weight)
        self.in_proj_bias = nn.Parameter(torch.zeros(3 * embed_dim)) if bias else None
        self.out_proj = nn.Linear(embed_dim, embed_dim, bias=bias)
        if bias:
            nn.init.zeros_(self.out_proj.bias)
        self.bias_k = nn.Parameter(torch.zeros(1, 1, embed_dim)) if add_bias_kv else None
        self.bias_v = nn.Parameter(torch.zeros(1, 1, embed_dim)) if add_bias_kv else None
        if add_bias_kv:
            nn.init.xavier_normal_(self.bias_k)
            nn.init.xavier_normal_(self.bias_v)
        self.add_zero_attn = add_zero_attn
        self.appended = int(add_bias_kv) + int(add_zero_attn)
        self.drop = nn.Dropout(dropout)

    def project(self, query, key, value):
        """Queries, keys and values: (N, T, E) each."""
        if self.packed:
            w_q, w_k, w_v = self.in_proj_weight.chunk(3)
        else:
            w_q, w_k, w_v = self.q_proj_weight, self.k_proj_weight, self.v_proj_weight
        q = torch.einsum("nti,ei->nte", query, w_q)
        k = torch.einsum("nti,ei->nte", key, w_k)
        v = torch.einsum("nti,ei->nte", value, w_v)
        if self.in_proj_bias is not None:
            b_q, b_k, b_v = self.in_proj_bias.chunk(3)
            q, k, v = q + b_q, k + b_k, v + b_v
        return q, k, v

    def split_heads(self, x):
        """(N, T, E) -> (N, T, heads, E / heads)."""
        return x.reshape(x.shape[0], x.shape[1], self.num_heads, self.head_dim)

    def apply_mask(self, scores, mask):
        """Forbid where a mask is True, add a mask of numbers; keys that were appended are always seen."""
        if self.appended:
            mask = nn.functional.pad(mask, (0, self.appended))
        if mask.dtype == torch.bool:
            return scores.masked_fill(mask, float("-inf"))
        return scores + mask

    def forward(
        self,
        query,
        key,
        value,
        key_padding_mask=None,
        need_weights=True,
        attn_mask=None,
        average_attn_weights=True,
        is_causal=False,
    ):
        alone = query.dim() == 2  # without a batch
        if alone:
            query, key, value = query.unsqueeze(0), key.unsqueeze(0), value.unsqueeze(0)
            if key_padding_mask is not None:
                key_padding_mask = key_padding_mask.unsqueeze(0)
        elif not self.batch_first:
            query, key, value = query.transpose(0, 1), key.transpose(0, 1), value.transpose(0, 1)
        q, k, v = self.project(query, key, value)
        if self.bias_k is not None:
            k = torch.cat([k, self.bias_k + torch.zeros_like(k[:, :1])], dim=1)
            v = torch.cat([v, self.bias_v + torch.zeros_like(v[:, :1])], dim=1)
        if self.add_zero_attn:
            k = torch.cat([k, torch.zeros_like(k[:, :1])], dim=1)
            v = torch.cat([v, torch.zeros_like(v[:, :1])], dim=1)
        q, k, v = self.split_heads(q), self.split_heads(k), self.split_heads(v)
        scores = torch.einsum("nqhd,nkhd->nhqk", q, k) / math.sqrt(self.head_dim)
        if attn_mask is not None:
            if attn_mask.dim() == 3:  # one for each sample and head
                attn_mask = attn_mask.reshape(-1, self.num_heads, attn_mask.shape[1], attn_mask.shape[2])
            scores = self.apply_mask(scores, attn_mask)
        if key_padding_mask is not None:
            scores = self.apply_mask(scores, key_padding_mask[:, None, None, :])
        weights = self.drop(torch.softmax(scores, dim=-1))
        y = torch.einsum("nhqk,nkhd->nqhd", weights, v)
        y = self.out_proj(y.reshape(y.shape[0], y.shape[1], self.embed_dim))
        if alone:
            y = y.squeeze(0)
        elif not self.batch_first:
            y = y.transpose(0, 1)
        if not need_weights:
            return y, None
        if average_attn_weights:
            weights = weights.mean(dim=1)
        if alone:
            weights = weights.squeeze(0)
        return y, weights
