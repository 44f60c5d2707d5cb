"""A drawn picture, and what each part of the ensemble made of it when it was fitted.

Where other versions are installed than at the fit, it decides whether they still make the same
numbers. Each part is held against what it is given: heads see the recorded features, and the stack
the recorded predictions, so that the part that differs is known.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backbones.errors import InputError
from ensemble.heads.canonical import check_stored
from ensemble.photos.drawn import draw_picture
from ensemble.runs.damage import named
from ensemble.runs.folder import RunFolder, RunWriter

Numbers = npt.NDArray[np.float64]

PICTURE, NUMBERS = "probe.png", "probe.npz"

#: How far features may lie apart, as a share of the largest of their backbone: half precision, in
#: which maps are kept, rounds by up to 0.0005; TensorFlow and OpenVINO differ by some 0.00001.
FEATURES = 2e-3
#: How far a head or the stack may, given the same numbers, as a share of the target's spread.
PREDICTIONS = 1e-4
#: How far the stack may, from the picture on: far less than any ensemble's error.
WHOLE = 1e-2

_FEATURES, _COLUMNS = "features/", "columns"


@dataclass(frozen=True)
class Probe:
    """What the parts of an ensemble make of the picture."""

    picture: bytes  #: PNG
    features: Mapping[str, npt.NDArray[np.floating]]  #: backbone -> (d,), as they are stored
    members: Numbers  #: (members,), made of these features
    stack: float  #: made of these predictions
    spread: float  #: the standard deviation of the target, its unit
    columns: Numbers | None = None  #: (k,), beside the picture, where heads take any

    def write(self, run: RunWriter) -> None:
        """Add the probe to a run; the same numbers have the same bytes."""
        content = io.BytesIO()  # numpy dates its members 1980
        features = {f"{_FEATURES}{name}": row for name, row in self.features.items()}
        numbers = {"members": self.members, "stack": self.stack, "spread": self.spread}
        if self.columns is not None:
            numbers[_COLUMNS] = self.columns
        np.savez(content, allow_pickle=False, **features, **numbers)  # type: ignore[arg-type]
        run.bytes(PICTURE, self.picture)
        run.bytes(NUMBERS, content.getvalue())

    @classmethod
    def read(
        cls, files: RunFolder, lengths: Mapping[str, int], members: int, columns: int = 0
    ) -> Probe:
        """The probe of a run whose backbones have features of these lengths.

        Its heads take so many `columns` beside them.

        Raises
        ------
        InputError
            The file holds something else.
        """
        path = files.path(NUMBERS)
        with named(path):
            check_stored(path)
            content = io.BytesIO(path.read_bytes())  # NumPy leaves a file open that it cannot read
        with named(path), np.load(content, allow_pickle=False) as numbers:
            probe = cls(
                files.path(PICTURE).read_bytes(),
                {name: numbers[f"{_FEATURES}{name}"] for name in lengths},
                numbers["members"],
                float(numbers["stack"]),
                float(numbers["spread"]),
                numbers[_COLUMNS].astype(np.float64) if columns else None,
            )
        rows = {name: (length,) for name, length in lengths.items()}
        found = {name: row.shape for name, row in probe.features.items()}
        beside = 0 if probe.columns is None else probe.columns.size
        if found != rows or probe.members.shape != (members,) or beside != columns:
            raise InputError(
                f"{path} is of other networks or heads: features {found}, not {rows}, of "
                f"{probe.members.shape}, not {members}, members; run the fit again"
            )
        return probe

    def feature_distances(self, now: Mapping[str, npt.NDArray[np.floating]]) -> dict[str, float]:
        """How far features lie from the recorded ones, as shares of the largest; see FEATURES."""
        return {
            name: _distance(row, now[name], _largest(row)) for name, row in self.features.items()
        }

    def prediction_distance(self, then: npt.ArrayLike, now: npt.ArrayLike) -> float:
        """How far predictions lie apart, as a share of the target's spread; see PREDICTIONS."""
        then = np.asarray(then, dtype=np.float64)
        return _distance(then, np.asarray(now), self.spread or _largest(then))


def draw() -> bytes:
    """The picture, as PNG: the same wherever Pillow is the same."""
    content = io.BytesIO()
    picture, _ = draw_picture(np.random.default_rng(0))
    picture.save(content, "PNG")
    return content.getvalue()


def _largest(row: npt.NDArray[np.floating]) -> float:
    return float(np.abs(row.astype(np.float64)).max(initial=0.0)) or 1.0


def _distance(then: npt.NDArray[np.floating], now: npt.NDArray[np.floating], unit: float) -> float:
    """Infinite where numbers are not finite."""
    apart = np.abs(then.astype(np.float64) - now.astype(np.float64)).max(initial=0.0) / unit
    return float(apart) if np.isfinite(apart) else float("inf")
