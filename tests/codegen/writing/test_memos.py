"""Values that a source keeps by device are computed where they are returned."""

from __future__ import annotations

from collections.abc import Callable


def test_a_value_kept_by_device_is_returned_as_it_is_computed(written: Callable[..., str]) -> None:
    made = written(
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.bias = nn.Parameter(torch.zeros(3, 4))
                self.kept = {}

            def bias_on(self, device):
                if self.training:
                    return self.bias[0]
                key = str(device)
                if key not in self.kept:
                    self.kept[key] = self.bias[0]
                return self.kept[key]

            def forward(self, x):
                return x + self.bias_on(x.device)
        """,
        "2x4",
    )
    assert made.count("return self.bias[0]") == 2 and "key" not in made
