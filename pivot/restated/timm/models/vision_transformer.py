"""What programs take from the vision transformer: its two small layers and its settings."""

from timm.layers import Mlp, PatchEmbed


def _cfg(url="", **kwargs):
    """Settings of a checkpoint, which no tensor depends on."""
    return {"url": url, "num_classes": 1000, "input_size": (3, 224, 224), **kwargs}
