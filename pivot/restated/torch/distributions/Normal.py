import math

import torch


class Normal:
    """Normal distributions that are independent of each other."""

    def __init__(self, loc, scale, validate_args=None):
        self.loc, self.scale = loc, scale

    @property
    def mean(self):
        return self.loc

    @property
    def mode(self):
        return self.loc

    @property
    def stddev(self):
        return self.scale

    @property
    def variance(self):
        return self.scale**2

    def rsample(self, sample_shape=()):
        """One number from each, through which gradients pass to both parameters."""
        if len(sample_shape) > 0:
            raise NotImplementedError("several samples at once")
        return self.loc + self.scale * torch.randn_like(self.loc + self.scale)

    def sample(self, sample_shape=()):
        """One number from each, through which no gradient passes."""
        return self.rsample(sample_shape).detach()

    def log_prob(self, value):
        """The logarithm of the density at a value."""
        deviation = (value - self.loc) ** 2 / (2 * self.scale**2)
        return -deviation - torch.log(self.scale) - 0.5 * math.log(2 * math.pi)

    def entropy(self):
        return 0.5 + 0.5 * math.log(2 * math.pi) + torch.log(self.scale)
