"""Keys and values of earlier steps, per layer.

Caches of a fixed size, in windows, offloaded or quantized are left out.
"""

import torch


class Cache:
    """Keys and values by layer: (N, heads, S, D) each."""

    def __init__(self, *args, **kwargs):
        self.keys = {}
        self.values = {}

    def update(self, key_states, value_states, layer_idx, *args, **kwargs):
        """The keys and values of a layer, with the new ones behind those that it has."""
        if layer_idx in self.keys:
            key_states = torch.cat([self.keys[layer_idx], key_states], dim=-2)
            value_states = torch.cat([self.values[layer_idx], value_states], dim=-2)
        self.keys[layer_idx] = key_states
        self.values[layer_idx] = value_states
        return key_states, value_states

    def get_seq_length(self, layer_idx=0):
        """How many places a layer has."""
        return self.keys[layer_idx].shape[-2] if layer_idx in self.keys else 0


class DynamicCache(Cache):
    """A cache that grows."""


class EncoderDecoderCache(Cache):
    """Two caches: of the decoder's own attention, and of its attention to the encoder."""

    def __init__(self, *caches):
        self.self_attention_cache = caches[0]
        self.cross_attention_cache = caches[1]
        self.is_updated = {}

    def update(self, key_states, value_states, layer_idx, *args, **kwargs):
        return self.self_attention_cache.update(key_states, value_states, layer_idx)

    def get_seq_length(self, layer_idx=0):
        return self.self_attention_cache.get_seq_length(layer_idx)
