"""What a worker does with photos, in this process: no Ray is needed for it."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backbones.cluster import environment as environments
from backbones.cluster.carried import carry_passes
from backbones.cluster.environment import environment, refuse_others
from backbones.cluster.extraction import _block_size, _place, _read_first
from backbones.cluster.lacking import open_jobs
from backbones.cluster.worker import Extractor, Plan, SentPhoto
from backbones.engines import EngineChoice
from backbones.errors import InputError, UnreachableError
from backbones.features import extract
from backbones.features.measures import APPEARANCE, HASH
from backbones.features.store import open_store
from backbones.networks.backbone import Backbone, resolve
from backbones.networks.spec import BackboneSpec
from backbones.photos.digests import compute_digests
from backbones.progress import Silent

Photos = dict[str, list[Path]]


@pytest.fixture
def by_digest(photos: list[Path]) -> Photos:
    return {one: [path] for one, path in zip(compute_digests(photos), photos, strict=True)}


def plan_for(
    photos: Photos,
    backbones: list[Backbone],
    cache: Path,
    engine: EngineChoice,
    node: str = "",
    shared: Path | None = None,
) -> tuple[Plan, list[SentPhoto]]:
    """What the driver would send of all these photos."""
    with ExitStack() as opened:
        jobs = open_jobs(photos, backbones, cache, engine, (APPEARANCE, HASH), opened)
        places = tuple(job.places(shared is not None) for job in jobs)
    passes = carry_passes([one for job in jobs for one in job.backbones], cache, engine, Silent())
    there = tuple(environment(engine, one.backbones[0].spec.precision) for one in passes)
    sent = [
        SentPhoto(key, tuple(files), _read_first(files), frozenset(range(len(jobs))))
        for key, files in photos.items()
    ]
    plan = Plan(tuple(passes), (APPEARANCE, HASH), places, 1, engine, there, node, shared)
    return plan, sent


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["tensorflow", "openvino"])
def test_rows_are_those_of_threads_to_the_bit(
    engine: EngineChoice, tiny: BackboneSpec, by_digest: Photos, tmp_path: Path
) -> None:
    if engine == "openvino":
        pytest.importorskip("openvino", reason="the extra openvino is not installed")
    backbones = resolve([tiny], tmp_path / "cache")
    plan, sent = plan_for(by_digest, backbones, tmp_path / "other", engine)
    found = Extractor(plan).extract(sent)
    cache = tmp_path / "cache"
    extract.extract(by_digest, backbones, cache, engine, Silent(), (APPEARANCE, HASH))
    keys = list(by_digest)
    expected = [
        open_store(backbones[0], cache, engine).read(keys),
        *(one.read(cache, keys) for one in (APPEARANCE, HASH)),
    ]
    for ((given, rows),), there in zip(found.rows, expected, strict=True):
        assert given == keys
        assert rows is not None
        assert rows.tobytes() == there.tobytes()
    assert found.mistakes == {}


def test_weights_travel_as_bytes(tiny: BackboneSpec, by_digest: Photos, tmp_path: Path) -> None:
    from tests.ensemble.brightness import save_network

    file = tmp_path / "small.keras"
    save_network(file)
    spec = BackboneSpec(model=str(file), preprocessing="tf")
    backbones = resolve([spec], tmp_path / "cache")
    plan, sent = plan_for(by_digest, backbones, tmp_path / "cache", "tensorflow")
    file.unlink()
    assert len(Extractor(plan).extract(sent).rows[0][0][0]) == len(by_digest)


@pytest.mark.slow
def test_maps_are_written_where_they_are_made_and_nowhere_else(
    tiny: BackboneSpec, by_digest: Photos, tmp_path: Path
) -> None:
    maps = tiny.model_copy(update={"pooling": "none", "layers": ("conv_pw_3_relu",)})
    (backbone,) = resolve([maps], tmp_path)
    plan, sent = plan_for(by_digest, [backbone], tmp_path, "tensorflow", node="here")
    ((keys, rows),) = Extractor(plan, "elsewhere").extract(sent).rows[0]
    store = open_store(backbone, tmp_path, "tensorflow")
    assert rows is not None
    assert store.missing(keys) == keys
    ((keys, written),) = Extractor(plan, "here").extract(sent).rows[0]
    assert written is None
    np.testing.assert_array_equal(store.read(keys), rows)
    store.close()


def test_a_bad_photo_is_told_of_with_all_its_files_and_the_others_are_done(
    tiny: BackboneSpec, by_digest: Photos, tmp_path: Path
) -> None:
    bad, copy = tmp_path / "bad.jpg", tmp_path / "copy.jpg"
    bad.write_bytes(b"no photo")
    shutil.copy(bad, copy)
    (digest,) = compute_digests([bad])
    photos = {digest: [bad, copy], **by_digest}
    plan, sent = plan_for(photos, resolve([tiny], tmp_path), tmp_path, "tensorflow")
    found = Extractor(plan).extract(sent)
    ((keys, _),) = found.rows[0]
    assert keys == list(by_digest)
    assert [one.partition(": not a whole photo")[0] for one in found.mistakes[digest]] == [
        str(bad),
        str(copy),
    ]
    assert not found.changed


def test_a_photo_that_changed_on_the_way_is_told_apart(
    tiny: BackboneSpec, by_digest: Photos, photos: list[Path], tmp_path: Path
) -> None:
    backbones = resolve([tiny], tmp_path)
    photos[0].write_bytes(photos[1].read_bytes())
    plan, sent = plan_for(by_digest, backbones, tmp_path, "tensorflow")
    found = Extractor(plan).extract(sent)
    assert found.changed == {next(iter(by_digest))}
    told = f"{photos[0]}: it changed since this run began; run again"
    assert found.mistakes == {next(iter(by_digest)): [told]}


def test_the_first_file_that_can_be_read_is_sent(photos: list[Path], tmp_path: Path) -> None:
    gone = tmp_path / "gone.jpg"
    found = _read_first([gone, photos[0], photos[1]])
    assert list(found) == [gone, photos[0]]
    assert "gone.jpg" in str(found[gone])
    assert found[photos[0]] == photos[0].read_bytes()


def test_a_node_that_would_make_other_numbers_is_refused(
    tiny: BackboneSpec, by_digest: Photos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, sent = plan_for(by_digest, resolve([tiny], tmp_path), tmp_path, "tensorflow")
    other = plan.environments[0] | {"numpy": "1.0", "TF_ENABLE_ONEDNN_OPTS": "0"}
    monkeypatch.setattr(environments.platform, "node", lambda: "alpha")
    with pytest.raises(InputError) as raised:
        Extractor(replace(plan, environments=(other,))).extract(sent)
    assert str(raised.value) == (
        "the Ray node alpha has TF_ENABLE_ONEDNN_OPTS none in place of 0, numpy "
        f"{np.__version__} in place of 1.0, and would make other numbers; install there what is "
        "installed here"
    )


def test_the_same_environment_is_taken() -> None:
    refuse_others(environment("tensorflow"), environment("tensorflow"))


def test_blocks_hold_whole_batches_of_tensorflow(tiny: BackboneSpec, tmp_path: Path) -> None:
    wide = tiny.model_copy(update={"name": "wide", "image_size": (416, 608)})  # 6 a batch
    for specs, size in (([tiny], 32), ([wide], 30), ([tiny, wide], 96)):
        passes = carry_passes(resolve(specs, tmp_path), tmp_path, "tensorflow", Silent())
        assert _block_size(passes) == size


def test_where_nodes_share_files_workers_read_photos_and_write_shards(
    tiny: BackboneSpec, by_digest: Photos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (backbone,) = backbones = resolve([tiny], tmp_path)
    plan, sent = plan_for(by_digest, backbones, tmp_path, "tensorflow", shared=tmp_path)
    ((keys, rows),) = Extractor(replace(plan, shared=None)).extract(sent).rows[0]
    relative = {key: [one.relative_to(tmp_path) for one in by_digest[key]] for key in by_digest}
    named = [
        replace(one, copies=tuple(relative[one.digest]), read=_place(relative[one.digest]))
        for one in sent
    ]
    monkeypatch.chdir(tmp_path.parent)
    found = Extractor(plan, "elsewhere").extract(named)
    assert all(rows is None for several in found.rows for _, rows in several)
    store = open_store(backbone, tmp_path, "tensorflow")
    assert rows is not None
    assert store.shards.missing(keys) == []
    np.testing.assert_array_equal(store.read(keys), rows)
    store.close()
    assert HASH.missing(tmp_path, keys) == []


def test_a_node_that_does_not_share_files_is_refused(
    tiny: BackboneSpec, by_digest: Photos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environments.platform, "node", lambda: "alpha")
    cache = tmp_path / "cache"
    backbones = resolve([tiny], cache)
    absent = cache / "features" / "tmpabcdefgh"
    plan, sent = plan_for(by_digest, backbones, cache, "tensorflow", shared=absent)
    with pytest.raises(InputError) as raised:
        Extractor(plan).extract(sent)
    assert str(raised.value) == (
        f"the Ray node alpha does not see {absent.parent}, which parallel.shared says of all "
        "nodes; name as cache_dir a folder that they share, or set parallel.shared: false"
    )
    plan = replace(plan, shared=cache)
    gone = [replace(sent[0], read=_place([tmp_path / "gone.jpg"]))]
    gone = [replace(one, copies=tuple(one.read)) for one in gone]
    with pytest.raises(UnreachableError, match=r"gone.jpg.* on the Ray node alpha, and parallel"):
        Extractor(plan).extract(gone)
