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
        alone = x.dim() == 1  # without a batch
        if alone:
            x = x.unsqueeze(0)
        if hx is None:
            h = c = x.new_zeros(x.shape[0], self.hidden_size)
        else:
            h, c = hx
            if alone:
                h, c = h.unsqueeze(0), c.unsqueeze(0)
        h, c = self.cell(x, (h, c))
        if alone:
            return h.squeeze(0), c.squeeze(0)
        return h, c
