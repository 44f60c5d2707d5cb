"""New photos through the backbones, the heads and the stack of a fitted ensemble."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from backbones.engines import EngineChoice, choose_engine
from backbones.features.extract import ChangedPhotoError, Load, Mistakes, load_file, run_blocks
from backbones.features.forward_pass import ForwardPass, Job, open_passes
from backbones.features.key import features_key
from backbones.features.store import FeatureStore, Store, TransientStore
from backbones.key import key
from backbones.photos.digests import files_by_digest, forget_digests, photo_digests
from backbones.plural import part
from backbones.progress import Progress, Silent
from backbones.remote.photo import Photo
from ensemble import heads
from ensemble.heads import Regressor
from ensemble.photos.beside import known_of
from ensemble.photos.channels import channel_means
from ensemble.photos.features import features_in, open_stores
from ensemble.photos.newphotos import NewPhotos
from ensemble.photos.rejected import Rejected, refuse_rest
from ensemble.photos.rows import Rows
from ensemble.scoring.members import FittedMembers

Numbers = npt.NDArray[np.float64]

_LOG = logging.getLogger("ensemble")

#: Photos predicted together; in between, the features of so many are held in memory.
BLOCK = 64


class Predictor:
    """A fitted ensemble that stays warm: networks and heads are loaded once, when first needed.

    Threads may share one; they take turns.

    Parameters
    ----------
    fitted : Members
    engine : str
        Runs the networks.
    cache : Path
        The folder of converted networks and, where asked for, of features and predictions.
    """

    def __init__(self, fitted: FittedMembers, engine: EngineChoice, cache: Path) -> None:
        self.fitted = fitted
        self.engine = engine
        self.cache = cache
        self._lock = threading.Lock()
        self._passes: dict[str, ForwardPass] = {}
        self._heads: dict[str, Regressor] = {}

    def __getstate__(self) -> dict[str, Any]:
        """What is loaded stays behind: a copy in another process loads it anew."""
        return {"fitted": self.fitted, "engine": self.engine, "cache": self.cache}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]

    def predict(
        self,
        photos: NewPhotos,
        *,
        keep: bool = False,
        keep_maps: bool = False,
        progress: Progress | None = None,
        rejected: dict[int, Rejected] | None = None,
    ) -> pd.DataFrame:
        """Predict photos; a row a photo, in their order.

        Parameters
        ----------
        keep : bool
            Keep in the cache what is computed of files, so that a second time, or after a kill,
            only the rest is: pooled features and the members' predictions.
        keep_maps : bool
            Keep whole feature maps, too: up to 0.6 MB a photo.
        rejected : dict, optional
            Takes photos that cannot be used, by their position; they have no row.

        Returns
        -------
        DataFrame
            ``name``, a column a member, ``stack``, ``lower`` and ``upper``, in the target's unit;
            then ``novelty``, where the run knows it.

        Raises
        ------
        InputError
            Photos that cannot be used, all of them, after the others, or, with `rejected`, if there
            is no other; predictions that are not finite; columns that heads take and that are
            missing, or hold something else than those of the fit.
        """
        progress = progress or Silent()
        columns = self.fitted.encode(photos.cells)
        mistakes: Mistakes | None = None if rejected is None else {}
        with self._lock:
            if keep and len(photos.paths) == len(photos):
                keys, numbers = self._predict_files(
                    photos.paths, columns, keep_maps, progress, mistakes
                )
            else:
                keys, numbers = self._predict_unkept(photos, columns, progress, mistakes)
        if rejected is not None and mistakes:
            rejected.update(photos.rejected(keys, mistakes))
            refuse_rest(list(rejected.values()), len(numbers), 1, "there is nothing to predict")
        kept = [key not in (mistakes or {}) for key in keys]
        return self.fitted.table(photos.names[kept], numbers)

    def _predict_files(
        self,
        paths: Sequence[Photo],
        columns: Numbers | None,
        keep_maps: bool,
        progress: Progress,
        mistakes: Mistakes | None,
    ) -> tuple[list[str], Numbers]:
        """Keys (n) and, of those without mistakes, what is computed: (n, ``fitted.numbers``).

        What the cache holds is not computed again.
        """
        unreadable: dict[Photo, str] = {}
        told = None if mistakes is None else unreadable
        digests = photo_digests(paths, self.cache, told, progress)
        keys = [digest or str(path) for digest, path in zip(digests, paths, strict=True)]
        if mistakes is not None:
            mistakes.update({str(path): [mistake] for path, mistake in unreadable.items()})
        copies = files_by_digest(digests, paths)
        photos = {digest: load_file(files, digest) for digest, files in copies.items()}
        rows = Rows(keys, columns)
        with (
            self._kept_predictions() as predictions,
            open_stores(self.fitted.backbones, self.cache, self.engine, keep_maps) as stores,
        ):
            asked = rows.of(photos)
            lacking = set(predictions.missing(asked.keys))
            due = {one for one, row in zip(asked.photos, asked.keys, strict=True) if row in lacking}
            if keep_maps:  # they may be asked for after the predictions were
                due.update(*(store.missing(list(photos), False) for store in stores.values()))
            try:
                # In the order of the photos: blocks of others could differ in their last bits.
                due_photos = {digest: load for digest, load in photos.items() if digest in due}
                if len(due) < len(photos):
                    kept = part(len(photos) - len(due), len(photos), "photo")
                    _LOG.info("at hand: %s", kept)
                self._compute(due_photos, rows, stores, predictions, progress, mistakes)
            except ChangedPhotoError:  # behind its date, perhaps
                forget_digests(self.cache)
                raise
            return keys, _read(predictions, rows, mistakes)

    def _predict_unkept(
        self,
        photos: NewPhotos,
        columns: Numbers | None,
        progress: Progress,
        mistakes: Mistakes | None,
    ) -> tuple[list[str], Numbers]:
        """The same from the photos alone: nothing is read or kept on disk."""
        keys = [str(position) for position in range(len(photos))]
        rows = Rows(keys, columns)
        loads = {key: photos.load(position) for position, key in enumerate(keys)}
        stores: dict[str, Store] = {
            one.fingerprint: TransientStore(one.length, one.dtype) for one in self.fitted.backbones
        }
        predictions = TransientStore(self.fitted.numbers, "float64")
        self._compute(loads, rows, stores, predictions, progress, mistakes)
        return keys, _read(predictions, rows, mistakes)

    def _compute(
        self,
        photos: Mapping[str, Load],
        rows: Rows,
        stores: Mapping[str, Store],
        predictions: Store,
        progress: Progress,
        mistakes: Mistakes | None,
    ) -> None:
        """Run the photos, block by block, through networks and heads into `predictions`."""
        if not photos:
            return
        jobs = self.jobs(list(photos), stores)
        with progress.stage("predicting", len(photos), "photo") as advance:
            for block in run_blocks(photos, jobs, BLOCK, advance, mistakes):
                for job in jobs:
                    job.finish()
                asked = rows.of(block)
                predictions.write(asked.keys, self._measure_block(asked, stores))
                for store in stores.values():
                    if isinstance(store, TransientStore):
                        store.clear()

    def jobs(self, photos: list[str], stores: Mapping[str, Store]) -> list[Job]:
        """One for each forward pass that some photos still need; its network stays loaded."""
        lacking = {name: store.missing(photos) for name, store in stores.items()}
        due = {one.forward_pass for one in self.fitted.backbones if lacking[one.fingerprint]}
        for name in due - self._passes.keys():
            group = [one for one in self.fitted.backbones if one.forward_pass == name]
            (self._passes[name],) = open_passes(group, self.cache, self.engine)
        return [
            Job(
                self._passes[name],
                [stores[one.fingerprint] for one in self._passes[name].backbones],
                {key for one in self._passes[name].backbones for key in lacking[one.fingerprint]},
            )
            for name in sorted(due)
        ]

    def _measure_block(self, asked: Rows, stores: Mapping[str, Store]) -> Numbers:
        """All that is computed (n, ``fitted.numbers``) of photos whose features are there."""
        predictions, novelty = self.predict_block(asked, stores), self.fitted.novelty
        if novelty is None:
            return predictions
        compared = [one for one in self.fitted.backbones if one.name == novelty.backbone]
        far = novelty.measure(channel_means(features_in(stores, compared, asked.photos)))
        return np.column_stack([predictions, far])

    def predict_block(self, rows: Rows, stores: Mapping[str, Store]) -> Numbers:
        """Each member's predictions (n, members) of photos whose features lie in the stores."""
        predictions = np.empty((len(rows), len(self.fitted.members)))
        read = {one.fingerprint: one.backbones for one in self.fitted.members if one.backbones}
        features = {name: features_in(stores, read[name], rows.photos) for name in read}
        for number, member in enumerate(self.fitted.members if len(rows) else ()):
            known = known_of(member, features.get(member.fingerprint), rows.columns)
            predictions[:, number] = heads.predict_alike(self.head(member.name), known)
        return predictions

    def head(self, member: str) -> Regressor:
        """The fitted head of a member; errors as ``heads.load``."""
        if member not in self._heads:
            folder = self.fitted.folders[member]
            self._heads[member] = heads.load(folder, self.engine, self.cache)
        return self._heads[member]

    @contextmanager
    def _kept_predictions(self) -> Iterator[Store]:
        """The store of the members' predictions by these heads and this engine."""
        features = [features_key(one, self.engine) for one in self.fitted.backbones]
        name = key([*self.fitted.identities, choose_engine(self.engine), features])[:32]
        store = FeatureStore(self.cache / "predictions" / name, self.fitted.numbers, "float64")
        try:
            yield store
        finally:
            store.close()


def _read(predictions: Store, rows: Rows, mistakes: Mistakes | None) -> Numbers:
    """What was computed of the rows whose photos are without mistakes."""
    named = zip(rows.photos, rows.keys, strict=True)
    found = predictions.read([one for photo, one in named if photo not in (mistakes or {})])
    return np.asarray(found, dtype=np.float64)
