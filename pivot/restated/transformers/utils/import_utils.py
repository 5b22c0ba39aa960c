"""What is installed: PyTorch alone."""

from . import (
    is_flash_attn_2_available,
    is_peft_available,
    is_torch_available,
    is_torch_fx_proxy,
    is_torchdynamo_compiling,
)
