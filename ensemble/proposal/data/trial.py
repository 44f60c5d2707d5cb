"""The photos and tables read as a fit will read them, before there is a config."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from backbones.errors import InputError, first_ten
from backbones.plural import count
from backbones.remote.photo import Photo
from ensemble.config.data import Data
from ensemble.photos.dataset import Dataset
from ensemble.photos.objects import locate_objects
from ensemble.photos.training_table import read_training
from ensemble.proposal.findings import Draft, Entry, Findings, plain
from ensemble.proposal.folder.sound import Sound

#: Photos that a stack that learns needs, in folds of one each; see ``Config``.
FEWEST = 3


@dataclass(frozen=True)
class Trial:
    """Tables that are not yet where they will be."""

    scratch: Path
    drafts: tuple[Draft, ...]

    def data(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """The data section of a config that reads them all the same."""
        moved = {}
        for draft in self.drafts:
            if draft.key in content:
                moved[draft.key] = str((self.scratch / draft.path.name).resolve())
        return {**content, **moved}


def readable(found: Findings, trial: Trial) -> tuple[Findings, Dataset]:
    """The photos as a fit reads them; places that it would refuse are left out, and said.

    Raises
    ------
    InputError
        It would refuse the table of labels.
    """
    content = trial.data({**plain(found.entries), "on_bad_photo": "skip"})
    places = [key for key in ("boxes", "points") if key in content]
    bare = {key: value for key, value in content.items() if key not in places}
    photos = read_training(Data.model_validate(bare), 0)
    if not places:
        return found, photos
    try:
        return found, read_training(Data.model_validate(content), 0)
    except InputError as error:
        return _without_places(found, error), photos


def _without_places(found: Findings, error: InputError) -> Findings:
    lines = str(error).splitlines()
    why = " ".join(lines[:2]) + (" ..." if len(lines) > 2 else "")
    caution = f"the places of the objects are not used: {why}"
    return replace(
        found,
        entries=found.without(["boxes", "points"]),
        drafts=tuple(one for one in found.drafts if one.key not in ("boxes", "points")),
        cautions=(*found.cautions, caution),
    )


def without_broken(found: Findings, photos: Dataset, sound: Sound) -> tuple[Findings, Dataset]:
    """The photos that can be used; where some cannot, the config leaves them out as well.

    Raises
    ------
    InputError
        Fewer than three can.
    """
    kept = [row for row, path in enumerate(photos.paths) if _usable(path, sound)]
    if len(kept) < FEWEST:
        raise InputError(
            f"{count(len(kept), 'photo')} of {len(photos)} can be used, and {FEWEST} are needed "
            "at least:",
            first_ten(list(sound.broken.values())),
        )
    lost = len(photos) - len(kept)
    if not lost:
        return found, photos
    reasons = tuple(first_ten(list(sound.broken.values())))
    entry = Entry(
        "on_bad_photo",
        "skip",
        f"{count(lost, 'photo')} cannot be used: left out, and listed in the run's rejected.csv",
    )
    found = replace(
        found,
        entries=(*found.entries, entry),
        cautions=(*found.cautions, *(f"a photo that cannot be used: {one}" for one in reasons)),
    )
    return found, photos.take(np.array(kept, dtype=np.intp))


def _usable(path: Photo, sound: Sound) -> bool:
    return path not in sound.broken and path.is_file()


def located(found: Findings, photos: Dataset) -> tuple[Findings, bool]:
    """Whether a head can learn from the places; where it cannot, they are left out."""
    if photos.objects is None or photos.objects.empty:
        return found, False
    if (photos.target < 0).any():
        return found, False
    try:
        locate_objects(photos)
    except InputError as error:
        return _without_places(found, error), False
    return found, True
