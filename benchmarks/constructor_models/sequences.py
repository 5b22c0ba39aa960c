"""A temporal convolutional network."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class TemporalBlock(nn.Module):
    def __init__(self, cin, cout, kernel_size, dilation, dropout):
        super().__init__()
        self.pad = (kernel_size - 1) * dilation
        self.conv1 = nn.Conv1d(cin, cout, kernel_size, dilation=dilation)
        self.conv2 = nn.Conv1d(cout, cout, kernel_size, dilation=dilation)
        self.drop = nn.Dropout(dropout)
        self.down = nn.Conv1d(cin, cout, 1) if cin != cout else None

    def forward(self, x):
        y = self.drop(F.relu(self.conv1(F.pad(x, (self.pad, 0)))))
        y = self.drop(F.relu(self.conv2(F.pad(y, (self.pad, 0)))))
        return F.relu(y + (x if self.down is None else self.down(x)))


class Tcn(nn.Module):
    def __init__(self, channels=(6, 6), kernel_size=3, dropout=0.1, classes=2):
        super().__init__()
        widths = [4, *channels]
        self.net = nn.Sequential(
            *[TemporalBlock(widths[i], widths[i + 1], kernel_size, 2**i, dropout) for i in range(len(channels))]
        )
        self.head = nn.Linear(channels[-1], classes)

    def forward(self, x):
        return self.head(self.net(x)[:, :, -1])


class TextCnn(nn.Module):
    def __init__(self, vocab=20, dim=6, filters=4, sizes=(2, 3), classes=2, dropout=0.0):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.convs = nn.ModuleList([nn.Conv1d(dim, filters, k) for k in sizes])
        self.drop = nn.Dropout(dropout)
        self.head = nn.Linear(filters * len(sizes), classes)

    def forward(self, ids):
        x = self.embed(ids).transpose(1, 2)
        pooled = [F.relu(conv(x)).max(dim=2).values for conv in self.convs]
        return self.head(self.drop(torch.cat(pooled, dim=1)))
