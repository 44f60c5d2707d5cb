"""What the numbers of a run depend on beside its config and data, then and now."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

from backbones.engines import EngineChoice, choose_engine
from backbones.engines.provenance import settings
from backbones.networks.backbone import FORMAT
from backbones.photos.decoders import decoder_versions

#: Packages whose versions decide the numbers of a run.
_PACKAGES = (
    "keras",
    "numpy",
    "openvino",
    "pandas",
    "pillow",
    "scikit-learn",
    "scipy",
    "skops",
    "tensorflow",
)

#: What of it decides predictions of new photos: pandas only reads tables, python runs all.
_IN_PREDICTIONS = (
    "engine",
    "settings",
    "features",
    *(name for name in _PACKAGES if name != "pandas"),
)

#: Before the name of a library that decodes photos, or, of Pillow, a part.
_DECODER = "decoder "

ABSENT = "not installed"


def versions() -> dict[str, str]:
    """Of Python, of the packages that are installed, and of the way features are made."""
    found = {"python": platform.python_version(), "features": str(FORMAT), **_decoders()}
    return found | {name: one for name in _PACKAGES if (one := installed_version(name)) != ABSENT}


def versions_with_engine(engine: EngineChoice) -> dict[str, str]:
    """``versions``, and what the choice of an engine comes down to on this machine."""
    set_here = " ".join(f"{name}={value}" for name, value in settings().items())
    return {**versions(), "engine": choose_engine(engine), "settings": set_here or "none"}


def _decoders() -> dict[str, str]:
    return {f"{_DECODER}{name}": one for name, one in decoder_versions().items() if name != "pil"}


def installed_version(package: str) -> str:
    """The version of a package."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ABSENT


def differences(then: Mapping[str, str], now: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """What decides predictions and is not the same: its version then and now.

    What `then` says nothing of, as runs of format 1 of the engine, is not held against it.

    >>> differences({"keras": "3.13.0", "python": "3.11"}, {"keras": "3.14.0", "python": "3.12"})
    {'keras': ('3.13.0', '3.14.0')}
    """
    with_openvino = "openvino" in (then.get("engine"), now.get("engine"))
    found = {}
    decoders = (name for name in then if name.startswith(_DECODER))
    for name in (*_IN_PREDICTIONS, *decoders):
        if name == "openvino" and not with_openvino:
            continue
        before = then.get(name, ABSENT if name in _PACKAGES and "engine" in then else None)
        after = now.get(name, ABSENT)
        if before is not None and before != after:
            found[name] = (before, after)
    return found


def describe_differences(differing: Mapping[str, tuple[str, str]]) -> str:
    """As ``keras 3.13.0, here 3.14.0; engine tensorflow, here openvino``."""
    return "; ".join(f"{name} {then}, here {now}" for name, (then, now) in differing.items())
