"""`x[index] = value` on tensors."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.problems import Refusal
from pivot.reading.elaborate import Elaborated

Read = Callable[..., Elaborated]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("y = x * 2; z = y[0]; y[0] = 1.0\nreturn z", "a view of a tensor that was written since"),
        ("y = x * 2; z = y.transpose(0, 1); z[0] = 1.0\nreturn y", "written through a view"),
        ("y = x * 2; y.view(-1)[0] = 1.0\nreturn y", "no name of its own"),
        ("y = x.long(); y[0] = 1.5\nreturn y", "storing float into a tensor of int64"),
        ("y = x * 2; y[:, 0] = x[:, :1]\nreturn y", "a store of"),
        ("y = x * 2; y[torch.tensor([0, 1])] = 0.0\nreturn y", "places that a tensor holds"),
    ],
)
def test_a_store_that_cannot_be_written_exactly_is_refused(net: Read, body: str, why: str) -> None:
    with pytest.raises(Refusal, match=why):
        net("pass", body, "2x4")


def test_a_store_is_seen_by_every_name_of_the_tensor(net: Read) -> None:
    done = net("pass", "y = x * 2\nz = y\ny[:, 0] = 1.0\nreturn z", "2x4")
    assert [n.op.name for n in done.network.nodes if n.op is not None][-1] == "where"


def test_what_was_not_read_makes_all_of_an_array_unread_and_starts_a_weight(net: Read) -> None:
    init = """
        import numpy
        kernel = numpy.zeros((3, 4))
        kernel[range(3), :] = numpy.ogrid[:3, :4][1] - 1
        self.fc = nn.Linear(4, 3)
        self.fc.weight.data.copy_(torch.from_numpy(kernel).float())
    """
    done = net(init, "return self.fc(x)", "2x4")
    (weight,) = [w for w in done.network.nodes[0].weights.values() if len(w.type.shape) == 2]
    assert weight.start is not None and weight.start.kind == "other"


def test_a_store_of_what_was_not_read_is_seen_by_other_names(net: Read) -> None:
    init = """
        import numpy
        kernel = numpy.zeros((3, 4))
        other = kernel
        kernel[0] = numpy.ogrid[:3, :4][1]
        self.register_buffer("kernel", torch.from_numpy(other))
    """
    with pytest.raises(Refusal, match=r"numpy\.ogrid"):
        net(init, "return x + self.kernel", "3x4")
