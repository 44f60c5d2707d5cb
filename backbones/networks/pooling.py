"""From what the layers of a network give to one row of features a photo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backbones.errors import InputError
from backbones.networks.catalog import import_keras
from backbones.networks.spec import BackboneSpec, Grid


def pool_row(spec: BackboneSpec, outputs: Sequence[Any], mirrored: bool) -> Any:
    """Return the feature row, float32 (n, d), of an entry from the outputs of its layers.

    Feature maps (n, h, w, c) are pooled over places, tokens (n, tokens, c) over tokens; rows (n, d)
    stay as they are. Those of photos that were `mirrored` are turned back if maps are kept.

    Raises
    ------
    InputError
        An output is none of these, or its pooling needs another one.
    """
    keras = import_keras()
    outputs = [_as_numbers(output) for output in outputs]
    for output in outputs:
        _check(spec, output)
    if mirrored and spec.keeps_maps:  # so that the cells of both views coincide
        outputs = [keras.ops.flip(feature_map, axis=2) for feature_map in outputs]
    rows = [row for output in outputs for row in _pool(spec, output)]
    return rows[0] if len(rows) == 1 else keras.layers.Concatenate(dtype="float32")(rows)


def _as_numbers(output: Any) -> Any:
    """In single precision: sums over many places in half precision would be coarse."""
    keras = import_keras()
    dtype = keras.backend.standardize_dtype(output.dtype)
    if dtype.startswith(("complex", "string")):
        raise InputError(
            f"layers: {output.name} gives {dtype}; real numbers are needed: read another layer"
        )
    return output if dtype == "float32" else keras.ops.cast(output, "float32")


def _check(spec: BackboneSpec, output: Any) -> None:
    shape = tuple(output.shape)
    if len(shape) not in (2, 3, 4) or None in shape[1:] or 0 in shape[1:]:
        raise InputError(
            f"layers: {output.name} gives {shape}; a feature map (n, h, w, c), tokens "
            "(n, tokens, d) or a row (n, d) is needed: read another layer"
        )
    if spec.keeps_maps and len(shape) != 4:
        raise InputError(
            f"layers: {output.name} gives {shape}; pooling: none needs a feature map (n, h, w, c), "
            "whose places are known; read another layer, or set another pooling"
        )
    if isinstance(spec.pooling, Grid) and len(shape) == 3:
        raise InputError(
            f"pooling: the grid needs a feature map (n, h, w, c); {output.name} gives tokens "
            f"{shape}, for which there is avg, max, avg+max or flatten"
        )


def _pool(spec: BackboneSpec, output: Any) -> list[Any]:
    """Pool one layer's output into rows (n, d)."""
    layers = import_keras().layers
    if len(output.shape) == 2:  # the network itself pools its maps
        return [output]
    if isinstance(spec.pooling, Grid):
        return [layers.Flatten(data_format="channels_last")(_grid_mean(output, spec.pooling.grid))]
    if spec.pooling in ("flatten", "none"):
        return [layers.Flatten(data_format="channels_last")(output)]
    over = "2D" if len(output.shape) == 4 else "1D"
    mean, peak = (
        getattr(layers, f"Global{kind}Pooling{over}")(data_format="channels_last", dtype="float32")
        for kind in ("Average", "Max")
    )
    pools = {"avg": [mean], "max": [peak], "avg+max": [mean, peak]}[spec.pooling]
    return [pool(output) for pool in pools]


def _grid_mean(feature_map: Any, grid: tuple[int, int]) -> Any:
    height, width = feature_map.shape[1:3]
    if grid[0] > height or grid[1] > width:
        raise InputError(
            f"pooling: grid {list(grid)} is finer than the feature map of {height} x {width}; "
            "take a coarser one, or a larger image_size"
        )
    pool = import_keras().layers.AdaptiveAveragePooling2D
    return pool(grid, data_format="channels_last", dtype="float32")(feature_map)
