"""NumPy arrays of a PyTorch program."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.reading.elaborate import Elaborated

Read = Callable[..., Elaborated]


@pytest.mark.parametrize(
    ("made", "shape", "dtype"),
    [("torch.from_numpy(np.eye(4).flatten().astype(np.float32))", (16,), "float32"),
     ("torch.from_numpy(np.array([1, 0]))", (2,), "int64"),
     ("torch.tensor(np.zeros((2, 3)))", (2, 3), "float64"),
     ("torch.tensor(np.array([0.5]), dtype=torch.float32)", (1,), "float32"),
     ("torch.FloatTensor(np.sin(np.array([[0.5, 1.0]])))", (1, 2), "float32"),
     ("torch.tensor(np.triu(np.ones(shape=(2, 2)), k=1).astype('uint8'))", (2, 2), "uint8"),
     ("torch.from_numpy(np.stack(np.meshgrid(np.arange(3), np.arange(2))))", (2, 2, 3), "int64"),
     ("torch.from_numpy(np.einsum('m,d->md', np.arange(3), np.arange(2)))", (3, 2), "int64"),
     ("torch.as_tensor([1.0, 2.0])", (2,), "float32"),
     ("torch.LongTensor([1, 2])", (2,), "int64")],
)  # fmt: skip
def test_an_array_is_a_tensor_of_its_numbers(read: Read, made: str, shape: tuple[int, ...], dtype: str) -> None:
    text = f"""
import numpy as np
class Net(nn.Module):
    def forward(self, x):
        made = {made}
        return x + 1, made
"""
    kept = read(text, "2x4").network.outputs[1].type
    assert (kept.shape, kept.dtype) == (shape, dtype)


@pytest.mark.parametrize(
    ("drawn", "op"),
    [
        ("torch.Tensor(np.random.normal(0, 1, (x.size(0), 4)))", "randn"),
        ("torch.from_numpy(np.random.randn(*x.shape)).float()", "randn"),
        ("torch.FloatTensor(np.random.rand(x.size(0), 4))", "rand"),
    ],
)
def test_an_array_that_is_drawn_in_the_forward_pass_is_drawn_there(read: Read, drawn: str, op: str) -> None:
    text = f"""
import numpy as np
class Net(nn.Module):
    def forward(self, x):
        return x * {drawn}
"""
    done = read(text, "2x4")
    ops = [node.op.name for node in done.network.runs["eval"].nodes if node.op is not None]
    assert ops in ([op, "mul"], [op, "cast", "mul"])
    assert str(done.network.outputs[0].type.shape[0]) == "N"
