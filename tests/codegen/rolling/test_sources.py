"""Names that the source gives to layers and classes."""

from __future__ import annotations

import ast

import pytest

from codegen.rolling.sources import camel_case, layer_name


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ('f"{name}_1_conv"', "conv1"),
        ('name + "_0_bn"', "bn0"),
        ('name + "expand_BN"', "expand_bn"),
        ('"conv_dw_%d_relu" % block_id', "conv_dw_relu"),
        ('"block{}_out".format(i)', "block_out"),
        ('"conv1_pad"', "conv1_pad"),
        ("name", ""),
        ('prefix + "-1"', ""),
    ],
)
def test_layers_are_called_by_the_constant_part_of_their_names(given: str, name: str) -> None:
    assert layer_name(ast.parse(f"Conv2D(8, name={given})", mode="eval").body) == name


def test_classes_are_called_like_functions() -> None:
    assert camel_case("_inverted_res_block") == "InvertedResBlock"
    assert camel_case("conv2d_bn") == "Conv2dBn"
    assert camel_case("MBConvBlock") == "MBConvBlock"
