import torch
from torch import nn

from pivot import recurrent

CHECKPOINT = {r"rnns\.(\d+)\.(weight|bias)_([ih]h)(_reverse)?": r"\2_\3_l\1\4"}
FOLLOWS = ("num_layers", "bidirectional")


class LSTM(nn.Module):
    """LSTM layers on top of each other; the states are (layers * directions, N, hidden_size)."""

    def __init__(
        self,
        input_size,
        hidden_size,
        num_layers=1,
        bias=True,
        batch_first=False,
        dropout=0.0,
        bidirectional=False,
        proj_size=0,
        device=None,
        dtype=None,
    ):
        super().__init__()
        if proj_size:
            raise NotImplementedError("an LSTM whose hidden states are projected (proj_size)")
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
                self.rnns.append(recurrent.BidirectionalLSTM(size, hidden_size, bias))
            else:
                self.rnns.append(recurrent.LSTM(size, hidden_size, bias))

    def forward(self, x, hx=None):
        alone = x.dim() == 2  # without a batch
        if alone:
            x = x.unsqueeze(0)
        elif not self.batch_first:
            x = x.transpose(0, 1)
        if hx is not None:
            h_0, c_0 = hx
            if alone:
                h_0, c_0 = h_0.unsqueeze(1), c_0.unsqueeze(1)
        h_n, c_n = [], []
        for layer, rnn in enumerate(self.rnns):
            if self.dropout:
                if layer > 0:
                    x = self.drop(x)
            if hx is None:
                x, *states = rnn(x)
            elif self.bidirectional:
                first, second = 2 * layer, 2 * layer + 1
                x, *states = rnn(x, [h_0[first], c_0[first], h_0[second], c_0[second]])
            else:
                x, *states = rnn(x, [h_0[layer], c_0[layer]])
            h_n += states[0::2]
            c_n += states[1::2]
        if alone:
            return x.squeeze(0), (torch.stack(h_n).squeeze(1), torch.stack(c_n).squeeze(1))
        if not self.batch_first:
            x = x.transpose(0, 1)
        return x, (torch.stack(h_n), torch.stack(c_n))

    def flatten_parameters(self):
        pass
