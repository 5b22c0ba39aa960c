import torch


def cosine_embedding_loss(input1, input2, target, margin=0, size_average=None, reduce=None, reduction="mean"):
    """1 - cosine for what belongs together, the cosine above a margin for the rest."""
    cosine = (input1 * input2).sum(-1) / torch.sqrt(((input1**2).sum(-1) + 1e-12) * ((input2**2).sum(-1) + 1e-12))
    near = torch.where(target == 1, 1 - cosine, torch.zeros_like(cosine))
    far = torch.where(target == -1, torch.relu(cosine - margin), torch.zeros_like(cosine))
    loss = near + far
    if reduction == "mean":
        return loss.mean()
    if reduction == "sum":
        return loss.sum()
    return loss
