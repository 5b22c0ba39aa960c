import math

import torch


def gelu(input, approximate="none"):
    """x * P(Z <= x) of a normal Z."""
    if approximate == "tanh":
        return 0.5 * input * (1 + torch.tanh(math.sqrt(2 / math.pi) * (input + 0.044715 * input**3)))
    return 0.5 * input * (1 + torch.erf(input / math.sqrt(2)))
