"""One forward pass and the backbones that read it out, on its way through the photos."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from queue import SimpleQueue

import numpy as np

from backbones.engines import Engine, EngineChoice, Features, Photos, open_engine
from backbones.features.label import label_store
from backbones.features.store import FeatureStore
from backbones.networks.backbone import Backbone, joint_network
from backbones.photos.images import View


def open_store(backbone: Backbone, cache: Path) -> FeatureStore:
    """Where the features of a backbone lie in the cache folder, labelled as used now."""
    folder = cache / "features" / backbone.fingerprint[:32]
    store = FeatureStore(folder, backbone.length, backbone.dtype)
    label_store(folder, backbone)
    return store


@dataclass
class Job:
    """Takes photos, runs them in batches, and writes what the network says of them."""

    view: View
    stores: list[FeatureStore]
    todo: set[str]
    engine: Engine
    waiting: dict[str, Photos] = field(default_factory=dict)
    done: SimpleQueue[tuple[list[str], Features]] = field(default_factory=SimpleQueue)

    @classmethod
    def open(
        cls, backbones: list[Backbone], todo: set[str], cache: Path, choice: EngineChoice
    ) -> Job:
        prints = "".join(one.fingerprint for one in backbones)
        kept = cache / "networks" / f"{hashlib.sha256(prints.encode()).hexdigest()[:32]}.xml"
        engine = open_engine(choice, lambda: joint_network(backbones), kept)
        stores = [open_store(one, cache) for one in backbones]
        return cls((backbones[0].size, backbones[0].spec.resize), stores, todo, engine)

    def take(self, photos: Mapping[str, Photos]) -> None:
        """Hands photos over, by their digests, and commits what is done by now."""
        for digest, photo in photos.items():
            self.waiting[digest] = photo
            if len(self.waiting) >= self.engine.batch:
                self._start()
        self.commit()

    def finish(self) -> None:
        self._start()
        self.engine.wait()
        self.commit()

    def _start(self) -> None:
        if self.waiting:
            digests, photos = list(self.waiting), np.stack(list(self.waiting.values()))
            self.waiting.clear()
            self.engine.start(photos, lambda features: self.done.put((digests, features)))

    def commit(self) -> None:
        """Writes what is done, in this thread: the store is not to grow under another."""
        if self.done.empty():
            return
        done = [self.done.get() for _ in range(self.done.qsize())]
        digests = [digest for some, _ in done for digest in some]
        ends = list(accumulate(store.length for store in self.stores))
        parts = np.split(np.concatenate([features for _, features in done]), ends[:-1], axis=1)
        for store, part in zip(self.stores, parts, strict=True):
            store.write(digests, part)

    def close(self) -> None:
        for store in self.stores:
            store.close()
