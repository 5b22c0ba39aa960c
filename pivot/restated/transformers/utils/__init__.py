"""What models use of the library's tools."""

from .generic import (
    ModelOutput,
    TransformersKwargs,
    can_return_tuple,
    check_model_inputs,
    is_flash_attention_requested,
    merge_with_config_defaults,
    torch_float,
    torch_int,
)


def auto_docstring(obj=None, **kwargs):
    if obj is not None:
        return obj
    return lambda described: described


def add_start_docstrings(*args, **kwargs):
    return lambda described: described


add_start_docstrings_to_model_forward = add_start_docstrings
add_code_sample_docstrings = add_start_docstrings
replace_return_docstrings = add_start_docstrings
add_end_docstrings = add_start_docstrings


def torch_compilable_check(condition, message, error_type=ValueError):
    pass


def is_torch_available():
    return True


def is_flash_attn_2_available():
    return False


def is_peft_available():
    return False


def is_torchdynamo_compiling():
    return False


def is_torchdynamo_exporting():
    return False


def is_tracing(tensor=None):
    return False


def is_accelerate_available():
    return False


def is_kernels_available():
    return False


def is_mambapy_available():
    return False


def is_torch_fx_proxy(x):
    return False
