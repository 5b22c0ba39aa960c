import math

from torch import nn
from torch.nn import functional as F


class LinearCrossEntropyLoss(nn.Module):
    """A linear map to classes, and the cross-entropy of its logits."""

    def __init__(
        self,
        in_features,
        num_classes,
        *,
        out_features=(),
        bias=False,
        device=None,
        dtype=None,
        reduction="mean",
        weight=None,
        ignore_index=None,
        label_smoothing=0.0,
        options=None,
    ):
        super().__init__()
        self.register_buffer("weight", weight)
        self.num_classes = num_classes
        self.out_features = out_features
        self.ignore_index = ignore_index
        self.reduction = reduction
        self.label_smoothing = label_smoothing
        self.linear = nn.Linear(in_features, math.prod(out_features) * num_classes, bias=bias)

    def forward(self, input, target):
        logits = self.linear(input).unflatten(-1, (self.num_classes, *self.out_features))
        classes = input.dim() - 1
        if classes > 1:
            logits = logits.movedim(classes, 1)
        return F.cross_entropy(
            logits,
            target,
            weight=self.weight,
            ignore_index=-100 if self.ignore_index is None else self.ignore_index,
            reduction=self.reduction,
            label_smoothing=self.label_smoothing,
        )
