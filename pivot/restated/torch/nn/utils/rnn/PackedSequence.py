from typing import NamedTuple

import torch


class PackedSequence(NamedTuple):
    """Sequences of different lengths: padded (N, T, F), where they are (N, T), and how long each is (N)."""

    padded: torch.Tensor
    mask: torch.Tensor
    lengths: torch.Tensor
