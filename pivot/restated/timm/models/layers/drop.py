"""Dropping of whole samples."""

from timm.layers import DropPath, drop_path
