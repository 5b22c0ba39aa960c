def picked(x, axis, first, *others):
    """x's entries at places along as many axes, from `axis` on; places below zero count from the end."""
    flat = first.int() % x.shape[axis]
    for step, place in enumerate(others):
        size = x.shape[axis + 1 + step]
        flat = flat * size + place.int() % size
    entries = x.reshape(*x.shape[:axis], -1, *x.shape[axis + 1 + len(others) :])
    if axis == 0:
        return entries[flat]
    if axis == 1:
        return entries[:, flat]
    raise NotImplementedError("places behind the second axis, held by several tensors")
