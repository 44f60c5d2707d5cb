from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from backbones.disk.arrays import write_arrays
from backbones.photos.framing import Resize
from ensemble.config.member import Member
from ensemble.heads import HeadSpec
from ensemble.photos.dataset import Dataset
from ensemble.report.page.density_view import DensityView, density_views
from ensemble.stacking.crossfit import MemberFits
from ensemble.stacking.folds import Folds
from tests.ensemble.stacking.test_stack import Case

FRAMES = [
    ("squash", (100, 100), (0, 100, 100, 0)),
    ("letterbox", (100, 100), (-50, 150, 100, 0)),
    ("letterbox", (50, 400), (0, 400, 125, -75)),
    ("crop", (100, 100), (0, 100, 75, 25)),
]


@pytest.mark.parametrize(("resize", "photo", "frame"), FRAMES)
def test_the_frame_of_the_network_in_pixels_of_the_photo(
    resize: Resize, photo: tuple[int, int], frame: tuple[float, ...]
) -> None:
    """The network saw 100 x 200 pixels."""
    view = DensityView(
        "a", Path("a"), np.zeros((1, 2), "f2"), ((100, 200), resize), np.empty((0, 4))
    )
    assert view.frame(*photo) == frame


def made_up(folder: Path, name: str = "density") -> tuple[Dataset, Folds, MemberFits]:
    """Four photos in two folds and two repeats; a density holds the position and the fold."""
    names = np.array(["a", "b", "c", "d"])
    folds = Folds(names, np.array([[0, 1, 1, 0], [2, 2, 3, 3]]))
    objects = pd.DataFrame([("b", 1, 2, 3, 4)], columns=["name", "xmin", "ymin", "xmax", "ymax"])
    photos = Dataset(names, tuple(folder / one for one in names), np.arange(4.0), objects=objects)
    files, said = {}, {}
    for fold in range(4):
        held = folds.held_out(fold)
        files[fold,], said[fold,] = folder / f"{fold}.npz", held + fold / 8
        densities = np.stack([[[row, fold]] for row in held]).astype(np.float16)
        write_arrays(files[fold,], {"predictions": said[fold,], "densities": densities})
    member = Member((Case.backbone(None, 0),), HeadSpec(head="density", name=name))  # type: ignore[arg-type]
    return photos, folds, MemberFits(member, said, {}, folder, files)


def test_every_photo_has_what_the_head_without_its_fold_sees(tmp_path: Path) -> None:
    photos, folds, fits = made_up(tmp_path)
    third, second = density_views(np.array([3, 1]), photos, fits, folds)
    assert (third.name, third.path) == ("d", tmp_path / "d")
    assert third.density.tolist() == [[3, 0]]
    assert third.objects.shape == (0, 4)
    assert second.density.tolist() == [[1, 1]]
    assert second.objects.tolist() == [[1, 2, 3, 4]]
    assert second.view == ((8, 8), "squash")
