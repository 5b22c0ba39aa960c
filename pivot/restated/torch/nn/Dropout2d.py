from torch import nn


class Dropout2d(nn.Module):
    """Dropout of whole channels (N, C, ...); of single values where there are no positions."""

    def __init__(self, p=0.5, inplace=False):
        super().__init__()
        self.drop = nn.Dropout(p)

    def forward(self, x):
        if x.dim() == 2:
            return self.drop(x)
        return x * self.drop(x.new_ones((*x.shape[:2], *(1 for _ in x.shape[2:]))))
