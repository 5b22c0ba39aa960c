"""Methods of PyTorch's tensors in code that no configuration reached are never copied."""

from __future__ import annotations

from collections.abc import Callable

from codegen.convert import Converted

TEXT = """
def eager(query, key):
    return torch.matmul(query, key.transpose(2, 3)).contiguous()


class Net(nn.Module):
    def __init__(self, mode="a"):
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.mode = mode
        self.f = eager if mode == "eager" else torch.relu

    def forward(self, x, mask=None):
        if mask is not None and mask.dim() == 2:
            x = x + 1
        if mask is not None and mask.size(0) == 2:
            x = x + 2
        if self.mode != "a":
            raise ValueError(f"{self.mode} of {mask.size()}")
        for part in []:
            x = x + part.unsqueeze(0)
        more = [part.item() for part in []]
        return self.f(self.fc(x))
"""


def test_what_was_not_read_refuses_where_it_would_run(conversion: Callable[..., Converted]) -> None:
    made = conversion(TEXT, "2x4")
    text = " ".join(made.text.split())
    assert "def eager(query, key): raise NotImplementedError(" in text and "return matmul" not in text
    assert "what mask is was not read, so .size() is not translated" in text
    assert "what part is was not read, so .unsqueeze() is not translated" in text
    assert "what part is was not read, so .item() is not translated" in text
    assert any("so .contiguous() is not translated" in said for said in made.written.unverified)


def test_the_number_of_axes_is_the_same_in_every_storage_order(written: Callable[..., str]) -> None:
    assert "if mask is not None and len(mask.shape) == 2:" in written(TEXT, "2x4")


def test_messages_keep_their_exception(written: Callable[..., str]) -> None:
    assert 'raise ValueError(f"{self.mode} of mask.size()")' in written(TEXT, "2x4")


def test_methods_of_the_program_are_not_taken_for_those_of_tensors(written: Callable[..., str]) -> None:
    made = written(
        """
        class Box:
            def expand(self, by):
                return by

        class Net(nn.Module):
            def __init__(self, box=None):
                super().__init__()
                self.fc = nn.Linear(4, 4)
                self.width = 1 if box is None else box.expand(3)

            def forward(self, x):
                return self.fc(x) * self.width
        """,
        "2x4",
    )
    assert "box.expand(3)" in made


TIED = """
class Net(nn.Module):
    def __init__(self, width=4, tie=False):
        super().__init__()
        self.encoder, self.decoder = nn.Embedding(5, 3), nn.Linear(width, 5)
        self.mix = nn.Linear(3, width)
        if tie:
            if width != 3:
                raise ValueError("sizes differ")
            self.decoder.weight = self.encoder.weight

    def forward(self, x):
        q = self.mix(self.encoder(x)).unsqueeze(1)
        return self.decoder(F.scaled_dot_product_attention(q, q, q).squeeze(1))
"""


def test_weights_tied_in_an_arm_that_was_not_read_are_refused_there(conversion: Callable[..., Converted]) -> None:
    text = " ".join(conversion(TIED, "2x4:int64").text.split())
    assert "if tie: raise NotImplementedError(" in text and "self.decoder.weight = " not in text


def test_the_scale_of_attention_follows_the_size_of_its_heads(conversion: Callable[..., Converted]) -> None:
    made = conversion(TIED, "2x4:int64", model="Net(width=6)")
    assert "1 / math.sqrt(query.shape[3])" in made.text and "0.408" not in made.text


FIELDS = """
from dataclasses import dataclass

@dataclass
class Config:
    width: int = 6
    dropout: float = 0.0

class Net(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.fc, self.dropout = nn.Linear(4, config.width), config.dropout

    def forward(self, x):
        q = self.fc(x)
        return F.scaled_dot_product_attention(q, q, q, dropout_p=self.dropout if self.training else 0.0)
"""


def test_a_field_of_a_dataclass_is_followed_as_a_parameter_is(conversion: Callable[..., Converted]) -> None:
    text = conversion(FIELDS, "2x3x5x4", model="Net(Config())").text
    assert "dropout_p=self.dropout if training else 0.0" in text
    assert "if dropout_p > 0:\n        weights = keras.random.dropout(weights, dropout_p)" in text
