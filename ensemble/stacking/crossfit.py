"""Members x folds -> predictions of held-out photos, each piece computed once, ever.

A piece is a head fitted on the photos outside of some folds. Left out is

- one fold: its predictions of that fold fill the out-of-fold table;
- two folds: its predictions of both let a stack be fitted and scored without either, so that a
  nested score comes from photos that neither heads nor stack have seen;
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
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt

from backbones.features.maps import Maps
from backbones.files import atomic_write
from backbones.key import key
from ensemble import heads
from ensemble.config.member import Member
from ensemble.stacking.folds import Folds, Rows
from ensemble.storage.label import label_member

Numbers = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float32]
Half = npt.NDArray[np.float16]

#: Folds that a piece leaves out: none, one or two of one repeat.
LeftOut = tuple[int, ...]

#: In a piece that leaves out one fold: 2 kB a photo of 26 x 38 cells.
_DENSITIES = "densities"

#: Raised whenever a piece of the same key would come out differently than before.
FORMAT = 4


@dataclass(frozen=True)
class Labels:
    """What heads learn, one entry a photo: its digest (SHA-256, hex), target, weight, objects."""

    photos: Sequence[str]
    target: Numbers
    weight: Numbers | None = None
    boxes: Sequence[heads.Boxes | None] | None = None

    def digest(self, rows: Rows) -> str:
        """SHA-256 of these rows, in their order."""
        kept = hashlib.sha256("".join(self.photos[row] for row in rows).encode())
        kept.update(self.target[rows].tobytes())
        if self.weight is not None:
            kept.update(self.weight[rows].tobytes())
        if self.boxes is not None:
            for boxes in (self.boxes[row] for row in rows):
                kept.update(b"unknown" if boxes is None else b"%d" % len(boxes) + boxes.tobytes())
        return kept.hexdigest()


@dataclass(frozen=True)
class MemberFits:
    """All fits of one member."""

    member: Member
    predictions: dict[LeftOut, Numbers]  #: of the photos in the folds left out, by position
    histories: dict[LeftOut, dict[str, Numbers]]  #: training curves, where the head keeps them
    fitted: Path  #: folder of the head fitted on every photo; see ``ensemble.heads.load``
    files: dict[LeftOut, Path]  #: what else is kept of the folds left out; see ``densities``

    @property
    def has_densities(self) -> bool:
        return heads.takes_maps(self.member.head.head)

    def densities(self, fold: int) -> Half:
        """How much lies in each cell of a fold's photos, by the head that has not seen them.

        float16 (n, rows, columns), in the target's unit; read from the cache.
        """
        with np.load(self.files[fold,], allow_pickle=False) as arrays:
            found: Half = arrays[_DENSITIES]
            return found


def plan_fits(folds: Folds, nested: bool) -> list[LeftOut]:
    """The folds that the fits of a member leave out; pairs of them only for a nested score."""
    singles = [(fold,) for repeat in folds.repeats() for fold in repeat]
    return [*singles, *(folds.pairs() if nested else []), ()]


def crossfit(
    member: Member,
    features: Callable[[], AbstractContextManager[Matrix | Maps]],
    labels: Labels,
    folds: Folds,
    nested: bool,
    seed: int,
    cache: Path,
    advance: Callable[[int], None],
) -> MemberFits:
    """The fits of a member: read where they were computed before, else fitted and kept.

    `features` opens the matrix float32 (n, d), or maps, and is called only if something is
    missing.
    """
    paths = {
        held: cache / "heads" / _key(member, labels, folds, held, seed)
        for held in plan_fits(folds, nested)
    }
    label_member(cache, member, [path.name for path in paths.values()])
    # Two repeats may hold out the same photos: then one piece serves both.
    unique = {path: held for held, path in paths.items() if not path.exists()}
    missing = list(unique.values())
    advance(len(paths) - len(missing))
    if missing:
        with features() as matrix:

            def fit(held: LeftOut) -> None:
                _fit(member, matrix, labels, folds, held, seed, paths[held])

            for _ in _in_parallel(fit, missing, heads.uses_all_cores(member.head)):
                advance(1)
    kept = {held: _load_predictions(path) for held, path in paths.items() if held}
    return MemberFits(
        member,
        {held: arrays.pop("predictions") for held, arrays in kept.items()},
        {held: arrays for held, arrays in kept.items() if arrays},
        paths[()],
        {held: paths[held] for held in kept},
    )


def _key(member: Member, labels: Labels, folds: Folds, held: LeftOut, seed: int) -> str:
    content = {
        "format": FORMAT,
        "features": member.backbone.fingerprint,
        "head": member.head.model_dump(mode="json", exclude={"name"}),
        "seed": seed,
        "training": labels.digest(folds.training(*held)),
        "held_out": labels.digest(folds.held_out(*held)) if held else None,
        "versions": _versions(),
    }
    return key(content)[:32]


@remembered
def _versions() -> list[str]:
    return [version(package) for package in ("scikit-learn", "keras", "tensorflow", "numpy")]


def _fit(
    member: Member,
    matrix: Matrix | Maps,
    labels: Labels,
    folds: Folds,
    held: LeftOut,
    seed: int,
    path: Path,
) -> None:
    rows = folds.training(*held)
    weight = None if labels.weight is None else labels.weight[rows]
    head = heads.build(member.head, seed)
    boxes = None if labels.boxes is None else [labels.boxes[row] for row in rows]
    heads.fit(head, matrix[rows], labels.target[rows], weight, boxes)
    if held:
        said = _predict_held_out(head, matrix[folds.held_out(*held)], held)
        with atomic_write(path) as partial, partial.open("wb") as file:
            np.savez(file, **{**said, **heads.history(head)})  # type: ignore[arg-type]
    else:
        _save_head(head, path)


def _predict_held_out(
    head: heads.Regressor, features: Matrix | Maps, held: LeftOut
) -> dict[str, npt.NDArray[Any]]:
    """Of photos that the head has not seen; their densities only where one fold is left out."""
    if len(held) == 1 and isinstance(features, Maps):
        predictions, densities = heads.predict_with_densities(head, features)
        return {"predictions": predictions, _DENSITIES: densities}
    return {"predictions": np.asarray(head.predict(features), dtype=np.float64)}


def _save_head(head: heads.Regressor, path: Path) -> None:
    """Saves the folder of a head whole, or leaves one that another process was faster with."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=path.parent) as partial:
        heads.save(head, Path(partial) / "head")
        try:
            (Path(partial) / "head").replace(path)
        except OSError:
            if not path.exists():
                raise


def _load_predictions(path: Path) -> dict[str, Numbers]:
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files if name != _DENSITIES}


def _in_parallel(
    fit: Callable[[LeftOut], None], held: list[LeftOut], alone: bool
) -> Iterator[None]:
    """One thread a core with one BLAS thread each; numpy and scikit-learn let them run at once."""
    from joblib import Parallel, delayed
    from threadpoolctl import threadpool_limits

    if alone:
        yield from map(fit, held)
        return
    with threadpool_limits(1):
        jobs = Parallel(n_jobs=-1, backend="threading", return_as="generator_unordered")
        yield from jobs(delayed(fit)(one) for one in held)
