"""The parts that a saved network may be made of: layers and operations of Keras, and no code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_COMPUTING = """
Activation ActivityRegularization AdaptiveAveragePooling1D AdaptiveAveragePooling2D
AdaptiveAveragePooling3D AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D Add
AdditiveAttention AlphaDropout Attention AugMix AutoContrast Average AveragePooling1D
AveragePooling2D AveragePooling3D AvgPool1D AvgPool2D AvgPool3D BatchNormalization Bidirectional
CategoryEncoding CenterCrop Concatenate ContrastLimitedAdaptiveHistogramEqualization Conv1D
Conv1DTranspose Conv2D Conv2DTranspose Conv3D Conv3DTranspose ConvLSTM1D ConvLSTM2D ConvLSTM3D
Convolution1D Convolution1DTranspose Convolution2D Convolution2DTranspose Convolution3D
Convolution3DTranspose Cropping1D Cropping2D Cropping3D CutMix Dense DepthwiseConv1D DepthwiseConv2D
Discretization Dot Dropout ELU EinsumDense Embedding Equalization Flatten GRU GRUCell
GaussianDropout GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D
GlobalAvgPool1D GlobalAvgPool2D GlobalAvgPool3D GlobalMaxPool1D GlobalMaxPool2D GlobalMaxPool3D
GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D GroupNormalization GroupQueryAttention
Identity InputLayer LSTM LSTMCell LayerNormalization LeakyReLU Masking MaxNumBoundingBoxes MaxPool1D
MaxPool2D MaxPool3D MaxPooling1D MaxPooling2D MaxPooling3D Maximum Minimum MixUp MultiHeadAttention
Multiply Normalization PReLU Permute Pipeline RMSNormalization RNN RandAugment RandomBrightness
RandomColorDegeneration RandomColorJitter RandomContrast RandomCrop RandomElasticTransform
RandomErasing RandomFlip RandomGaussianBlur RandomGrayscale RandomHue RandomInvert RandomPerspective
RandomPosterization RandomRotation RandomSaturation RandomSharpness RandomShear RandomTranslation
RandomZoom ReLU RepeatVector Rescaling Reshape Resizing ReversibleEmbedding SeparableConv1D
SeparableConv2D SeparableConvolution1D SeparableConvolution2D SimpleRNN SimpleRNNCell Softmax
Solarization SpatialDropout1D SpatialDropout2D SpatialDropout3D SpectralNormalization
StackedRNNCells Subtract TimeDistributed UnitNormalization UpSampling1D UpSampling2D UpSampling3D
ZeroPadding1D ZeroPadding2D ZeroPadding3D
"""

#: Layers that compute, and neither run code nor read files that their settings name.
LAYERS = frozenset(_COMPUTING.split())

#: Layers of Keras that are left out, with what they would do.
REFUSED = {
    "Lambda": "runs Python code out of the file",
    "TFSMLayer": "runs a TensorFlow SavedModel from a path that the file names",
    "TorchModuleWrapper": "unpickles a module of PyTorch, which runs code",
    "JaxLayer": "runs code",
    "FlaxLayer": "runs code",
    "StringLookup": "reads files that the network names",
    "IntegerLookup": "reads files that the network names",
    "TextVectorization": "reads files that the network names",
    "Hashing": "is for words",
    "HashedCrossing": "is for words",
    "MelSpectrogram": "is for sound",
    "STFTSpectrogram": "is for sound",
}

_MODELS = frozenset({"Functional", "Sequential", "Model"})

#: Classes of every other part, by the module that Keras writes; None: every class in it.
_MODULES: dict[str, frozenset[str] | None] = {
    "keras": _MODELS | {"DTypePolicy"},
    "keras.models": _MODELS,
    "keras.src.models.functional": frozenset({"Functional"}),
    "keras.src.models.sequential": frozenset({"Sequential"}),
    "keras.layers": LAYERS,
    "keras.src.applications.convnext": frozenset({"LayerScale", "StochasticDepth"}),
    "keras.src.applications.inception_resnet_v2": frozenset({"CustomScaleLayer"}),
    "keras.initializers": None,
    "keras.regularizers": None,
    "keras.constraints": None,
    "keras.dtype_policies": None,
    "keras.quantizers": None,
    "keras.src.ops.numpy": None,
    "keras.src.ops.nn": None,
    "keras.src.ops.math": None,
    "keras.src.ops.image": None,
    "keras.src.ops.linalg": None,
    "keras.src.ops.einops": None,
    # The others in it call functions.
    "keras.src.ops.core": frozenset(
        {"Cast", "SaturateCast", "Scatter", "ScatterUpdate", "Slice", "SliceUpdate"}
        | {"StopGradient", "Unstack"}
    ),
}

#: Of the functions that Keras writes: activations and the like, as ``relu``.
_FUNCTIONS = ("builtins", "keras.activations", "keras.initializers", "keras.regularizers")

#: Values that Keras writes as objects.
_VALUES = ("__keras_tensor__", "__tensor__", "__numpy__", "__bytes__", "__ellipsis__", "__slice__")
_NUMBERS = re.compile(r"(bool|(u?int|b?float)\d+)(_\w+)?")
_CLASS = re.compile(r"[A-Z]\w*")


def foreign_parts(config: Any) -> list[str]:
    """What a saved network's config holds that is not to be built, each with the reason.

    >>> foreign_parts({"module": "keras.layers", "class_name": "Lambda", "config": {}})
    ['Lambda, which runs Python code out of the file']
    """
    found = (_reason(part) for part in _objects(config))
    return list(dict.fromkeys(reason for reason in found if reason))


def without_training(config: Any) -> Any:
    """The same config without how its models were trained, which may name losses of one's own."""
    if isinstance(config, dict):
        left_out = "compile_config" if "class_name" in config else None
        return {key: without_training(one) for key, one in config.items() if key != left_out}
    return [without_training(one) for one in config] if isinstance(config, list) else config


def _objects(config: Any) -> Iterator[dict[str, Any]]:
    waiting = [config]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if not {"class_name", "registered_name"}.isdisjoint(node):
                yield node
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node


def _reason(part: dict[str, Any]) -> str:
    name, module = part.get("class_name"), part.get("module")
    if name == "function":
        return _reason_of_function(module, part.get("config"))
    if name in _VALUES:
        return _reason_of_value(part)
    title = _title(part)
    if isinstance(name, str) and name in REFUSED and module in (None, "keras.layers"):
        return f"{title}, which {REFUSED[name]}"
    if part.get("registered_name") not in (None, name):
        return f"{title}, a class of someone's own, registered as {part['registered_name']!r}"
    if not _is_known(name, module):
        return f"{title} of {module or 'no module'}, which is no part of Keras that computes"
    return ""


def _is_known(name: Any, module: Any) -> bool:
    if not (isinstance(name, str) and _CLASS.fullmatch(name)):
        return False
    if module is None:  # Keras looks the name up where it expects such a part
        return True
    if module not in _MODULES:
        return False
    known = _MODULES[module]
    return known is None or name in known


def _reason_of_function(module: Any, name: Any) -> str:
    if module in _FUNCTIONS and name not in ("get", "serialize", "deserialize"):
        return ""
    return f"the function {name!r} of {module or 'no module'}, which is no part that computes"


def _reason_of_value(part: dict[str, Any]) -> str:
    config = part.get("config")
    dtype = config.get("dtype") if isinstance(config, dict) else None
    if dtype is None or (isinstance(dtype, str) and _NUMBERS.fullmatch(dtype)):
        return ""
    return f"a value of type {dtype!r}, which is no type of numbers"


def _title(part: dict[str, Any]) -> str:
    config = part.get("config")
    own = config.get("name") if isinstance(config, dict) else None
    return f"{part.get('class_name')}" + (f" ({own!r})" if isinstance(own, str) else "")
