"""Cross-fitting: each member's head fitted without some folds, whose photos it predicts.

Every fit is computed once and cached. It leaves out

- one fold: its predictions of that fold fill the out-of-fold table;
- two folds: from its predictions of both, a stack can be fitted and scored without either, so that
  a nested score comes from photos that neither heads nor stack have seen;
- none: the head that predicts new photos.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache as remembered
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from backbones.disk.arrays import write_arrays
from backbones.engines.provenance import tensorflow_threads
from backbones.features.maps import Maps
from backbones.key import key
from backbones.networks.catalog import THREADS
from backbones.progress import Progress
from ensemble import heads
from ensemble.config.member import Member
from ensemble.stacking.complaints import name_errors, name_warnings, refuse_no_numbers
from ensemble.stacking.folds import Folds, Rows
from ensemble.stacking.kept import find_fit, keep_head, read_fit
from ensemble.storage.label import label_member

Numbers = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float32]
Half = npt.NDArray[np.float16]

#: Folds that a fit leaves out: none, one or two of one repeat.
LeftOut = tuple[int, ...]

#: Array in the file of a fit that leaves out one fold: 2 kB a photo of 26 x 38 cells.
_DENSITIES = "densities"

#: Version of the fits: raised whenever a fit of the same key would give another result, or lies
#: in another way in its file.
FORMAT = 5


class Features(Protocol):
    """The features of the photos, by a member's backbone."""

    @property
    def key(self) -> str:
        """SHA-256 (hex) of all that decides them."""

    def open(self) -> AbstractContextManager[Matrix | Maps]:
        """The matrix float32 (n, d), or maps."""


@dataclass(frozen=True)
class Labels:
    """Labels of each photo: its digest (SHA-256, hex), target, weight and boxes."""

    photos: Sequence[str]
    target: Numbers
    weight: Numbers | None = None
    boxes: Sequence[heads.Boxes | None] | None = None

    def digest(self, rows: Rows) -> str:
        """Return the SHA-256 (hex) of the labels of these rows, in their order."""
        digest = hashlib.sha256("".join(self.photos[row] for row in rows).encode())
        digest.update(self.target[rows].tobytes())
        if self.weight is not None:
            digest.update(self.weight[rows].tobytes())
        if self.boxes is not None:
            for boxes in (self.boxes[row] for row in rows):
                digest.update(b"unknown" if boxes is None else b"%d" % len(boxes) + boxes.tobytes())
        return digest.hexdigest()


@dataclass(frozen=True)
class MemberFits:
    """All fits of one member."""

    member: Member
    predictions: dict[LeftOut, Numbers]  #: of the photos in the folds left out, by position
    histories: dict[LeftOut, dict[str, Numbers]]  #: training curves, if the head keeps them
    fitted: Path  #: folder of the head fitted on all photos; see ``ensemble.heads.load``
    files: dict[LeftOut, Path]  #: file of each fit that leaves out folds; see ``densities``
    at_hand: int = 0  #: how many of the fits lay in the cache

    @property
    def has_densities(self) -> bool:
        return heads.takes_maps(self.member.head.head)

    def densities(self, fold: int) -> Half:
        """Read the density of a fold's photos, predicted by the head fitted without them.

        float16 (n, rows, columns), in the target's unit; read from the cache.
        """
        densities: Half = read_fit(self.files[fold,])[_DENSITIES]
        return densities


def plan_fits(folds: Folds, nested: bool) -> list[LeftOut]:
    """Return the folds that each fit of a member leaves out; pairs only for a nested score.

    Those of more photos come first: they take longer, and no core is to wait for the last one.
    """
    singles = [(fold,) for repeat in folds.repeats() for fold in repeat]
    return [(), *singles, *(folds.pairs() if nested else [])]


def crossfit(
    member: Member,
    features: Features,
    labels: Labels,
    folds: Folds,
    nested: bool,
    seed: int,
    cache: Path,
    progress: Progress,
) -> MemberFits:
    """Return the fits of a member: read from the cache, or else fitted and cached.

    `features` are opened, and a stage of `progress`, only if a fit is missing. A damaged one is
    discarded, and fitted again.
    """
    paths = {
        left_out: cache / "heads" / _key(member, features.key, labels, folds, left_out, seed)
        for left_out in plan_fits(folds, nested)
    }
    label_member(cache, member, [path.name for path in paths.values()])
    arrays = {left_out: find_fit(path, is_head=not left_out) for left_out, path in paths.items()}
    # Two repeats may hold out the same photos: then one piece serves both.
    unique = {paths[left_out]: left_out for left_out, found in arrays.items() if found is None}
    missing = list(unique.values())
    if missing:
        with features.open() as matrix, progress.stage(member.name, len(missing), "fit") as advance:

            def fit(left_out: LeftOut) -> None:
                with name_errors(member.name):
                    _fit(member, matrix, labels, folds, left_out, seed, paths[left_out])

            with name_warnings(member.name):
                for _ in _in_parallel(fit, missing, _at_once(member)):
                    advance(1)
    files = {left_out: path for left_out, path in paths.items() if left_out}
    held = {left_out: arrays[left_out] or read_fit(path) for left_out, path in files.items()}
    for named in held.values():
        named.pop(_DENSITIES, None)
        refuse_no_numbers(member.name, named["predictions"])
    return MemberFits(
        member,
        {left_out: named.pop("predictions") for left_out, named in held.items()},
        {left_out: named for left_out, named in held.items() if named},
        paths[()],
        files,
        len(paths) - len(missing),
    )


def _key(
    member: Member, features: str, labels: Labels, folds: Folds, left_out: LeftOut, seed: int
) -> str:
    content = {
        "format": FORMAT,
        "features": features,
        "head": member.head.model_dump(mode="json", exclude={"name"}),
        "seed": seed,
        "training": labels.digest(folds.training(*left_out)),
        "held_out": labels.digest(folds.held_out(*left_out)) if left_out else None,
        "versions": _versions(),
    }
    head_version = heads.version(member.head.head)
    if head_version > 1:  # left out otherwise, so that the fits of other heads keep their keys
        content["head_version"] = head_version
    if heads.is_network(member.head):  # whatever engine its features come from
        content["threads"] = tensorflow_threads()
    return key(content)[:32]


@remembered
def _versions() -> list[str]:
    packages = ("scikit-learn", "scipy", "keras", "tensorflow", "numpy")
    return [version(package) for package in packages]


def _fit(
    member: Member,
    matrix: Matrix | Maps,
    labels: Labels,
    folds: Folds,
    left_out: LeftOut,
    seed: int,
    path: Path,
) -> None:
    rows = folds.training(*left_out)
    weight = None if labels.weight is None else labels.weight[rows]
    head = heads.build(member.head, seed)
    boxes = None if labels.boxes is None else [labels.boxes[row] for row in rows]
    heads.fit(head, matrix[rows], labels.target[rows], weight, boxes)
    if left_out:
        arrays = _predict_held_out(head, matrix[folds.held_out(*left_out)], left_out)
        refuse_no_numbers("its head", arrays["predictions"])
        write_arrays(path, {**arrays, **heads.history(head)})
    else:
        keep_head(path, head)


def _predict_held_out(
    head: heads.Regressor, features: Matrix | Maps, left_out: LeftOut
) -> dict[str, npt.NDArray[Any]]:
    """Predict the photos left out; with their densities if it is one fold of maps."""
    if len(left_out) == 1 and isinstance(features, Maps):
        predictions, densities = heads.predict_with_densities(head, features)
        return {"predictions": predictions, _DENSITIES: densities}
    return {"predictions": np.asarray(head.predict(features), dtype=np.float64)}


def _at_once(member: Member) -> int:
    """How many fits are made side by side: one a core.

    TensorFlow's threads serve all trainings of a process: more would take memory, and no less time.
    """
    from joblib import cpu_count

    cores = int(cpu_count())
    return min(cores, THREADS) if heads.is_network(member.head) else cores


def _in_parallel(
    fit: Callable[[LeftOut], None], left_out: list[LeftOut], at_once: int
) -> Iterator[None]:
    """Fit in threads, with one BLAS thread each; all that computes releases the GIL."""
    from joblib import Parallel, delayed

    with heads.one_thread():
        jobs = Parallel(n_jobs=at_once, backend="threading", return_as="generator_unordered")
        yield from jobs(delayed(fit)(folds) for folds in left_out)
