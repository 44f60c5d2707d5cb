"""The input of a network: what it must take, and photos made into it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from backbones.errors import InputError
from backbones.networks.catalog import application, import_keras
from backbones.networks.spec import LARGEST_SIDE, BackboneSpec
from backbones.plural import count

#: The share of red, green and blue in luminance (ITU-R BT.601), as Pillow and JPEG reckon it.
_LUMINANCE = (0.299, 0.587, 0.114)


def photo_input(model: Any, name: str) -> tuple[int | None, int | None, int]:
    """Return the height, width and channels, 3 or 1, of the photos that a saved model takes.

    Raises
    ------
    InputError
        It is no graph of layers, or does not take one photo, height x width x channels.
    """
    if not _is_graph(model):
        raise InputError(
            f"{name} is no graph of layers, but a {type(model).__name__}; save a functional or a "
            "sequential model that has an Input"
        )
    if len(model.inputs) != 1:
        inputs = ", ".join(f"{one.name} {tuple(one.shape)}" for one in model.inputs)
        raise InputError(
            f"{name} takes {count(len(model.inputs), 'input')} ({inputs}); save a model that takes "
            "one photo"
        )
    shape = tuple(model.inputs[0].shape)
    if len(shape) == 4 and ((shape[1] in (1, 3) and shape[3] not in (1, 3)) or _is_turned(model)):
        raise InputError(
            f"{name} is built channels_first, which TensorFlow runs on no CPU; save it with "
            "data_format channels_last"
        )
    if len(shape) != 4 or shape[3] not in (1, 3):
        raise InputError(
            f"{name} must take photos (n, height, width, 3), or (n, height, width, 1) of grey, "
            f"not {shape}; save a model that does"
        )
    if max(shape[1] or 1, shape[2] or 1) > LARGEST_SIDE:
        raise InputError(
            f"{name} takes photos of {shape[1:3]}, above {LARGEST_SIDE} pixels a side; save a "
            "model of smaller ones"
        )
    return shape[1], shape[2], shape[3]


def check_size(spec: BackboneSpec, base: Any, size: tuple[int, int]) -> None:
    """Raise an ``InputError`` where a network is built for other photos than of this size."""
    native = tuple(base.inputs[0].shape[1:3])
    if any(side not in (None, asked) for side, asked in zip(native, size, strict=True)):
        raise InputError(
            f"image_size: {spec.model} is built for {list(native)}, not {list(size)}; leave "
            "image_size out"
        )


def prepare(spec: BackboneSpec, base: Any, view: Any) -> Any:
    """Make photos, float32 (n, height, width, 3) RGB from 0 to 255, into what the network takes.

    A network of one channel is given the photos' luminance.
    """
    if spec.application is not None:
        return application(spec.application).preprocess(view)
    declared = base.inputs[0]
    if "float" not in declared.dtype and spec.preprocessing != "none":
        raise InputError(
            f"preprocessing: {spec.model} takes whole numbers ({declared.dtype}): none is needed, "
            f"not {spec.preprocessing}"
        )
    if declared.shape[3] == 1:
        if spec.preprocessing in ("caffe", "torch"):
            raise InputError(
                f"preprocessing: {spec.model} takes grey photos: tf or none is needed, not "
                f"{spec.preprocessing}, which is one of colours"
            )
        red, green, blue = _LUMINANCE
        view = view[..., :1] * red + view[..., 1:2] * green + view[..., 2:] * blue
    if spec.preprocessing == "none":
        return view
    imagenet = import_keras().applications.imagenet_utils
    return imagenet.preprocess_input(view, data_format="channels_last", mode=spec.preprocessing)


def _is_graph(model: Any) -> bool:
    models = import_keras().models
    if isinstance(model, models.Sequential):
        return bool(model.built and model.inputs)
    return hasattr(model, "_run_through_graph")


def _is_turned(model: Any) -> bool:
    """Whether a layer takes its input with the channels first."""
    return any(getattr(one, "data_format", "") == "channels_first" for one in _layers(model))


def _layers(model: Any) -> Iterator[Any]:
    for layer in model.layers:
        yield layer
        if hasattr(layer, "layers"):
            yield from _layers(layer)
