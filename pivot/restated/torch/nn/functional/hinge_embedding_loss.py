import torch


def hinge_embedding_loss(input, target, margin=1.0, size_average=None, reduce=None, reduction="mean"):
    """The distance of what belongs together, and what is missing to a margin for the rest."""
    far = torch.where(target == 1, torch.zeros_like(input), torch.relu(margin - input))
    near = torch.where(target == -1, torch.zeros_like(input), input)
    loss = far + near
    if reduction == "mean":
        return loss.mean()
    if reduction == "sum":
        return loss.sum()
    return loss
