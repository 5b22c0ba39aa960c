"""Masks of attention.

Masks of packed sequences, of blocks, of chunks and by functions are left out.
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
    return as_scores(config, inputs_embeds, with_padding(columns[None, :] <= rows[:, None], attention_mask))


def create_sliding_window_causal_mask(
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
    """A causal mask in which each place sees the last `config.sliding_window` places, its own among them."""
    if or_mask_function is not None or and_mask_function is not None or block_sequence_ids is not None:
        raise NotImplementedError("masks by functions or blocks")
    if not getattr(config, "is_causal", True):
        return create_bidirectional_sliding_window_mask(config, inputs_embeds, attention_mask)
    if attention_mask is not None and attention_mask.ndim == 4:
        return attention_mask
    before = past_key_values.get_seq_length() if past_key_values is not None else 0
    rows = torch.arange(inputs_embeds.shape[1]) + before
    columns = torch.arange(inputs_embeds.shape[1] + before)
    distance = rows[:, None] - columns[None, :]
    seen = (distance >= 0) & (distance < config.sliding_window)
    return as_scores(config, inputs_embeds, with_padding(seen, attention_mask))


def create_bidirectional_sliding_window_mask(
    config,
    inputs_embeds,
    attention_mask,
    encoder_hidden_states=None,
    past_key_values=None,
    or_mask_function=None,
    and_mask_function=None,
    allow_is_bidirectional_skip=True,
    **kwargs,
):
    """A mask in which each place sees those that are no further away than `config.sliding_window`."""
    if or_mask_function is not None or and_mask_function is not None:
        raise NotImplementedError("masks by functions")
    if attention_mask is not None and attention_mask.ndim == 4:
        return attention_mask
    attended = inputs_embeds if encoder_hidden_states is None else encoder_hidden_states
    rows = torch.arange(inputs_embeds.shape[1])
    columns = torch.arange(attended.shape[1])
    distance = torch.abs(rows[:, None] - columns[None, :])
    return as_scores(config, inputs_embeds, with_padding(distance <= config.sliding_window, attention_mask))


def create_recurrent_attention_mask(config, inputs_embeds, attention_mask, past_key_values=None, **kwargs):
    """attention_mask: (N, S) -> (N, T) for layers with a state; None where there is nothing to mask."""
    if attention_mask is None or attention_mask.ndim != 2 or inputs_embeds.shape[1] == 1:
        return None
    return attention_mask[:, -inputs_embeds.shape[1] :]


def with_padding(seen, attention_mask):
    """seen: (T, S), attention_mask: (N, S) or None -> (N or 1, 1, T, S)."""
    seen = seen[None, None, :, :]
    if attention_mask is None:
        return seen
    return seen & attention_mask[:, None, None, :].bool()


def as_scores(config, inputs_embeds, seen):
    """A mask as the attention in use takes it: true where a place may be seen, or numbers that are added to scores.

    seen: (N or 1, 1, T or 1, S) -> (N, 1, T, S).
    """
    seen = seen.expand(inputs_embeds.shape[0], -1, inputs_embeds.shape[1], -1)
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
    """attention_mask: (N, S) or (N, 1, T, S) or None -> (N, 1, T, S) or None."""
    if or_mask_function is not None or and_mask_function is not None:
        raise NotImplementedError("masks by functions")
    if attention_mask is None or attention_mask.ndim == 4:
        return attention_mask
    return as_scores(config, inputs_embeds, attention_mask[:, None, None, :].bool())
