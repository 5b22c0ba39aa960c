"""Names of Keras: one for each thing, whatever era or private module a source imports it from."""

from __future__ import annotations

import re

OF_ONE_GROUP_EACH = "tensorflow_addons.layers.InstanceNormalization"
"""A GroupNormalization with as many groups as channels."""
BASES = ("keras.Model", "keras.Sequential", "keras.layers.Layer", "keras.models.Model", "keras.models.Sequential")
MODELS = ("keras.Model", "keras.Sequential")
CONTAINERS = {"keras.Sequential": "sequential", "keras.models.Sequential": "sequential"}
METHODS = {
    "_flatten_layers", "add", "add_loss", "add_metric", "add_variable", "add_weight", "build", "call", "__call__",
    "compile", "compute_mask",
    "compute_output_shape", "compute_output_spec", "count_params", "evaluate", "fit", "get_config", "get_layer",
    "get_weights", "load_weights", "pop", "predict", "save", "save_weights", "set_weights", "summary",
}  # fmt: skip
ANSWERING = {
    "compute_output_shape", "compute_output_spec", "count_params", "evaluate", "fit", "get_weights", "predict",
}  # fmt: skip
"""Methods whose results have no part in a network; a program that decides on them is refused."""
CASTING = {
    f"keras.layers.{name}"
    for name in (
        "AugMix", "CutMix", "RandAugment", "RandomElasticTransform", "RandomErasing", "RandomFlip",
        "RandomGaussianBlur", "RandomPerspective", "RandomRotation", "RandomSharpness", "RandomShear",
        "RandomTranslation", "RandomZoom", "Solarization",
    )
}  # fmt: skip
"""Layers that make fractions of whole numbers outside of training, and change nothing else."""
TRAINING_ONLY = CASTING | {
    f"keras.layers.{name}"
    for name in (
        "ActivityRegularization", "GaussianDropout", "GaussianNoise", "MixUp", "RandomBrightness",
        "RandomColorDegeneration", "RandomColorJitter", "RandomContrast", "RandomCrop", "RandomGrayscale",
        "RandomHeight", "RandomHue", "RandomInvert", "RandomPosterization", "RandomSaturation", "RandomWidth",
    )
}  # fmt: skip
"""Layers that leave everything as it is outside of training."""
AS_FRACTIONS = "keras.layers.ToFloat"
"""What stands for a layer of CASTING that whole numbers come to."""
CELLS = {"LSTMCell": 2, "GRUCell": 1, "SimpleRNNCell": 1}
"""Cells of recurrent layers, and how many states they have."""
PREFIXES = (
    ("tensorflow.compat.v1.", "tensorflow."),
    ("tensorflow.experimental.numpy.", "keras.ops."),
    ("tensorflow.compat.v2.", "tensorflow."),
    ("tensorflow.python.keras.", "keras."),
    ("tensorflow.python.", "tensorflow."),
    ("tensorflow.contrib.keras.", "keras."),
    ("tensorflow.keras.", "keras."),
    ("tf_keras.", "keras."),
    ("keras_core.", "keras."),
    ("keras.src.", "keras."),
    ("keras.api.", "keras."),
    ("keras.backend.tensorflow_backend.", "keras.backend."),
    ("keras.backend.tf.", "tensorflow."),
    ("keras.legacy.", "keras."),
    ("keras_applications.", "keras.applications."),
)
OLDER_IMAGES = "tensorflow.compat.v1.image"
"""Where functions have names of today and compute something else."""
OF_TENSORFLOW_1 = {f"{OLDER_IMAGES}.resize": "tensorflow.image.resize_images"}
SAME = {
    "tensorflow.keras": "keras",
    "tensorflow.python.keras": "keras",
    "tf_keras": "keras",
    "keras_core": "keras",
    "tensorflow_addons.layers.AdaptiveAveragePooling2D": "keras.layers.AdaptiveAveragePooling2D",
    "tensorflow_addons.layers.AdaptiveMaxPooling2D": "keras.layers.AdaptiveMaxPooling2D",
    "tensorflow_addons.layers.GroupNormalization": "keras.layers.GroupNormalization",
    "tensorflow_addons.activations.gelu": "keras.activations.gelu",
    "tensorflow_addons.activations.mish": "keras.activations.mish",
    "keras.src": "keras",
    "keras.layers.GroupQueryAttention": "keras.layers.GroupedQueryAttention",
    "keras.Functional": "keras.Model",
    "keras.layers.Input": "keras.Input",
    "keras.layers.CuDNNLSTM": "keras.layers.LSTM",
    "keras.layers.CuDNNGRU": "keras.layers.GRU",
    "keras.applications.imagenet_utils._obtain_input_shape": "keras.applications.imagenet_utils.obtain_input_shape",
    "keras.Layer": "keras.layers.Layer",
    "keras.backend.tensorflow_backend": "keras.backend",
    "keras.backend.tf": "tensorflow",
    "tensorflow.Module": "keras.layers.Layer",  # without build() and add_weight()
    "tensorflow.Variable": "keras.Variable",
    "keras.activations.swish": "keras.activations.silu",
    "tensorflow.newaxis": "numpy.newaxis",
    "tensorflow.meshgrid": "keras.ops.meshgrid",
    "tensorflow.squared_difference": "tensorflow.math.squared_difference",
    "tensorflow.nn.l2_normalize": "tensorflow.math.l2_normalize",
    "tensorflow.linalg.l2_normalize": "tensorflow.math.l2_normalize",
    "tensorflow.math.add_n": "tensorflow.add_n",
    "tensorflow.matrix_band_part": "tensorflow.linalg.band_part",
    "tensorflow.space_to_depth": "tensorflow.nn.space_to_depth",
    "tensorflow.depth_to_space": "tensorflow.nn.depth_to_space",
    "tensorflow.nn.lrn": "tensorflow.nn.local_response_normalization",
}
TRAINED_WITH = {
    "optimizers": (
        "Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "Ftrl", "Lion", "Nadam", "Optimizer", "RMSprop",
        "SGD",
    ),
    "callbacks": (
        "BackupAndRestore", "CSVLogger", "Callback", "EarlyStopping", "History", "LambdaCallback",
        "LearningRateScheduler", "ModelCheckpoint", "ProgbarLogger", "ReduceLROnPlateau", "RemoteMonitor",
        "TensorBoard", "TerminateOnNaN",
    ),
    "losses": (
        "BinaryCrossentropy", "CategoricalCrossentropy", "CosineSimilarity", "Hinge", "Huber", "KLDivergence",
        "LogCosh", "Loss", "MeanAbsoluteError", "MeanSquaredError", "Poisson", "SparseCategoricalCrossentropy",
        "binary_crossentropy", "categorical_crossentropy", "hinge", "kullback_leibler_divergence",
        "mean_absolute_error", "mean_squared_error", "poisson", "sparse_categorical_crossentropy",
    ),
    "metrics": (
        "AUC", "Accuracy", "BinaryAccuracy", "CategoricalAccuracy", "MeanIoU", "Metric", "Precision", "Recall",
        "binary_accuracy", "categorical_accuracy",
    ),
    "regularizers": ("L1", "L1L2", "L2", "Regularizer", "l1", "l1_l2", "l2"),
    "constraints": (
        "Constraint", "MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm", "max_norm", "maxnorm", "non_neg", "unit_norm",
    ),
    "utils": ("Sequence", "get_file", "multi_gpu_model", "normalize", "plot_model", "to_categorical"),
    "preprocessing.image": ("ImageDataGenerator", "array_to_img", "img_to_array", "load_img"),
    "preprocessing.sequence": ("TimeseriesGenerator", "pad_sequences"),
    "preprocessing.text": ("Tokenizer", "one_hot", "text_to_word_sequence"),
}  # fmt: skip
"""What `from keras.optimizers import *` and the like bind: names of the training, which no network is made of."""
POOLS = re.compile(r"(Global)?(Avg|Max)Pool(\d)D$")
OLD = re.compile(r"(Atrous)?(Depthwise|Separable)?(Convolution|Deconvolution)(\d)D(Transpose)?$")
PARTS = re.compile(r"keras\.ops\.(numpy|nn|core|math)\.(\w+)$")
LOCATED = ("keras.layers.", "keras.models.", "keras.engine.")


def canonical(name: str) -> str:
    """`tensorflow.keras.layers.Dense`, `keras.src.layers.core.dense.Dense` and the like are `keras.layers.Dense`."""
    name = OF_TENSORFLOW_1.get(name, name)
    if name == OLDER_IMAGES:
        return name
    for old, new in PREFIXES:
        if name.startswith(old):
            name = new + name[len(old) :]
    name = SAME.get(name, name)
    parts = name.split(".")
    if len(parts) > 2 and name.startswith(LOCATED) and (parts[-1][:1].isupper() or parts[1] == "engine"):
        models = parts[-1] in ("Model", "Sequential", "Functional")
        name = f"keras.{parts[-1]}" if models else f"keras.layers.{parts[-1]}"
    if parts[:2] == ["keras", "layers"] and len(parts) > 3 and parts[-1] in LOWER:
        name = f"keras.layers.{parts[-1]}"
    met = PARTS.match(name)
    if met is not None:
        name = f"keras.ops.{met[2]}"
    if name.startswith("keras.layers."):
        name = f"keras.layers.{usual(name.rpartition('.')[2])}"
    return SAME.get(name, name)


LOWER = {"add", "average", "concatenate", "dot", "maximum", "minimum", "multiply", "subtract", "merge"}
"""Functions that make a merging layer and call it at once."""


def usual(name: str) -> str:
    """`MaxPool2D` -> `MaxPooling2D`, `Convolution2D` -> `Conv2D`, `Deconvolution2D` -> `Conv2DTranspose`."""
    met = POOLS.match(name)
    if met is not None:
        return f"{met[1] or ''}{'Average' if met[2] == 'Avg' else 'Max'}Pooling{met[3]}D"
    met = OLD.match(name)
    if met is not None and met[1] is None:
        turned = "Transpose" if met[5] or met[3] == "Deconvolution" else ""
        return f"{met[2] or ''}Conv{met[4]}D{turned}"
    return name
