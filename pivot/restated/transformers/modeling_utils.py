"""The base class of models, as far as it decides what they compute.

Loading and saving weights, hooks, devices, sharding, quantization and generation are left out; attention is the one \
that the model itself writes out ("eager"), with the same numbers as the fused ones.
"""

import torch
import torch.nn.functional as F
from torch import nn


def repeat_kv(hidden_states, n_rep):
    """(N, groups, T, D) -> (N, groups * n_rep, T, D)."""
    if n_rep == 1:
        return hidden_states
    return torch.repeat_interleave(hidden_states, n_rep, dim=1)


def sdpa_attention_forward(
    module,
    query,
    key,
    value,
    attention_mask,
    dropout=0.0,
    scaling=None,
    is_causal=None,
    position_bias=None,
    **kwargs,
):
    """query: (N, heads, T, D), key and value: (N, groups, S, D) -> (N, T, heads, D)."""
    if hasattr(module, "num_key_value_groups"):
        key = repeat_kv(key, module.num_key_value_groups)
        value = repeat_kv(value, module.num_key_value_groups)
    is_causal = is_causal if is_causal is not None else getattr(module, "is_causal", True)
    is_causal = is_causal and attention_mask is None and query.shape[2] > 1
    if position_bias is not None:
        attention_mask = create_position_bias_mask(position_bias, attention_mask, is_causal, query, key)
        is_causal = False
    output = F.scaled_dot_product_attention(
        query, key, value, attn_mask=attention_mask, dropout_p=dropout, is_causal=is_causal, scale=scaling
    )
    return output.transpose(1, 2).contiguous(), None


def create_position_bias_mask(position_bias, attention_mask, is_causal, query, key):
    """position_bias: (1 or N, heads, T, S), with the least number where a place may not be seen."""
    least = torch.finfo(key.dtype).min
    if attention_mask is None:
        if not is_causal:
            return position_bias
        rows = torch.arange(query.shape[2])
        columns = torch.arange(key.shape[2])
        return torch.where(rows[:, None] >= columns[None, :], position_bias, least)
    if attention_mask.dtype == torch.bool:
        return torch.where(attention_mask, position_bias, least)
    return position_bias + attention_mask


class AttentionInterface:
    """Ways to compute attention, by name: PyTorch's own, else the one that the model writes out."""

    def get_interface(self, attn_implementation, default):
        return sdpa_attention_forward if attn_implementation == "sdpa" else default

    def __getitem__(self, name):
        if name == "sdpa":
            return sdpa_attention_forward
        raise NotImplementedError(f"{name}: attention other than PyTorch's own")


ALL_ATTENTION_FUNCTIONS = AttentionInterface()


def slice_logits_to_keep(hidden_states, logits_to_keep):
    """hidden_states: (N, T, H) -> (N, T', H), the last T' places; 0 keeps all."""
    if isinstance(logits_to_keep, int) and logits_to_keep == 0:
        return hidden_states
    kept = slice(-logits_to_keep, None) if isinstance(logits_to_keep, int) else logits_to_keep
    return hidden_states[:, kept, :]


class PreTrainedModel(nn.Module):
    """A model with the settings that it was made from."""

    base_model_prefix = ""
    _supports_sdpa = False

    def __init__(self, config, *inputs, **kwargs):
        super().__init__()
        self.config = config
        if config._attn_implementation is None:
            config._attn_implementation = "sdpa" if self._supports_sdpa else "eager"

    def post_init(self):
        pass

    def init_weights(self):
        pass

    def tie_weights(self, **kwargs):
        pass

    def gradient_checkpointing_enable(self, **kwargs):
        pass

    def warn_if_padding_and_no_attention_mask(self, input_ids, attention_mask):
        pass

    @property
    def base_model(self):
        return getattr(self, self.base_model_prefix, self)

    @property
    def dtype(self):
        """The kind of numbers that the model is made in."""
        return torch.get_default_dtype()

    @property
    def device(self):
        return torch.device("cpu")

    def get_input_embeddings(self):
        return self.base_model.embed_tokens
