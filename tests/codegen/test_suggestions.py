"""What an unmapped call may mean: near names that fit, and nothing rather than nonsense."""

from __future__ import annotations

import pytest

from codegen.suggestions import Suggester, Wanted, spoken_name, words_of
from pivot.opset import load_opset


@pytest.fixture(scope="module")
def suggester() -> Suggester:
    return Suggester(load_opset())


@pytest.mark.parametrize("name", ["bessel_j0", "wave", "gammaln", "svd", "roi_align", "zeta", "i0e", ""])
def test_nothing_is_said_where_nothing_is_close(suggester: Suggester, name: str) -> None:
    assert suggester.suggest(Wanted(name, (3,))) == ()


@pytest.mark.parametrize(
    ("name", "ranks", "best"),
    [
        ("my_softplus", (2,), "softplus"),
        ("FractionalMaxPool2d", (4,), "max_pool2d"),
        ("FusedLayerNorm", (3,), "layer_norm"),
        ("batch_renorm", (4,), "batch_norm"),
        ("quick_gelu", (2,), "gelu"),
        ("causal_conv1d", (3,), "conv1d"),
        ("pixel_reshuffle", (4,), "pixel_shuffle"),
        ("mishh", (2,), "mish"),
    ],
)
def test_words_count_and_not_letters(suggester: Suggester, name: str, ranks: tuple[int, ...], best: str) -> None:
    assert suggester.suggest(Wanted(name, ranks))[0] == best


def test_the_ranks_of_the_tensors_choose_between_equal_names(suggester: Suggester) -> None:
    assert suggester.suggest(Wanted("blur_conv", (3,)))[:1] == ("conv1d",)
    assert suggester.suggest(Wanted("blur_conv", (4,)))[:1] == ("conv2d",)
    assert suggester.suggest(Wanted("blur_conv", (5,)))[:1] == ("conv3d",)


def test_keywords_choose_between_equal_names(suggester: Suggester) -> None:
    assert suggester.suggest(Wanted("max_pool", (4,), ("output_size",)))[0] == "adaptive_max_pool2d"
    assert suggester.suggest(Wanted("max_pool", (4,), ("kernel_size",)))[0] == "max_pool2d"


def test_spellings_of_one_name_have_the_same_words() -> None:
    assert words_of("MaxPool2d") == words_of("max_pooling_2d") == ("max", "pool", "2d")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("torch.special.bessel_j0(y)", "bessel_j0"),
        ("self.act(x)", "act"),
        ("self.lin(y.mean((2, 3))).unique(return_inverse=True)", "unique"),
        ("erfcx(x)", "erfcx"),
        ("a + b", ""),
        ("torch.special.zeta(self.first(x), self.sec", "zeta"),  # cut off
    ],
)
def test_a_call_is_named_by_what_is_called(text: str, name: str) -> None:
    assert spoken_name(text) == name
