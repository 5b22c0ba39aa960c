"""Keys and values of earlier steps, per layer.

Caches of a fixed size, in windows, offloaded or quantized are left out.
"""

import torch


class Cache:
    """Keys and values by layer: (N, heads, S, D) each."""

    def __init__(self, *args, **kwargs):
        self.key_cache = {}
        self.value_cache = {}

    def update(self, key_states, value_states, layer_idx, *args, **kwargs):
        """The keys and values of a layer, with the new ones behind those that it has."""
        if layer_idx in self.key_cache:
            key_states = torch.cat([self.key_cache[layer_idx], key_states], dim=-2)
            value_states = torch.cat([self.value_cache[layer_idx], value_states], dim=-2)
        self.key_cache[layer_idx] = key_states
        self.value_cache[layer_idx] = value_states
        return key_states, value_states

    def get_seq_length(self, layer_idx=0):
        """How many places a layer has."""
        return self.key_cache[layer_idx].shape[-2] if layer_idx in self.key_cache else 0

    def get_mask_sizes(self, query_length, layer_idx=0):
        """How many places a mask has, and where they begin."""
        return self.get_seq_length(layer_idx) + query_length, 0


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
