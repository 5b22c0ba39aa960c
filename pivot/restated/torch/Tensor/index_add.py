def index_add(input, dim, index, source, alpha=1):
    """Parts of source added at places of an axis: (*, L, *), (S), (*, S, *) -> (*, L, *)."""
    shape = [1] * input.dim()
    shape[dim] = -1
    return input.scatter_add(dim, index.reshape(shape).expand_as(source), alpha * source)
