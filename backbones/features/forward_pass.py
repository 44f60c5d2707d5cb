"""One network ready to run, and photos on their way through it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import numpy as np

from backbones.engines import (
    Engine,
    EngineChoice,
    Features,
    Photos,
    network_to_run,
    open_engine,
)
from backbones.errors import InputError
from backbones.features.store import Store
from backbones.networks.backbone import Backbone, joint_network
from backbones.networks.spec import Precision
from backbones.photos.framing import View
from backbones.plural import part
from backbones.progress import Progress, Silent


@dataclass(frozen=True)
class ForwardPass:
    """A compiled network and the backbones that are read out of it."""

    backbones: tuple[Backbone, ...]
    engine: Engine

    @property
    def name(self) -> str:
        """What the progress of it is called."""
        return pass_name(self.backbones)

    @property
    def view(self) -> View:
        """The size and the way of resizing, or of cutting, of the photos that the network takes."""
        return self.backbones[0].view


def pass_name(backbones: Sequence[Backbone]) -> str:
    """What the progress of a forward pass for these backbones is called."""
    return "+".join(one.name for one in backbones)


def open_passes(
    backbones: Sequence[Backbone],
    cache: Path,
    choice: EngineChoice,
    progress: Progress | None = None,
) -> list[ForwardPass]:
    """Compile the network of each forward pass; backbones that differ in what they read share one.

    Converted networks are kept in the folder `cache`. With `progress` it is a stage.

    Raises
    ------
    InputError
        The engine is not installed, or a network cannot be built.
    """
    groups = group_passes(backbones)
    if not groups:
        return []
    opened = []
    with (progress or Silent()).stage("networks", len(groups), "network") as advance:
        for group in groups:
            opened.append(_open_pass(group, cache, choice))
            advance(1)
    return opened


def convert_passes(
    backbones: Sequence[Backbone], cache: Path, choice: EngineChoice
) -> list[Path | None]:
    """The files that OpenVINO runs in ``open_passes``, made now where they are not there.

    None for each network that TensorFlow runs.
    """
    return [network_to_run(*_to_run(group, cache, choice)) for group in group_passes(backbones)]


def group_passes(backbones: Sequence[Backbone]) -> list[list[Backbone]]:
    """Those of each forward pass, each once."""
    groups: dict[str, dict[str, Backbone]] = {}
    for backbone in backbones:
        groups.setdefault(backbone.forward_pass, {})[backbone.fingerprint] = backbone
    return [list(group.values()) for group in groups.values()]


def _open_pass(backbones: list[Backbone], cache: Path, choice: EngineChoice) -> ForwardPass:
    return ForwardPass(tuple(backbones), open_engine(*_to_run(backbones, cache, choice)))


def _to_run(
    backbones: Sequence[Backbone], cache: Path, choice: EngineChoice
) -> tuple[EngineChoice, Callable[[], Any], Path, str, Precision]:
    """What ``open_engine`` and ``network_to_run`` take, of backbones that share a pass."""
    build = partial(joint_network, backbones)
    place, name = converted_path(backbones, cache), _names(backbones)
    return choice, build, place, name, backbones[0].spec.precision


def _names(backbones: Sequence[Backbone]) -> str:
    """What messages call a network that is read for these."""
    names = ", ".join(backbone.name for backbone in backbones)
    return f"backbone{'s' if len(backbones) > 1 else ''} {names}"


def converted_path(backbones: Sequence[Backbone], cache: Path) -> Path:
    """The place of the converted network of backbones that share a forward pass."""
    prints = "".join(backbone.fingerprint for backbone in backbones)
    return cache / "networks" / f"{hashlib.sha256(prints.encode()).hexdigest()[:32]}.xml"


class Job:
    """Runs photos through a forward pass in batches and writes their features to stores.

    Parameters
    ----------
    stores : sequence of Store
        One for each backbone of the forward pass, in its order.
    todo : collection of str
        The keys of the photos whose features are wanted.
    """

    def __init__(
        self, forward_pass: ForwardPass, stores: Sequence[Store], todo: Collection[str]
    ) -> None:
        self.view = forward_pass.view
        self.name = forward_pass.name
        self.todo = todo
        self._engine = forward_pass.engine
        self._backbones = forward_pass.backbones
        self._stores = stores
        self._waiting: dict[str, Photos] = {}
        self._done: SimpleQueue[tuple[list[str], Features]] = SimpleQueue()

    def take(self, photos: Mapping[str, Photos]) -> None:
        """Hand over photos, by their keys, and write what is done by now."""
        for key, photo in photos.items():
            self._waiting[key] = photo
            if len(self._waiting) >= self._engine.batch:
                self._start()
        self.commit()

    def finish(self) -> None:
        """Wait for the photos handed over, and write their features."""
        self._start()
        self._engine.wait()
        self.commit()

    def commit(self) -> None:
        """Write what is done, in this thread: the store is not to grow under another."""
        if self._done.empty():
            return
        done = [self._done.get() for _ in range(self._done.qsize())]
        keys = [key for batch, _ in done for key in batch]
        ends = list(accumulate(store.length for store in self._stores))
        parts = np.split(np.concatenate([features for _, features in done]), ends[:-1], axis=1)
        for store, columns, backbone in zip(self._stores, parts, self._backbones, strict=True):
            _check_finite(columns, backbone)
            store.write(keys, columns)

    def _start(self) -> None:
        if self._waiting:
            keys, photos = list(self._waiting), np.stack(list(self._waiting.values()))
            self._waiting.clear()
            self._engine.start(photos, lambda features: self._done.put((keys, features)))


def _check_finite(features: Features, backbone: Backbone) -> None:
    """Raise an ``InputError`` where features cannot be kept as numbers."""
    with np.errstate(over="ignore"):
        kept = features.astype(backbone.dtype)
    wrong = (~np.isfinite(kept)).any(axis=1).sum()
    if not wrong:
        return
    photos = part(int(wrong), len(features), "photo")
    what = f"backbone {backbone.name} gives features of {photos} that"
    if np.isfinite(features).all():
        raise InputError(
            f"{what} are beyond {np.finfo(kept.dtype).max:,.0f}, as whole maps (pooling: none) are "
            "kept in half precision; read another layer, or pool it"
        )
    raise InputError(
        f"{what} are not finite (NaN); its weights are damaged, or its preprocessing is not that "
        "of its training"
    )
