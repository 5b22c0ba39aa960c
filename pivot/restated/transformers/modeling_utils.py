"""The base class of models, as far as it decides what they compute.

Loading and saving weights, hooks, devices, sharding, quantization and generation are left out; attention is the one \
that the model itself writes out ("eager"), with the same numbers as the fused ones.
"""

from torch import nn


class AttentionInterface:
    """Ways to compute attention, by name: here always the model's own."""

    def get_interface(self, attn_implementation, default):
        return default

    def __getitem__(self, name):
        raise NotImplementedError(f"{name}: attention other than the model's own")


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

    def __init__(self, config, *inputs, **kwargs):
        super().__init__()
        self.config = config

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

    def get_input_embeddings(self):
        return self.base_model.embed_tokens
