"""Masks that are added to the scores of attention: 0 where a place may be seen, the least number elsewhere.

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
    **kwargs,
):
    """inputs_embeds: (N, T, H), attention_mask: (N, S) or (N, 1, T, S) or None -> (N or 1, 1, T, S)."""
    if or_mask_function is not None or and_mask_function is not None or block_sequence_ids is not None:
        raise NotImplementedError("masks by functions or blocks")
    if not getattr(config, "is_causal", True):
        return create_bidirectional_mask(config, inputs_embeds, attention_mask)
    if attention_mask is not None and attention_mask.ndim == 4:
        return attention_mask
    length = inputs_embeds.shape[1]
    before = past_key_values.get_seq_length() if past_key_values is not None else 0
    rows = torch.arange(before, before + length)
    seen = torch.arange(before + length)[None, :] <= rows[:, None]
    seen = seen[None, None, :, :]
    if attention_mask is not None:
        seen = seen & attention_mask[:, None, None, :].bool()
    least = torch.finfo(inputs_embeds.dtype).min
    return torch.where(seen, 0.0, least)


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
    least = torch.finfo(inputs_embeds.dtype).min
    return torch.where(attention_mask[:, None, None, :].bool(), 0.0, least)
