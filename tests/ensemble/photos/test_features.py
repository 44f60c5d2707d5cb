from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backbones.errors import InputError
from backbones.features.extract import ChangedPhotoError
from backbones.features.store import open_store
from backbones.networks.backbone import Backbone, resolve
from backbones.networks.spec import BackboneSpec
from backbones.photos.digests import compute_digests
from backbones.progress import Silent
from ensemble.photos.features import StoredFeatures, update_features
from tests.backbones.features.test_extract import Passes, passed, passes

__all__ = ["passes"]


def damage(backbone: Backbone, cache: Path, digest: str) -> None:
    """Changes a byte of the photo's row in the store's file."""
    store = open_store(backbone, cache, "tensorflow")
    row = store.read([digest]).tobytes()
    store.close()
    file = store.folder / "data.mdb"
    content = file.read_bytes()
    assert content.count(row) == 1
    file.write_bytes(content.replace(row, row[:-1] + bytes([row[-1] ^ 1])))


@pytest.mark.parametrize("pooling", ["avg", "none"])
def test_damaged_features_are_said_and_extracted_again(
    tiny: BackboneSpec,
    photos: list[Path],
    tmp_path: Path,
    passes: Passes,
    caplog: pytest.LogCaptureFixture,
    pooling: str,
) -> None:
    cache = tmp_path / "cache"
    entry = {"layers": ("conv_pw_2_relu",), "pooling": pooling}
    (backbone,) = resolve([tiny.model_copy(update=entry)], cache)
    digests = compute_digests(photos)

    def read() -> np.ndarray:
        update_features(photos, digests, [backbone], cache, "tensorflow", Silent())
        with StoredFeatures([backbone], cache, "tensorflow", photos, digests).open() as found:
            return found.read(np.arange(12))[0] if pooling == "none" else found

    right = read()
    assert passed(passes) == {(32, 48): 12}
    damage(backbone, cache, digests[3])
    np.testing.assert_allclose(read(), right, rtol=1e-3)
    assert passed(passes) == {(32, 48): 1}
    folder = open_store(backbone, cache, "tensorflow").folder
    assert [one.getMessage() for one in caplog.records if one.name == "ensemble"] == [
        f"{folder} is damaged (rows of 1 photo): discarded, and computed again"
    ]
    read()
    assert passed(passes) == {}


def test_maps_that_no_head_reads_are_not_read(
    tiny: BackboneSpec, photos: list[Path], tmp_path: Path, passes: Passes
) -> None:
    cache = tmp_path / "cache"
    entry = {"layers": ("conv_pw_2_relu",), "pooling": "none"}
    (backbone,) = resolve([tiny.model_copy(update=entry)], cache)
    digests = compute_digests(photos)
    for number in (3, 4):
        update_features(photos, digests, [backbone], cache, "tensorflow", Silent())
        damage(backbone, cache, digests[number])
    assert passed(passes) == {(32, 48): 12}


@pytest.mark.parametrize(("kind", "kept"), [(InputError, True), (ChangedPhotoError, False)])
def test_only_for_a_photo_that_changed_all_are_read_again(
    tiny: BackboneSpec,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: type[InputError],
    kept: bool,
) -> None:
    def fail(*_: object) -> None:
        raise kind("a photo that cannot be used")

    (tmp_path / "digests").mkdir()
    (backbone,) = resolve([tiny], tmp_path)
    given = [Path("a.jpg")], ["0" * 64], [backbone], tmp_path, "tensorflow", Silent()
    with pytest.raises(kind):
        update_features(*given, by=fail)
    assert (tmp_path / "digests").is_dir() is kept
