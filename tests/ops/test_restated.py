"""Restatements against the library they restate: converted, proved, and equal in float64."""

from __future__ import annotations

import pytest
from harness import Case, Outcome, run_all

from pivot.opset import load_opset

OPSET = load_opset()
LOSS = ("x=4x5", "y=4x5")
PROBABLE = "torch.sigmoid(x)"
EXAMPLES: list[tuple[str, tuple[str, ...]]] = [
    ("F.gelu(x)", ("x=2x5",)),
    ("torch.diag_embed(x)", ("x=2x5",)),
    ("torch.softmax(x - torch.diag(torch.tensor(float('inf')).repeat(5)), -1) + torch.diag(x)", ("x=5x5",)),
    ("torch.cat(torch.std_mean(x, dim=(0, 2)) + torch.var_mean(x, dim=[1, 2], unbiased=False))", ("x=3x4x5",)),
    ("x.unfold(1, 3, 2) + x.unfold(-2, 3, 2)", ("x=2x8x3",)),
    ("x.unfold(1, 3, 1).unfold(2, 2, 1)", ("x=2x8x3",)),
    ("x.index_add(1, i, y, alpha=2) + x.new_tensor([[1, 2, 3]])", ("x=2x5x3", "i=4:int64<5", "y=2x4x3")),
    ("torch.clamp(x, max=y) + x.clamp(min=y) + torch.clamp(x, max=0.5)", ("x=2x5", "y=5")),
    ("nn.Embedding.from_pretrained(torch.arange(12.0).reshape(4, 3), freeze=False)", ("x=2x5:int64<4",)),
    ("x[i, j]", ("x=4x5x3", "i=2:int64<4", "j=2:int64<5")),
    ("torch.tensordot(x, y, dims=([2, 1], [0, 1]))", ("x=2x5x3", "y=3x5x4")),
    ("nn.GELU(approximate='tanh')", ("x=2x5",)),
    ("F.cross_entropy(x, t, ignore_index=1, reduction='sum', label_smoothing=0.1)", ("x=4x5x3", "t=4x3:int64<5")),
    ("nn.CrossEntropyLoss(torch.tensor([0.2, 1.0, 0.7]), ignore_index=0)", ("x=4x3", "t=4:int64<3")),
    ("F.cross_entropy(x, F.softmax(y, 1), label_smoothing=0.2)", LOSS),
    ("F.nll_loss(x, t, weight=w, ignore_index=1)", ("x=4x3", "t=4:int64<3", "w=3")),
    ("nn.NLLLoss(reduction='none')", ("x=4x3", "t=4:int64<3")),
    (f"F.binary_cross_entropy({PROBABLE}, torch.sigmoid(y), weight=y)", LOSS),
    ("nn.BCEWithLogitsLoss(pos_weight=torch.tensor([1.5]), reduction='sum')", LOSS),
    ("nn.MSELoss(reduction='sum')", LOSS),
    ("F.mse_loss(x, y, weight=torch.abs(y))", LOSS),
    ("nn.L1Loss(reduction='none')", LOSS),
    ("nn.SmoothL1Loss(reduction='sum', beta=0.5)", LOSS),
    ("F.huber_loss(x, y, delta=0.3, reduction='none')", LOSS),
    ("F.kl_div(F.log_softmax(x, 1), F.log_softmax(y, 1), reduction='batchmean', log_target=True)", LOSS),
    ("nn.KLDivLoss(reduction='sum')", LOSS),
    ("F.poisson_nll_loss(x, torch.exp(y) + 1, full=True)", LOSS),
    ("F.gaussian_nll_loss(x, y, torch.exp(x[:, 0]), full=True)", LOSS),
    ("nn.CosineEmbeddingLoss(margin=0.2)", (*LOSS, "t=4:int64<2")),
    ("F.margin_ranking_loss(x, y, torch.sign(x), margin=0.3)", LOSS),
    ("nn.HingeEmbeddingLoss(reduction='none')", LOSS),
    ("nn.SoftMarginLoss()", LOSS),
    ("nn.TripletMarginLoss(swap=True, p=1.0)", (*LOSS, "z=4x5")),
    ("nn.MultiMarginLoss(p=2, margin=0.5)", ("x=4x3", "t=4:int64<3")),
    ("F.grid_sample(x, g, mode='bicubic', padding_mode='reflection', align_corners=False)", ("x=2x3x5x4", "g=2x3x4x2")),
    ("F.grid_sample(x, g, padding_mode='border', align_corners=True)", ("x=2x3x3x5x4", "g=2x2x3x4x3")),
    ("nn.BatchNorm1d(5, track_running_stats=False)", ("x=4x5",)),
    ("F.max_pool3d(x, (2, 3, 2), 2, padding=(1, 1, 0), return_indices=True)[1]", ("x=2x3x5x6x7",)),
    ("F.multilabel_margin_loss(x, t)", ("x=4x3", "t=4x3:int64<3")),
    ("nn.MultiLabelSoftMarginLoss(torch.tensor([0.5, 2.0, 1.0]))", ("x=4x3", "t=4x3")),
    ("nn.PairwiseDistance(p=3.0, keepdim=True)", LOSS),
    ("F.interpolate(x, size=(5, 7), mode='bilinear', align_corners=True)", ("x=2x3x4x6",)),
    ("F.interpolate(x, scale_factor=1.7, mode='bicubic')", ("x=2x3x4x6",)),
    ("nn.Upsample(scale_factor=2, mode='bilinear')", ("x=2x3x4x6",)),
    ("F.interpolate(x, 5, mode='nearest')", ("x=2x3x7",)),
    ("F.pad(x, (-1, 2, 1, 1), mode='circular')", ("x=2x3x4x6",)),
    ("nn.ReplicationPad3d((1, 0, 2, 1, 1, 1))", ("x=2x3x4x4x4",)),
    ("nn.ZeroPad2d((-1, 1, 0, -2))", ("x=2x3x5x6",)),
    ("F.avg_pool2d(x, 3, 2, 1, ceil_mode=True, divisor_override=2)", ("x=2x3x5x6",)),
    ("nn.LPPool1d(2, 3, stride=2)", ("x=2x3x9",)),
    ("nn.AdaptiveAvgPool2d((3, None))", ("x=2x3x5x6",)),
    ("F.adaptive_max_pool1d(x, 3, return_indices=True)[1]", ("x=2x3x7",)),
    ("nn.AvgPool3d(2, divisor_override=3)", ("x=2x3x4x5x6",)),
    ("nn.AvgPool3d(3, stride=1, padding=1)", ("x=3x4x5x6",)),
    ("nn.InstanceNorm2d(3, affine=True, track_running_stats=True)", ("x=2x3x4x5",)),
    ("nn.InstanceNorm1d(3)", ("x=3x9",)),
    ("F.batch_norm(x, w, b, training=True)", ("x=2x3x4x5", "w=3", "b=3")),
    ("nn.LocalResponseNorm(3)", ("x=2x5x7",)),
    ("nn.utils.weight_norm(nn.Conv1d(4, 6, 3, padding=1, groups=2))", ("x=2x4x9",)),
    ("nn.utils.weight_norm(nn.Conv1d(4, 6, 3, padding=1, groups=2), dim=2)", ("x=2x4x9",)),
    ("nn.utils.weight_norm(nn.Conv2d(3, 4, (3, 2), padding=1, dilation=(1, 2)))", ("x=2x3x8x9",)),
    ("nn.utils.weight_norm(nn.Conv3d(2, 3, 2, bias=False))", ("x=2x2x4x4x4",)),
    ("nn.utils.weight_norm(nn.ConvTranspose1d(4, 3, 4, stride=2, padding=1))", ("x=2x4x9",)),
    ("nn.utils.parametrizations.weight_norm(nn.Linear(5, 4))", ("x=2x5",)),
    ("nn.utils.spectral_norm(nn.Conv2d(3, 4, 3, padding=1))", ("x=2x3x6x6",)),
    ("nn.utils.spectral_norm(nn.ConvTranspose2d(3, 4, 4, 2, 1))", ("x=2x3x5x5",)),
    ("nn.utils.parametrizations.spectral_norm(nn.Linear(5, 4))", ("x=2x5",)),
    ("nn.Sequential(nn.PixelUnshuffle(2), nn.ChannelShuffle(4), nn.PixelShuffle(2))", ("x=2x3x6x4",)),
    ("nn.LayerNorm((5, 6))", ("x=2x3x5x6",)),
    ("F.group_norm(x, 3, w, b)", ("x=2x6x5", "w=6", "b=6")),
    ("F.unfold(x, (2, 3), stride=2, padding=1)", ("x=2x3x5x6",)),
    ("F.fold(x, (5, 6), (2, 3), stride=2, padding=1)", ("x=2x18x9",)),
    ("F.pad(x, (0, 0, 1, 0, 2, 1, 0, 1))", ("x=2x3x4x4x4",)),
    ("F.scaled_dot_product_attention(x, x, x, is_causal=True)", ("x=2x3x5x6",)),
    ("F.cosine_similarity(x, y, dim=1)", ("x=2x3x4", "y=3x4")),
    ("F.grid_sample(x, torch.tanh(y), align_corners=False)", ("x=2x3x5x6", "y=2x3x4x2")),
    ("F.grid_sample(x, y, 'nearest', 'reflection', True)", ("x=2x3x5x6", "y=2x3x4x2")),
    ("F.affine_grid(x, (2, 3, 4, 5), align_corners=False)", ("x=2x2x3",)),
    ("nn.EmbeddingBag(7, 3, mode='max')", ("x=2x4:int64<7",)),
    ("nn.Bilinear(4, 5, 3)", ("x=2x4", "y=2x5")),
    ("nn.GRUCell(4, 3)", ("x=4",)),
    ("nn.LazyConv2d(4, 3)", ("x=2x3x5x6",)),
    ("torch.view_as_real(torch.fft.fft2(torch.fft.fft(x)))", ("x=2x3x5x6",)),
    ("torch.view_as_real(torch.fft.fftn(x, dim=(2, -1)))", ("x=2x3x5x6",)),
    ("torch.imag(torch.fft.ifft2(x)) + torch.real(torch.fft.ifft2(x))", ("x=2x3x5x6",)),
]
CASES = [
    Case("restated", number, text, specs, ", ".join(spec.partition("=")[0] for spec in specs))
    for number, (text, specs) in enumerate(EXAMPLES)
]

pytestmark = [pytest.mark.frameworks("ops"), pytest.mark.xdist_group("restated")]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """What became of each example."""
    return run_all(OPSET, CASES, tmp_path_factory.mktemp("restated"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.expression[:40])
def test_a_restatement_computes_what_the_library_does(case: Case, outcomes: dict[str, Outcome]) -> None:
    assert outcomes[case.name].status == "equal", str(outcomes[case.name])
