"""Recurrent classifiers: how many layers, in how many directions, of which kind."""

import torch
import torch.nn as nn


class Rnn(nn.Module):
    def __init__(self, layers=1, bi=False, first=True, kind="LSTM"):
        super().__init__()
        self.rnn = getattr(nn, kind)(4, 5, layers, batch_first=first, bidirectional=bi)
        self.fc = nn.Linear(10 if bi else 5, 3)

    def forward(self, x):
        out, _ = self.rnn(x)
        return self.fc(out[:, -1])


class Tagger(nn.Module):
    """The last output of an LSTM."""

    def __init__(self, input_size=4, hidden=6, num_layers=1, bidirectional=False, dropout=0.0, classes=3):
        super().__init__()
        self.lstm = nn.LSTM(
            input_size,
            hidden,
            num_layers=num_layers,
            batch_first=True,
            bidirectional=bidirectional,
            dropout=dropout if num_layers > 1 else 0.0,
        )
        self.fc = nn.Linear(hidden * (2 if bidirectional else 1), classes)

    def forward(self, x):
        out, _ = self.lstm(x)
        return self.fc(out[:, -1, :])


class Ends(nn.Module):
    """The last states of a GRU."""

    def __init__(self, hidden=6, num_layers=1, bidirectional=False):
        super().__init__()
        self.bidirectional = bidirectional
        self.gru = nn.GRU(4, hidden, num_layers, batch_first=True, bidirectional=bidirectional)
        self.fc = nn.Linear(2 * hidden if bidirectional else hidden, 2)

    def forward(self, x):
        _, h = self.gru(x)
        last = torch.cat([h[-2], h[-1]], dim=1) if self.bidirectional else h[-1]
        return self.fc(last)


class Start(nn.Module):
    """States that begin with zeros that the program makes."""

    def __init__(self, hidden=6, num_layers=2):
        super().__init__()
        self.hidden, self.num_layers = hidden, num_layers
        self.lstm = nn.LSTM(4, hidden, num_layers, batch_first=True)
        self.fc = nn.Linear(hidden, 2)

    def forward(self, x):
        h0 = torch.zeros(self.num_layers, x.size(0), self.hidden, dtype=x.dtype)
        c0 = torch.zeros(self.num_layers, x.size(0), self.hidden, dtype=x.dtype)
        out, _ = self.lstm(x, (h0, c0))
        return self.fc(out[:, -1, :])
