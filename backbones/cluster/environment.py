"""What must be the same on every node, or other numbers would come from it."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

from backbones.engines import EngineChoice
from backbones.engines.provenance import engine_provenance, settings
from backbones.errors import InputError
from backbones.networks.spec import Precision
from backbones.photos.decoders import decoder_versions

#: Packages that compute heads.
_PACKAGES = ("backbone-ensemble", "keras", "numpy", "scikit-learn", "scipy", "skops")


def settings_to_send() -> dict[str, str]:
    """Settings of this process's environment, of which numbers hang."""
    return settings()


def environment(
    engine: EngineChoice | None = None, precision: Precision = "float32"
) -> dict[str, str]:
    """What decides numbers here: versions, and of an engine its settings and, if so, processor."""
    found = {name: _version(name) for name in _PACKAGES}
    decoders = {f"decoder {name}": one for name, one in decoder_versions().items()}
    python = ".".join(platform.python_version_tuple()[:2])
    made_by = settings() if engine is None else engine_provenance(engine, precision)
    return {"python": python, **found, **decoders, **made_by}


def refuse_others(there: Mapping[str, str], here: Mapping[str, str]) -> None:
    """Raise an ``InputError`` where a node (here) is not as the process that asks it (there)."""
    differing = [
        f"{name} {here.get(name) or 'none'} in place of {there.get(name) or 'none'}"
        for name in sorted(there.keys() | here.keys())
        if there.get(name) != here.get(name)
    ]
    if differing:
        raise InputError(
            f"the Ray node {platform.node()} has {', '.join(differing)}, and would make other "
            "numbers; install there what is installed here"
        )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
