"""Modules of model libraries that are restated: base classes of models and of their settings."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.problems import Refusal
from pivot.reading.elaborate import Elaborated

Read = Callable[..., Elaborated]
MODEL = """
from dataclasses import dataclass
from transformers import PretrainedConfig, PreTrainedModel
from transformers.utils import ModelOutput, auto_docstring, logging
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

logger = logging.get_logger(__name__)

def attend(module, x, scale=1.0):
    return x * scale

class Settings(PretrainedConfig):
    attribute_map = {"hidden_size": "width"}
    width: int = 4
    def __init__(self, depth=2, **kwargs):
        self.depth = depth
        super().__init__(**kwargs)

@dataclass
class Output(ModelOutput):
    skipped: torch.Tensor | None = None
    last: torch.Tensor | None = None

class Base(PreTrainedModel):
    config_class = Settings

@auto_docstring(custom_intro="A model.")
class Net(Base):
    def __init__(self, config):
        super().__init__(config)
        self.layers = nn.ModuleList([nn.Linear(config.hidden_size, config.width) for _ in range(config.depth)])
        logger.warning_once("made")
        self.post_init()

    @auto_docstring
    def forward(self, x, return_dict=None):
        return_dict = return_dict if return_dict is not None else self.config.use_return_dict
        for layer in self.layers:
            x = layer(x)
        attention = ALL_ATTENTION_FUNCTIONS.get_interface(self.config._attn_implementation, attend)
        out = Output(last=attention(self, x, scale=2.0))
        assert out[0] is out.last and len(out) == 1
        return out if return_dict else out.to_tuple()
"""


def test_models_of_a_library_are_read_without_it(read: Read) -> None:
    done = read(MODEL, "2x6", model="Net(Settings(hidden_size=6, depth=3, num_labels=5))")
    assert [n.op.name for n in done.network.nodes] == ["linear", "linear", "linear", "mul"]
    assert done.network.nodes[0].results[0].type.shape[-1] == 6
    said = [p for p in done.network.problems if p.code == "restated"]
    assert {p.why.partition(" ")[0] for p in said} >= {"transformers.modeling_utils", "transformers"}
    assert {p.severity for p in said} == {"info"}


@pytest.mark.parametrize("name", ["Trainer", "BertModel"])
def test_what_is_not_restated_stays_unknown(read: Read, refused: Callable[..., object], name: str) -> None:
    text = f"""
    from transformers import {name}
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = {name}()
        def forward(self, x): return self.inner(x)
    """
    done = read(text, "2x4")
    assert done.network.nodes[0].op is None


ATTENTION = """
from transformers import PretrainedConfig, PreTrainedModel
from transformers.masking_utils import create_causal_mask
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

def eager_attention_forward(module, q, k, v, mask, scaling=1.0, dropout=0.0, **kwargs):
    scores = q @ k.transpose(2, 3) * scaling
    if mask is not None:
        scores = scores + mask
    return torch.softmax(scores, -1) @ v, None

class Net(PreTrainedModel):
    _supports_sdpa = {supports}
    is_causal = True
    def forward(self, x):
        mask = create_causal_mask(self.config, x, None, past_key_values=None)
        attend = ALL_ATTENTION_FUNCTIONS.get_interface(self.config._attn_implementation, eager_attention_forward)
        q = x.unsqueeze(1)
        return attend(self, q, q, q, mask, scaling=0.5)[0]
"""


@pytest.mark.parametrize(("supports", "op"), [(True, "scaled_dot_product_attention"), (False, "softmax")])
def test_attention_is_the_one_that_the_library_would_take(read: Read, supports: bool, op: str) -> None:
    done = read(ATTENTION.format(supports=supports), "2x5x4", model="Net(PretrainedConfig())")
    assert op in [n.op.name for n in done.network.nodes]
    assert ("where" in [n.op.name for n in done.network.nodes]) is not supports


SLIDING = """
from transformers import PretrainedConfig, PreTrainedModel
from transformers.masking_utils import create_{kind}_mask
from transformers.utils.type_validators import interval

class Settings(PretrainedConfig):
    sliding_window = interval(min=1)(default=2)

class Net(PreTrainedModel):
    def forward(self, x):
        return x + create_{kind}_mask(self.config, x, None).to(self.dtype).sum()
"""


@pytest.mark.parametrize(
    ("kind", "ops"),
    [("sliding_window_causal", {"ge", "lt"}), ("bidirectional_sliding_window", {"abs", "le"})],
)
def test_a_mask_of_a_window_is_made(read: Read, kind: str, ops: set[str]) -> None:
    done = read(SLIDING.format(kind=kind), "2x5x4", model="Net(Settings())")
    assert ops <= {n.op.name for n in done.network.nodes}
    mask = next(n for n in done.network.nodes if n.op.name == "where")
    assert [str(size) for size in mask.results[0].type.shape] == ["N", "1", "T", "T"]


def test_a_model_that_is_looked_up_by_its_settings_is_refused_where_the_program_asks(read: Read) -> None:
    text = """
    from transformers import AutoModel, PretrainedConfig
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = AutoModel.from_config(PretrainedConfig())
        def forward(self, x): return self.inner(x)
    """
    with pytest.raises(Refusal, match=r"model\.py:9:.*looked up by its settings"):
        read(text, "2x4")


SMALL = """
import torch
from torch import nn
from timm.models.layers import DropPath, to_2tuple, trunc_normal_
from timm.models.vision_transformer import Mlp
from timm.models.registry import register_model

class Net(nn.Module):
    def __init__(self, size=4, rate=0.1):
        super().__init__()
        self.scale = nn.Parameter(torch.zeros(to_2tuple(size)))
        trunc_normal_(self.scale, std=0.02)
        self.mlp, self.drop = Mlp(size, 8), DropPath(rate)
    def forward(self, x):
        return x @ self.scale + self.drop(self.mlp(x))

@register_model
def tiny(**kwargs):
    return Net(**kwargs)
"""


def test_small_layers_of_a_library_are_read_restated(read: Read) -> None:
    done = read(SMALL, "2x4", model="tiny()")
    assert not [p for p in done.evaluator.problems if p.severity in ("error", "warning")]
    assert {p.start.kind for p in done.network.parameters if p.start and p.start.numbers == (0.0, 0.02)} == {"normal"}
    assert [n.op.name for n in done.network.nodes if n.op is not None].count("linear") == 2


def test_files_of_such_a_library_count_where_they_lie_beside_the_program(read: Read) -> None:
    files = {"timm/__init__.py": "", "timm/models/__init__.py": "",
             "timm/models/layers.py": "class Mlp:\n    def __init__(self, *_):\n        pass\n"
             "    def __call__(self, x):\n        return x.exp()\n"}  # fmt: skip
    text = "class Net(nn.Module):\n    def forward(self, x):\n        return Mlp(4)(x)\n"
    done = read(f"from torch import nn\nfrom timm.models.layers import Mlp\n{text}", "2x4", model="Net()", files=files)
    assert [n.op.name for n in done.network.nodes if n.op is not None] == ["exp"]


CACHED = """
class Cached(layers.MultiHeadAttention):
    def call(self, query, value, key=None):
        query, key, value = self._query_dense(query), self._key_dense(value), self._value_dense(value)
        result, _ = self._compute_attention(query, key, value)
        return self._output_dense(result)


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.attention = Cached(num_heads=2, key_dim=3)

    def call(self, x):
        return self.attention(x, x)
"""


def test_a_class_that_forwards_itself_has_the_layers_of_its_restated_base(
    read_keras: Callable[..., Elaborated],
) -> None:
    done = read_keras(CACHED, "2x5x6", model="Net()")
    assert not done.network.unmapped
    assert {name for p in done.network.parameters for name in p.names} >= {"attention.query_dense.kernel"}
