"""A saved network's file, ``.keras``, looked through before Keras opens it."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backbones.errors import InputError, first_ten
from backbones.networks.hdf5 import declared_bytes
from backbones.networks.parts import foreign_parts, without_training

_CONFIG, _WEIGHTS = "config.json", "model.weights.h5"

#: All that Keras writes for layers that compute.
_MEMBERS = frozenset({"metadata.json", _CONFIG, _WEIGHTS})

#: Bytes of a config; those of the largest networks of Keras take one million.
_CONFIG_LIMIT = 1 << 26

#: Keras stores members as they are; one that somebody has compressed again shrinks by a third.
_EXPANSION = 20


@dataclass(frozen=True)
class SavedConfig:
    """What a saved network says of itself."""

    layers: dict[str, Any]  #: for Keras to build it, without how it was trained
    stored: int  #: bytes of all weights that the file holds


def read_saved(path: Path) -> SavedConfig:
    """Read what a ``.keras`` file says of its network; no network is built, and no code run.

    Raises
    ------
    InputError
        The file is damaged, or holds what is not to be opened: all of it is named.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse(path, _foreign_members(archive, path.stat().st_size))
            config = without_training(json.loads(archive.read(_CONFIG)))
            weights = io.BytesIO(archive.read(_WEIGHTS))
    except (OSError, zipfile.BadZipFile, NotImplementedError, zlib.error) as error:
        raise InputError(
            f"{path} cannot be opened: no whole .keras file: {error}; copy it again"
        ) from None
    except (ValueError, RecursionError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"{path} cannot be opened: its config.json: {error}; save it again"
        ) from None
    if not isinstance(config, dict):
        raise InputError(f"{path} cannot be opened: its config.json is no network; save it again")
    _refuse(path, foreign_parts(config))
    return SavedConfig(config, declared_bytes(weights, f"{path}: {_WEIGHTS}"))


def check_weights(path: Path) -> None:
    """Look through a file of weights, ``.h5`` or ``.keras``, before Keras reads it.

    Raises
    ------
    InputError
        It is of another kind, damaged, or holds what is not to be opened.
    """
    if path.suffix == ".keras":
        read_saved(path)
    elif path.suffix in (".h5", ".hdf5"):
        declared_bytes(path, str(path))
    else:
        raise InputError(f"{path} must end in .weights.h5, .h5 or .keras, as Keras saves weights")


def _refuse(path: Path, found: list[str]) -> None:
    if found:
        listed = "; ".join(first_ten(found))
        raise InputError(
            f"{path} cannot be opened: it holds {listed}. Save the network again from layers of "
            "Keras alone"
        )


def _foreign_members(archive: zipfile.ZipFile, size: int) -> list[str]:
    """Members that Keras does not write, or that are not as large as they say."""
    members = archive.infolist()
    names = [member.filename for member in members]
    found = [f"the member {name!r}" for name in sorted(set(names) - _MEMBERS)]
    found += [f"the member {name!r} twice" for name in sorted(_MEMBERS) if names.count(name) > 1]
    found += [f"no {name}" for name in (_CONFIG, _WEIGHTS) if name not in names]
    for member in members:
        most = _CONFIG_LIMIT if member.filename != _WEIGHTS else _EXPANSION * size
        if member.flag_bits & 1:
            found.append(f"the encrypted member {member.filename!r}")
        elif member.file_size > most:
            found.append(f"{member.file_size:,} bytes of {member.filename!r} in {size:,} bytes")
    return found
