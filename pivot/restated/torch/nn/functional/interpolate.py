import torch

FOLLOWS = ("mode", "align_corners")


def interpolate(
    input,
    size=None,
    scale_factor=None,
    mode="nearest",
    align_corners=None,
    recompute_scale_factor=None,
    antialias=False,
):
    """Resize the axes behind the first two; each becomes a product with a matrix of weights."""
    if antialias:
        raise NotImplementedError("resizing with antialias")
    count = input.dim() - 2
    sizes = size if isinstance(size, (tuple, list)) else [size] * count
    scales = scale_factor if isinstance(scale_factor, (tuple, list)) else [scale_factor] * count
    olds = input.shape[2:]
    weights = [
        resizing(olds[k], sizes[k], scales[k], mode, align_corners, recompute_scale_factor, input) for k in range(count)
    ]
    if count == 1:
        return torch.einsum("ncw,wi->nci", input, weights[0])
    if count == 2:
        return torch.einsum("nciw,wj->ncij", torch.einsum("nchw,hi->nciw", input, weights[0]), weights[1])
    rows = torch.einsum("ncdhw,di->ncihw", input, weights[0])
    rows = torch.einsum("ncihw,hj->ncijw", rows, weights[1])
    return torch.einsum("ncijw,wk->ncijk", rows, weights[2])


def resizing(old, size, scale, mode, align_corners, recompute, x):
    """Weights (old, size): column i says what entry i of the result is made of."""
    if size is None:
        size = old * int(scale) if scale == int(scale) else int(old * scale)
    entries = torch.arange(old, dtype=x.dtype)[:, None]
    if mode == "area":
        step = torch.full((), old / size, dtype=x.dtype)
        place = torch.arange(size, dtype=x.dtype)
        start = torch.floor(place * step)
        end = torch.ceil((place + 1) * step)
        inside = ((entries >= start) & (entries < end)).to(x.dtype)
        return inside / (end - start)
    last = torch.full((), old - 1, dtype=x.dtype)
    if mode == "nearest" or mode == "nearest-exact":
        shift = 0.0 if mode == "nearest" else 0.5
        step = torch.full((), old / size if scale is None or recompute else 1 / scale, dtype=torch.float32)
        at = torch.floor((torch.arange(size, dtype=torch.float32) + shift) * step)
        return (entries == torch.minimum(at.to(x.dtype), last)).to(x.dtype)
    at = torch.arange(size, dtype=x.dtype)
    if align_corners:
        at = at * last / torch.clamp(torch.full((), size - 1, dtype=x.dtype), min=1)
    else:
        step = torch.full((), old / size if scale is None or recompute else 1 / scale, dtype=x.dtype)
        at = (at + 0.5) * step - 0.5
    if mode != "bicubic":
        at = torch.minimum(torch.clamp(at, min=0), last)
        return torch.clamp(1 - torch.abs(entries - at), min=0)
    low = torch.floor(at)
    weights = torch.zeros_like(entries * at)
    for tap in range(-1, 3):
        here = (entries == torch.minimum(torch.clamp(low + tap, min=0), last)).to(x.dtype)
        weights = weights + here * cubic(torch.abs(at - low - tap))
    return weights


def cubic(d):
    """The weight of an entry at the distance d, for a = -0.75."""
    near = (1.25 * d - 2.25) * d * d + 1
    far = ((3.75 - 0.75 * d) * d - 6) * d + 3
    return torch.where(d <= 1, near, far)
