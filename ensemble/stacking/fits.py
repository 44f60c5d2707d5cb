"""The fits of a member that are missing: what each is made of, and threads that make them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from backbones.disk.arrays import Arrays, pack_arrays, write_arrays
from backbones.features.maps import Maps
from backbones.networks.catalog import THREADS
from ensemble import heads
from ensemble.config.member import Member
from ensemble.photos.views import Apart
from ensemble.stacking.complaints import name_errors, refuse_no_numbers
from ensemble.stacking.densities import pack_densities
from ensemble.stacking.folds import Folds, Rows
from ensemble.stacking.kept import Content, keep_head, pack_head

Numbers = npt.NDArray[np.float64]

#: Of features float32; with columns of a table behind them float64.
Matrix = npt.NDArray[np.floating]

#: What a head learns from, by position of a photo or an item.
Learned = Matrix | Maps | Apart

#: Folds that a fit leaves out: none, one or two of one repeat.
LeftOut = tuple[int, ...]


@dataclass(frozen=True)
class Labels:
    """Labels of each photo, or item: its digest (SHA-256, hex), target, weight, boxes and parts."""

    photos: Sequence[str]
    target: Numbers
    weight: Numbers | None = None
    boxes: Sequence[heads.Boxes | None] | None = None
    parts: Sequence[heads.Part | None] | None = None  #: of photos not labelled as a whole

    def digest(self, rows: Rows) -> str:
        """Return the SHA-256 (hex) of the labels of these rows, in their order."""
        digest = hashlib.sha256("".join(self.photos[row] for row in rows).encode())
        digest.update(self.target[rows].tobytes())
        if self.weight is not None:
            digest.update(self.weight[rows].tobytes())
        if self.boxes is not None:
            for boxes in (self.boxes[row] for row in rows):
                digest.update(b"unknown" if boxes is None else b"%d" % len(boxes) + boxes.tobytes())
        for row, part in zip(rows, self.parts_of(rows) or (), strict=False):
            if part is not None:
                digest.update(self.photos[row].encode() + b"".join(part.content()))
        return digest.hexdigest()

    def parts_of(self, rows: Rows) -> list[heads.Part | None] | None:
        """The parts of these rows; None where no photo has any."""
        return None if self.parts is None else [self.parts[row] for row in rows]


@dataclass(frozen=True)
class Fits:
    """What all fits of a member are made of, beside its features."""

    member: Member
    labels: Labels
    folds: Folds
    seed: int

    @property
    def is_network(self) -> bool:
        """Whether TensorFlow trains them."""
        return heads.is_network(self.member.head)


class RunFits(Protocol):
    """Makes fits and keeps them: in threads of this process, ``fit_in_threads``, or otherwise.

    Whoever makes them, their bytes are the same.
    """

    def __call__(
        self,
        fits: Fits,
        features: Learned,
        key: str,
        places: Mapping[LeftOut, Path],
    ) -> Iterator[None]:
        """Make a fit for each of the `places`, and keep it there; yield as each is kept.

        `key` is the SHA-256 (hex) of all that decides the features.
        """


def fit_in_threads(
    fits: Fits, features: Learned, key: str, places: Mapping[LeftOut, Path]
) -> Iterator[None]:
    """Fit with one BLAS thread each; all that computes releases the GIL. See ``RunFits``."""
    from joblib import Parallel, delayed

    def fit(left_out: LeftOut) -> None:
        with name_errors(fits.member.name):
            _fit(fits, features, left_out, places[left_out])

    with heads.one_thread():
        jobs = Parallel(_at_once(fits), backend="threading", return_as="generator_unordered")
        yield from jobs(delayed(fit)(left_out) for left_out in places)


def make_content(fits: Fits, features: Learned, left_out: LeftOut) -> Content:
    """Make a fit and return what is to be kept of it; see ``keep_content``."""
    made = _make(fits, features, left_out)
    return pack_arrays(made) if isinstance(made, dict) else pack_head(made)


def _fit(fits: Fits, features: Learned, left_out: LeftOut, path: Path) -> None:
    made = _make(fits, features, left_out)
    if isinstance(made, dict):
        write_arrays(path, made)
    else:
        keep_head(path, made)


def _make(fits: Fits, features: Learned, left_out: LeftOut) -> Arrays | heads.Regressor:
    """The head, where nothing is left out; otherwise what it predicts of that."""
    labels, rows = fits.labels, fits.folds.training(*left_out)
    weight = None if labels.weight is None else labels.weight[rows]
    head = heads.build(fits.member.head, fits.seed, fits.member.kinds)
    boxes = None if labels.boxes is None else [labels.boxes[row] for row in rows]
    chosen = features[rows]
    if isinstance(chosen, Apart):
        _learn_apart(head, chosen, labels.target[rows], weight)
    else:
        heads.fit(head, chosen, labels.target[rows], weight, boxes, labels.parts_of(rows))
    if not left_out:
        return head
    held_out = fits.folds.held_out(*left_out)
    arrays = _predict_held_out(head, features[held_out], left_out, labels.parts_of(held_out))
    refuse_no_numbers("its head", arrays["predictions"])
    return {**arrays, **heads.history(head)}


def _learn_apart(
    head: heads.Regressor, features: Apart, target: Numbers, weight: Numbers | None
) -> None:
    """Fit a head on items photo by photo, each with what is said of its item."""
    items = features.items
    weight = None if weight is None else items.spread(weight)
    heads.fit(head, features.photos, items.spread(target), weight)


def _predict_held_out(
    head: heads.Regressor,
    features: Learned,
    left_out: LeftOut,
    parts: list[heads.Part | None] | None,
) -> dict[str, npt.NDArray[Any]]:
    """Predict the photos left out; with their densities if it is one fold of maps."""
    if isinstance(features, Apart):
        return {"predictions": features.items.mean(head.predict(features.photos))}
    if isinstance(features, Maps) and (len(left_out) == 1 or parts is not None):
        predictions, densities = heads.predict_with_densities(head, features, parts)
        kept = pack_densities(densities) if len(left_out) == 1 else {}
        return {"predictions": predictions, **kept}
    return {"predictions": np.asarray(head.predict(features), dtype=np.float64)}


def _at_once(fits: Fits) -> int:
    """How many fits are made side by side: one a core.

    TensorFlow's threads serve all trainings of a process: more would take memory, and no less time.
    """
    from joblib import cpu_count

    cores = int(cpu_count())
    return min(cores, THREADS) if fits.is_network else cores
