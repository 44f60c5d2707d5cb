from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backbones.engines import Callback, Photos, tensorflow
from backbones.engines.tensorflow import TensorFlowEngine
from backbones.errors import InputError, UnreachableError
from backbones.features import extract
from backbones.features.store import open_store
from backbones.networks.backbone import Backbone, joint_network, resolve
from backbones.networks.spec import BackboneSpec
from backbones.photos import framing, images
from backbones.photos.digests import compute_digests
from backbones.progress import Advance, Silent
from tests.backbones.networks.forward import forward

Passes = list[tuple[tuple[int, ...], int]]


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> Passes:
    """(input size, photos) of every forward pass that is run."""
    seen: Passes = []

    plain = TensorFlowEngine.start

    def counting(engine: TensorFlowEngine, photos: Photos, done: Callback) -> None:
        seen.append((photos.shape[1:3], len(photos)))
        plain(engine, photos, done)

    monkeypatch.setattr(TensorFlowEngine, "start", counting)
    return seen


def update(paths: list[Path], backbones: list[Backbone], cache: Path) -> list[str]:
    digests = compute_digests(paths)
    photos = {one: [path] for one, path in zip(digests, paths, strict=True)}
    extract.extract(photos, backbones, cache, "tensorflow", Silent())
    return digests


def passed(passes: Passes) -> dict[tuple[int, ...], int]:
    found = {size: sum(n for one, n in passes if one == size) for size, _ in passes}
    passes.clear()
    return found


def test_features_are_computed_once(
    tiny: BackboneSpec, photos: list[Path], tmp_path: Path, passes: Passes
) -> None:
    cache = tmp_path / "cache"
    other = tiny.model_copy(update={"name": "other", "image_size": (48, 48)})
    backbones = resolve([tiny, other], cache)
    update(photos[:8], backbones[:1], cache)
    assert passed(passes) == {(32, 48): 8}
    update(photos, backbones[:1], cache)
    assert passed(passes) == {(32, 48): 4}
    update(photos, backbones, cache)
    assert passed(passes) == {(48, 48): 12}
    update(photos, backbones, cache)
    assert passed(passes) == {}


def test_the_store_holds_what_the_network_says_of_the_resized_photo(
    tiny: BackboneSpec, photos: list[Path], tmp_path: Path
) -> None:
    (backbone,) = resolve([tiny], tmp_path / "cache")
    digests = update(photos, [backbone], tmp_path / "cache")
    pixels = [
        framing.resize(images.decode(path.read_bytes(), str(path)), (32, 48), "squash")
        for path in photos
    ]
    expected = forward(joint_network([backbone]), np.stack(pixels))
    found = open_store(backbone, tmp_path / "cache", "tensorflow").read(digests)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_one_forward_pass_serves_a_row_and_maps(
    tiny: BackboneSpec, photos: list[Path], tmp_path: Path, passes: Passes
) -> None:
    cache = tmp_path / "cache"
    maps = tiny.model_copy(
        update={"name": "maps", "layers": ("conv_pw_3_relu",), "pooling": "none"}
    )
    backbones = resolve([tiny, maps], cache)
    assert backbones[0].forward_pass == backbones[1].forward_pass
    digests = update(photos, backbones, cache)
    assert passed(passes) == {(32, 48): 12}
    found = open_store(backbones[1], cache, "tensorflow").read(digests)
    assert (found.dtype, found.shape) == (np.dtype("float16"), (12, 8 * 12 * 32))
    pixels = [
        framing.resize(images.decode(path.read_bytes(), str(path)), (32, 48), "squash")
        for path in photos
    ]
    expected = forward(joint_network([backbones[1]]), np.stack(pixels))
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-6)
    row = open_store(backbones[0], cache, "tensorflow").read(digests)
    assert row.shape == (12, 256)


def test_a_photo_is_decoded_once_for_all_backbones(
    tiny: BackboneSpec, photos: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[str] = []
    plain = images.decode
    monkeypatch.setattr(images, "decode", lambda d, n, r: decoded.append(n) or plain(d, n, r))
    specs = [
        tiny,
        tiny.model_copy(update={"name": "b", "pooling": "max"}),
        tiny.model_copy(update={"name": "c", "resize": "crop", "image_size": (40, 40)}),
    ]
    update(photos, resolve(specs, tmp_path / "cache"), tmp_path / "cache")
    assert sorted(decoded) == [str(path) for path in photos]


@pytest.mark.slow
def test_what_one_network_sees_of_a_large_photo_hangs_on_no_other(
    tiny: BackboneSpec, tmp_path: Path
) -> None:
    large = tmp_path / "large.jpg"
    Image.effect_noise((512, 768), 90).convert("RGB").save(large)
    larger = tiny.model_copy(update={"name": "larger", "image_size": (128, 128)})
    found = []
    for number, specs in enumerate([[tiny], [larger, tiny]]):
        cache = tmp_path / f"cache-{number}"
        backbones = resolve(specs, cache)
        digests = update([large], backbones, cache)
        found.append(open_store(backbones[-1], cache, "tensorflow").read(digests))
    np.testing.assert_array_equal(*found)


def test_bad_photos_are_named_together_and_the_others_are_kept(
    tiny: BackboneSpec, photos: list[Path], tmp_path: Path, passes: Passes
) -> None:
    photos[2].write_bytes(b"no photo")
    photos[5].write_bytes(photos[5].read_bytes()[:200])
    backbones = resolve([tiny], tmp_path / "cache")
    with pytest.raises(InputError) as caught:
        update(photos, backbones, tmp_path / "cache")
    assert len(caught.value.mistakes) == 2
    assert str(photos[2]) in caught.value.mistakes[0]
    assert str(photos[5]) in caught.value.mistakes[1]
    assert passed(passes) == {(32, 48): 10}
    update(
        [path for n, path in enumerate(photos) if n not in (2, 5)], backbones, tmp_path / "cache"
    )
    assert passed(passes) == {}


def test_a_kill_costs_no_more_than_a_block_and_a_batch(
    tiny: BackboneSpec,
    photos: list[Path],
    tmp_path: Path,
    passes: Passes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tensorflow, "BATCH", 4)
    monkeypatch.setattr(extract, "BLOCK", 5)
    backbones, cache = resolve([tiny], tmp_path / "cache"), tmp_path / "cache"
    digests = compute_digests(photos)

    done = 0

    class Killed(Silent):
        @contextmanager
        def stage(self, name: str, total: int, unit: str = "step") -> Iterator[Advance]:
            yield killed if name == "tiny" else (lambda _: None)

    def killed(count: int) -> None:
        nonlocal done
        done += count
        if done == 10:
            raise KeyboardInterrupt

    by_digest = {one: [path] for one, path in zip(digests, photos, strict=True)}
    with pytest.raises(KeyboardInterrupt):
        extract.extract(by_digest, backbones, cache, "tensorflow", Killed())
    assert passed(passes) == {(32, 48): 8}
    update(photos, backbones, cache)
    assert passed(passes) == {(32, 48): 4}


def test_what_is_wrong_is_told_and_the_rest_goes_on(
    tiny: BackboneSpec, photos: list[Path], tmp_path: Path, passes: Passes
) -> None:
    photos[2].write_bytes(b"no photo")
    digests = compute_digests(photos)
    files = {one: [path] for one, path in zip(digests, photos, strict=True)}
    files[digests[0]] = [tmp_path / "gone.png", photos[0]]  # one of the copies can be read
    files[digests[1]] = [tmp_path / "gone.png"]
    backbones = resolve([tiny], tmp_path / "cache")
    rejected: extract.Mistakes = {}
    cache = tmp_path / "cache"
    extract.extract(files, backbones, cache, "tensorflow", Silent(), rejected=rejected)
    assert rejected.keys() == {digests[1], digests[2]}
    assert rejected[digests[1]] == [
        f"{tmp_path}/gone.png: it cannot be read: No such file or directory"
    ]
    assert passed(passes) == {(32, 48): 10}


def test_a_photo_that_has_changed_is_an_error_whatever_is_rejected(
    tiny: BackboneSpec, photos: list[Path], tmp_path: Path
) -> None:
    files = {"0" * 64: [photos[0]], "1" * 64: [tmp_path / "gone.png"]}
    rejected: extract.Mistakes = {}
    backbones = resolve([tiny], tmp_path / "cache")
    with pytest.raises(
        extract.ChangedPhotoError, match="it changed since this run began"
    ) as caught:
        extract.extract(
            files, backbones, tmp_path / "cache", "tensorflow", Silent(), rejected=rejected
        )
    assert len(caught.value.mistakes) == 1


def test_a_place_that_is_lost_is_no_mistake_of_a_photo(
    tiny: BackboneSpec, photos: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = UnreachableError("s3://bucket: the connection failed")

    def read(path: Path) -> bytes:
        if path == photos[-1]:
            raise lost
        return path.read_bytes()

    monkeypatch.setattr(extract, "load_file", partial(extract.load_file, read=read))
    monkeypatch.setattr(extract, "BLOCK", 4)
    rejected: extract.Mistakes = {}
    cache, files = tmp_path / "cache", dict(zip(compute_digests(photos), photos, strict=True))
    backbones = resolve([tiny], cache)
    with pytest.raises(UnreachableError) as caught:
        extract.extract(
            {digest: [path] for digest, path in files.items()},
            backbones,
            cache,
            "tensorflow",
            Silent(),
            rejected=rejected,
        )
    assert caught.value is lost
    assert rejected == {}
    missing = extract.missing(backbones[0], cache, "tensorflow", list(files))
    assert missing == list(files)[8:]  # what came before is kept
