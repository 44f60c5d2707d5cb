"""Networks in whole numbers: converted ones quantised by NNCF, on photos that show their ranges."""

from __future__ import annotations

import importlib.util
import io
import logging
import os
from collections.abc import Sequence
from contextlib import redirect_stdout
from importlib.metadata import version
from pathlib import Path
from typing import Any

from backbones.engines.engine import Photos
from backbones.engines.openvino import import_openvino, save_network
from backbones.errors import InputError
from backbones.files import hash_file
from backbones.key import key

#: Keeps NNCF from reporting on its use, which it would over the network.
_SILENT = "NNCF_CI"


def check_quantisation(name: str) -> None:
    """Make sure that networks can be quantised here.

    Raises
    ------
    InputError
        NNCF is not installed.
    """
    if importlib.util.find_spec("nncf") is None:
        raise InputError(
            f"{name}: precision: int8 needs NNCF to fit: pip install 'backbone-ensemble[int8]', or "
            "set precision: float32"
        )


def quantisation_versions() -> list[str]:
    """Of the packages that a quantised network hangs on."""
    return [version("nncf"), version("openvino")]


def quantise(converted: Path, photos: Sequence[Photos], path: Path) -> str:
    """Write a network in whole numbers of eight bits; return its ``network_digest``.

    The same network, photos and versions give the same bytes.

    Parameters
    ----------
    converted : Path
        The network in single precision, as OpenVINO runs it.
    photos : sequence of uint8 arrays (height, width, 3)
        They show what range the numbers in the network have.
    path : Path
        Of the ``.xml`` file; the weights go into a ``.bin`` file beside it.

    References
    ----------
    Nagel et al. (2019), Data-free quantization through weight equalization and bias correction,
    ICCV: of its bias correction.
    """
    model = _quantise(import_openvino().Core().read_model(converted), photos)
    model.set_friendly_name("quantised")  # or names would hold how many were made before
    for number, operation in enumerate(model.get_ordered_ops()):
        operation.set_friendly_name(str(number))
    save_network(model, path)
    return network_digest(path)


def network_digest(path: Path) -> str:
    """SHA-256 (hex) of the two files of a network."""
    return key([hash_file(path), hash_file(path.with_suffix(".bin"))])


def _quantise(model: Any, photos: Sequence[Photos]) -> Any:
    os.environ.setdefault(_SILENT, "1")
    with redirect_stdout(io.StringIO()):  # of its progress
        import nncf

        logging.getLogger("nncf").setLevel(logging.ERROR)
        dataset = nncf.Dataset([photo[None] for photo in photos])
        return nncf.quantize(model, dataset, subset_size=len(photos))
