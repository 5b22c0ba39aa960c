from torch import nn

from pivot import recurrent

CHECKPOINT = {r"cell\.(\w+)": r"\1"}


class LSTMCell(nn.Module):
    """One step of a long short-term memory; without states it begins with zeros."""

    def __init__(self, input_size, hidden_size, bias=True, device=None, dtype=None):
        super().__init__()
        self.hidden_size = hidden_size
        self.cell = recurrent.LSTMCell(input_size, hidden_size, bias)

    def forward(self, x, hx=None):
        if hx is None:
            zeros = x.new_zeros(x.shape[0], self.hidden_size)
            hx = zeros, zeros
        return self.cell(x, hx)
