def register_parametrization(module, tensor_name, parametrization, *, unsafe=False):
    """From here on a layer makes the weight that it computes with of the one that is trained."""
    if tensor_name != "weight":
        raise NotImplementedError("a parametrization of something else than the weight")
    if getattr(module, "parametrization", None) is not None:
        raise NotImplementedError("a second parametrization of a weight")
    module.parametrization = parametrization
    return module
