"""The frozen Keras network of one or more config entries, from photos to feature rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from backbones.errors import InputError
from backbones.networks.archive import check_weights
from backbones.networks.catalog import application, import_keras, unallocated
from backbones.networks.inputs import check_size, photo_input, prepare
from backbones.networks.layers import find_layers, trace
from backbones.networks.pinned import pinned
from backbones.networks.pooling import pool_row
from backbones.networks.saved import build_saved, load_saved
from backbones.networks.spec import BackboneSpec
from backbones.networks.weights import Weights, replace_get_file

#: Height, width and channels of a feature map.
Shape = tuple[int, int, int]


@pinned()
def build(specs: Sequence[BackboneSpec], size: tuple[int, int], weights: Weights) -> Any:
    """Build the model from photos, uint8 (n, height, width, 3) RGB, to features, float32 (n, d).

    The entries may differ in layers and pooling: their rows are concatenated, from one forward
    pass. Whole maps are flattened. Preprocessing, mirroring and pooling are part of the graph, so
    that every engine runs the same one. The model is not trainable.

    Raises
    ------
    InputError
        The network does not accept the size, the arguments or the weights, or lacks a layer.
    """
    import_keras().utils.clear_session()  # or Keras numbers unnamed layers on from earlier networks
    return _assemble(specs, size, _build_base(specs[0], size, weights))


@pinned()
def feature_shapes(spec: BackboneSpec, size: tuple[int, int]) -> list[Shape]:
    """Return the shape of each map that is kept whole, or (1, 1, d) of a row. Errors as `build`.

    No weights are allocated.
    """
    import_keras().utils.clear_session()
    with unallocated():
        base = _build_base(spec, size, None)
        if not spec.keeps_maps:
            return [(1, 1, int(_assemble([spec], size, base).output_shape[1]))]
        _assemble([spec], size, base)  # for its errors
        view = import_keras().ops.cast(_photos(size), "float32")
        (maps,) = _read([spec], base, view, size)
    return [(h, w, c) for _, h, w, c in (one.shape for one in maps)]


@pinned()
def native_size(spec: BackboneSpec) -> tuple[int, int]:
    """Return the height and width that the network was built for.

    Raises
    ------
    InputError
        A saved model accepts any size, so that the entry has to state one.
    """
    if spec.application is not None:
        return application(spec.application).native_size()
    with unallocated():
        height, width, _ = photo_input(_open_saved(spec, None), f"model: {spec.model}")
    if height is None or width is None:
        raise InputError(f"image_size: {spec.model} takes any size: state [height, width]")
    return height, width


def _assemble(specs: Sequence[BackboneSpec], size: tuple[int, int], base: Any) -> Any:
    keras = import_keras()
    photos = _photos(size)
    view = keras.ops.cast(photos, "float32")
    rows = _read_rows(specs, base, view, size)
    if specs[0].flip:
        turned = keras.ops.flip(view, axis=2)
        mirrored = _read_rows(specs, base, turned, size, mirrored=True)
        rows = [(row + other) / 2.0 for row, other in zip(rows, mirrored, strict=True)]
    row = rows[0] if len(rows) == 1 else keras.layers.Concatenate()(rows)
    model = keras.Model(photos, row, name=specs[0].name)
    model.trainable = False
    return model


def _photos(size: tuple[int, int]) -> Any:
    return import_keras().Input((*size, 3), dtype="uint8", name="photos")


def _build_base(spec: BackboneSpec, size: tuple[int, int], weights: Weights | None) -> Any:
    """The network without its head; without weights, it is built within ``unallocated``."""
    if spec.model is not None:
        return _open_saved(spec, weights)
    assert spec.application is not None
    builder = application(spec.application).build
    source, path = None, None if weights is None else weights.path
    if weights is not None and weights.source == "random":
        import_keras().utils.set_random_seed(spec.weights_seed)
    elif weights is not None and path is not None:
        _check_file(path)
        source = "imagenet" if weights.source == "imagenet" else str(path)
    try:
        with replace_get_file(lambda *_, **__: str(path)):
            return builder(
                include_top=False, weights=source, input_shape=(*size, 3), **spec.arguments
            )
    except TypeError as error:
        raise InputError(
            f"arguments: {spec.application} does not take them: {error}; leave them out"
        ) from None
    except (ValueError, OSError, UserWarning) as error:
        if source is None:
            raise InputError(
                f"image_size: {spec.application} cannot be built at {list(size)}: {error}; set "
                "another image_size"
            ) from None
        raise InputError(
            f"weights: {path} do not fit the network: {error}; name those of {spec.application} "
            "with these arguments"
        ) from None


def _check_file(path: Path) -> None:
    try:
        check_weights(path)
    except InputError as error:
        raise InputError(f"weights: {error}") from None


def _open_saved(spec: BackboneSpec, weights: Weights | None) -> Any:
    path = spec.weights_file
    assert path is not None
    try:
        model = build_saved(path) if weights is None else load_saved(path)
    except InputError as error:
        raise InputError(f"model: {error}") from None
    photo_input(model, f"model: {spec.model}")
    return model


def _read_rows(
    specs: Sequence[BackboneSpec],
    base: Any,
    view: Any,
    size: tuple[int, int],
    mirrored: bool = False,
) -> list[Any]:
    """Return the feature row (n, d) of each entry, from one pass of the network."""
    return [
        pool_row(spec, outputs, mirrored)
        for spec, outputs in zip(specs, _read(specs, base, view, size), strict=True)
    ]


def _read(
    specs: Sequence[BackboneSpec], base: Any, view: Any, size: tuple[int, int]
) -> list[list[Any]]:
    """Return what the layers of each entry give of photos, float32 (n, height, width, 3)."""
    first = specs[0]
    if first.model is not None:
        check_size(first, base, size)
    try:
        traced = trace(base, prepare(first, base, view))
    except (ValueError, TypeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"image_size: the network cannot take {list(size)}: {error}; set another"
        ) from None
    return [find_layers(base, traced, spec.layers) for spec in specs]
