"""The frozen Keras network of one or more config entries, from photos to feature rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backbones.errors import InputError
from backbones.networks.catalog import application, import_keras
from backbones.networks.pinned import pinned
from backbones.networks.spec import BackboneSpec, Grid
from backbones.networks.weights import Weights, replace_get_file
from backbones.section import nearest

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
    return _assemble(specs, size, _build_base(specs[0], size, weights))


@pinned()
def feature_shapes(spec: BackboneSpec, size: tuple[int, int]) -> list[Shape]:
    """Return the shape of each map that is kept whole, or (1, 1, d) of a row. Errors as `build`.

    No weights are allocated.
    """
    with import_keras().StatelessScope():
        base = _build_base(spec, size, None)
        length = int(_assemble([spec], size, base).output_shape[1])
        if not spec.keeps_maps:
            return [(1, 1, length)]
        maps = import_keras().Model(base.inputs, _select_outputs(spec, base))
        shapes = maps.compute_output_shape((None, *size, 3))
    return [(h, w, c) for _, h, w, c in (shapes if isinstance(shapes, list) else [shapes])]


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
    height, width = _load_saved(spec).input_shape[1:3]
    if height is None or width is None:
        raise InputError(f"image_size: {spec.model} takes any size: state [height, width]")
    return height, width


def _assemble(specs: Sequence[BackboneSpec], size: tuple[int, int], base: Any) -> Any:
    keras = import_keras()
    photos = keras.Input((*size, 3), dtype="uint8", name="photos")
    view = keras.ops.cast(photos, "float32")
    rows = _read_out(specs, base, view)
    if specs[0].flip:
        mirrored = _read_out(specs, base, keras.ops.flip(view, axis=2), mirrored=True)
        rows = [(row + other) / 2.0 for row, other in zip(rows, mirrored, strict=True)]
    row = rows[0] if len(rows) == 1 else keras.layers.Concatenate()(rows)
    model = keras.Model(photos, row, name=specs[0].name)
    model.trainable = False
    return model


def _build_base(spec: BackboneSpec, size: tuple[int, int], weights: Weights | None) -> Any:
    keras = import_keras()
    keras.utils.clear_session()  # else Keras numbers unnamed layers on from earlier networks
    if spec.model is not None:
        return _load_saved(spec)
    assert spec.application is not None
    builder = application(spec.application).build
    source, path = None, None if weights is None else weights.path
    if weights is not None and weights.source == "random":
        keras.utils.set_random_seed(spec.weights_seed)
    elif weights is not None:
        source = "imagenet" if weights.source == "imagenet" else str(path)
    try:
        with replace_get_file(lambda *_, **__: str(path)):
            return builder(
                include_top=False, weights=source, input_shape=(*size, 3), **spec.arguments
            )
    except TypeError as error:
        raise InputError(f"arguments: {spec.application} does not take them: {error}") from None
    except (ValueError, OSError, UserWarning) as error:
        if source is None:
            raise InputError(
                f"image_size: {spec.application} cannot be built at {list(size)}: {error}"
            ) from None
        raise InputError(f"weights: {path} do not fit the network: {error}") from None


def _load_saved(spec: BackboneSpec) -> Any:
    """Load the saved model in Keras's safe mode, which rejects models that contain code."""
    try:
        model = import_keras().saving.load_model(spec.model, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises exceptions of many classes
        raise InputError(f"model: {spec.model} cannot be opened: {error}") from None
    if len(model.inputs) != 1 or len(model.input_shape) != 4 or model.input_shape[3] != 3:
        raise InputError(
            f"model: {spec.model} must take photos (n, height, width, 3), "
            f"not {[tuple(tensor.shape) for tensor in model.inputs]}"
        )
    return model


def _read_out(
    specs: Sequence[BackboneSpec], base: Any, view: Any, mirrored: bool = False
) -> list[Any]:
    """Return the feature row (n, d) of each entry, from one pass of the network."""
    keras = import_keras()
    outputs = [_select_outputs(spec, base) for spec in specs]
    network = keras.Model(base.inputs, [output for layers in outputs for output in layers])
    try:
        results = network(_preprocess(specs[0], view))
    except (ValueError, TypeError) as error:
        size = list(view.shape[1:3])
        raise InputError(f"image_size: the network cannot take {size}: {error}") from None
    maps = iter(results if isinstance(results, list | tuple) else [results])
    return [
        _pool_row(spec, [next(maps) for _ in layers], mirrored)
        for spec, layers in zip(specs, outputs, strict=True)
    ]


def _select_outputs(spec: BackboneSpec, base: Any) -> list[Any]:
    return [_find_layer(base, name) for name in spec.layers] or base.outputs


def _pool_row(spec: BackboneSpec, maps: Sequence[Any], mirrored: bool) -> Any:
    keras = import_keras()
    if mirrored and spec.keeps_maps:  # so that the cells of both views coincide
        maps = [keras.ops.flip(feature_map, axis=2) for feature_map in maps]
    rows = [row for feature_map in maps for row in _pool(spec, feature_map)]
    return rows[0] if len(rows) == 1 else keras.layers.Concatenate()(rows)


def _find_layer(base: Any, name: str) -> Any:
    names = [layer.name for layer in base.layers]
    if name not in names:
        raise InputError(f"layers: {base.name} has no layer {name!r}; {nearest(name, names)}")
    return base.get_layer(name).output


def _preprocess(spec: BackboneSpec, view: Any) -> Any:
    if spec.application is not None:
        return application(spec.application).preprocess(view)
    if spec.preprocessing == "none":
        return view
    imagenet = import_keras().applications.imagenet_utils
    return imagenet.preprocess_input(view, mode=spec.preprocessing)


def _pool(spec: BackboneSpec, output: Any) -> list[Any]:
    """Pool one layer's output (n, h, w, c) into rows (n, d)."""
    layers = import_keras().layers
    if len(output.shape) == 2 and not spec.keeps_maps:  # the network itself pools its maps
        return [output]
    if len(output.shape) != 4 or None in output.shape[1:] or 0 in output.shape[1:]:
        raise InputError(
            f"layers: {output.name} gives {tuple(output.shape)}; a feature map (n, h, w, c) or a "
            "row (n, d) is needed"
        )
    if isinstance(spec.pooling, Grid):
        return [layers.Flatten()(_grid_mean(output, spec.pooling.grid))]
    if spec.pooling in ("flatten", "none"):
        return [layers.Flatten()(output)]
    mean, peak = layers.GlobalAveragePooling2D(), layers.GlobalMaxPooling2D()
    pools = {"avg": [mean], "max": [peak], "avg+max": [mean, peak]}[spec.pooling]
    return [pool(output) for pool in pools]


def _grid_mean(feature_map: Any, grid: tuple[int, int]) -> Any:
    height, width = feature_map.shape[1:3]
    if grid[0] > height or grid[1] > width:
        raise InputError(
            f"pooling: grid {list(grid)} is finer than the feature map of {height} x {width}"
        )
    return import_keras().layers.AdaptiveAveragePooling2D(grid)(feature_map)
