"""The older name of timm.layers."""

from timm.layers import (
    DropPath,
    Mlp,
    PatchEmbed,
    drop_path,
    lecun_normal_,
    make_divisible,
    to_1tuple,
    to_2tuple,
    to_3tuple,
    to_4tuple,
    to_ntuple,
    trunc_normal_,
)
