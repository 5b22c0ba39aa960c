import warnings

import torch


def pad_packed_sequence(sequence, batch_first=False, padding_value=0.0, total_length=None):
    """The sequences with padding behind their ends, and how long they are."""
    padded, mask, lengths = sequence
    if total_length is None:
        text = "pad_packed_sequence() without total_length cuts to the longest sequence; the target keeps all steps"
        warnings.warn(text, stacklevel=2)
    else:
        as_packed = (padded.shape[0], total_length, padded.shape[2])
        assert padded.shape == as_packed, "pad_packed_sequence() to another length than was packed"
    if padding_value != 0:
        padded = torch.where(mask[..., None], padded, padding_value)
    if not batch_first:
        padded = padded.transpose(0, 1)
    return padded, lengths
