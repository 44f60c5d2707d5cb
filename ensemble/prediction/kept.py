"""What is computed of files, kept on disk by what computes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from backbones.engines import EngineChoice, choose_engine
from backbones.features.cuts import Cuts
from backbones.features.key import features_key
from backbones.features.store import FeatureStore, Store
from backbones.key import key
from backbones.networks.backbone import Backbone
from backbones.photos.framing import View
from ensemble.prediction.loaded import Loaded
from ensemble.scoring.members import FittedMembers
from ensemble.scoring.tiles import Tiles, row_lengths


class Kept:
    """Stores of what fitted members make of features by an engine."""

    def __init__(self, fitted: FittedMembers, engine: EngineChoice, cache: Path) -> None:
        self._fitted, self._engine, self._cache = fitted, engine, cache

    def predictions(self) -> AbstractContextManager[Store]:
        """The members' predictions, and how far the photos lie from those of the fit."""
        return self.open([], self._fitted.backbones, self._fitted.numbers, "float64")

    @contextmanager
    def tiles(self, loaded: Loaded, cuts: Cuts) -> Iterator[Tiles]:
        """What the members say of tiles."""
        backbones = self._fitted.backbones
        with ExitStack() as opened:
            stores: dict[View, Store] = {}
            for view, length in row_lengths(self._fitted).items():
                seen = [one for one in backbones if one.view == view]
                kept = self.open(["tiles", str(view)], seen, length, "float32")
                stores[view] = opened.enter_context(kept)
            yield Tiles(self._fitted, loaded.head, cuts, stores)

    @contextmanager
    def open(
        self, about: Sequence[str], backbones: Sequence[Backbone], length: int, dtype: str
    ) -> Iterator[FeatureStore]:
        """Rows of `length` that are made of the features of backbones; `about` tells them apart."""
        features = [features_key(one, self._engine) for one in backbones]
        name = key([*about, *self._fitted.identities, choose_engine(self._engine), features])[:32]
        store = FeatureStore(self._cache / "predictions" / name, length, dtype)
        try:
            yield store
        finally:
            store.close()
