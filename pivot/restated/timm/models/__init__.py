"""Models of timm: only what programs take from there to build their own."""

from .registry import register_model
