from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from backbones.errors import InputError
from backbones.features.extract import ChangedPhotoError
from ensemble.photos.newphotos import given_photos
from ensemble.prediction import Predictor
from ensemble.scoring.members import FittedMembers
from ensemble.stacking.forms import Mean


def ensemble(stack: Any) -> FittedMembers:
    """Two members, and a stack that is fitted."""
    members: Any = (SimpleNamespace(name="b.good"), SimpleNamespace(name="b.radius"))
    intervals: Any = None
    return FittedMembers(members, {}, stack, intervals, (-np.inf, np.inf), "i")


def test_members_that_predict_no_numbers_are_named_with_their_photos() -> None:
    """A stack of scikit-learn would take none of them, and not say whose they are."""
    stack = Mean().fit(np.zeros((2, 2)), np.zeros(2))
    names = np.array(["a.jpg", "b.jpg", "c.jpg"])
    members = np.array([[1.0, np.nan], [2.0, 2.0], [np.inf, -np.inf]])
    with pytest.raises(InputError) as caught:
        ensemble(stack).table(names, members)
    assert caught.value.mistakes == ["b.good, 1 of 3: c.jpg", "b.radius, 2 of 3: a.jpg, c.jpg"]
    assert "leave these photos out" in str(caught.value)


def test_a_stack_that_predicts_no_numbers_is_named() -> None:
    stack = SimpleNamespace(predict=lambda members: np.full(len(members), np.nan))
    with pytest.raises(InputError, match=r"stack, 1 of 1: a\.jpg"):
        ensemble(stack).table(np.array(["a.jpg"]), np.ones((1, 2)))


@pytest.mark.parametrize(("kind", "kept"), [(InputError, True), (ChangedPhotoError, False)])
def test_only_for_a_photo_that_changed_all_are_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[InputError], kept: bool
) -> None:
    def fail(*_: object) -> None:
        raise kind("a photo that cannot be used")

    monkeypatch.setattr(Predictor, "backbones", [])
    monkeypatch.setattr(Predictor, "_compute", fail)
    predictor = Predictor(ensemble(None), "tensorflow", tmp_path)
    (tmp_path / "a.jpg").touch()
    with pytest.raises(kind):
        predictor.predict(given_photos(tmp_path / "a.jpg"), keep=True)
    assert (tmp_path / "digests").is_dir() is kept
