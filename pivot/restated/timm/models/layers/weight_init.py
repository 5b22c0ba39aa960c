"""Distributions that weights start from."""

from timm.layers import lecun_normal_, trunc_normal_
