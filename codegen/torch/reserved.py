"""Names that PyTorch keeps for itself on modules: setting them there breaks the object."""

RESERVED = frozenset({
    "training", "forward", "modules", "children", "parameters", "buffers", "named_modules", "named_children",
    "named_parameters", "named_buffers", "register_buffer", "register_parameter", "register_module", "add_module",
    "register_forward_hook", "register_forward_pre_hook", "register_full_backward_hook", "state_dict",
    "load_state_dict", "apply", "to", "cpu", "cuda", "float", "double", "half", "bfloat16", "type", "train", "eval",
    "zero_grad", "requires_grad_", "share_memory", "extra_repr", "compile", "get_parameter", "get_buffer",
    "get_submodule", "set_submodule", "dump_patches", "call_super_init", "T_destination", "to_empty", "ipu", "xpu",
    "get_extra_state", "set_extra_state",
})  # fmt: skip
