from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backbones.errors import InputError
from backbones.features import extract, measures
from backbones.features.measures import APPEARANCE, HASH
from backbones.photos import images
from backbones.photos.digests import compute_digests
from backbones.photos.framing import View
from backbones.photos.likeness import VIEW, perceptual_hash
from backbones.progress import Silent


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of all photos that are decoded."""
    seen: list[str] = []
    plain = images.views

    def counting(data: bytes, name: str, wanted: Collection[View]) -> Any:
        seen.append(Path(name).name)
        return plain(data, name, wanted)

    monkeypatch.setattr(images, "views", counting)
    return seen


def hash_photos(paths: list[Path], cache: Path) -> list[str]:
    digests = compute_digests(paths)
    photos = {one: [path] for one, path in zip(digests, paths, strict=True)}
    extract.extract(photos, [], cache, "tensorflow", Silent(), measures=(APPEARANCE, HASH))
    return digests


def test_each_photo_is_hashed_once(photos: list[Path], tmp_path: Path, decoded: list[str]) -> None:
    first = hash_photos(photos[:5], tmp_path)
    digests = hash_photos(photos, tmp_path)
    assert sorted(decoded) == [path.name for path in photos]
    expected = [
        perceptual_hash(images.views(path.read_bytes(), "photo", [VIEW])[VIEW]) for path in photos
    ]
    np.testing.assert_array_equal(HASH.read(tmp_path, digests), expected)
    np.testing.assert_array_equal(HASH.read(tmp_path, first[::-1]), expected[4::-1])
    assert HASH.missing(tmp_path, [*digests, "0" * 64]) == ["0" * 64]
    assert APPEARANCE.read(tmp_path, digests).shape == (len(photos), 2)


def test_another_decoder_makes_other_hashes(
    photos: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = hash_photos(photos[:2], tmp_path)
    newer = {**measures.decoder_versions(), "libjpeg_turbo": "99"}
    monkeypatch.setattr(measures, "decoder_versions", lambda: newer)
    assert HASH.missing(tmp_path, digests) == digests


def test_a_damaged_photo_is_named_and_the_others_are_hashed(
    photos: list[Path], tmp_path: Path
) -> None:
    photos[3].write_bytes(b"no photo")
    digests = compute_digests(photos)
    with pytest.raises(InputError, match=photos[3].name):
        hash_photos(photos, tmp_path)
    assert HASH.missing(tmp_path, digests) == [digests[3]]
