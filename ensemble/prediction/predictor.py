"""New photos through the backbones, the heads and the stack of a fitted ensemble."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from backbones.engines import EngineChoice
from backbones.features.cuts import Cuts, Load, Mistakes, by_photo
from backbones.features.extract import ChangedPhotoError, load_file, run_blocks
from backbones.features.store import Store, TransientStore
from backbones.photos.digests import files_by_digest, forget_digests, photo_digests
from backbones.plural import part
from backbones.progress import Progress, Silent
from backbones.remote.photo import Photo
from ensemble.photos.features import open_stores
from ensemble.photos.newitems import tell_of_views
from ensemble.photos.newphotos import NewPhotos
from ensemble.photos.rejected import Rejected, refuse_rest
from ensemble.photos.subjects import Pending, Subject, rows_of, subjects_of, usable
from ensemble.prediction.due import due_loads, forget_spent, unmapped_keys
from ensemble.prediction.kept import Kept
from ensemble.prediction.loaded import Loaded
from ensemble.scoring.block import measure_novelty, predict_members
from ensemble.scoring.members import FittedMembers
from ensemble.scoring.tiles import Tiles

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
        self.loaded, self.kept = Loaded(fitted, engine, cache), Kept(fitted, engine, cache)
        self._lock = threading.Lock()

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
        """Predict photos; a row a photo, or item, in their order.

        Parameters
        ----------
        keep : bool
            Keep in the cache what is computed of files, so that a second time, or after a kill,
            only the rest is: pooled features and the members' predictions.
        keep_maps : bool
            Keep whole feature maps, too: up to 0.6 MB a photo.
        rejected : dict, optional
            Takes photos that cannot be used, by their position; they, and items that have no other,
            have no row.

        Returns
        -------
        DataFrame
            ``name``, a column a member, ``stack``, ``lower`` and ``upper``, in the target's unit;
            then ``novelty``, where the run knows it.

        Raises
        ------
        InputError
            Photos that cannot be used, all of them, after the others, or, with `rejected`, if there
            is no other; predictions that are not finite; photos where items are predicted; columns
            that heads take and that are missing, or hold something else than those of the fit.
        """
        self.fitted.check_items(photos.items)
        columns = self.fitted.encode(photos.cells)
        tell_of_views(photos.items, self.fitted.views)
        progress = progress or Silent()
        mistakes: Mistakes | None = None if rejected is None else {}
        with self._lock:
            if keep and len(photos.paths) == len(photos.photos):
                keys, numbers = self._predict_files(photos, columns, keep_maps, progress, mistakes)
            else:
                keys, numbers = self._predict_unkept(photos, columns, progress, mistakes)
        if rejected is not None and mistakes:
            rejected.update(photos.rejected(keys, mistakes))
            refuse_rest(list(rejected.values()), len(numbers), 1, "there is nothing to predict")
        lost = [] if rejected is None else photos.lost(rejected)
        return self.fitted.table(np.delete(photos.names, lost), numbers)

    def _predict_files(
        self,
        new: NewPhotos,
        columns: Numbers | None,
        keep_maps: bool,
        progress: Progress,
        mistakes: Mistakes | None,
    ) -> tuple[list[str], Numbers]:
        """Keys of the photos and what is computed: (n, ``fitted.numbers``).

        It has a row for each photo, or item, that has photos without mistakes. What the cache holds
        is not computed again.
        """
        paths = new.paths
        unreadable: dict[Photo, str] = {}
        told = None if mistakes is None else unreadable
        digests = photo_digests(paths, self.cache, told, progress)
        keys = [digest or str(path) for digest, path in zip(digests, paths, strict=True)]
        if mistakes is not None:
            mistakes.update({str(path): [mistake] for path, mistake in unreadable.items()})
        copies = files_by_digest(digests, paths)
        photos = {digest: load_file(files, digest) for digest, files in copies.items()}
        subjects = subjects_of(new.items, keys, columns)
        backbones = self.fitted.backbones
        cuts = Cuts.of_files(backbones, copies, self.cache)
        with (
            self._kept_predictions() as predictions,
            self.kept.tiles(self.loaded, cuts) as tiles,
            open_stores(backbones, self.cache, self.engine, keep_maps) as stores,
        ):
            readable = usable(subjects, mistakes or {})
            lacking = self._lacking(readable, predictions, tiles)
            # Maps may be asked for after the predictions were.
            unmapped = unmapped_keys(backbones, photos, stores, cuts) if keep_maps else set()
            behind = set(cuts.photos(unmapped, photos))
            wanted = [one for one in readable if one in lacking or behind.intersection(one.photos)]
            due = {photo for one in wanted for photo in one.photos}
            try:
                # In the order of the photos: blocks of others could differ in their last bits.
                due_photos = {digest: load for digest, load in photos.items() if digest in due}
                if len(due) < len(photos):
                    kept = part(len(photos) - len(due), len(photos), "photo")
                    _LOG.info("at hand: %s", kept)
                loads = due_loads(backbones, due_photos, tiles, unmapped)
                self._compute(loads, wanted, stores, tiles, predictions, progress, mistakes)
            except ChangedPhotoError:  # behind its date, perhaps
                forget_digests(self.cache)
                raise
            return keys, rows_of(predictions, subjects, mistakes or {})

    def _predict_unkept(
        self,
        photos: NewPhotos,
        columns: Numbers | None,
        progress: Progress,
        mistakes: Mistakes | None,
    ) -> tuple[list[str], Numbers]:
        """The same from the photos alone: nothing is read or kept on disk."""
        keys = [str(position) for position in range(len(photos.photos))]
        subjects = subjects_of(photos.items, keys, columns)
        backbones = self.fitted.backbones
        stores: dict[str, Store] = {
            one.fingerprint: TransientStore(one.length, one.dtype) for one in backbones
        }
        predictions = TransientStore(self.fitted.numbers, "float64")
        cuts = Cuts.of(backbones, lambda: dict(zip(keys, photos.sizes(), strict=True)))
        tiles = Tiles(self.fitted, self.loaded.head, cuts)
        every = {key: photos.load(position) for position, key in enumerate(keys)}
        loads = due_loads(backbones, every, tiles)
        self._compute(loads, subjects, stores, tiles, predictions, progress, mistakes)
        return keys, rows_of(predictions, subjects, mistakes or {})

    def _lacking(
        self, subjects: Sequence[Subject], predictions: Store, tiles: Tiles
    ) -> set[Subject]:
        """Those of which something is not kept yet."""
        missing = set(predictions.missing([one.key for one in subjects]))
        return {one for one in subjects if one.key in missing}

    def _compute(
        self,
        loads: Mapping[str, Load],
        subjects: Sequence[Subject],
        stores: Mapping[str, Store],
        tiles: Tiles,
        predictions: Store,
        progress: Progress,
        mistakes: Mistakes | None,
    ) -> None:
        """Run the photos, block by block, through networks and heads into `predictions`."""
        if not loads:
            return
        cuts = tiles.cuts
        jobs = self.loaded.jobs(list(loads), stores, cuts)
        owners = cuts.owners({photo for one in subjects for photo in one.photos})
        pending = Pending(subjects, {key: owners.get(key, key) for key in loads})
        told: Mistakes | None = None if mistakes is None else {}
        with progress.stage("predicting", len(loads), cuts.noun) as advance:
            for block in run_blocks(loads, jobs, BLOCK, advance, told):
                for job in jobs:
                    job.finish()
                tiles.take(block, stores)
                if mistakes is not None and told:
                    mistakes.update(by_photo(told, owners))
                ready = pending.take(block, mistakes or {})
                if ready:
                    numbers = self._measure_block(ready, stores, tiles)
                    predictions.write([one.key for one in ready], numbers)
                forget_spent(self.fitted.backbones, stores, tiles, pending.waiting)

    def _measure_block(
        self, subjects: Sequence[Subject], stores: Mapping[str, Store], tiles: Tiles
    ) -> Numbers:
        """All that is computed (n, ``fitted.numbers``) of what has features in the stores."""
        predictions = self.predict_block(subjects, stores, tiles)
        return np.hstack([predictions, measure_novelty(self.fitted, subjects, stores, tiles)])

    def predict_block(
        self, subjects: Sequence[Subject], stores: Mapping[str, Store], tiles: Tiles | None = None
    ) -> Numbers:
        """Each member's predictions (n, members) of what has features in the stores."""
        return predict_members(self.fitted, self.loaded.head, subjects, stores, tiles)

    def _kept_predictions(self) -> AbstractContextManager[Store]:
        return self.kept.predictions()
