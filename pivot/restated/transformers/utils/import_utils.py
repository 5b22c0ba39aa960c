"""What is installed: PyTorch alone, a recent one."""

from . import (
    is_accelerate_available,
    is_flash_attn_2_available,
    is_kernels_available,
    is_mambapy_available,
    is_peft_available,
    is_torch_available,
    is_torch_fx_proxy,
    is_torchdynamo_compiling,
    is_torchdynamo_exporting,
    is_tracing,
)


def is_torch_greater_or_equal(library_version, accept_dev=False):
    return True


def is_torch_less_or_equal(library_version, accept_dev=False):
    return False
