"""Cross-fitting: each member's head fitted without some folds, whose photos it predicts.

Every fit is computed once and cached. It leaves out

- one fold: its predictions of that fold fill the out-of-fold table;
- two folds: from its predictions of both, a stack can be fitted and scored without either, so that
  a nested score comes from photos that neither heads nor stack have seen;
- none: the head that predicts new photos.

Of folds in an order, each fit leaves out one and all later ones, and predicts the one: nothing that
it is made of has seen these, so that no pairs are needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache as remembered
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from backbones.engines.provenance import tensorflow_threads
from backbones.key import key
from backbones.progress import Progress
from ensemble import heads
from ensemble.config.member import Member
from ensemble.stacking.complaints import name_warnings, refuse_no_numbers
from ensemble.stacking.densities import Half, take_densities
from ensemble.stacking.fits import (
    Fits,
    Labels,
    Learned,
    LeftOut,
    Numbers,
    RunFits,
    fit_in_threads,
)
from ensemble.stacking.folds import Folds
from ensemble.stacking.kept import find_fit, read_fit
from ensemble.storage.label import label_member

#: Version of the fits: raised whenever a fit of the same key would give another result, or lies
#: in another way in its file.
FORMAT = 5


class Features(Protocol):
    """The features of the photos, or items, by a member's backbone."""

    @property
    def key(self) -> str:
        """SHA-256 (hex) of all that decides them."""

    def open(self) -> AbstractContextManager[Learned]:
        """The matrix (n, d), or maps, or items photo by photo."""


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

    def densities(self, fold: int) -> Sequence[Half]:
        """Read the density of each of a fold's photos, predicted by the head fitted without them.

        float16 (rows, columns), in the target's unit; read from the cache.
        """
        return take_densities(read_fit(self.files[fold,]))


def plan_fits(folds: Folds, nested: bool) -> list[LeftOut]:
    """Return the folds that each fit of a member leaves out; pairs only for a nested score.

    Those of more photos come first: they take longer, and no core is to wait for the last one.
    """
    singles = [(fold,) for repeat in folds.repeats() for fold in repeat]
    if folds.is_ordered:
        singles.reverse()
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
    run: RunFits = fit_in_threads,
) -> MemberFits:
    """Return the fits of a member: read from the cache, or else fitted, by `run`, and cached.

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
    missing = {left_out: paths[left_out] for left_out in unique.values()}
    if missing:
        fits = Fits(member, labels, folds, seed)
        with (
            features.open() as matrix,
            progress.stage(member.name, len(missing), "fit") as advance,
            name_warnings(member.name),
        ):
            for _ in run(fits, matrix, features.key, missing):
                advance(1)
    files = {left_out: path for left_out, path in paths.items() if left_out}
    held = {left_out: arrays[left_out] or read_fit(path) for left_out, path in files.items()}
    for named in held.values():
        take_densities(named)
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
