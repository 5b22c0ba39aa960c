"""Masks of attention.

Masks of packed sequences, of blocks and by functions are left out.
"""

import torch


def create_causal_mask(
    config,
    inputs_embeds,
    attention_mask,
    past_key_values=None,
    position_ids=None,
    or_mask_function=None,
    and_mask_function=None,
    block_sequence_ids=None,
    layer_idx=None,
    allow_is_causal_skip=True,
):
    """inputs_embeds: (N, T, H), attention_mask: (N, S) or (N, 1, T, S) or None -> (N or 1, 1, T, S)."""
    if or_mask_function is not None or and_mask_function is not None or block_sequence_ids is not None:
        raise NotImplementedError("masks by functions or blocks")
    if not getattr(config, "is_causal", True):
        return create_bidirectional_mask(config, inputs_embeds, attention_mask)
    if attention_mask is not None and attention_mask.ndim == 4:
        return attention_mask
    before = past_key_values.get_seq_length() if past_key_values is not None else 0
    if attention_mask is None and before == 0 and config._attn_implementation == "sdpa" and allow_is_causal_skip:
        return None  # attention is causal by itself
    rows = torch.arange(inputs_embeds.shape[1]) + before
    columns = torch.arange(inputs_embeds.shape[1] + before)
    seen = (columns[None, :] <= rows[:, None])[None, None, :, :]
    if attention_mask is not None:
        seen = seen & attention_mask[:, None, None, :].bool()
    return as_scores(config, inputs_embeds, seen)


def as_scores(config, inputs_embeds, seen):
    """A mask as the attention in use takes it: true where a place may be seen, or numbers that are added to scores."""
    if config._attn_implementation == "sdpa":
        return seen
    return torch.where(seen, 0.0, torch.finfo(inputs_embeds.dtype).min)


def create_bidirectional_mask(
    config,
    inputs_embeds,
    attention_mask,
    encoder_hidden_states=None,
    past_key_values=None,
    or_mask_function=None,
    and_mask_function=None,
    **kwargs,
):
    """attention_mask: (N, S) or (N, 1, T, S) or None -> (N, 1, 1, S), (N, 1, T, S) or None."""
    if or_mask_function is not None or and_mask_function is not None:
        raise NotImplementedError("masks by functions")
    if attention_mask is None or attention_mask.ndim == 4:
        return attention_mask
    return as_scores(config, inputs_embeds, attention_mask[:, None, None, :].bool())
