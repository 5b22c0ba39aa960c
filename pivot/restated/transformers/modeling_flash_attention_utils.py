"""Fused attention: never taken."""

from typing import TypedDict


class FlashAttentionKwargs(TypedDict, total=False):
    """Further arguments of fused attention."""


def is_flash_attn_available():
    return False


def flash_attn_supports_top_left_mask():
    return False
