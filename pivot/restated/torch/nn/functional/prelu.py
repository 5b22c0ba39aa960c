import torch


def prelu(input, weight):
    """input where it is positive, else weight * input; one weight, or one per channel."""
    if input.dim() == 0:
        slope = weight.sum()
    elif weight.dim() == 0 or input.dim() == 1:
        slope = weight
    else:
        slope = weight.reshape([-1] + [1] * (input.dim() - 2))
    return torch.where(input > 0, input, slope * input)
