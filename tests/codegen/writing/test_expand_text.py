"""Broadcasting to a shape that differs from visit to visit."""

from __future__ import annotations

from collections.abc import Callable


def test_sizes_that_are_kept_are_asked_for_and_others_are_the_sources(written: Callable[..., str]) -> None:
    made = written(
        """
        class Join(nn.Module):
            def __init__(self, width, times):
                super().__init__()
                self.times = times
                self.token = nn.Parameter(torch.zeros(1, 1, width))

            def forward(self, x):
                token = self.token.expand(x.shape[0], self.times, -1)
                return torch.cat((token, x), dim=1)

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.one = Join(4, 2)
                self.two = Join(8, 3)
                self.fc = nn.Linear(4, 8)

            def forward(self, x):
                return self.two(self.fc(self.one(x)))
        """,
        "2x5x4",
    )
    assert "ops.broadcast_to(" in made and "self.times, self.token.shape[2])" in made


def test_sizes_that_the_source_says_all_stand_behind_a_transpose_too(written: Callable[..., str]) -> None:
    made = written(
        """
        class Scale(nn.Module):
            def forward(self, x):
                return x / x.mean(dim=(2, 3), keepdim=True).expand(x.shape)

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.one = nn.Conv2d(3, 4, 1)
                self.two = nn.Conv2d(4, 8, 2, stride=2)
                self.scales = nn.ModuleList([Scale(), Scale()])

            def forward(self, x):
                return self.scales[1](self.two(self.scales[0](self.one(x))))
        """,
        "2x3x8x8",
    )
    shape = "(ops.shape(x)[0], x.shape[3], ops.shape(x)[1], ops.shape(x)[2])"
    assert f"ops.broadcast_to({chr(10)}" in made and shape in " ".join(made.split())
