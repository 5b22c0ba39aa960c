"""Models of timm: only what programs take from there to build their own."""

from timm.models.registry import register_model
