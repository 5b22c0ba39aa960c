import torch
from torch import nn

from pivot import recurrent

CHECKPOINT = {r"rnns\.(\d+)\.(weight|bias)_([ih]h)(_reverse)?": r"\2_\3_l\1\4"}
FOLLOWS = ("num_layers", "bidirectional")


class RNN(nn.Module):
    """Simple recurrent layers on top of each other; the states are (layers * directions, N, hidden_size)."""

    def __init__(
        self,
        input_size,
        hidden_size,
        num_layers=1,
        nonlinearity="tanh",
        bias=True,
        batch_first=False,
        dropout=0.0,
        bidirectional=False,
        device=None,
        dtype=None,
    ):
        super().__init__()
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.batch_first = batch_first
        self.bidirectional = bidirectional
        self.dropout = dropout
        self.drop = nn.Dropout(dropout)
        self.rnns = nn.ModuleList()
        for layer in range(num_layers):
            size = input_size if layer == 0 else hidden_size * (2 if bidirectional else 1)
            if bidirectional:
                self.rnns.append(recurrent.BidirectionalRNN(size, hidden_size, nonlinearity, bias))
            else:
                self.rnns.append(recurrent.RNN(size, hidden_size, nonlinearity, bias))

    def forward(self, x, hx=None):
        alone = x.dim() == 2  # without a batch
        if alone:
            x = x.unsqueeze(0)
            if hx is not None:
                hx = hx.unsqueeze(1)
        elif not self.batch_first:
            x = x.transpose(0, 1)
        h_n = []
        for layer, rnn in enumerate(self.rnns):
            if self.dropout:
                if layer > 0:
                    x = self.drop(x)
            if hx is None:
                x, *states = rnn(x)
            elif self.bidirectional:
                x, *states = rnn(x, [hx[2 * layer], hx[2 * layer + 1]])
            else:
                x, *states = rnn(x, hx[layer])
            h_n += states
        if alone:
            return x.squeeze(0), torch.stack(h_n).squeeze(1)
        if not self.batch_first:
            x = x.transpose(0, 1)
        return x, torch.stack(h_n)

    def flatten_parameters(self):
        pass
