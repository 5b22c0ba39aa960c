"""Convert ResNet-50 with nobuco and save it. Runs in benchmarks/.peers/nobuco: FOLDER OF TORCHVISION, OUTPUT FOLDER.

nobuco imports torchvision, whose compiled operators load only beside a PyTorch with CUDA. ResNet-50 uses none of them:
where they cannot load they are declared, so that the import succeeds.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch

if torch.version.cuda is None:
    operators = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        operators.define(name + "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

import nobuco
from torchvision.models import resnet50

output = Path(sys.argv[2])
converted = nobuco.pytorch_to_keras(
    resnet50(weights=None).eval(),
    args=[torch.randn(1, 3, 224, 224)],
    inputs_channel_order=nobuco.ChannelOrder.TENSORFLOW,
    outputs_channel_order=nobuco.ChannelOrder.TENSORFLOW,
)
converted.save(output / "resnet50.keras")
