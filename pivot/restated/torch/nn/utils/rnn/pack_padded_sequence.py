import torch
from torch.nn.utils.rnn import PackedSequence


def pack_padded_sequence(input, lengths, batch_first=False, enforce_sorted=True):
    """Sequences of different lengths, which recurrent layers read up to their ends."""
    if not batch_first:
        input = input.transpose(0, 1)
    if isinstance(lengths, list):
        raise NotImplementedError("packed sequences whose lengths are a Python list, not a tensor")
    mask = torch.arange(input.shape[1], dtype=lengths.dtype) < lengths[:, None]
    return PackedSequence(input, mask, lengths)
