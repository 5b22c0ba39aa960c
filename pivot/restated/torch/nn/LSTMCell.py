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
            if hx is not None:
                hx = hx[0].unsqueeze(0), hx[1].unsqueeze(0)
        if hx is None:
            zeros = x.new_zeros(x.shape[0], self.hidden_size)
            hx = zeros, zeros
        if alone:
            h, c = self.cell(x, hx)
            return h.squeeze(0), c.squeeze(0)
        return self.cell(x, hx)
