"""What a run says of new photos, and of those that cannot be used."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from backbones.errors import InputError, first_ten
from backbones.plural import part
from backbones.section import nearest
from ensemble.config.columns import FILLED, STACK
from ensemble.digits import format_given
from ensemble.photos.newphotos import NewPhotos
from ensemble.photos.rejected import ON_BAD_PHOTO, OnBadPhoto, Rejected, lost_items
from ensemble.runs.folder import RunFolder
from ensemble.runs.record import OUT_OF_FOLD
from ensemble.runs.targets import read_targets

_LOG = logging.getLogger("ensemble")


@dataclass(frozen=True)
class Predictions:
    """The rows of ``predictions.csv``, in the order of the photos."""

    table: pd.DataFrame
    rejected: Mapping[int, Rejected] = field(default_factory=dict)  #: photos, by their position
    #: positions of what has no photo but these, and so no row, or one that is filled
    lost: Sequence[int] = ()

    @property
    def filled(self) -> npt.NDArray[np.bool_]:
        """Which rows (n) have a value in place of a prediction."""
        rows = self.table.get(FILLED, np.zeros(len(self.table)))
        return np.asarray(rows, dtype=bool)


def predict_usable(
    predict: Callable[..., pd.DataFrame],
    photos: NewPhotos,
    on_bad_photo: OnBadPhoto,
    medians: Callable[[], Mapping[str, float]],
    name: str,
) -> Predictions:
    """Predict photos; those that cannot be used are logged, unless they are an error.

    Parameters
    ----------
    predict : callable
        ``Predictor.predict``.
    medians : callable
        Gives what is filled in, by its column.
    name : str
        Of the column of names.

    Raises
    ------
    InputError
        `on_bad_photo` is none of error, skip and fill; or as ``Predictor.predict``.
    """
    if on_bad_photo not in ON_BAD_PHOTO:
        known = nearest(str(on_bad_photo), ON_BAD_PHOTO)
        raise InputError(f"on_bad_photo: there is no {on_bad_photo!r}; {known}")
    values = medians() if on_bad_photo == "fill" else None
    rejected: dict[int, Rejected] = {}
    table = predict(photos, rejected=None if on_bad_photo == "error" else rejected)
    lost = photos.lost(rejected)
    if values is not None:
        table = fill(table, photos.names, lost, values)
    if rejected:
        _LOG.warning(_describe(rejected, photos, values))
    return Predictions(table.rename(columns={"name": name}), rejected, lost)


def fill(
    table: pd.DataFrame,
    names: npt.NDArray[np.str_],
    lost: Collection[int],
    values: Mapping[str, float],
) -> pd.DataFrame:
    """Add a row for each photo, or item, that was not predicted, with values in its place.

    No member has seen it, and nothing is known of how far it is off: these columns stay empty.

    Parameters
    ----------
    table : DataFrame
        A row for each other one.
    names : str (n,)
        Of all.
    lost : collection of int
        Their positions.
    values : mapping
        By the column of the predictions.

    Returns
    -------
    DataFrame
        A row a photo, with the column ``filled``.
    """
    kept = [row for row in range(len(names)) if row not in lost]
    full = table.set_axis(kept).reindex(range(len(names)))
    full["name"] = names
    full[FILLED] = [row in lost for row in range(len(names))]
    for column, value in values.items():
        full.loc[full[FILLED], column] = value
    return full


def _describe(
    rejected: Mapping[int, Rejected], photos: NewPhotos, values: Mapping[str, float] | None
) -> str:
    """How many photos cannot be used, what became of them, and the first ten."""
    fate = "left out"
    if values is not None:
        medians = (
            f"{column.removesuffix(STACK).replace('.', ' ')}{format_given(value)}"
            for column, value in values.items()
        )
        fate = f"predicted as the median target, {', '.join(medians)}"
    lines = first_ten([str(one) for one in rejected.values()])
    told = f"{part(len(rejected), len(photos.photos), 'photo')} cannot be used"
    if photos.items is not None:
        names = first_ten(lost_items(list(rejected.values())))
        gone = f"; items without any other, and so {fate}: {', '.join(names)}" if names else ""
        return "\n  - ".join([f"{told}, and so left out{gone}; the photos:", *lines])
    return "\n  - ".join([f"{told}, and so {fate}:", *lines])


def target_median(files: RunFolder) -> float:
    """The median of the targets that were learned from.

    Raises
    ------
    InputError
        The run has no out-of-fold table, which states them.
    """
    targets = read_targets(files)
    if targets is not None:
        return float(targets.median())
    path = files.path(OUT_OF_FOLD)
    try:
        return float(pd.read_csv(path)["target"].median())  # each photo has as many rows as others
    except (FileNotFoundError, KeyError, pd.errors.EmptyDataError):
        raise InputError(
            f"{path} with the targets is not there, and so no median to fill in: leave photos that "
            "cannot be used out, or run the fit again"
        ) from None
