from torch import nn

from pivot import recurrent

CHECKPOINT = {r"cell\.(\w+)": r"\1"}


class RNNCell(nn.Module):
    """One step of a simple recurrent layer; without states it begins with zeros."""

    def __init__(self, input_size, hidden_size, bias=True, nonlinearity="tanh", device=None, dtype=None):
        super().__init__()
        self.hidden_size = hidden_size
        self.cell = recurrent.RNNCell(input_size, hidden_size, bias, nonlinearity)

    def forward(self, x, hx=None):
        alone = x.dim() == 1  # without a batch
        if alone:
            x = x.unsqueeze(0)
        if hx is None:
            h = x.new_zeros(x.shape[0], self.hidden_size)
        else:
            h = hx.unsqueeze(0) if alone else hx
        h = self.cell(x, h)
        return h.squeeze(0) if alone else h
