def picked(x, axis, *places):
    """x's entries at places along as many axes, from `axis` on; places below zero count from the end."""
    flat = 0
    for step, place in enumerate(places):
        size = x.shape[axis + step]
        flat = flat * size + place.int() % size
    entries = x.reshape(*x.shape[:axis], -1, *x.shape[axis + len(places) :])
    if axis == 0:
        return entries[flat]
    if axis == 1:
        return entries[:, flat]
    raise NotImplementedError("places behind the second axis, held by several tensors")
