from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from backbones.errors import InputError
from backbones.features.extract import ChangedPhotoError
from ensemble.photos.newphotos import given_photos
from ensemble.prediction import Predictor


@pytest.mark.parametrize(("kind", "kept"), [(InputError, True), (ChangedPhotoError, False)])
def test_only_for_a_photo_that_changed_all_are_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[InputError], kept: bool
) -> None:
    def fail(*_: object) -> None:
        raise kind("a photo that cannot be used")

    monkeypatch.setattr(Predictor, "_compute", fail)
    fitted: Any = SimpleNamespace(
        backbones=[],
        identities=["i"],
        numbers=1,
        views=(),
        encode=lambda cells: None,
        check_items=lambda items: None,
    )
    predictor = Predictor(fitted, "tensorflow", tmp_path)
    (tmp_path / "a.jpg").touch()
    with pytest.raises(kind):
        predictor.predict(given_photos(tmp_path / "a.jpg"), keep=True)
    assert (tmp_path / "digests").is_dir() is kept
