"""What PyTorch's names mean to the evaluator, as data."""

from __future__ import annotations

CONTAINERS = {
    "torch.nn.Sequential": "sequential",
    "torch.nn.ModuleList": "list",
    "torch.nn.ModuleDict": "dict",
    "torch.nn.ParameterList": "parameters",
    "torch.nn.ParameterDict": "parameters",
}
ANSWERS: dict[str, object] = {
    "torch.jit.is_scripting": False,
    "torch.jit.is_tracing": False,
    "torch.cuda.is_available": False,
    "torch.accelerator.is_available": False,
    "Tensor.is_cuda": False,
    "Tensor.is_mps": False,
    "Tensor.is_xpu": False,
    "torch.accelerator.device_count": 0,
    "torch.cuda.device_count": 0,
    "torch.is_grad_enabled": False,
    "torch._C._get_tracing_state": None,
    "torch.backends.mps.is_available": False,
    "torch.xpu.is_available": False,
    "torch.cpu._is_avx2_supported": False,
    "torch.compiler.is_compiling": False,
    "torch.compiler.is_dynamo_compiling": False,
    "torch.compiler.is_exporting": False,
    "torch.onnx.is_in_onnx_export": False,
    "torch.is_autocast_enabled": False,
    "torch.distributed.is_initialized": False,
    "torch.distributed.is_available": False,
}
# Calls without meaning for the network: initialisation, devices, training, logging.
DROPPED_PREFIXES = (
    "torch.manual_seed", "torch.cuda.", "torch.backends.", "torch._C.", "torch.set_",
    "torch.random.", "torch.no_grad", "torch.inference_mode", "torch.enable_grad", "torch.autocast",
    "torch.amp.", "torch.jit.", "torch.fx.", "torch.use_deterministic", "torch.distributed.", "torch.hub.",
    "torch.load", "torch.save", "torch.set_grad_enabled", "torch.nn.utils.clip_grad", "torch.utils.tensorboard",
    "torch.profiler", "torch.compiler.", "logging.", "torch.autograd.", "numpy.random.seed", "random.seed",
    "torch.device", "torch.optim",
)  # fmt: skip
# Give back what they are given.
UNWRAPPED = {
    "torch.compile", "torch.jit.script", "torch.jit.ignore", "torch.jit.unused", "torch.jit.export",
    "torch.nn.DataParallel", "torch.autograd.Variable", "torch.autograd.variable.Variable",
}  # fmt: skip
# Private bases, and how the names of the layers below them begin.
BASES: dict[str, tuple[str, ...]] = {
    "torch.nn.RNNBase": ("LSTM", "GRU", "RNN"),
    "torch.nn.modules.batchnorm._BatchNorm": ("BatchNorm",),
    "torch.nn.modules.batchnorm._NormBase": ("BatchNorm", "InstanceNorm"),
    "torch.nn.modules.conv._ConvNd": ("Conv",),
    "torch.nn.modules.dropout._DropoutNd": ("Dropout",),
    "torch.nn.modules.instancenorm._InstanceNorm": ("InstanceNorm",),
}
# Methods of modules that give back the module.
RETURNING_SELF = {
    "train", "eval", "to", "cuda", "cpu", "half", "float", "double", "bfloat16", "requires_grad_", "type",
    "share_memory", "apply", "to_empty", "compile", "zero_grad", "load_state_dict", "register_forward_hook",
    "register_forward_pre_hook", "register_full_backward_hook", "_register_load_state_dict_pre_hook",
    "_load_from_state_dict", "set_swish", "fuse_model",
}  # fmt: skip
CONTAINER_METHODS = {
    "append", "extend", "insert", "items", "keys", "values", "update", "pop", "__len__", "__getitem__",
    "__iter__", "__delitem__",
}  # fmt: skip
# Methods of every module.
METHODS = RETURNING_SELF | {
    "forward", "__call__", "add_module", "register_module", "register_parameter", "register_buffer", "modules",
    "named_modules", "children", "named_children", "parameters", "named_parameters", "buffers", "named_buffers",
    "state_dict", "get_submodule", "extra_repr", "_get_name",
}  # fmt: skip
