"""Convert ResNet-50 with onnx2tf and save it. Runs in benchmarks/.peers/onnx2tf: FOLDER OF TORCHVISION, OUTPUT FOLDER.

It writes its usual SavedModel. By default it would go on to TFLite files, which takes minutes more; they are left
out, in its favour. It tests itself on sample images that it downloads into the working folder; random ones are put
there first, so that no network is needed.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import onnx2tf
import tensorflow as tf
import torch
from torchvision_resnet import load

source, output = Path(sys.argv[1]), Path(sys.argv[2])
samples = np.random.default_rng(0).random((20, 128, 128, 3), dtype=np.float32)
np.save(Path.cwd() / "calibration_image_sample_data_20x128x128x3_float32.npy", samples)

model = load(source).resnet50(weights=None).eval()
onnx_file = str(output / "resnet50.onnx")
torch.onnx.export(model, (torch.randn(1, 3, 224, 224),), onnx_file, dynamo=False)
converted = onnx2tf.convert(
    input_onnx_file_path=onnx_file,
    output_folder_path=str(output),
    disable_model_save=True,
    non_verbose=True,
)
tf.saved_model.save(converted, str(output / "saved_model"))
