from torch.nn import functional as F


def local_response_norm(input, size, alpha=1e-4, beta=0.75, k=1.0):
    """input / (k + alpha * the mean of input ** 2 over `size` neighbouring channels) ** beta."""
    squares = F.pad(input.movedim(1, -1) ** 2, (size // 2, (size - 1) // 2))
    total = sum(squares[..., i : i + input.shape[1]] for i in range(size))
    return input / (k + alpha / size * total.movedim(-1, 1)) ** beta
