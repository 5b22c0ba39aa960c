"""Networks on images with the parameters that people give them."""

import torch
import torch.nn as nn


class Res(nn.Module):
    def __init__(self, cin=4, cout=4, stride=1, expand=None, last=True):
        super().__init__()
        mid = expand or cin
        self.body = nn.Sequential(
            nn.Conv2d(cin, mid, 1), nn.BatchNorm2d(mid), nn.ReLU(), nn.Conv2d(mid, cout, 3, stride, 1)
        )
        self.short = nn.Sequential() if stride == 1 and cin == cout else nn.Conv2d(cin, cout, 1, stride)
        self.last = nn.ReLU() if last else nn.Sequential()

    def forward(self, x):
        return self.last(self.body(x) + self.short(x))


class DoubleConv(nn.Sequential):
    def __init__(self, cin, cout):
        super().__init__(
            nn.Conv2d(cin, cout, 3, padding=1),
            nn.BatchNorm2d(cout),
            nn.ReLU(inplace=True),
            nn.Conv2d(cout, cout, 3, padding=1),
            nn.BatchNorm2d(cout),
            nn.ReLU(inplace=True),
        )


class UpBlock(nn.Module):
    def __init__(self, cin, cout, bilinear):
        super().__init__()
        if bilinear:
            self.up = nn.Sequential(nn.Upsample(scale_factor=2, mode="bilinear"), nn.Conv2d(cin, cout, 1))
        else:
            self.up = nn.ConvTranspose2d(cin, cout, 2, stride=2)
        self.conv = DoubleConv(2 * cout, cout)

    def forward(self, x, skip):
        return self.conv(torch.cat([skip, self.up(x)], dim=1))


class UNet(nn.Module):
    def __init__(self, classes=2, width=4, depth=2, bilinear=False):
        super().__init__()
        widths = [width * 2**i for i in range(depth + 1)]
        self.first = DoubleConv(3, widths[0])
        self.downs = nn.ModuleList([DoubleConv(a, b) for a, b in zip(widths, widths[1:])])
        self.ups = nn.ModuleList([UpBlock(b, a, bilinear) for a, b in reversed(list(zip(widths, widths[1:])))])
        self.pool = nn.MaxPool2d(2)
        self.head = nn.Conv2d(width, classes, 1)

    def forward(self, x):
        skips = []
        x = self.first(x)
        for down in self.downs:
            skips.append(x)
            x = down(self.pool(x))
        for up in self.ups:
            x = up(x, skips.pop())
        return self.head(x)


class Generator(nn.Module):
    """Of a GAN: doubles the image `n_layers` times, or halves its own width as often."""

    def __init__(self, nz=6, ngf=4, n_layers=2, norm=nn.BatchNorm2d, kernel=4, padding=1, bias=False):
        super().__init__()
        width = ngf * 2**n_layers
        layers = [nn.ConvTranspose2d(nz, width, kernel, 1, 0, bias=bias), norm(width), nn.ReLU(True)]
        for _ in range(n_layers):
            layers += [
                nn.ConvTranspose2d(width, width // 2, kernel, 2, padding, bias=bias),
                norm(width // 2),
                nn.ReLU(True),
            ]
            width //= 2
        layers += [nn.ConvTranspose2d(width, 3, kernel, 2, padding, bias=bias), nn.Tanh()]
        self.main = nn.Sequential(*layers)

    def forward(self, x):
        return self.main(x)


class Classifier(nn.Module):
    """Convolutions, an adaptive pool of a size that the caller says, a head."""

    def __init__(self, widths=(4, 8), pool=2, classes=3, dropout=0.0, kernel=3):
        super().__init__()
        blocks, cin = [], 3
        for width in widths:
            blocks += [nn.Conv2d(cin, width, kernel, padding=kernel // 2), nn.ReLU(), nn.MaxPool2d(2)]
            cin = width
        self.features = nn.Sequential(*blocks)
        self.pool = nn.AdaptiveAvgPool2d(pool)
        self.head = nn.Sequential(nn.Flatten(), nn.Dropout(dropout), nn.Linear(cin * pool * pool, classes))

    def forward(self, x):
        return self.head(self.pool(self.features(x)))


class Patches(nn.Module):
    def __init__(self, patch=4, dim=8, depth=1, classes=3, pool="mean"):
        super().__init__()
        self.embed = nn.Conv2d(3, dim, patch, stride=patch)
        self.blocks = nn.ModuleList([nn.Linear(dim, dim) for _ in range(depth)])
        self.pool = pool
        self.head = nn.Linear(dim, classes)

    def forward(self, x):
        x = self.embed(x).flatten(2).transpose(1, 2)
        for block in self.blocks:
            x = x + block(x).relu()
        x = x.mean(1) if self.pool == "mean" else x[:, 0]
        return self.head(x)
